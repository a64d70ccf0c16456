//! Scoring problems of 2025-09.

use crate::legacy_scoring::{children, group, score, tree};
use crate::support::{Fixture, warned};
use codesm_core::judging::grading::{Aggregation, Grader, OnReject, TestGroup};
use codesm_core::judging::{Points, Verdict};

const SCORING: &str = "problem_format_version: 2025-09\nname: x\ntype: scoring\n";

fn modern(group: &TestGroup) -> (Aggregation, Option<f64>, OnReject) {
    match group.grader {
        Grader::Modern { aggregation, max_score } => (aggregation, max_score, group.on_reject),
        Grader::Legacy { .. } | Grader::Custom { .. } => panic!("another grader"),
    }
}

/// Three groups of two tests each; none directly in `secret`.
fn grouped(files: &[(&str, &str)]) -> Fixture {
    let mut fixture = Fixture::with(SCORING).without("data/secret");
    for name in ["a", "b", "c"] {
        for case in ["1", "2"] {
            fixture = fixture.case(&format!("secret/{name}/{case}"));
        }
    }
    for (path, text) in files {
        fixture = fixture.file(&format!("data/{path}test_group.yaml"), text);
    }
    fixture
}

const POINTS: [(&str, &str); 3] = [
    ("secret/a/", "max_score: 20\n"),
    ("secret/b/", "max_score: 30\nscore_aggregation: min\nrequire_pass: [sample, a]\n"),
    ("secret/c/", "max_score: 50\nscore_aggregation: sum\nrequire_pass: secret/a\n"),
];

#[test]
fn groups_have_the_points_they_say() {
    let package = grouped(&POINTS).package();
    assert_eq!(package.warnings, [""; 0]);
    assert_eq!(package.rules.points, Points::Modern);
    let root = tree(&package);
    assert_eq!(children(root), ["sample", "secret"]);
    let secret = group(root, "secret");
    assert_eq!(modern(secret), (Aggregation::Sum, Some(100.0), OnReject::Continue));
    assert_eq!(children(secret), ["secret/a", "secret/b", "secret/c"]);
    assert_eq!(
        modern(group(root, "secret/a")),
        (Aggregation::PassFail, Some(20.0), OnReject::Break)
    );
    assert_eq!(modern(group(root, "secret/b")), (Aggregation::Min, Some(30.0), OnReject::Break));
    assert_eq!(modern(group(root, "secret/c")), (Aggregation::Sum, Some(50.0), OnReject::Continue));
    assert_eq!(group(root, "secret/b").require_pass, ["sample", "secret/a"]);
    assert_eq!(group(root, "secret/c").require_pass, ["secret/a"]);
    assert_eq!(root.max_score(true), Some(100.0));
    assert_eq!(root.tests(), (1..=7).collect::<Vec<_>>());
}

#[test]
fn groups_are_graded_as_the_format_says() {
    let package = grouped(&POINTS).package();
    assert_eq!(score(&package, &[]), (100.0, Verdict::Accepted));
    assert_eq!(score(&package, &[1]), (70.0, Verdict::WrongAnswer));
    assert_eq!(score(&package, &[5]), (70.0, Verdict::WrongAnswer));
    assert_eq!(score(&package, &[7]), (75.0, Verdict::WrongAnswer));
    assert_eq!(score(&package, &[2]), (0.0, Verdict::WrongAnswer));
}

#[test]
fn tests_without_groups_share_the_points() {
    let package = Fixture::with(SCORING)
        .case("secret/nested/2")
        .case("secret/nested/more/3")
        .package();
    let secret = group(tree(&package), "secret");
    assert_eq!(children(secret), ["2", "3", "4"]);
    assert_eq!(modern(secret), (Aggregation::Sum, Some(100.0), OnReject::Continue));
    let (found, _) = score(&package, &[2]);
    assert!((found - 200.0 / 3.0).abs() < 1e-9);
}

#[test]
fn secret_tests_may_be_unbounded() {
    let package = grouped(&[
        ("secret/", "max_score: unbounded\n"),
        ("secret/a/", "score_aggregation: sum\n"),
        ("secret/b/", "score_aggregation: min\n"),
        ("secret/c/", "max_score: 5\n"),
    ])
    .package();
    let root = tree(&package);
    assert_eq!(modern(group(root, "secret")), (Aggregation::Sum, None, OnReject::Continue));
    assert_eq!(modern(group(root, "secret/a")).1, None);
    assert_eq!(root.max_score(true), None);
}

#[test]
fn points_that_contradict_each_other_are_refused_or_warned_of() {
    let error = grouped(&[("secret/a/", "max_score: 20\n"), ("secret/b/", "score_aggregation: min\n")]).refusal();
    assert_eq!(
        (error.code, error.file.as_deref(), error.key.as_deref()),
        ("package.invalid_value", Some("data/secret/b/test_group.yaml"), Some("max_score"))
    );
    let loose = grouped(&POINTS).case("secret/loose").refusal();
    assert_eq!((loose.code, loose.file.as_deref()), ("package.invalid_value", Some("data/secret")));
    let more = grouped(&[
        ("secret/a/", "max_score: 20\n"),
        ("secret/b/", "max_score: 20\n"),
        ("secret/c/", "max_score: 20\n"),
    ]);
    assert!(warned(&more.package(), &["max_score", "60", "100"]));
    let pass_fail = Fixture::with("problem_format_version: 2025-09\nname: x\n")
        .file("data/secret/test_group.yaml", "max_score: 20\n")
        .package();
    assert_eq!(pass_fail.rules.tree, None);
    assert!(warned(&pass_fail, &["no scoring problem"]));
}

#[test]
fn groups_depend_only_on_groups_before_them() {
    for name in ["c", "b", "nothing", "secret"] {
        let text = format!("max_score: 20\n\nrequire_pass: {name}\n");
        let error = grouped(&[
            ("secret/a/", "max_score: 20\n"),
            ("secret/b/", text.as_str()),
            ("secret/c/", "max_score: 60\n"),
        ])
        .refusal();
        assert_eq!(
            (error.code, error.file.as_deref(), error.key.as_deref()),
            ("package.invalid_value", Some("data/secret/b/test_group.yaml"), Some("require_pass")),
            "{name}"
        );
        assert!(error.message.contains("line 3"), "{error}");
    }
    let sample = Fixture::with(SCORING)
        .file("data/secret/test_group.yaml", "require_pass: sample\n")
        .package();
    assert_eq!(score(&sample, &[1]), (0.0, Verdict::WrongAnswer));
}

#[test]
fn keys_that_make_no_sense_are_refused_naming_file_key_and_line() {
    for (line, key) in [
        ("max_score: lots", "max_score"),
        ("max_score: -1", "max_score"),
        ("score_aggregation: avg", "score_aggregation"),
        ("require_pass: [{a: b}]", "require_pass[0]"),
    ] {
        let error = Fixture::with(SCORING)
            .file("data/secret/test_group.yaml", format!("\n{line}\n"))
            .refusal();
        let key = if key.ends_with(']') { None } else { Some(key) };
        assert_eq!(error.code, "package.invalid_value", "{line}");
        assert_eq!(error.file.as_deref(), Some("data/secret/test_group.yaml"));
        assert!(key.is_none() || error.key.as_deref() == key, "{error}");
        assert!(error.message.contains("line 2"), "{error}");
    }
}

#[test]
fn a_group_file_at_the_root_of_the_data_is_inherited() {
    let package = grouped(&POINTS)
        .file("data/test_group.yaml", "output_validator_args: [case_sensitive]\nargs: [x]\n")
        .package();
    assert!(package.tests.iter().all(|test| test.args == ["x"]));
}
