//! `submissions.yaml` in full.

use crate::support::{Fixture, warned};
use codesm_core::judging::Verdict;
use codesm_core::problems::{Constraint, JurySubmission, Package, Timing};

const MODERN: &str = "problem_format_version: 2025-09\nname: x\n";
const SCORING: &str = "problem_format_version: 2025-09\nname: x\ntype: scoring\n";
const CRASHES: [Verdict; 3] = [Verdict::RuntimeError, Verdict::MemoryLimit, Verdict::ProcessLimit];
const TOO_SLOW: [Verdict; 3] = [Verdict::TimeLimit, Verdict::WallTimeLimit, Verdict::OutputLimit];

fn find<'a>(package: &'a Package, path: &str) -> &'a JurySubmission {
    let found = package.submissions.iter().find(|submission| submission.path == path);
    found.unwrap_or_else(|| panic!("no {path}"))
}

/// A package with secret tests `easy-1`, `easy-2`, `g/1`, `g/2`, `hard-1` (indices 2 to 6).
fn with(yaml: &str) -> Fixture {
    Fixture::with(MODERN)
        .without("data/secret")
        .case("secret/easy-1")
        .case("secret/easy-2")
        .case("secret/g/1")
        .case("secret/g/2")
        .case("secret/hard-1")
        .file("submissions/submissions.yaml", yaml)
}

fn and(verdicts: &[Verdict]) -> Vec<Verdict> {
    std::iter::once(Verdict::Accepted).chain(verdicts.iter().copied()).collect()
}

#[test]
fn folders_are_constraints_over_all_tests() {
    let package = with("{}")
        .file("submissions/accepted/a.py", "x")
        .file("submissions/run_time_error/a.py", "x")
        .file("submissions/brute_force/a.py", "x")
        .file("submissions/rejected/a.py", "x")
        .package();
    // That every test is accepted is what the verdict says.
    assert_eq!(find(&package, "accepted/a.py").label.constraints, []);
    let crashes = Constraint {
        permitted: Some(and(&CRASHES)),
        required: Some(CRASHES.to_vec()),
        ..Constraint::default()
    };
    assert_eq!(find(&package, "run_time_error/a.py").label.constraints, [crashes]);
    let brute = &find(&package, "brute_force/a.py").label.constraints[0];
    assert!(brute.required.as_ref().unwrap().contains(&Verdict::WallTimeLimit));
    assert!(!brute.permitted.as_ref().unwrap().contains(&Verdict::WrongAnswer));
    let rejected = &find(&package, "rejected/a.py").label.constraints[0];
    assert_eq!(rejected.permitted, None);
    assert!(rejected.required.as_ref().unwrap().contains(&Verdict::OutputLimit));
}

#[test]
fn single_tests_are_named_by_globs() {
    let package = with(
        "time_limit_exceeded/a.py:\n\
         \x20 sample:\n    permitted: [AC]\n\
         \x20 'secret/{easy-*,g}':\n    permitted: [AC]\n    message: fine\n\
         \x20 secret/*-1:\n    required: [TLE]\n",
    )
    .file("submissions/time_limit_exceeded/a.py", "x")
    .package();
    let constraints = &find(&package, "time_limit_exceeded/a.py").label.constraints;
    assert_eq!(constraints.len(), 4);
    let tests: Vec<_> = constraints.iter().map(|constraint| constraint.tests.clone()).collect();
    assert_eq!(tests, [None, Some(vec![1]), Some(vec![2, 3, 4, 5]), Some(vec![2, 6])]);
    assert_eq!(constraints[2].permitted, Some(vec![Verdict::Accepted]));
    assert_eq!(constraints[2].message.as_deref(), Some("fine"));
    assert_eq!(constraints[3].required, Some(TOO_SLOW.to_vec()));
}

#[test]
fn a_folders_own_key_replaces_and_globs_add() {
    let package = with(
        "time_limit_exceeded:\n  permitted: [AC, WA, TLE]\n\
         time_limit_exceeded/*:\n  permitted: [AC, TLE, RTE]\n  message: slow\n\
         own:\n  permitted: [AC, WA]\n",
    )
    .file("submissions/time_limit_exceeded/a.py", "x")
    .file("submissions/own/a.py", "x")
    .package();
    let label = &find(&package, "time_limit_exceeded/a.py").label;
    assert_eq!(
        (label.expected.as_slice(), label.permitted.as_slice()),
        (&TOO_SLOW[..], &[Verdict::Accepted][..])
    );
    let [replaced, added] = label.constraints.as_slice() else {
        panic!("{:?}", label.constraints);
    };
    assert!(replaced.permitted.as_ref().unwrap().contains(&Verdict::WrongAnswer));
    assert_eq!(replaced.required, Some(TOO_SLOW.to_vec()));
    assert!(added.permitted.as_ref().unwrap().contains(&Verdict::RuntimeError));
    assert_eq!((added.required.as_ref(), added.message.as_deref()), (None, Some("slow")));
    let own = &find(&package, "own/a.py").label;
    assert_eq!(own.expected, [Verdict::Accepted, Verdict::WrongAnswer]);
}

#[test]
fn scores_are_numbers_or_ranges_of_submissions_and_of_groups() {
    let package = Fixture::with(SCORING)
        .without("data/secret")
        .file("data/secret/g/test_group.yaml", "max_score: 40\n")
        .file("data/secret/h/test_group.yaml", "max_score: 60\n")
        .case("secret/g/1")
        .case("secret/g/2")
        .case("secret/h/1")
        .file(
            "submissions/submissions.yaml",
            "mine/a.py:\n  score: 40\n  secret/g: {score: [30, 40.5]}\n  secret/h/*: {score: 0}\n",
        )
        .file("submissions/mine/a.py", "x")
        .package();
    let constraints = &find(&package, "mine/a.py").label.constraints;
    assert_eq!(constraints[0].score, Some((40.0, 40.0)));
    assert_eq!((constraints[0].tests.as_ref(), constraints[0].group.as_ref()), (None, None));
    let of_group = Constraint {
        group: Some("secret/g".into()),
        score: Some((30.0, 40.5)),
        ..Constraint::default()
    };
    assert_eq!(constraints[1], of_group);
    assert_eq!(
        (constraints[2].tests.as_deref(), constraints[2].score),
        (Some(&[4][..]), Some((0.0, 0.0)))
    );
}

#[test]
fn running_times_count_as_the_constraints_say() {
    let package = with(
        "accepted/idle.py: {use_for_time_limit: false}\n\
         mine/fits.py: {permitted: [AC, WA]}\n\
         mine/slow.py: {required: [TLE]}\n\
         mine/either.py: {required: [TLE, RTE]}\n\
         mine/lower.py: {use_for_time_limit: lower}\n\
         mine/upper.py: {use_for_time_limit: upper}\n\
         mine/part.py: {secret/g: {permitted: [AC]}}\n\
         brute_force/on.py: {use_for_time_limit: true}\n",
    )
    .file("submissions/accepted/a.py", "x")
    .file("submissions/accepted/idle.py", "x")
    .file("submissions/wrong_answer/a.py", "x")
    .file("submissions/run_time_error/a.py", "x")
    .file("submissions/time_limit_exceeded/a.py", "x")
    .file("submissions/brute_force/on.py", "x")
    .file("submissions/mine/fits.py", "x")
    .file("submissions/mine/slow.py", "x")
    .file("submissions/mine/either.py", "x")
    .file("submissions/mine/lower.py", "x")
    .file("submissions/mine/upper.py", "x")
    .file("submissions/mine/part.py", "x")
    .package();
    for (path, timing) in [
        ("accepted/a.py", Timing::MustFit),
        ("accepted/idle.py", Timing::Nothing),
        ("wrong_answer/a.py", Timing::MustFit),
        ("run_time_error/a.py", Timing::MustFit),
        ("time_limit_exceeded/a.py", Timing::MustExceed),
        ("brute_force/on.py", Timing::Nothing),
        ("mine/fits.py", Timing::MustFit),
        ("mine/slow.py", Timing::MustExceed),
        ("mine/either.py", Timing::Nothing),
        ("mine/lower.py", Timing::MustFit),
        ("mine/upper.py", Timing::MustExceed),
        ("mine/part.py", Timing::Nothing),
    ] {
        assert_eq!(find(&package, path).timing, timing, "{path}");
    }
    let lower = &find(&package, "mine/lower.py").label.constraints[0];
    assert!(!lower.permitted.as_ref().unwrap().contains(&Verdict::TimeLimit));
    assert!(lower.permitted.as_ref().unwrap().contains(&Verdict::RuntimeError));
    let upper = &find(&package, "mine/upper.py").label.constraints[0];
    assert_eq!(upper.required, Some(TOO_SLOW.to_vec()));
}

#[test]
fn legacy_folders_time_only_what_is_accepted_or_too_slow() {
    let package = Fixture::with("")
        .file("submissions/accepted/a.py", "x")
        .file("submissions/wrong_answer/a.py", "x")
        .file("submissions/time_limit_exceeded/a.py", "x")
        .package();
    let timings: Vec<_> = package.submissions.iter().map(|submission| submission.timing).collect();
    assert_eq!(timings, [Timing::MustFit, Timing::MustExceed, Timing::Nothing]);
}

#[test]
fn what_makes_no_sense_is_refused_naming_key_and_line() {
    for (line, key) in [
        ("accepted: {permitted: [OK]}", "accepted.permitted"),
        ("accepted: {required: []}", "accepted.required"),
        ("accepted: {score: many}", "accepted.score"),
        ("accepted: {score: [3, 1]}", "accepted.score"),
        ("accepted: {use_for_time_limit: both}", "accepted.use_for_time_limit"),
        ("accepted: {sample: {required: [XX]}}", "accepted.sample.required"),
        ("accepted: 5", "accepted"),
    ] {
        let error = with(&format!("# words\n{line}\n")).file("submissions/accepted/a.py", "x").refusal();
        assert_eq!(
            (error.code, error.file.as_deref(), error.key.as_deref()),
            ("package.invalid_value", Some("submissions/submissions.yaml"), Some(key)),
            "{line}"
        );
        assert!(error.message.contains("line 2"), "{error}");
    }
}

#[test]
fn what_matches_nothing_is_warned_of() {
    let package = with("acepted/*: {permitted: [AC]}\naccepted: {secret/nowhere: {permitted: [AC]}}\nwrong_answer: {colour: red}\n")
        .file("submissions/accepted/a.py", "x")
        .package();
    assert!(warned(&package, &["acepted/*", "matches no submission"]));
    assert!(warned(&package, &["secret/nowhere", "matches no test"]));
    assert!(warned(&package, &["wrong_answer.colour", "line 3", "unknown key"]));
}

#[test]
fn submissions_json_names_entry_points() {
    let package = Fixture::with("")
        .file(
            "submissions.json",
            "{\n\t\"submissions/accepted/many/\": {\"entry_point\": \"start.py\"},\n\t\"submissions/accepted/one.py\": {}\n}\n",
        )
        .file("submissions/accepted/many/a.py", "x")
        .file("submissions/accepted/many/main.py", "x")
        .file("submissions/accepted/many/start.py", "x")
        .file("submissions/accepted/one.py", "x")
        .package();
    let program = find(&package, "accepted/many").program.as_ref().unwrap();
    assert_eq!(program.files[0].name, "start.py");
    let broken = Fixture::with("").file("submissions.json", "{").package();
    assert!(broken.submissions.is_empty());
    let broken = Fixture::with("")
        .file("submissions.json", "{")
        .file("submissions/accepted/one.py", "x")
        .package();
    assert!(warned(&broken, &["submissions.json", "ignored"]));
}

#[test]
fn folders_start_with_the_usual_files() {
    let package = Fixture::with("")
        .file("submissions/accepted/java/A.java", "x")
        .file("submissions/accepted/java/Main.java", "x")
        .file("submissions/accepted/kotlin/A.kt", "x")
        .file("submissions/accepted/kotlin/main.kt", "x")
        .file("submissions/accepted/python/a.py", "x")
        .file("submissions/accepted/python/__main__.py", "x")
        .file("submissions/accepted/python/main.py", "x")
        .file("submissions/accepted/web/a.js", "x")
        .file("submissions/accepted/web/main.js", "x")
        .file("submissions/accepted/php/a.php", "x")
        .file("submissions/accepted/php/main.php", "x")
        .file("submissions/accepted/plain/b.pl", "x")
        .file("submissions/accepted/plain/a.txt", "x")
        .package();
    for (path, first) in [
        ("java", "Main.java"),
        ("kotlin", "main.kt"),
        ("python", "__main__.py"),
        ("web", "main.js"),
        ("php", "main.php"),
        ("plain", "b.pl"),
    ] {
        let program = find(&package, &format!("accepted/{path}")).program.as_ref().unwrap();
        assert_eq!(program.files[0].name, first, "{path}");
    }
}
