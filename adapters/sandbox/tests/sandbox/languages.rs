//! Every language of the table compiles, reads, is stopped by its limits and says what is wrong with a program.
//!
//! `tests/languages/<id>` holds the programs, `golden/<id>` the ones that `codesm doctor` judges too. A language that is missing
//! on this machine fails the tests: `make languages` installs all of them.

use crate::support::{Box, handle, open, open_with, request, settings, text, usual};
use bytes::Bytes;
use codesm_core::judging::{
    CompileOutcome, CompileReport, Exit, Input, Language, LanguageCatalogue, LimitHit, ProgramHandle, ProgramRole, RunReport, Sandbox as _,
};
use codesm_sandbox::{Tier, probe};
use std::path::{Path, PathBuf};
use std::time::Duration;

const IDS: [&str; 20] = [
    "c",
    "cpp",
    "cpp17",
    "python",
    "javascript",
    "java",
    "rust",
    "go",
    "typescript",
    "kotlin",
    "pypy",
    "csharp",
    "haskell",
    "ocaml",
    "pascal",
    "ruby",
    "php",
    "perl",
    "lua",
    "bash",
];

/// The file of that name, whatever its ending.
fn read(folder: &Path, name: &str) -> String {
    let found = std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path());
    let path: PathBuf = found.into_iter().find(|path| path.file_stem().unwrap() == name).unwrap();
    std::fs::read_to_string(path).unwrap()
}

fn program_of(language: &Language, name: &str) -> String {
    let here = Path::new(env!("CARGO_MANIFEST_DIR"));
    if name == "golden" {
        return read(&here.join("golden"), &language.id);
    }
    read(&here.join("tests/languages").join(&language.id), name)
}

async fn compile(sandbox: &Box, language: &Language, name: &str) -> CompileReport {
    let source = program_of(language, name);
    let files = [(language.file_name.as_str(), source.as_str())];
    sandbox.compile_files(&language.id, &files, ProgramRole::Submission).await
}

async fn program(sandbox: &Box, language: &Language, name: &str) -> ProgramHandle {
    handle(compile(sandbox, language, name).await)
}

fn languages(sandbox: &Box) -> Vec<Language> {
    let languages = sandbox.sandbox.languages();
    let missing: Vec<&str> = languages
        .iter()
        .filter(|language| !language.available)
        .map(|language| language.id.as_str())
        .collect();
    assert_eq!(missing, Vec::<&str>::new(), "`make languages` installs them");
    languages
}

fn said(report: &RunReport) -> String {
    format!("{report:?}\n{}\n{}", text(&report.stdout), text(&report.stderr))
}

#[tokio::test]
async fn every_documented_language_is_here_and_internal_ones_are_not_listed() {
    let sandbox = open();
    let languages = languages(&sandbox);
    let ids: Vec<&str> = languages.iter().map(|language| language.id.as_str()).collect();
    assert_eq!(ids, IDS);
    assert!(languages.iter().all(|language| language.version.is_some()));
    let page = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../docs/languages.md");
    let page = std::fs::read_to_string(page).unwrap();
    for id in IDS {
        assert!(page.contains(&format!("| `{id}` |")), "docs/languages.md says nothing of {id}");
    }
    sandbox.close().await;
}

#[tokio::test]
async fn every_language_says_hello() {
    let sandbox = open();
    for language in languages(&sandbox) {
        let compiled = compile(&sandbox, &language, "hello").await;
        assert_eq!(compiled.output, "", "{}: nothing is wrong, so nothing is said", language.id);
        let wall = compiled.wall;
        let report = sandbox.run(usual(&handle(compiled))).await;
        assert_eq!(
            (text(&report.stdout).as_str(), report.exit, report.limit),
            ("hello\n", Exit::Code(0), None),
            "{}: {}",
            language.id,
            said(&report)
        );
        println!(
            "{:<11} compiled in {wall:.0?}, ran in {:.1?} (cpu {:.1?}, {} KiB), {}",
            language.id,
            report.wall,
            report.cpu,
            report.memory_bytes / 1024,
            language.version.unwrap_or_default()
        );
    }
    sandbox.close().await;
}

#[tokio::test]
async fn every_language_reads_its_input() {
    let sandbox = open();
    for language in languages(&sandbox) {
        let mut request = usual(&program(&sandbox, &language, "golden").await);
        let values: Vec<String> = (1..=300).map(|value| (value * 10_000_000_i64).to_string()).collect();
        request.stdin = Input::Bytes(Bytes::from(format!("300\n{}\n", values.join(" "))));
        let report = sandbox.run(request).await;
        assert_eq!(
            (text(&report.stdout).as_str(), report.exit, report.limit),
            ("451500000000\n", Exit::Code(0), None),
            "{}: {}",
            language.id,
            said(&report)
        );
    }
    sandbox.close().await;
}

#[tokio::test]
async fn an_endless_loop_is_stopped_by_the_time_limit_in_every_language() {
    let sandbox = open();
    for language in languages(&sandbox) {
        let mut request = usual(&program(&sandbox, &language, "loop").await);
        // The test is of the CPU limit, and the machine may be busy.
        request.limits.wall = Duration::from_secs(20);
        let report = sandbox.run(request).await;
        assert_eq!(report.limit, Some(LimitHit::Cpu), "{}: {}", language.id, said(&report));
        assert!(report.cpu >= Duration::from_secs(1), "{}: {report:?}", language.id);
        assert_eq!(sandbox.processes(), Vec::<u32>::new(), "{}", language.id);
    }
    sandbox.close().await;
}

async fn memory_is_limited(sandbox: &Box) {
    for language in languages(sandbox) {
        let mut request = usual(&program(sandbox, &language, "hog").await);
        request.limits.cpu = Duration::from_secs(20);
        request.limits.wall = Duration::from_secs(30);
        let report = sandbox.run(request).await;
        assert_eq!(report.limit, Some(LimitHit::Memory), "{}: {}", language.id, said(&report));
    }
}

#[tokio::test]
async fn allocating_without_end_is_stopped_by_the_memory_limit_in_every_language() {
    let sandbox = open();
    memory_is_limited(&sandbox).await;
    sandbox.close().await;
}

#[tokio::test]
async fn without_cgroups_too_memory_is_limited_in_every_language() {
    let sandbox = open_with(|settings| settings.tier = Some(Tier::C));
    memory_is_limited(&sandbox).await;
    sandbox.close().await;
}

#[tokio::test]
async fn a_broken_program_is_a_compile_error_with_words_in_every_language() {
    let sandbox = open();
    for language in languages(&sandbox) {
        let report = compile(&sandbox, &language, "broken").await;
        assert!(matches!(report.outcome, CompileOutcome::Error), "{}: {report:?}", language.id);
        let place = language.file_name.rsplit_once('.').unwrap().0;
        assert!(report.output.contains(place), "{} names no place: {}", language.id, report.output);
        println!("{}: {}", language.id, report.output.trim_end());
    }
    sandbox.close().await;
}

#[tokio::test]
async fn the_class_with_main_is_found_whatever_its_name() {
    let sandbox = open();
    let body = "fun main() { println(\"found\") }";
    for (id, files) in [
        ("kotlin", vec![("my-solution 2.kt", body.to_owned())]),
        ("kotlin", vec![("a.kt", format!("package deep.er\n{body}"))]),
        (
            "kotlin",
            vec![("a.kt", format!("@file:JvmName(\"Renamed\")\npackage deep\n{body}"))],
        ),
        (
            "kotlin",
            vec![(
                "a.kt",
                "object Thing { @JvmStatic fun main(args: Array<String>) { println(\"found\") } }".to_owned(),
            )],
        ),
        (
            "kotlin",
            vec![(
                "a.kt",
                "class Thing { companion object { @JvmStatic fun main(args: Array<String>) = println(\"found\") } }".to_owned(),
            )],
        ),
        (
            "kotlin",
            vec![
                ("lib/Helper.kt", "package lib\nfun word() = \"found\"".to_owned()),
                ("Start.kt", "import lib.word\nsuspend fun main() = println(word())".to_owned()),
            ],
        ),
        (
            "java",
            vec![(
                "abc.java",
                "package a.b; class Thing { public static void main(String... x) { System.out.println(\"found\"); } }".to_owned(),
            )],
        ),
        (
            "java",
            vec![(
                "Main.java",
                "public final class Größe { public static void main(String[] x) { System.out.println(\"found\"); } }".to_owned(),
            )],
        ),
    ] {
        let named: Vec<(&str, &str)> = files.iter().map(|(name, content)| (*name, content.as_str())).collect();
        let program = handle(sandbox.compile_files(id, &named, ProgramRole::Submission).await);
        let report = sandbox.run(usual(&program)).await;
        assert_eq!(text(&report.stdout), "found\n", "{files:?}: {}", said(&report));
    }
    for (id, source) in [("kotlin", "fun start() {}"), ("java", "class Main { static void main() {} }")] {
        let report = sandbox.compile(id, source).await;
        assert!(matches!(report.outcome, CompileOutcome::Error), "{report:?}");
        assert!(report.output.contains("main"), "{}", report.output);
    }
    sandbox.close().await;
}

#[tokio::test]
async fn the_doctor_judges_a_golden_program_per_language_and_knows_what_is_missing() {
    let folder = tempfile::tempdir().unwrap();
    let checks = probe(settings(folder.path(), None));
    let sandbox = checks.iter().find(|check| check.name == "sandbox").unwrap();
    assert!(sandbox.ok, "{checks:?}");
    assert!(checks.iter().all(|check| check.ok == check.fix.is_none()), "{checks:?}");
    for id in IDS {
        let check = checks.iter().find(|check| check.name == format!("language {id}")).unwrap();
        assert!(check.ok && check.detail.contains("golden program compiled in"), "{check:?}");
        println!("{}: {}", check.name, check.detail);
    }
    assert!(checks.iter().all(|check| check.name != "language script"), "{checks:?}");

    // A toolchain that is not there, and one that is no compiler.
    let table = "[[language]]\nid = \"haskell\"\nname = \"H\"\nfile_name = \"Main.hs\"\nextensions = [\"hs\"]\nprogram = \"no-such-compiler\"\n\
        version = [\"{program}\"]\ninstall = \"apt-get install ghc\"\nrun = [\"{program}\"]\nprocesses = 10\n\
        [[language]]\nid = \"c\"\nname = \"C\"\nfile_name = \"main.c\"\nextensions = [\"c\"]\nprogram = \"true\"\n\
        version = [\"/bin/echo\", \"1\"]\ncompile = [\"{program}\", \"{sources}\"]\nrun = [\"/program/program\"]\nartefact = \"program\"\n\
        processes = 10\n";
    let file = tempfile::NamedTempFile::new().unwrap();
    std::fs::write(file.path(), table).unwrap();
    let mut settings = settings(folder.path(), None);
    settings.languages_override = Some(file.path().to_path_buf());
    let checks = probe(settings);
    let find = |name: &str| checks.iter().find(|check| check.name == name).unwrap();
    let (missing, broken) = (find("language haskell"), find("language c"));
    let fix = missing.fix.as_deref().unwrap();
    assert!(!missing.ok && missing.detail.contains("no-such-compiler") && fix.contains("make languages") && fix.contains("ghc"));
    assert!(
        !broken.ok && broken.detail.contains("golden program fails: the compiler made no program"),
        "{broken:?}"
    );
    assert_eq!(
        std::fs::read_dir(folder.path()).unwrap().count(),
        0,
        "the doctor leaves nothing behind"
    );
}

#[tokio::test]
async fn the_pascal_file_that_says_it_is_the_program_is_compiled_whatever_the_others_are_called() {
    let sandbox = open();
    let unit = |name: &str| {
        format!(
            "{{ a unit }}\nunit {name};\ninterface\nprocedure hello;\nimplementation\nprocedure hello; begin writeln('hello'); end;\nend.\n"
        )
    };
    let (first, usual_name) = (unit("first"), unit("main"));
    for files in [
        [
            ("first.pp", first.as_str()),
            ("second.pas", "program second; uses first; begin hello; end."),
        ],
        [
            ("second.pas", "// it\nProgram second; uses first; begin hello; end."),
            ("first.pas", &first),
        ],
        // The heading may be left out.
        [("first.pp", &first), ("second.pp", "uses first; begin hello; end.")],
        [
            ("main.pas", &usual_name),
            ("second.pas", "program second; uses main; begin hello; end."),
        ],
        [("a.pas", "writeln('hello');"), ("b.pas", "program b; begin {$I a.pas} end.")],
    ] {
        let program = handle(sandbox.compile_files("pascal", &files, ProgramRole::Submission).await);
        let report = sandbox.run(usual(&program)).await;
        assert_eq!(text(&report.stdout), "hello\n", "{files:?} {report:?}");
    }
    sandbox.close().await;
}

#[tokio::test]
async fn a_program_starts_where_its_author_says_even_if_another_file_has_the_usual_name() {
    let sandbox = open();
    let files = [("main.py", "print('usual')"), ("other.py", "print('named')")];
    for (entry, said) in [(Some("other.py"), "named\n"), (None, "usual\n"), (Some("missing.py"), "usual\n")] {
        let mut wanted = request("python", &files, ProgramRole::Submission);
        wanted.program.entry = entry.map(str::to_owned);
        let program = handle(sandbox.sandbox.slot().await.unwrap().compile(wanted).await.unwrap());
        let report = sandbox.run(usual(&program)).await;
        assert_eq!(text(&report.stdout), said, "{entry:?}");
    }
    sandbox.close().await;
}
