//! Scored groups of inline tests, as the tree of the package format's 2025-09 version.

use super::set_tests::{InlineGroup, InlineTest, SetTestsCommand};
use super::{StoredRules, TestCase};
use crate::judging::grading::{Aggregation, Grader, OnReject, TestGroup, TestNode};
use crate::kernel::Validation;
use std::collections::BTreeSet;

/// Most points of a group: far from where adding points loses any.
const MOST_POINTS: f64 = 1e6;

/// Every name and every number must make sense, every group must have tests, and every test that is no sample a group.
pub(super) fn check(validation: &mut Validation, command: &SetTestsCommand) {
    let Some(groups) = &command.groups else { return };
    validation.require(
        !groups.is_empty(),
        "groups",
        "empty",
        "Name at least one group, or leave this field out.",
    );
    let mut names = BTreeSet::new();
    for (at, InlineGroup { name, points }) in groups.iter().enumerate() {
        let field = format!("groups[{at}].name");
        // It becomes a folder when the problem is exported.
        let is_folder_name = is_group_name(name) && !name.starts_with(['.', '-']);
        let rule = format!("{GROUP_NAMES}, and begin with none of the last two.");
        validation.require(is_folder_name, &field, "invalid_group", rule);
        validation.require(names.insert(name.as_str()), &field, "repeated", "This name occurs twice.");
        let is_used = command
            .tests
            .iter()
            .any(|test| !test.sample && test.group.as_deref() == Some(name.as_str()));
        validation.require(is_used, &field, "no_tests", "No test that is not a sample has this group.");
        validation.require(
            points.is_finite() && *points > 0.0 && *points <= MOST_POINTS,
            format!("groups[{at}].points"),
            "out_of_range",
            "Must be more than 0 and at most 1000000.",
        );
    }
    for (at, InlineTest { sample, group, .. }) in command.tests.iter().enumerate() {
        let is_listed = group.as_deref().is_some_and(|group| names.contains(group));
        let is_needed = !sample;
        validation.require(
            is_listed || !is_needed,
            format!("tests[{at}].group"),
            "unknown_group",
            "Must be one of `groups`, because the problem is scored by group.",
        );
    }
}

/// What a group may be called.
pub(super) const GROUP_NAMES: &str = "Must be 1 to 64 of the characters a-z, A-Z, 0-9, _, - and .";

pub(super) fn is_group_name(name: &str) -> bool {
    (1..=64).contains(&name.len()) && name.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"_-.".contains(&byte))
}

/// Puts tests in the order of their groups, samples first.
pub(super) fn sort(tests: &mut [InlineTest], groups: Option<&[InlineGroup]>) {
    let place = |test: &InlineTest| {
        let group = groups
            .unwrap_or_default()
            .iter()
            .position(|group| Some(&group.name) == test.group.as_ref());
        (!test.sample, group.filter(|_| !test.sample))
    };
    tests.sort_by_key(place);
}

/// Path below the test data, as it would be in a package.
pub(super) fn test_name(test: &InlineTest, is_scored: bool, number: u32) -> String {
    match &test.group {
        _ if test.sample => format!("sample/{number}"),
        Some(group) if is_scored => format!("secret/{group}/{number}"),
        Some(_) | None => format!("secret/{number}"),
    }
}

/// Each group gives its points for all of its tests or none; the sum counts, and samples count nothing.
pub(super) fn rules(tests: &[TestCase], groups: &[InlineGroup]) -> StoredRules {
    let total: f64 = groups.iter().map(|group| group.points).sum();
    let tests_of = |wanted: &dyn Fn(&TestCase) -> bool| -> Vec<TestNode> {
        let wanted = tests.iter().filter(|test| wanted(test));
        wanted.map(|test| TestNode::Test(test.index)).collect()
    };
    let all_or_nothing = |name: String, children, points| TestGroup {
        name,
        children,
        on_reject: OnReject::Break,
        grader: Grader::Modern {
            aggregation: Aggregation::PassFail,
            max_score: Some(points),
        },
        require_pass: Vec::new(),
    };
    let sum = |name: &str, children| TestGroup {
        name: name.to_owned(),
        children,
        on_reject: OnReject::Continue,
        grader: Grader::Modern {
            aggregation: Aggregation::Sum,
            max_score: Some(total),
        },
        require_pass: Vec::new(),
    };
    let scored = groups.iter().map(|group| {
        let own = tests_of(&|test| !test.sample && test.group.as_ref() == Some(&group.name));
        TestNode::Group(all_or_nothing(format!("secret/{}", group.name), own, group.points))
    });
    let secret = sum("secret", scored.collect());
    let mut children = vec![TestNode::Group(secret)];
    let samples = tests_of(&|test| test.sample);
    if !samples.is_empty() {
        children.insert(0, TestNode::Group(all_or_nothing("sample".to_owned(), samples, 0.0)));
    }
    StoredRules {
        tree: Some(sum("", children)),
        ..StoredRules::default()
    }
}
