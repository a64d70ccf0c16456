//! Tests of a package.

use crate::support::{Fixture, content, warned};

const MODERN: &str = "problem_format_version: 2025-09\nname: x\n";

fn case(fixture: Fixture, path: &str) -> Fixture {
    fixture.file(&format!("data/{path}.in"), path).file(&format!("data/{path}.ans"), "")
}

#[test]
fn samples_come_first_then_secret_tests_in_byte_order() {
    let mut fixture = Fixture::with("");
    for path in [
        "secret/b",
        "secret/B",
        "secret/10",
        "secret/2",
        "sample/z",
        "secret/g1/1",
        "secret/g1/sub/1",
        "sample/g/1",
    ] {
        fixture = case(fixture, path);
    }
    let package = fixture.package();
    let names: Vec<_> = package
        .tests
        .iter()
        .map(|test| (test.name.as_str(), test.sample, test.group.as_deref()))
        .collect();
    assert_eq!(
        names,
        [
            ("sample/1", true, None),
            ("sample/g/1", true, None),
            ("sample/z", true, None),
            ("secret/1", false, None),
            ("secret/10", false, None),
            ("secret/2", false, None),
            ("secret/B", false, None),
            ("secret/b", false, None),
            ("secret/g1/1", false, Some("g1")),
            ("secret/g1/sub/1", false, Some("g1/sub")),
        ]
    );
    let input = &package.tests[8].input;
    assert_eq!((content(&input.path).as_str(), input.size), ("secret/g1/1", 11));
}

#[test]
fn a_missing_answer_is_refused_naming_the_input() {
    let error = Fixture::with("").without("data/secret/1.ans").refusal();
    assert_eq!(
        (error.code, error.file.as_deref()),
        ("package.missing_answer", Some("data/secret/1.in"))
    );
}

#[test]
fn a_package_without_tests_is_refused() {
    assert_eq!(Fixture::with("").without("data").refusal().code, "package.no_tests");
    let other = case(Fixture::with("").without("data"), "secrets/1");
    assert_eq!(other.refusal().code, "package.no_tests");
}

#[test]
fn samples_alone_are_enough_but_warned_of() {
    assert!(warned(&Fixture::with("").without("data/secret").package(), &["no secret tests"]));
}

#[test]
fn side_files_are_no_tests() {
    let package = Fixture::with(MODERN)
        .file("data/sample/1.in.statement", "x")
        .file("data/sample/1.ans.statement", "x")
        .file("data/sample/1.in.download", "x")
        .file("data/sample/2.interaction", "x")
        .file("data/invalid_input/1.in", "x")
        .file("data/invalid_output/1.in", "x")
        .package();
    assert_eq!(package.tests.len(), 2);
    assert_eq!(package.warnings, [""; 0]);
}

#[test]
fn strays_are_warned_of() {
    let package = Fixture::with("")
        .file("data/1.in", "")
        .file("data/other/1.in", "")
        .file("data/secret/9.ans", "")
        .package();
    for words in ["data/1.in", "data/other", "data/secret/9.ans"] {
        assert!(warned(&package, &[words, "ignored"]), "{words}");
    }
}

#[test]
fn empty_files_are_legal() {
    let package = Fixture::with("")
        .file("data/secret/1.in", "")
        .file("data/secret/1.ans", "")
        .package();
    assert_eq!((package.tests[1].input.size, package.tests[1].answer.size), (0, 0));
}

#[test]
fn words_of_samples_are_explanations() {
    let package = Fixture::with("")
        .file("data/sample/1.desc", "Add them.\n")
        .file("data/sample/1.hint", "Use +.\n")
        .file("data/secret/1.desc", "Overflow")
        .package();
    assert_eq!(package.tests[0].explanation.as_deref(), Some("Add them.\n\nHint: Use +."));
    assert_eq!(package.tests[1].explanation, None);
    let modern = Fixture::with(MODERN)
        .file("data/sample/1.yaml", "description: Add them.\nhint: Use +.\n")
        .package();
    assert_eq!(modern.tests[0].explanation.as_deref(), Some("Add them.\n\nHint: Use +."));
}

#[test]
fn arguments_and_extra_files_are_refused() {
    for (path, text) in [
        ("data/secret/1.files/x", "x"),
        ("data/secret/1.args", "x"),
        ("data/secret/1.yaml", "args: [x]\n"),
        ("data/secret/test_group.yaml", "args: [x]\n"),
    ] {
        assert_eq!(
            Fixture::with(MODERN).file(path, text).refusal().code,
            "package.unsupported_feature",
            "{path}"
        );
    }
    Fixture::with(MODERN).file("data/secret/1.yaml", "args: []\n").package();
}

#[test]
fn graders_that_accept_failed_tests_are_refused() {
    for (yaml, code) in [
        ("grader_flags: always_accept\n", "package.unsupported_feature"),
        ("grader_flags: first_error accept_if_any_accepted\n", "package.unsupported_feature"),
        ("grader_flags: ignore_sample\n", "package.unsupported_feature"),
        ("grading: custom\n", "package.unsupported_type"),
    ] {
        assert_eq!(Fixture::with("").file("data/testdata.yaml", yaml).refusal().code, code, "{yaml}");
    }
}

#[test]
fn group_keys_without_effect_are_accepted_and_unknown_ones_warned_of() {
    let package = Fixture::with("")
        .file(
            "data/secret/testdata.yaml",
            "on_reject: continue\nrange: 0 5\naccept_score: 5\ngrader_flags: sum\nfoo: 1\n",
        )
        .package();
    assert!(warned(&package, &["data/secret/testdata.yaml: on_reject"]));
    assert!(warned(&package, &["data/secret/testdata.yaml: foo", "unknown key"]));
    assert_eq!(package.warnings.len(), 3, "{:?}", package.warnings);
}

#[test]
fn a_group_file_of_the_other_format_is_read_with_a_warning() {
    let package = Fixture::with(MODERN).file("data/secret/testdata.yaml", "scoring: {}\n").package();
    assert!(warned(&package, &["data/secret/testdata.yaml", "does not belong"]));
}

#[test]
fn cases_may_be_shared_by_links() {
    let fixture = Fixture::with("")
        .link("data/secret/2.in", "../sample/1.in")
        .link("data/secret/2.ans", "../sample/1.ans");
    assert_eq!(content(&fixture.package().tests[2].input.path), "1 2\n");
}
