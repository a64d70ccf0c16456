//! Inputs, outputs and checkers.

use crate::support::{Box, handle, open, text, usual};
use bytes::Bytes;
use codesm_core::judging::comparator::Comparison;
use codesm_core::judging::{Exit, FeedbackCollect, FeedbackFolder, Input, LimitHit, ProgramRole, RunRequest, StdoutOutcome, StdoutPlan};
use codesm_core::kernel::LocalFile;
use std::io::Write;

fn file(bytes: &[u8]) -> (tempfile::NamedTempFile, Input) {
    let mut file = tempfile::NamedTempFile::new().unwrap();
    file.write_all(bytes).unwrap();
    let input = Input::File(LocalFile {
        path: file.path().to_path_buf(),
        size: bytes.len() as u64,
        guard: None,
    });
    (file, input)
}

const SUM: &str = "#include <cstdio>\nint main(){long s=0;int c;while((c=getchar())!=EOF)s+=c;printf(\"%ld\\n\",s);}";

#[tokio::test]
async fn input_comes_from_memory_or_from_small_and_large_files() {
    let sandbox = open();
    let program = sandbox.program("cpp", SUM).await;
    for size in [0, 100, 5 << 20] {
        let bytes = vec![b'a'; size];
        let expected = format!("{}\n", size * usize::from(b'a'));
        let (_kept, on_disk) = file(&bytes);
        for stdin in [Input::Bytes(bytes.clone().into()), on_disk] {
            let report = sandbox.run(RunRequest { stdin, ..usual(&program) }).await;
            assert_eq!(text(&report.stdout), expected, "{report:?}");
        }
    }
    sandbox.close().await;
}

#[tokio::test]
async fn input_cannot_be_written_even_when_opened_again() {
    let sandbox = open();
    let source = "#include <fcntl.h>\n#include <unistd.h>\n#include <stdio.h>\n#include <sys/mman.h>\n#include <errno.h>\n\
        int main(){int ok=1;if(write(0,\"x\",1)>=0)ok=0;\n\
        int f=open(\"/proc/self/fd/0\",O_RDWR);if(f>=0&&write(f,\"x\",1)>=0)ok=0;\n\
        f=open(\"/input\",O_RDWR);if(f>=0)ok=0;\n\
        if(mmap(0,4096,PROT_WRITE,MAP_SHARED,0,0)!=MAP_FAILED)ok=0;\n\
        if(ftruncate(0,0)==0)ok=0;puts(ok?\"safe\":\"written\");}";
    let program = sandbox.program("c", source).await;
    for size in [10, 5 << 20] {
        let bytes = vec![b'a'; size];
        let (kept, stdin) = file(&bytes);
        let report = sandbox.run(RunRequest { stdin, ..usual(&program) }).await;
        assert_eq!(text(&report.stdout), "safe\n");
        assert_eq!(std::fs::read(kept.path()).unwrap(), bytes);
    }
    sandbox.close().await;
}

#[tokio::test]
async fn output_is_compared_while_it_is_written() {
    let sandbox = open();
    let program = sandbox.program("python", "for i in range(100000): print(i)\n").await;
    let answer = (0..100_000).map(|number| number.to_string()).collect::<Vec<_>>().join("\r\n") + "\r\n";
    for (answer, same) in [
        (answer.clone(), true),
        (answer.replace("777\r", "778\r"), false),
        (format!("{answer}1"), false),
    ] {
        let (_kept, answer) = file(answer.as_bytes());
        let stdout = StdoutPlan::Compare {
            answer,
            options: codesm_core::judging::ComparatorOptions::default(),
            excerpt_bytes: 10,
        };
        let report = sandbox.run(RunRequest { stdout, ..usual(&program) }).await;
        let StdoutOutcome::Compared(comparison) = report.stdout_outcome else {
            panic!("not compared")
        };
        assert_eq!(comparison == Comparison::Same, same, "{comparison:?}");
        assert_eq!(&report.stdout[..], b"0\n1\n2\n3\n4\n");
        assert_eq!(report.stdout_total, 588_890);
    }
    sandbox.close().await;
}

const CHECKER: &str = "#include <bits/stdc++.h>\n#include \"judge.h\"\nusing namespace std;\n\
    int main(int n,char**a){ifstream in(a[1]),ans(a[2]);string dir=a[3];string x,y;ans>>x;cin>>y;\n\
    ofstream(dir+\"judgemessage.txt\")<<\"expected \"<<x<<\" got \"<<y;string first;in>>first;\n\
    ofstream(dir+\"teammessage.txt\")<<first;return x==y?ACCEPT:REFUSE;}";

fn named(names: &[&str]) -> FeedbackFolder {
    FeedbackFolder {
        initial: Vec::new(),
        collect: FeedbackCollect::Named(names.iter().map(|name| (*name).to_owned()).collect()),
    }
}

async fn check(sandbox: &Box, answer: &str) -> codesm_core::judging::RunReport {
    let program = sandbox.program("python", "print(input().upper())\n").await;
    let checker = sandbox
        .compile_files(
            "cpp",
            &[("check.cpp", CHECKER), ("judge.h", "enum{ACCEPT=42,REFUSE=43};")],
            ProgramRole::Checker,
        )
        .await;
    let checker = handle(checker);
    let stdin = Input::Bytes(Bytes::from_static(b"word\n"));
    let stdout = StdoutPlan::Spool { excerpt_bytes: 3 };
    let report = sandbox
        .run(RunRequest {
            stdin: stdin.clone(),
            stdout,
            ..usual(&program)
        })
        .await;
    assert_eq!(&report.stdout[..], b"WOR");
    let StdoutOutcome::Spooled(output) = report.stdout_outcome else {
        panic!("not spooled")
    };
    let (_kept, answer) = file(answer.as_bytes());
    sandbox
        .run(RunRequest {
            role: ProgramRole::Checker,
            args: vec![
                "{files}/test.in".into(),
                "{files}/test.ans".into(),
                "{feedback}/".into(),
                "extra".into(),
            ],
            stdin: output,
            files: vec![("test.in".into(), stdin), ("test.ans".into(), answer)],
            feedback: Some(named(&["judgemessage.txt", "teammessage.txt", "score.txt"])),
            ..usual(&checker)
        })
        .await
}

#[tokio::test]
async fn a_checker_reads_its_files_and_leaves_feedback() {
    let sandbox = open();
    for (answer, code) in [("WORD", 42), ("other", 43)] {
        let report = check(&sandbox, answer).await;
        assert_eq!((report.exit, report.limit), (Exit::Code(code), None), "{}", text(&report.stderr));
        let feedback: Vec<(String, String)> = report.feedback.iter().map(|(name, bytes)| (name.clone(), text(bytes))).collect();
        let judge = ("judgemessage.txt".to_owned(), format!("expected {answer} got WORD"));
        assert_eq!(feedback, [judge, ("teammessage.txt".to_owned(), "word".to_owned())]);
    }
    sandbox.close().await;
}

#[tokio::test]
async fn feedback_through_links_is_not_read_and_long_feedback_is_cut() {
    let sandbox = open();
    let source = "import os\nos.symlink('/proc/1/environ', '/feedback/a')\nos.symlink('/etc/passwd', '/feedback/b')\n\
        os.mkfifo('/feedback/c')\nos.mkdir('/feedback/d')\nopen('/feedback/e', 'w').write('x' * 200000)\n";
    let program = sandbox.program("python", source).await;
    let feedback = Some(named(&["a", "b", "c", "d", "e", "missing", "../etc/passwd"]));
    let report = sandbox
        .run(RunRequest {
            feedback,
            ..usual(&program)
        })
        .await;
    let names: Vec<(&str, usize)> = report.feedback.iter().map(|(name, bytes)| (name.as_str(), bytes.len())).collect();
    assert_eq!(names, [("e", 65536)], "{}", text(&report.stderr));
    sandbox.close().await;
}

#[tokio::test]
async fn output_beyond_the_limit_is_counted_but_not_kept() {
    let sandbox = open();
    let program = sandbox
        .program("c", "#include <stdio.h>\nint main(){for(;;)puts(\"0123456789\");}")
        .await;
    let stdout = StdoutPlan::Spool { excerpt_bytes: 5 };
    let report = sandbox.run(RunRequest { stdout, ..usual(&program) }).await;
    assert_eq!(report.limit, Some(LimitHit::Output));
    assert!(report.stdout_total > 1024 * 1024, "{report:?}");
    let StdoutOutcome::Spooled(Input::File(file)) = report.stdout_outcome else {
        panic!("not spooled")
    };
    assert!(file.size <= 1024 * 1024);
    assert!(file.path.exists());
    let path = file.path.clone();
    drop(file);
    assert!(!path.exists(), "a spooled output lives as long as its user");
    sandbox.close().await;
}
