//! Jury submissions and their labels.

use crate::support::{Fixture, warned};
use codesm_core::judging::Verdict;
use codesm_core::problems::{JurySubmission, Label, Package};

const MODERN: &str = "problem_format_version: 2025-09\nname: x\n";
const CRASHES: [Verdict; 3] = [Verdict::RuntimeError, Verdict::MemoryLimit, Verdict::ProcessLimit];
const TOO_SLOW: [Verdict; 3] = [Verdict::TimeLimit, Verdict::WallTimeLimit, Verdict::OutputLimit];

fn find<'a>(package: &'a Package, path: &str) -> &'a JurySubmission {
    package
        .submissions
        .iter()
        .find(|submission| submission.path == path)
        .unwrap_or_else(|| panic!("no {path}"))
}

fn label(problem_yaml: &str, folder: &str) -> Label {
    let package = Fixture::with(problem_yaml)
        .file(&format!("submissions/{folder}/a.py"), "x")
        .package();
    let found = find(&package, &format!("{folder}/a.py"));
    assert_eq!(found.skipped, None);
    found.label.clone()
}

fn tagged(folder: &str, source: &str) -> JurySubmission {
    let package = Fixture::with("").file(&format!("submissions/{folder}/a.py"), source).package();
    find(&package, &format!("{folder}/a.py")).clone()
}

#[test]
fn folders_say_what_their_submissions_must_get() {
    let accepted = label("", "accepted");
    assert_eq!(
        (accepted.expected.as_slice(), accepted.permitted.as_slice()),
        (&[Verdict::Accepted][..], &[][..])
    );
    let wrong = label("", "wrong_answer");
    assert_eq!(
        (wrong.expected.as_slice(), wrong.permitted.as_slice()),
        (&[Verdict::WrongAnswer][..], &[Verdict::Accepted][..])
    );
    assert_eq!(label("", "time_limit_exceeded").expected, TOO_SLOW);
    assert_eq!(
        label("", "time_limit_exceeded").permitted,
        [Verdict::Accepted, Verdict::WrongAnswer]
    );
    assert_eq!(label("", "time_limit_exceeded").constraints, []);
    assert_eq!(label(MODERN, "time_limit_exceeded").permitted, [Verdict::Accepted]);
    assert_eq!(label(MODERN, "run_time_error").expected, CRASHES);
    assert_eq!(label(MODERN, "run_time_error").permitted, [Verdict::Accepted]);
    assert_eq!(label("", "compiler_error").expected, [Verdict::CompileError, Verdict::CompileLimit]);
    assert_eq!(label("", "compile_error").expected, [Verdict::CompileError, Verdict::CompileLimit]);
    assert_eq!(label("", "output_limit").expected, [Verdict::OutputLimit]);
    assert_eq!(label("", "memory_limit").expected, [Verdict::MemoryLimit]);
    assert_eq!(label("", "wall_time_limit").expected, [Verdict::WallTimeLimit]);
    assert_eq!(label("", "no_output").expected, [Verdict::WrongAnswer]);
    let rejected = label("", "rejected");
    assert!(!rejected.expected.contains(&Verdict::Accepted) && rejected.expected.contains(&Verdict::OutputLimit));
    let brute = label(MODERN, "brute_force");
    assert!(!brute.expected.contains(&Verdict::WrongAnswer) && brute.expected.contains(&Verdict::TimeLimit));
}

#[test]
fn programs_are_files_or_folders() {
    let package = Fixture::with("")
        .file("submissions/accepted/one.cc", "int main(){}")
        .file("submissions/accepted/many/a.py", "a")
        .file("submissions/accepted/many/main.py", "m")
        .file("submissions/accepted/many/pkg/b.py", "b")
        .file("submissions/accepted/mixed/x.cpp", "x")
        .file("submissions/accepted/mixed/x.h", "h")
        .file("submissions/accepted/mixed/y.c", "y")
        .package();
    let names = |path: &str| {
        let program = find(&package, path).program.clone().unwrap();
        (
            program.language,
            program.files.into_iter().map(|file| file.name).collect::<Vec<_>>(),
        )
    };
    assert_eq!(names("accepted/one.cc"), ("cpp".into(), vec!["one.cc".into()]));
    assert_eq!(
        names("accepted/many"),
        ("python".into(), vec!["main.py".into(), "a.py".into(), "pkg/b.py".into()])
    );
    assert_eq!(names("accepted/mixed").0, "cpp");
}

#[test]
fn python_is_python_3_whatever_a_source_asks_for() {
    let package = Fixture::with("")
        .file("submissions/accepted/old.py", "#!/usr/bin/env python2\nprint 1\n")
        .package();
    let old = find(&package, "accepted/old.py");
    assert_eq!((old.program.as_ref().unwrap().language.as_str(), &old.skipped), ("python", &None));
}

#[test]
fn what_cannot_be_run_says_why() {
    let package = Fixture::with("")
        .file("submissions/accepted/a.hs", "x")
        .file("submissions/accepted/only.h", "x")
        .file("submissions/accepted/both/a.py", "x")
        .file("submissions/accepted/both/b.java", "x")
        .file("submissions/accepted/logic.pl", "main :-\n    write(1).\n")
        .file("submissions/accepted/slow.py.disabled", "x")
        .file("submissions/accepted/slow.bad.py", "x")
        .file("submissions/partially_accepted/a.py", "x")
        .file("submissions/slow_accepted/a.py", "x")
        .file("submissions/stray.py", "x")
        .package();
    for (path, word) in [
        ("accepted/a.hs", "language"),
        ("accepted/only.h", "language"),
        ("accepted/both", "several languages"),
        ("accepted/logic.pl", "Prolog"),
        ("accepted/slow.py.disabled", "switched off"),
        ("accepted/slow.bad.py", "on purpose"),
        ("partially_accepted/a.py", "scoring"),
        ("slow_accepted/a.py", "slow_accepted"),
    ] {
        let reason = find(&package, path)
            .skipped
            .clone()
            .unwrap_or_else(|| panic!("{path} is not skipped"));
        assert!(reason.contains(word), "{path}: {reason}");
    }
    assert!(find(&package, "accepted/a.hs").program.is_none());
    assert_eq!(find(&package, "accepted/a.hs").label.expected, [Verdict::Accepted]);
    assert!(warned(&package, &["submissions/stray.py"]));
}

#[test]
fn tags_count_outside_official_folders() {
    let tag = "# @EXPECTED_RESULTS@: TIMELIMIT, RUN-ERROR\n";
    assert_eq!(tagged("mixed", tag).label.expected, [&TOO_SLOW[..], &CRASHES[..]].concat());
    assert_eq!(tagged("rejected", tag).label.expected, [&TOO_SLOW[..], &CRASHES[..]].concat());
    assert_eq!(tagged("accepted", tag).label.expected, [Verdict::Accepted]);
    assert!(
        tagged("mixed", "# @EXPECTED_RESULTS@: CHECK-MANUALLY")
            .skipped
            .unwrap()
            .contains("by hand")
    );
    assert!(tagged("mixed", "# nothing").skipped.unwrap().contains("mixed"));
}

#[test]
fn submissions_yaml_replaces_by_folder_and_narrows_by_glob() {
    let package = Fixture::with(MODERN)
        .file(
            "submissions/submissions.yaml",
            "time_limit_exceeded:\n  permitted: [AC, WA, TLE]\n\
             wrong_answer/*.py:\n  permitted: [WA]\n\
             'mine/{a,b}.py':\n  permitted: [AC, RTE]\n  required: [RTE]\n\
             accepted/odd:\n  language: python3\n  entrypoint: z.py\n\
             accepted/no.py:\n  permitted: [WA]\n",
        )
        .file("submissions/time_limit_exceeded/a.py", "x")
        .file("submissions/wrong_answer/a.py", "x")
        .file("submissions/mine/a.py", "x")
        .file("submissions/mine/c.py", "x")
        .file("submissions/accepted/odd/a.py", "x")
        .file("submissions/accepted/odd/z.py", "x")
        .file("submissions/accepted/odd/t.cc", "x")
        .file("submissions/accepted/no.py", "x")
        .package();
    let label = |path: &str| find(&package, path).label.clone();
    assert_eq!(
        label("time_limit_exceeded/a.py").permitted,
        [Verdict::Accepted, Verdict::WrongAnswer]
    );
    assert_eq!(label("time_limit_exceeded/a.py").expected, TOO_SLOW);
    assert_eq!(label("wrong_answer/a.py").permitted, []);
    assert_eq!(
        (label("mine/a.py").expected.as_slice(), label("mine/a.py").permitted.as_slice()),
        (&CRASHES[..], &[Verdict::Accepted][..])
    );
    assert!(find(&package, "mine/c.py").skipped.is_some());
    let odd = find(&package, "accepted/odd").program.clone().unwrap();
    assert_eq!((odd.language.as_str(), odd.files[0].name.as_str()), ("python", "z.py"));
    assert_eq!(odd.entry.as_deref(), Some("z.py"));
    assert_eq!(find(&package, "mine/a.py").program.as_ref().unwrap().entry, None);
    assert!(find(&package, "accepted/no.py").skipped.clone().unwrap().contains("contradicts"));
}

#[test]
fn submissions_yaml_is_checked() {
    let with = |yaml: &str| {
        Fixture::with(MODERN)
            .file("submissions/submissions.yaml", yaml)
            .file("submissions/accepted/a.py", "x")
    };
    let error = with("accepted:\n  permitted: [OK]\n").refusal();
    assert_eq!(
        (error.code, error.file.as_deref(), error.key.as_deref()),
        (
            "package.invalid_value",
            Some("submissions/submissions.yaml"),
            Some("accepted.permitted")
        )
    );
    let package = with("accepted:\n  authors: Ann\n  message: hi\n  sample: {permitted: [AC]}\n").package();
    assert_eq!(package.warnings, [""; 0]);
}

#[test]
fn large_programs_are_skipped_and_all_together_capped() {
    let mut fixture = Fixture::with("").file("submissions/accepted/big.py", vec![b'#'; 3000]);
    fixture.limits.program_bytes = 2000;
    assert!(
        find(&fixture.package(), "accepted/big.py")
            .skipped
            .clone()
            .unwrap()
            .contains("too large")
    );
    fixture.limits.program_bytes = 4000;
    fixture.limits.programs_bytes = 2000;
    assert_eq!(fixture.refusal().code, "package.too_large");
}

#[test]
fn submissions_may_be_shared_by_links() {
    let package = Fixture::with("")
        .file("submissions/accepted/a.py", "x")
        .link("submissions/no_output/a.py", "../accepted/a.py")
        .package();
    assert!(find(&package, "no_output/a.py").program.is_some());
}
