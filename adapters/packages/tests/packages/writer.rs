//! The writer through its port: what it writes says the same when it is read.

use crate::support::{Fixture, languages};
use bytes::Bytes;
use codesm_core::judging::{Checker, CheckerKind, ProgramSource, SourceFile, ValidatorConvention, Verdict};
use codesm_core::kernel::LocalFile;
use codesm_core::problems::{
    JurySubmission, Label, Package, PackageError, PackageReader, PackageSource, PackageTest, PackageWriter, Timing,
};
use codesm_packages::{KattisPackageReader, KattisPackageWriter, PackageSettings};
use proptest::prelude::{any, proptest};
use std::fs;
use std::path::{Path, PathBuf};

pub(crate) const MODERN: &str =
    "problem_format_version: 2025-09\nname: Adding\nuuid: 00000000-0000-0000-0000-000000000000\nlimits: {time_limit: 1.5}\n";

fn settings(fixture: &Fixture) -> PackageSettings {
    PackageSettings {
        scratch: fixture.scratch(),
        limits: fixture.limits,
    }
}

/// Writes a package and reads it back.
pub(crate) fn round_trip(fixture: &Fixture, package: &Package) -> Result<Package, PackageError> {
    let to = fixture.root().parent().unwrap().join("written.zip");
    let result = KattisPackageWriter::new(settings(fixture), languages()).write(package, &to);
    if let Err(error) = result {
        assert!(!to.exists(), "half a package is left");
        return Err(error);
    }
    let source = PackageSource::Archive {
        path: to,
        name: package.name.clone(),
    };
    KattisPackageReader::new(settings(fixture), languages()).read(&source)
}

pub(crate) fn again(fixture: &Fixture, package: &Package) -> Package {
    let read = round_trip(fixture, package).unwrap_or_else(|error| panic!("{error}"));
    assert_same(package, &read);
    assert_eq!(read.warnings, [""; 0], "a package of our own is without fault");
    read
}

/// What cannot be said, and the sentence about it.
pub(crate) fn refused(fixture: &Fixture, package: &Package, words: &str) {
    let error = round_trip(fixture, package).err().unwrap();
    assert_eq!(error.code, "package.cannot_express", "{error}");
    assert!(error.message.contains(words), "{error}");
}

fn bytes(path: &Path) -> Vec<u8> {
    fs::read(path).unwrap()
}

fn contents(files: &[(String, LocalFile)]) -> Vec<(String, Vec<u8>)> {
    let mut contents: Vec<_> = files.iter().map(|(name, file)| (name.clone(), bytes(&file.path))).collect();
    contents.sort();
    contents
}

fn assert_same(meant: &Package, read: &Package) {
    assert_eq!((&meant.title, &meant.statement), (&read.title, &read.statement));
    assert_eq!(
        (&meant.author, &meant.license, &meant.source),
        (&read.author, &read.license, &read.source)
    );
    assert_eq!(meant.tags, read.tags);
    assert_eq!(meant.time_limit_ms, read.time_limit_ms);
    assert_eq!(
        (meant.memory_limit_mb, meant.output_limit_kb),
        (read.memory_limit_mb, read.output_limit_kb)
    );
    assert_eq!(meant.checker, read.checker);
    assert_eq!(meant.rules, read.rules);
    assert_eq!(meant.tests.len(), read.tests.len());
    for (meant, read) in meant.tests.iter().zip(&read.tests) {
        assert_same_test(meant, read);
    }
    assert_eq!(contents(&meant.attachments), contents(&read.attachments));
    let programs = |package: &Package| -> Vec<_> {
        let runnable = package.submissions.iter().filter(|submission| submission.program.is_some());
        runnable
            .map(|submission| (submission.path.clone(), submission.program.clone(), submission.label.clone()))
            .collect()
    };
    // Labels of the legacy format say nothing about single tests.
    let is_modern = meant.format_version == "2025-09";
    for ((path, program, label), (read_path, read_program, read_label)) in programs(meant).into_iter().zip(programs(read)) {
        assert_eq!((path, program), (read_path, read_program));
        let read_label = Label {
            constraints: if is_modern { read_label.constraints } else { Vec::new() },
            ..read_label
        };
        assert_eq!(label, read_label);
    }
    assert_eq!(programs(meant).len(), programs(read).len());
}

fn assert_same_test(meant: &PackageTest, read: &PackageTest) {
    assert_eq!((&meant.name, meant.sample, &meant.group), (&read.name, read.sample, &read.group));
    assert_eq!(bytes(&meant.input.path), bytes(&read.input.path));
    assert_eq!(bytes(&meant.answer.path), bytes(&read.answer.path));
    assert_eq!((&meant.args, &meant.explanation), (&read.args, &read.explanation));
    assert_eq!((&meant.checker_args, &meant.comparator), (&read.checker_args, &read.comparator));
    assert_eq!(contents(&meant.files), contents(&read.files));
}

#[test]
fn sample_problems_stay_the_same() {
    let folder = PathBuf::from(concat!(env!("CARGO_MANIFEST_DIR"), "/../../config/sample-problems"));
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            let fixture = Fixture::empty();
            let source = PackageSource::Directory(path);
            let package = KattisPackageReader::new(settings(&fixture), languages()).read(&source).unwrap();
            again(&fixture, &package);
        }
    }
}

#[test]
fn equal_packages_are_equal_archives() {
    let fixture = Fixture::with(MODERN).file("submissions/accepted/a.py", "");
    let package = fixture.package();
    let to = fixture.root().parent().unwrap().join("written.zip");
    let write = || {
        KattisPackageWriter::new(settings(&fixture), languages())
            .write(&package, &to)
            .unwrap();
        bytes(&to)
    };
    assert_eq!(write(), write());
    drop(package);
    assert_eq!(fixture.left_behind(), 0);
}

#[test]
fn everything_about_tests_and_programs_is_kept() {
    let fixture = Fixture::with(&format!(
        "{MODERN}type: [interactive, multi-pass]\nallow_file_writing: true\nlanguages: [python3, cpp]\ncredits: Ann\nlicense: cc0\nsource: A Contest\n\
         keywords: [\"a: b\", \"no\"]\n"
    ))
    .file(
        "problem.yaml",
        format!(
            "{}type: [interactive, multi-pass]\nallow_file_writing: true\nlanguages: [python3, cpp]\ncredits: Ann\nlicense: cc0\nsource: A Contest\n\
             keywords: [\"a: b\", \"no\"]\n",
            MODERN.replace(
                "{time_limit: 1.5}",
                "{time_limit: 2.003, memory: 77, output: 0.5, code: 64, compilation_time: 5, compilation_memory: 300, \
                 validation_time: 7, validation_memory: 99, validation_output: 3, validation_passes: 4}"
            )
        ),
    )
    .file("output_validator/validate.py", "import helper\n")
    .file("output_validator/helper.py", "")
    .file("data/secret/test_group.yaml", "output_validator_args: [a, \"b c\"]\n")
    .file("data/secret/1.yaml", "args: [\"-x\", \"1 2\"]\n")
    .file("data/secret/1.files/deep/extra.txt", "e")
    .file("data/secret/2.in", "")
    .file("data/secret/2.ans", "")
    .file("data/secret/2.yaml", "output_validator_args: [other]\n")
    .file("data/sample/1.yaml", "description: |\n  Two lines\n  of \"words\".\n")
    .file("include/default/lib.txt", "d")
    .file("include/cpp/grader.h", "h")
    .file("attachments/templates/default/a.txt", "t")
    .file("submissions/accepted/many/main.py", "import b\n")
    .file("submissions/accepted/many/b.py", "")
    .file("submissions/wrong_answer/x.cpp", "int main() {}\n");
    again(&fixture, &fixture.package());
}

#[test]
fn flags_of_the_default_validator_are_kept_test_by_test() {
    let fixture = Fixture::with(MODERN)
        .file(
            "data/secret/test_group.yaml",
            "output_validator_args: [float_tolerance, \"1e-6\"]\n",
        )
        .file("data/secret/2.in", "")
        .file("data/secret/2.ans", "")
        .file(
            "data/secret/2.yaml",
            "output_validator_args: [case_sensitive, space_change_sensitive]\n",
        );
    again(&fixture, &fixture.package());
}

#[test]
fn folders_whose_rules_are_their_own_keep_them() {
    let fixture = Fixture::with(MODERN)
        .file("submissions/time_limit_exceeded/a.py", "")
        .file("submissions/time_limit_exceeded/b.py", "")
        .file("submissions/other/c.py", "")
        .file(
            "submissions/submissions.yaml",
            "time_limit_exceeded: {permitted: [AC, WA, TLE]}\nother: {required: [TLE, RTE]}\n",
        );
    again(&fixture, &fixture.package());
}

#[test]
fn languages_and_entry_points_that_names_do_not_tell_are_kept() {
    let fixture = Fixture::with(MODERN)
        .file("submissions/accepted/odd/a.py", "")
        .file("submissions/accepted/odd/b.py", "")
        .file("submissions/accepted/new.cpp", "")
        .file(
            "submissions/submissions.yaml",
            "accepted/odd: {entrypoint: b.py}\naccepted/new.cpp: {language: cpp17}\n",
        );
    let read = again(&fixture, &fixture.package());
    let program = |path: &str| {
        read.submissions
            .iter()
            .find(|found| found.path == path)
            .unwrap()
            .program
            .clone()
            .unwrap()
    };
    assert_eq!(program("accepted/odd").files[0].name, "b.py");
    assert_eq!(program("accepted/new.cpp").language, "cpp17");
}

#[test]
fn legacy_labels_become_those_of_2025_09() {
    let fixture = Fixture::with("name: Adding\n")
        .file("submissions/time_limit_exceeded/a.py", "")
        .file("submissions/run_time_error/b.py", "")
        .file("submissions/wrong_answer/c.py", "")
        .file("submissions/multiple/d.py", "# @EXPECTED_RESULTS@: TIMELIMIT, CORRECT\n")
        .file("submissions/memory_limit/e.py", "");
    again(&fixture, &fixture.package());
}

fn program(name: &str) -> ProgramSource {
    ProgramSource {
        entry: None,
        language: "cpp".into(),
        files: vec![SourceFile {
            name: name.into(),
            content: Bytes::from_static(b"int main() {}\n"),
        }],
    }
}

type Change<'a> = &'a dyn Fn(&mut Package);

#[test]
fn what_2025_09_does_not_know_is_refused() {
    let fixture = Fixture::with(MODERN);
    let with = |change: &dyn Fn(&mut Package)| {
        let mut package = fixture.package();
        change(&mut package);
        package
    };
    let custom = |more, convention| {
        Checker::new(CheckerKind::Custom {
            program: program("validate.cpp"),
            more,
            convention,
        })
    };
    let cases: [(Change<'_>, &str); 9] = [
        (&|package| package.checker = custom(vec![], ValidatorConvention::Testlib), "testlib"),
        (
            &|package| package.checker = custom(vec![program("b.cpp")], ValidatorConvention::Kattis),
            "several output validators",
        ),
        (&|package| package.rules.interactive = true, "no output validator"),
        (&|package| package.rules.interactor = Some(program("i.cpp")), "interactor"),
        (&|package| package.title = " ".into(), "no title"),
        (&|package| package.statement = "{{nextsample}}".into(), "the statement"),
        (&|package| package.tests.reverse(), "samples after secret tests"),
        (
            &|package| package.attachments = vec![(".hidden".into(), package.tests[0].input.clone())],
            ".hidden",
        ),
        (&|package| package.tests[1].explanation = Some("why".into()), "the test secret/1"),
    ];
    for (change, words) in cases {
        refused(&fixture, &with(change), words);
    }
}

#[test]
fn labels_without_words_are_refused() {
    let fixture = Fixture::with(MODERN);
    let with = |path: &str, label: Label| {
        let mut package = fixture.package();
        package.submissions = vec![JurySubmission {
            path: path.into(),
            program: Some(program("a.cpp")),
            label,
            timing: Timing::Nothing,
            skipped: None,
        }];
        package
    };
    refused(
        &fixture,
        &with("accepted/a.cpp", Label::one_of([Verdict::MemoryLimit])),
        "accepted/a.cpp",
    );
    refused(&fixture, &with("a.cpp", Label::one_of([Verdict::Accepted])), "a.cpp");
    let expected = Label::one_of([Verdict::Accepted, Verdict::TimeLimit, Verdict::WallTimeLimit, Verdict::OutputLimit]);
    let package = with("mixed/a.cpp", expected.clone());
    let read = round_trip(&fixture, &package).unwrap();
    assert_eq!(read.submissions[0].label.expected, expected.expected);
}

#[test]
fn names_are_made_to_say_the_order() {
    let fixture = Fixture::with(MODERN);
    let mut package = fixture.package();
    let test = package.tests.pop().unwrap();
    let secret = |name: &str| PackageTest {
        name: format!("secret/{name}"),
        ..test.clone()
    };
    package.tests.extend(["1", "2", "10"].map(secret));
    let read = round_trip(&fixture, &package).unwrap();
    let names: Vec<_> = read.tests.iter().map(|test| test.name.as_str()).collect();
    assert_eq!(names, ["sample/1", "secret/01", "secret/02", "secret/10"]);
}

#[test]
fn tests_that_pack_very_well_are_no_bomb() {
    let mut fixture = Fixture::with(MODERN).file("data/secret/1.in", vec![b'0'; 1 << 20]);
    fixture.limits.ratio_free_bytes = 1 << 10;
    again(&fixture, &fixture.package());
}

proptest! {
    #![proptest_config(proptest::prelude::ProptestConfig::with_cases(48))]
    #[test]
    fn any_words_and_arguments_are_kept(
        title in "[^\\p{C}]{1,30}",
        words in "[^\\p{C}\\\\{]{0,40}",
        args in proptest::collection::vec("[^\\p{C}]{0,8}", 0..3),
        tags in proptest::collection::vec(any::<String>(), 0..3),
        time in 1_u32..60_000,
        output in 1_u32..(1 << 20),
    ) {
        let fixture = Fixture::with(MODERN);
        let mut package = fixture.package();
        title.trim().clone_into(&mut package.title);
        words.trim().clone_into(&mut package.statement);
        package.tests[0].explanation = Some(words.trim().to_owned()).filter(|words| !words.is_empty());
        package.tests[1].args = args;
        package.tags = tags;
        (package.time_limit_ms, package.output_limit_kb) = (Some(time), Some(output));
        if !package.title.is_empty() {
            let read = round_trip(&fixture, &package).unwrap();
            assert_same(&package, &read);
        }
    }
}
