//! Points and groups as a tree.

use super::NAME;
use super::testset::{FoundGroup, FoundTest, TestSet};
use crate::fault::refuse_key;
use crate::warnings::Warnings;
use codesm_core::judging::grading::{Aggregation, Grader, LegacyPoints, OnReject, ScoreMode, TestGroup, TestNode, VerdictMode};
use codesm_core::problems::PackageError;

/// Where all groups lie.
const SECRET: &str = "secret";
/// Points closer than this are the same.
const TOLERANCE: f64 = 1e-9;

/// The tree; nothing if no test is worth points.
///
/// # Errors
/// `package.invalid_value` for dependencies that go in circles or lead nowhere.
pub(super) fn tree(set: &TestSet, warnings: &mut Warnings) -> Result<Option<TestGroup>, PackageError> {
    let tests: Vec<Numbered<'_>> = (1..).zip(&set.tests).collect();
    if !set.tests.iter().any(|test| test.points.is_some())
        && !set.groups.iter().any(|group| group.points.is_some_and(|points| points > 0.0))
    {
        return Ok(None);
    }
    let is_free = |test: &&Numbered<'_>| test.1.group.is_none();
    let free: Vec<_> = tests.iter().filter(is_free).copied().collect();
    let mut children = Vec::new();
    for group in in_order_of_dependencies(&set.groups)? {
        let of_group = |test: &&Numbered<'_>| test.1.group.as_ref() == Some(&group.name);
        let own: Vec<_> = tests.iter().filter(of_group).copied().collect();
        if !own.is_empty() {
            children.push(TestNode::Group(group_of(group, &own, &set.tests, warnings)));
        }
    }
    if children.is_empty() {
        return Ok(Some(each_test("", SECRET, &free)));
    }
    if !free.is_empty() {
        children.push(TestNode::Group(each_test(SECRET, SECRET, &free)));
    }
    Ok(Some(summing("", children, LegacyPoints::default())))
}

/// A test and its index.
type Numbered<'a> = (u32, &'a FoundTest);

fn group_of(group: &FoundGroup, own: &[Numbered<'_>], all: &[FoundTest], warnings: &mut Warnings) -> TestGroup {
    let name = path(group);
    let is_known = |dependency: &&String| all.iter().any(|test| test.group.as_ref() == Some(*dependency));
    let required = group.dependencies.iter().filter(is_known);
    let require_pass: Vec<String> = required.map(|dependency| path(&super::testset::plain(dependency))).collect();
    let mut sum: f64 = own.iter().map(points).sum();
    if let Some(said) = group.points
        && (said - sum).abs() > TOLERANCE
    {
        // Packages made by hand give points to the group alone.
        if sum == 0.0 && group.is_complete {
            sum = said;
        } else {
            let message = format!(
                "group {} says {said} points, but its tests have {sum} together, which count",
                group.name
            );
            warnings.about_key(NAME, "groups", &message);
        }
    }
    if !group.is_complete {
        return TestGroup {
            require_pass,
            ..each_test(&name, &name, own)
        };
    }
    TestGroup {
        children: own.iter().map(|(index, _)| TestNode::Test(*index)).collect(),
        on_reject: OnReject::Break,
        grader: Grader::Modern {
            aggregation: Aggregation::PassFail,
            max_score: Some(sum),
        },
        require_pass,
        name,
    }
}

/// Every test counts by itself. A group knows one number of points for its own tests; so tests worth different points are
/// in groups of their own, called after the numbers of their tests.
fn each_test(name: &str, place: &str, tests: &[Numbered<'_>]) -> TestGroup {
    let mut runs: Vec<Vec<Numbered<'_>>> = Vec::new();
    for test in tests {
        match runs.last_mut() {
            Some(run) if (points(&run[0]) - points(test)).abs() <= TOLERANCE => run.push(*test),
            _ => runs.push(vec![*test]),
        }
    }
    if let [run] = runs.as_slice() {
        return equal(name, run);
    }
    let children = runs.iter().map(|run| {
        let (first, last) = (run[0].0, run[run.len() - 1].0);
        let numbers = if first == last {
            first.to_string()
        } else {
            format!("{first}-{last}")
        };
        TestNode::Group(equal(&format!("{place}/{numbers}"), run))
    });
    summing(name, children.collect(), LegacyPoints::default())
}

/// Tests that are all worth the same.
fn equal(name: &str, tests: &[Numbered<'_>]) -> TestGroup {
    let sum: f64 = tests.iter().map(points).sum();
    let own = LegacyPoints {
        accept_score: tests.first().map_or(0.0, points),
        // Where tests are worth nothing, checkers say how much they are worth: without bound.
        range_max: (sum > 0.0).then_some(sum),
        ..LegacyPoints::default()
    };
    summing(name, tests.iter().map(|(index, _)| TestNode::Test(*index)).collect(), own)
}

fn summing(name: &str, children: Vec<TestNode>, points: LegacyPoints) -> TestGroup {
    TestGroup {
        name: name.to_owned(),
        children,
        on_reject: OnReject::Continue,
        grader: Grader::Legacy {
            verdict: VerdictMode::FirstError,
            score: ScoreMode::Sum,
            ignore_sample: false,
            accept_if_any_accepted: false,
            points,
        },
        require_pass: Vec::new(),
    }
}

fn points(test: &Numbered<'_>) -> f64 {
    test.1.points.unwrap_or(0.0)
}

fn path(group: &FoundGroup) -> String {
    format!("{SECRET}/{}", group.folder)
}

/// The groups in their order, but none before those it depends on.
fn in_order_of_dependencies(groups: &[FoundGroup]) -> Result<Vec<&FoundGroup>, PackageError> {
    let invalid = |message: String| refuse_key("package.invalid_value", NAME, "dependencies", message);
    for group in groups {
        for dependency in &group.dependencies {
            if !groups.iter().any(|other| other.name == *dependency) {
                return Err(invalid(format!(
                    "group {} depends on {dependency}, which does not exist",
                    group.name
                )));
            }
        }
    }
    let mut left: Vec<&FoundGroup> = groups.iter().collect();
    let mut placed: Vec<&FoundGroup> = Vec::new();
    while !left.is_empty() {
        let is_placed = |name: &String| placed.iter().any(|group| group.name == *name);
        let Some(next) = left.iter().position(|group| group.dependencies.iter().all(is_placed)) else {
            return Err(invalid(format!("the dependencies of group {} go in a circle", left[0].name)));
        };
        placed.push(left.remove(next));
    }
    Ok(placed)
}
