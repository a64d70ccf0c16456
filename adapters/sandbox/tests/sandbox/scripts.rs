//! Programs of problem packages that come with the scripts `build` and `run`.

use crate::support::{Box, handle, open, text, usual};
use bytes::Bytes;
use codesm_core::judging::{CompileOutcome, Exit, Input, ProgramRole, RunReport};

async fn judge(sandbox: &Box, files: &[(&str, &str)]) -> RunReport {
    let program = handle(sandbox.compile_files("script", files, ProgramRole::Checker).await);
    let mut request = usual(&program);
    request.role = ProgramRole::Checker;
    request.args = vec!["first".to_owned(), "the second".to_owned()];
    request.stdin = Input::Bytes(Bytes::from_static(b"20 22\n"));
    sandbox.run(request).await
}

const SUM: &str = "#include <iostream>\n#include \"lib/add.h\"\nint main(int n, char** v){int a,b;std::cin>>a>>b;\
    std::cout<<add(a,b)<<\" \"<<n<<\" \"<<v[2]<<\"\\n\";return 43;}";

#[tokio::test]
async fn a_build_script_compiles_what_is_run() {
    let sandbox = open();
    for build in [
        "#!/bin/sh\nset -e\ng++ -O1 -o run sum.cc\n",
        // Found by env, written in another language; leaves a script and a program beside it.
        "#!/usr/bin/env python3\nimport subprocess\nsubprocess.run(['g++', '-o', 'sum', 'sum.cc'], check=True)\n\
         open('run', 'w').write('#!/bin/sh\\nexec \"$(dirname \"$0\")/sum\" \"$@\"\\n')\n",
        "make -s\n",
    ] {
        let files = [
            ("build", build),
            ("sum.cc", SUM),
            ("lib/add.h", "inline int add(int a, int b) { return a + b; }"),
            ("Makefile", "run: sum.cc\n\tg++ -o run sum.cc\n"),
        ];
        let report = judge(&sandbox, &files).await;
        assert_eq!(
            (text(&report.stdout).as_str(), report.exit),
            ("42 3 the second\n", Exit::Code(43)),
            "{build}\n{report:?}"
        );
    }
    sandbox.close().await;
}

#[tokio::test]
async fn a_run_script_alone_is_enough_and_finds_its_files() {
    let sandbox = open();
    for run in [
        "#!/usr/bin/env python3\nimport sys, helper\nprint(helper.add(*map(int, input().split())), len(sys.argv), sys.argv[2])\nsys.exit(43)\n",
        "#!/bin/bash\nread -r a b\n[ -f helper.py ] && echo \"$((a + b)) $(($# + 1)) $2\"\nexit 43\n",
        "read -r a b\necho \"$((a + b)) $(($# + 1)) $2\"\nexit 43\n",
    ] {
        let report = judge(&sandbox, &[("run", run), ("helper.py", "def add(a, b): return a + b\n")]).await;
        assert_eq!(
            (text(&report.stdout).as_str(), report.exit),
            ("42 3 the second\n", Exit::Code(43)),
            "{run}\n{report:?} {}",
            text(&report.stderr)
        );
    }
    sandbox.close().await;
}

#[tokio::test]
async fn scripts_that_make_no_program_are_compile_errors_with_clear_words() {
    let sandbox = open();
    for (files, words) in [
        (
            vec![("build", "#!/bin/sh\ntrue\n")],
            "there is no file run, and the script build made none",
        ),
        (vec![("validate.py", "print(1)\n")], "there is no file run"),
        (
            vec![("build", "#!/bin/sh\necho what is wrong >&2\nexit 3\n"), ("run", "")],
            "what is wrong",
        ),
        (
            vec![("build", "#!/bin/sh\nexit 3\n"), ("run", "")],
            "the script build ended with code 3",
        ),
        (vec![("build", "#!/bin/sh\nmkdir run\n")], "there is no file run"),
        (vec![("build", "#!/no/such/interpreter\n")], "build"),
    ] {
        let report = sandbox.compile_files("script", &files, ProgramRole::Checker).await;
        assert!(matches!(report.outcome, CompileOutcome::Error), "{files:?}: {report:?}");
        assert!(report.output.contains(words), "{files:?}: {}", report.output);
    }
    sandbox.close().await;
}
