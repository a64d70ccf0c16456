//! Compiling is untrusted too.

use crate::support::{open, request, text, usual};
use codesm_core::judging::{CompileOutcome, Exit, LanguageCatalogue, ProgramRole, Sandbox, SandboxError};

#[tokio::test]
async fn errors_are_reported_with_relative_names_in_every_language() {
    let sandbox = open();
    let languages = sandbox.sandbox.languages();
    for language in languages.iter().filter(|language| language.available) {
        // Without its opening tag PHP prints a file as it is.
        let source = if language.id == "php" {
            "<?php this is ( no program\n"
        } else {
            "this is ( no program\n"
        };
        let report = sandbox.compile(&language.id, source).await;
        assert!(matches!(report.outcome, CompileOutcome::Error), "{}: {report:?}", language.id);
        assert!(!report.output.is_empty(), "{}", language.id);
        let folder = sandbox.folder.path().to_str().unwrap();
        assert!(!report.output.contains(folder), "{}", report.output);
    }
    sandbox.close().await;
}

#[tokio::test]
async fn a_compilation_is_done_once_and_kept() {
    let sandbox = open();
    let first = sandbox.compile("c", "int main(){return 5;}").await;
    let second = sandbox.compile("c", "int main(){return 5;}").await;
    assert!(!first.cached && second.cached);
    assert!(second.wall.as_millis() < 50, "{second:?}");
    let CompileOutcome::Compiled(program) = second.outcome else {
        panic!("not compiled")
    };
    assert_eq!(sandbox.run(usual(&program)).await.exit, Exit::Code(5));
    sandbox.close().await;
}

#[tokio::test]
async fn several_files_are_compiled_and_imported() {
    let sandbox = open();
    for (language, files) in [
        (
            "cpp",
            vec![
                ("main.cpp", "#include \"lib/f.h\"\nint main(){return f();}"),
                ("lib/f.h", "int f();"),
                ("f.cpp", "int f(){return 9;}"),
            ],
        ),
        (
            "python",
            vec![
                ("main.py", "import helper, sys\nsys.exit(helper.f())"),
                ("helper.py", "def f(): return 9"),
            ],
        ),
        (
            "javascript",
            vec![
                ("main.js", "process.exit(require('./helper.js').f())"),
                ("helper.js", "exports.f = () => 9"),
            ],
        ),
        (
            "java",
            vec![
                (
                    "a/Main.java",
                    "package a; public class Main { public static void main(String[] x) { System.exit(Other.f()); } }",
                ),
                ("a/Other.java", "package a; class Other { static int f() { return 9; } }"),
            ],
        ),
    ] {
        let report = sandbox.compile_files(language, &files, ProgramRole::Submission).await;
        let program = crate::support::handle(report);
        let report = sandbox.run(usual(&program)).await;
        assert_eq!(report.exit, Exit::Code(9), "{language}: {}", text(&report.stderr));
    }
    sandbox.close().await;
}

#[tokio::test]
async fn file_names_that_leave_the_folder_are_refused() {
    let sandbox = open();
    for name in ["../main.cpp", "/tmp/main.cpp", "a/../../main.cpp", "a\nb.cpp"] {
        let report = sandbox
            .compile_files("cpp", &[(name, "int main(){}")], ProgramRole::Submission)
            .await;
        assert!(matches!(report.outcome, CompileOutcome::Error), "{name:?}");
    }
    sandbox.close().await;
}

#[tokio::test]
async fn files_that_cannot_live_in_one_folder_are_refused_and_no_fault() {
    let sandbox = open();
    let long = format!("{}.h", "x".repeat(300));
    for language in ["cpp", "python"] {
        for other in ["main.cpp", "main.cpp/a.h", &long] {
            let files = [("main.cpp", "int main(){}"), (other, "")];
            let report = sandbox.compile_files(language, &files, ProgramRole::Submission).await;
            assert!(matches!(report.outcome, CompileOutcome::Error), "{language} {other:?}");
        }
        let many: Vec<String> = (0..4000).map(|number| format!("{number}/{}.cpp", "x".repeat(100))).collect();
        let many: Vec<(&str, &str)> = many.iter().map(|name| (name.as_str(), "")).collect();
        let report = sandbox.compile_files(language, &many, ProgramRole::Submission).await;
        assert!(matches!(report.outcome, CompileOutcome::Error), "{language}");
    }
    sandbox.close().await;
}

#[tokio::test]
async fn an_unknown_language_is_an_error_of_its_own() {
    let sandbox = open();
    let mut slot = sandbox.sandbox.slot().await.unwrap();
    let result = slot.compile(request("cobol", &[("a.cob", "x")], ProgramRole::Submission)).await;
    assert!(matches!(result, Err(SandboxError::LanguageUnavailable { .. })));
    drop(slot);
    sandbox.close().await;
}

#[tokio::test]
async fn a_link_in_place_of_the_artefact_is_not_followed() {
    let table = "[[language]]\nid = \"links\"\nname = \"Links\"\nfile_name = \"main.py\"\nextensions = [\"py\"]\nprogram = \"python3\"\n\
        version = [\"{program}\", \"--version\"]\ncompile = [\"{program}\", \"main.py\"]\nrun = [\"/program/program\"]\n\
        artefact = \"program\"\nprocesses = 10\n";
    let file = tempfile::NamedTempFile::new().unwrap();
    std::fs::write(file.path(), table).unwrap();
    let sandbox = crate::support::open_with(|settings| settings.languages_override = Some(file.path().to_path_buf()));
    for source in [
        "import os\nos.symlink('/etc/passwd', 'program')",
        "import os\nos.mkfifo('program')",
        "import os\nos.mkdir('program')",
        "import os\nos.rename('/work/main.py', '/tmp/x')\nos.symlink('/proc/1/mem', 'program')",
    ] {
        let report = sandbox
            .compile_files("links", &[("main.py", source)], ProgramRole::Submission)
            .await;
        assert!(matches!(report.outcome, CompileOutcome::Error), "{source}: {report:?}");
    }
    let daemon = "import os, time\nopen('program', 'w').write('#!/bin/sh')\nos.chmod('program', 0o755)\n\
        if os.fork() == 0:\n    os.setsid()\n    if os.fork() == 0:\n        time.sleep(60)\n    os._exit(0)\n";
    let began = std::time::Instant::now();
    let report = sandbox
        .compile_files("links", &[("main.py", daemon)], ProgramRole::Submission)
        .await;
    assert!(matches!(report.outcome, CompileOutcome::Compiled(_)), "{report:?}");
    assert!(began.elapsed().as_secs() < 2, "a daemon of the compiler is not waited for");
    assert_eq!(sandbox.processes(), Vec::<u32>::new());
    let sparse = "open('program', 'w').truncate(200 << 20)";
    let report = sandbox
        .compile_files("links", &[("main.py", sparse)], ProgramRole::Submission)
        .await;
    assert!(matches!(report.outcome, CompileOutcome::Limit(_)), "{report:?}");
    sandbox.close().await;
}
