//! Scoring problems of the legacy format.

use crate::support::{Fixture, warned};
use codesm_core::judging::evaluate::{Known, evaluate};
use codesm_core::judging::grading::{Grader, LegacyPoints, OnReject, ScoreMode, TestGrade, TestGroup, TestNode, VerdictMode};
use codesm_core::judging::{Points, Verdict};
use codesm_core::problems::Package;

pub(crate) fn tree(package: &Package) -> &TestGroup {
    package.rules.tree.as_ref().unwrap()
}

/// The group at a path of names such as `secret/group1`.
pub(crate) fn group<'a>(root: &'a TestGroup, name: &str) -> &'a TestGroup {
    let found = root
        .groups()
        .find(|group| name == group.name || name.starts_with(&format!("{}/", group.name)));
    let found = found.unwrap_or_else(|| panic!("no {name} in {:?}", root.name));
    if found.name == name { found } else { group(found, name) }
}

/// Tests and groups directly in a group.
pub(crate) fn children(group: &TestGroup) -> Vec<String> {
    let children = group.children.iter().map(|child| match child {
        TestNode::Test(index) => index.to_string(),
        TestNode::Group(group) => group.name.clone(),
    });
    children.collect()
}

/// Score and verdict where exactly these tests fail.
pub(crate) fn score(package: &Package, failing: &[u32]) -> (f64, Verdict) {
    let mut known = Known::default();
    for index in 1..=u32::try_from(package.tests.len()).unwrap() {
        let verdict = if failing.contains(&index) {
            Verdict::WrongAnswer
        } else {
            Verdict::Accepted
        };
        known.tests.insert(index, TestGrade { verdict, points: None });
    }
    let scored = package.rules.points != Points::None;
    let found = evaluate(tree(package), &known, scored, false);
    (found.score, found.verdict.unwrap())
}

fn grader(group: &TestGroup) -> (VerdictMode, ScoreMode, bool, bool) {
    match group.grader {
        Grader::Legacy {
            verdict,
            score,
            ignore_sample,
            accept_if_any_accepted,
            ..
        } => (verdict, score, ignore_sample, accept_if_any_accepted),
        Grader::Custom { .. } | Grader::Modern { .. } => panic!("another grader"),
    }
}

fn points(group: &TestGroup) -> LegacyPoints {
    match group.grader {
        Grader::Legacy { points, .. } | Grader::Custom { points, .. } => points,
        Grader::Modern { .. } => panic!("another grader"),
    }
}

/// As the Swedish olympiad does it.
fn olympiad() -> Fixture {
    Fixture::with("name: x\ntype: scoring\n")
        .without("data/secret")
        .file(
            "data/testdata.yaml",
            "on_reject: continue\nrange: 0 100\ngrader_flags: ignore_sample\n",
        )
        .file(
            "data/sample/testdata.yaml",
            "on_reject: continue\nrange: 0 0\naccept_score: 0\ngrader_flags: first_error\n",
        )
        .file(
            "data/secret/testdata.yaml",
            "on_reject: continue\nrange: 0 100\ngrader_flags: first_error accept_if_any_accepted\n",
        )
        .file(
            "data/secret/group1/testdata.yaml",
            "on_reject: break\naccept_score: 30\nrange: 0 30\ngrader_flags: min\n",
        )
        .file(
            "data/secret/group2/testdata.yaml",
            "on_reject: break\naccept_score: 70\nrange: 0 70\ngrader_flags: min\n",
        )
        .case("secret/group1/1")
        .case("secret/group1/2")
        .case("secret/group2/1")
        .case("secret/group2/2")
}

#[test]
fn an_olympiad_problem_is_a_tree_with_points() {
    let package = olympiad().package();
    assert_eq!(package.warnings, [""; 0]);
    assert_eq!(package.rules.points, Points::None);
    let root = tree(&package);
    assert_eq!((root.name.as_str(), children(root)), ("", vec!["sample".into(), "secret".into()]));
    assert_eq!(grader(root), (VerdictMode::WorstError, ScoreMode::Sum, true, false));
    let secret = group(root, "secret");
    assert_eq!(children(secret), ["secret/group1", "secret/group2"]);
    assert_eq!(grader(secret), (VerdictMode::FirstError, ScoreMode::Sum, false, true));
    assert_eq!(secret.on_reject, OnReject::Continue);
    let second = group(root, "secret/group2");
    assert_eq!(children(second), ["4", "5"]);
    assert_eq!(grader(second), (VerdictMode::WorstError, ScoreMode::Min, false, false));
    assert_eq!(second.on_reject, OnReject::Break);
    let expected = LegacyPoints {
        accept_score: 70.0,
        reject_score: 0.0,
        range_min: Some(0.0),
        range_max: Some(70.0),
    };
    assert_eq!(points(second), expected);
    assert_eq!(root.max_score(false), Some(100.0));
}

#[test]
fn an_olympiad_problem_is_graded_as_its_authors_meant() {
    let package = olympiad().package();
    assert_eq!(score(&package, &[]), (100.0, Verdict::Accepted));
    assert_eq!(score(&package, &[1]), (100.0, Verdict::Accepted));
    assert_eq!(score(&package, &[5]), (30.0, Verdict::Accepted));
    assert_eq!(score(&package, &[2, 5]), (0.0, Verdict::WrongAnswer));
}

#[test]
fn keys_are_inherited_one_by_one_down_to_nested_groups() {
    let package = Fixture::with("type: scoring\n")
        .file(
            "data/testdata.yaml",
            "on_reject: continue\ngrader_flags: avg first_error\naccept_score: 7\n",
        )
        .file("data/secret/g/testdata.yaml", "reject_score: -1\n")
        .file("data/secret/g/deep/testdata.yaml", "grader_flags: max\n")
        .case("secret/g/1")
        .case("secret/g/deep/1")
        .case("secret/g/zero")
        .package();
    let root = tree(&package);
    let outer = group(root, "secret/g");
    assert_eq!(children(outer), ["3", "secret/g/deep", "5"]);
    assert_eq!(outer.on_reject, OnReject::Continue);
    assert_eq!(grader(outer), (VerdictMode::FirstError, ScoreMode::Avg, false, false));
    let deep = group(root, "secret/g/deep");
    assert_eq!(grader(deep), (VerdictMode::WorstError, ScoreMode::Max, false, false));
    assert_eq!((points(deep).accept_score, points(deep).reject_score), (7.0, -1.0));
    let secret = LegacyPoints {
        accept_score: 7.0,
        ..LegacyPoints::default()
    };
    assert_eq!(points(group(root, "secret")), secret);
    assert_eq!(root.tests(), [1, 2, 3, 4, 5]);
}

#[test]
fn what_nothing_is_said_about_is_as_the_format_says() {
    let package = Fixture::with("type: scoring\n").package();
    let root = tree(&package);
    assert_eq!(root.on_reject, OnReject::Break);
    assert_eq!(grader(root), (VerdictMode::WorstError, ScoreMode::Sum, false, false));
    assert_eq!(points(root), LegacyPoints::default());
    assert_eq!(score(&package, &[]), (2.0, Verdict::Accepted));
}

#[test]
fn unknown_flags_are_ignored_with_a_warning() {
    let package = Fixture::with("type: scoring\n")
        .file("data/sample/testdata.yaml", "accept_score: 0\ngrader_flags: no_errors\n")
        .package();
    assert!(warned(
        &package,
        &["data/sample/testdata.yaml: grader_flags", "line 2", "no_errors"]
    ));
}

#[test]
fn empty_groups_do_no_harm() {
    let package = olympiad().file("data/secret/group3/testdata.yaml", "accept_score: 5\n").package();
    assert_eq!(children(group(tree(&package), "secret/group3")), [""; 0]);
    assert_eq!(score(&package, &[]), (100.0, Verdict::Accepted));
}

#[test]
fn tests_may_be_shared_by_groups() {
    let package = olympiad()
        .link("data/secret/group2/0.in", "../group1/1.in")
        .link("data/secret/group2/0.ans", "../group1/1.ans")
        .package();
    assert_eq!(children(group(tree(&package), "secret/group2")), ["4", "5", "6"]);
    assert_eq!(package.tests[1].input.path, package.tests[3].input.path);
}

#[test]
fn a_custom_grader_grades_the_groups_that_want_it() {
    let with = || {
        olympiad().file(
            "data/secret/testdata.yaml",
            "on_reject: continue\ngrading: custom\ngrader_flags: subtask_score=12 x\n",
        )
    };
    let package = with().file("graders/grade.py", "x").file("graders/README", "x").package();
    let program = package.rules.grader.as_ref().unwrap();
    assert_eq!((program.language.as_str(), program.files[0].name.as_str()), ("python", "grade.py"));
    let Grader::Custom { flags, .. } = &group(tree(&package), "secret").grader else {
        panic!("the default grader");
    };
    assert_eq!(flags, &["subtask_score=12", "x"]);
    // Inherited like every key.
    assert!(matches!(group(tree(&package), "secret/group1").grader, Grader::Custom { .. }));

    let error = with().refusal();
    assert_eq!(
        (error.code, error.file.as_deref(), error.key.as_deref()),
        ("package.missing_grader", Some("data/secret/testdata.yaml"), Some("grading"))
    );
    assert!(error.message.contains("line 2"), "{error}");
    let two = with().file("graders/a.py", "x").file("graders/b.py", "x").refusal();
    assert_eq!(two.code, "package.unsupported_validator");
    let idle = olympiad().file("graders/grade.py", "x").package();
    assert_eq!(idle.rules.grader, None);
    assert!(warned(&idle, &["graders", "ignored"]));
}

#[test]
fn group_files_that_make_no_sense_are_refused_naming_file_key_and_line() {
    for (line, key) in [
        ("on_reject: stop", "on_reject"),
        ("range: 5", "range"),
        ("range: 5 1", "range"),
        ("accept_score: many", "accept_score"),
        ("reject_score: .nan", "reject_score"),
        ("grading: mine", "grading"),
        ("grader_flags: {a: b}", "grader_flags"),
    ] {
        let error = Fixture::with("type: scoring\n")
            .file("data/secret/testdata.yaml", format!("# words\n{line}\n"))
            .refusal();
        assert_eq!(
            (error.code, error.file.as_deref(), error.key.as_deref()),
            ("package.invalid_value", Some("data/secret/testdata.yaml"), Some(key)),
            "{line}"
        );
        assert!(error.message.contains("line 2"), "{error}");
    }
}

#[test]
fn packages_older_than_the_format_say_in_problem_yaml_what_groups_are_worth() {
    let package = Fixture::with("type: scoring\ngrading:\n  on_reject: grade\n  accept_score: 5\n  range: 0 10\n").package();
    let root = tree(&package);
    assert_eq!((root.on_reject, points(root).accept_score), (OnReject::Continue, 5.0));
    assert_eq!(score(&package, &[1]), (5.0, Verdict::WrongAnswer));
}

#[test]
fn pass_fail_problems_have_a_tree_only_where_a_failed_test_may_be_forgiven() {
    let with = |yaml: &str| Fixture::with("").file("data/testdata.yaml", yaml);
    for yaml in ["on_reject: continue\n", "grader_flags: first_error\n", "accept_score: 5\n"] {
        assert_eq!(with(yaml).package().rules.tree, None, "{yaml}");
    }
    let samples = with("on_reject: continue\ngrader_flags: ignore_sample\n").package();
    assert_eq!(score(&samples, &[]), (1.0, Verdict::Accepted));
    assert_eq!(score(&samples, &[1]), (1.0, Verdict::Accepted));
    assert_eq!(score(&samples, &[2]), (0.0, Verdict::WrongAnswer));
    assert_eq!(tree(&samples).max_score(false), Some(1.0));
    let any = with("on_reject: continue\ngrader_flags: accept_if_any_accepted\n").package();
    assert_eq!(score(&any, &[2]), (1.0, Verdict::Accepted));
    assert_eq!(score(&any, &[1, 2]), (0.0, Verdict::WrongAnswer));
    let always = Fixture::with("")
        .file("data/sample/testdata.yaml", "grader_flags: always_accept\non_reject: continue\n")
        .package();
    assert_eq!(score(&always, &[1]), (1.0, Verdict::Accepted));
    assert_eq!(score(&always, &[2]), (0.0, Verdict::WrongAnswer));
}

#[test]
fn pass_fail_graders_that_cannot_be_followed_are_refused() {
    let error = Fixture::with("").file("data/testdata.yaml", "grading: custom\n").refusal();
    assert_eq!((error.code, error.key.as_deref()), ("package.unsupported_type", Some("grading")));
    let error = Fixture::with("")
        .file("data/testdata.yaml", "grader_flags: always_accept\n")
        .file("data/secret/testdata.yaml", "grader_flags: first_error\n")
        .refusal();
    assert_eq!(
        (error.code, error.key.as_deref()),
        ("package.unsupported_feature", Some("grader_flags"))
    );
}

/// Two tests in a group, keys that the legacy format would inherit, and a sample without a file.
fn for_domjudge(tag: &str) -> Package {
    Fixture::with("type: scoring\n")
        .without("data/secret/1.in")
        .without("data/secret/1.ans")
        .file("data/testdata.yaml", "on_reject: continue\ngrader_flags: sum\n")
        .file("data/secret/testdata.yaml", "on_reject: continue\ngrader_flags: sum\n")
        .file("data/secret/small/testdata.yaml", "accept_score: 10\n")
        .case("secret/small/1")
        .case("secret/small/2")
        .file("data/secret/large/testdata.yaml", "accept_score: 50\n")
        .case("secret/large/1")
        .file("submissions/accepted/a.py", format!("# @EXPECTED_SCORE@: {tag}\n"))
        .package()
}

#[test]
fn packages_tagged_for_domjudge_are_graded_as_it_does() {
    let package = for_domjudge("60");
    assert!(warned(&package, &["DOMjudge"]));
    assert_eq!(tree(&package).max_score(false), Some(60.0));
    assert_eq!(score(&package, &[]), (60.0, Verdict::Accepted));
    assert_eq!(score(&package, &[1]), (60.0, Verdict::Accepted));
    // Test 4 is the second one of the group small.
    assert_eq!(score(&package, &[4]), (50.0, Verdict::WrongAnswer));
    let plain = for_domjudge("CORRECT");
    assert_eq!(score(&plain, &[]), (71.0, Verdict::Accepted));
}
