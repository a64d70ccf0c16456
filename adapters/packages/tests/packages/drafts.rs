//! Drafts between the legacy format and 2025-09.

use crate::legacy_scoring::{children, group, score, tree};
use crate::support::{Fixture, warned};
use codesm_core::judging::grading::{Aggregation, Grader};
use codesm_core::judging::{Points, Verdict};
use codesm_core::problems::{TimeRule, Timing};

fn scoring(version: &str) -> Fixture {
    Fixture::with(&format!("problem_format_version: {version}\nname: x\ntype: scoring\n"))
        .without("data/secret")
        .case("secret/a/1")
        .case("secret/a/2")
        .case("secret/b/1")
}

#[test]
fn a_draft_with_keys_of_the_legacy_format_is_graded_by_it() {
    let package = scoring("2023-07-draft")
        .file(
            "data/testdata.yaml",
            "on_reject: continue\nrange: 0 100\ngrader_flags: ignore_sample\n",
        )
        .file("data/secret/testdata.yaml", "grader_flags: first_error accept_if_any_accepted\n")
        .file("data/secret/a/testdata.yaml", "accept_score: 40\ngrader_flags: min\n")
        .file("data/secret/b/testdata.yaml", "accept_score: 60\ngrader_flags: min\n")
        .file("submissions/partially_accepted/a.py", "x")
        .package();
    assert_eq!(package.rules.points, Points::None);
    assert_eq!(score(&package, &[]), (100.0, Verdict::Accepted));
    assert_eq!(score(&package, &[2]), (60.0, Verdict::Accepted));
    let label = &package.submissions[0].label;
    assert_eq!((label.expected.as_slice(), label.partial), (&[Verdict::Accepted][..], true));
}

#[test]
fn an_early_draft_has_a_map_of_points() {
    let package = scoring("2023-07-draft")
        .file("data/secret/a/testdata.yaml", "grading: {score: 40, max_score: 40}\n")
        .file("data/secret/b/testdata.yaml", "grading:\n  score: 60\n  aggregation: sum\n")
        .package();
    assert!(matches!(group(tree(&package), "secret/b").grader, Grader::Legacy { .. }));
    assert!(warned(&package, &["data/secret/a/testdata.yaml", "early draft"]));
    assert_eq!(score(&package, &[]), (100.0, Verdict::Accepted));
    assert_eq!(score(&package, &[1]), (100.0, Verdict::Accepted));
    assert_eq!(score(&package, &[3]), (60.0, Verdict::Accepted));
    assert_eq!(score(&package, &[2, 4]), (0.0, Verdict::WrongAnswer));
    let error = scoring("2023-07")
        .file("data/secret/a/testdata.yaml", "grading:\n  aggregation: avg\n")
        .refusal();
    assert_eq!(
        (error.code, error.key.as_deref()),
        ("package.invalid_value", Some("grading.aggregation"))
    );
}

#[test]
fn later_drafts_call_points_scoring() {
    for version in ["2023-07-draft", "2025-09-draft", "2025-09"] {
        let package = scoring(version)
            .file("data/secret/testdata.yaml", "scoring: {aggregation: sum}\n")
            .file("data/secret/a/testdata.yaml", "scoring: {score: 30, aggregation: min}\n")
            .file(
                "data/secret/b/testdata.yaml",
                "scoring: {score: 70, aggregation: min, require-pass: a}\n",
            )
            .package();
        assert_eq!(package.rules.points, Points::Modern, "{version}");
        assert_eq!(score(&package, &[]), (100.0, Verdict::Accepted), "{version}");
        assert_eq!(score(&package, &[4]), (30.0, Verdict::WrongAnswer), "{version}");
        assert_eq!(warned(&package, &["does not belong"]), version == "2025-09");
    }
}

#[test]
fn groups_of_drafts_that_say_nothing_share_the_points() {
    let package = scoring("2023-07-draft")
        .file("data/secret/a/test_group.yaml", "max_score: 30\n")
        .package();
    assert_eq!(children(group(tree(&package), "secret")), ["secret/a", "secret/b"]);
    let Grader::Modern { aggregation, max_score } = group(tree(&package), "secret/b").grader else {
        panic!("another grader");
    };
    assert_eq!((aggregation, max_score), (Aggregation::PassFail, Some(70.0)));
}

#[test]
fn drafts_take_flags_as_texts_or_lists() {
    for args in [
        "output_validator_flags: a b",
        "output_validator_args: a b",
        "output_validator_args: [a, b]",
    ] {
        let package = Fixture::with("problem_format_version: 2023-07-draft\nname: x\n")
            .file("output_validator/v.py", "x")
            .file("data/testdata.yaml", format!("{args}\n"))
            .package();
        assert_eq!(package.checker.args, ["a", "b"], "{args}");
    }
}

#[test]
fn what_drafts_do_not_say_is_as_in_the_version_they_are_nearest_to() {
    let with = |version: &str| {
        Fixture::with(&format!("problem_format_version: {version}\nname: x\n"))
            .file("submissions/wrong_answer/a.py", "x")
            .package()
    };
    let early = with("2023-07-draft");
    assert!(early.rules.file_writing);
    assert_eq!(early.time_rule, TimeRule::MODERN);
    assert_eq!(early.submissions[0].timing, Timing::Nothing);
    assert_eq!(early.submissions[0].label.constraints, []);
    let late = with("2025-09-draft");
    assert!(!late.rules.file_writing);
    assert_eq!(late.submissions[0].timing, Timing::MustFit);
    assert_eq!(late.submissions[0].label.constraints.len(), 1);
}

#[test]
fn samples_that_are_not_to_be_run_are_run_all_the_same() {
    let package = Fixture::with("problem_format_version: 2023-07-draft\nname: x\n")
        .file("data/testdata.yaml", "run_samples: false\n")
        .package();
    assert!(warned(&package, &["run_samples", "all the same"]));
}

#[test]
fn one_folder_has_one_group_file() {
    let error = Fixture::with("problem_format_version: 2023-07-draft\nname: x\n")
        .file("data/secret/testdata.yaml", "")
        .file("data/secret/test_group.yaml", "")
        .refusal();
    assert_eq!(
        (error.code, error.file.as_deref()),
        ("package.invalid_value", Some("data/secret/test_group.yaml"))
    );
}
