//! The rules of 2025-09.

use super::super::super::grading::Aggregation::{Min, PassFail, Sum};
use super::*;

fn node(name: &str, aggregation: Aggregation, max_score: Option<f64>, children: Vec<TestNode>) -> TestGroup {
    TestGroup {
        on_reject: if aggregation == Sum { OnReject::Continue } else { OnReject::Break },
        grader: Grader::Modern { aggregation, max_score },
        ..group(name, children)
    }
}

/// Test 1 is the sample, the rest as given.
fn root(secret: TestGroup) -> TestGroup {
    let sample = node("sample", PassFail, None, tests([1]));
    let children = vec![TestNode::Group(sample), TestNode::Group(secret)];
    node("", Sum, None, children)
}

fn requiring(group: TestGroup, names: &[&str]) -> TestNode {
    TestNode::Group(TestGroup {
        require_pass: names.iter().map(|name| (*name).to_owned()).collect(),
        ..group
    })
}

fn scored(root: &TestGroup, truth: &Truth) -> Run {
    simulate(root, truth, (true, false), |_| 0, no_grader)
}

fn faults(run: &Run) -> Vec<u32> {
    run.evaluation.faults.keys().copied().collect()
}

#[test]
fn a_sum_shares_its_points_among_its_tests() {
    let root = root(node("secret", Sum, Some(100.0), tests(2..=5)));
    assert_eq!(root.max_score(true), Some(100.0));
    for (letters, score) in [("aaaaa", 100.0), ("aawat", 50.0), ("waaaa", 100.0), ("awwww", 0.0)] {
        let run = judged(&root, letters);
        assert_eq!((run.evaluation.score, run.ran.len()), (score, 5), "{letters}");
    }
    assert_eq!(judged(&root, "aawat").grade().0, WA);
    assert_eq!(
        judged(&root, "waaaa").evaluation.verdict,
        Some(WA),
        "being right in samples is being accepted"
    );
    let truth = Truth::of("aaaaa").with(2, GivenPoints::Share(0.5)).score(3, 10.0);
    assert_eq!(scored(&root, &truth).grade(), (AC, 12.5 + 10.0 + 25.0 + 25.0));
}

#[test]
fn a_minimum_is_the_least_of_its_tests_and_stops_at_a_failure() {
    let root = root(node("secret", Min, Some(60.0), tests(2..=4)));
    let truth = Truth::of("aaaa").with(3, GivenPoints::Share(0.25)).score(4, 20.0);
    assert_eq!(scored(&root, &truth).grade(), (AC, 15.0));
    let failed = judged(&root, "aawa");
    assert_eq!((failed.grade(), failed.ran), ((WA, 0.0), vec![1, 2, 3]));
}

#[test]
fn pass_fail_is_all_or_nothing() {
    let root = root(node("secret", PassFail, Some(10.0), tests(2..=4)));
    let run = judged(&root, "aaaa");
    assert_eq!(run.grade(), (AC, 10.0));
    assert!(
        run.evaluation.scores.values().all(|score| (score - 1.0).abs() < 1e-9),
        "only the group has points"
    );
    let failed = judged(&root, "aata");
    assert_eq!((failed.grade(), failed.ran), ((TLE, 0.0), vec![1, 2, 3]));
}

#[test]
fn groups_add_up_or_the_least_of_them_counts() {
    let parts = || {
        let one = node("secret/1", PassFail, Some(30.0), tests([2, 3]));
        let two = node("secret/2", Sum, Some(70.0), tests([4, 5]));
        vec![TestNode::Group(one), TestNode::Group(two)]
    };
    let sum = root(node("secret", Sum, Some(100.0), parts()));
    assert_eq!(judged(&sum, "aaaaw").grade(), (WA, 65.0));
    assert_eq!(judged(&sum, "aawaw").grade(), (WA, 35.0));
    let least = root(node("secret", Min, Some(100.0), parts()));
    assert_eq!(judged(&least, "aaaaw").grade(), (WA, 30.0));
    let all = root(node("secret", PassFail, Some(5.0), parts()));
    assert_eq!(
        (judged(&all, "aaaaa").evaluation.score, judged(&all, "aaaaw").evaluation.score),
        (5.0, 0.0)
    );
}

#[test]
fn a_minimum_goes_on_after_a_sum_that_is_not_full() {
    let parts = vec![
        TestNode::Group(node("secret/1", Sum, Some(50.0), tests([2, 3]))),
        TestNode::Group(node("secret/2", Sum, Some(50.0), tests([4, 5]))),
    ];
    let root = root(node("secret", Min, Some(50.0), parts));
    let run = judged(&root, "aawww");
    assert_eq!((run.grade().1, run.ran.len()), (0.0, 5));
}

#[test]
fn unbounded_points_must_be_given_as_a_score() {
    let root = root(node("secret", Sum, None, tests([2, 3])));
    assert_eq!(root.max_score(true), None);
    assert_eq!(
        scored(&root, &Truth::of("aaa").score(2, 1e9).score(3, 0.5)).grade(),
        (AC, 1e9 + 0.5)
    );
    for truth in [
        Truth::of("aaa").score(2, 1.0),
        Truth::of("aaa").score(2, 1.0).with(3, GivenPoints::Share(0.5)),
    ] {
        let run = scored(&root, &truth);
        assert_eq!((run.evaluation.has_failure, faults(&run)), (true, vec![3]));
        assert_eq!(run.group("secret").0, Verdict::CheckerFailed);
    }
    let failed = scored(&root, &Truth::of("awa").score(3, 2.0));
    assert_eq!((failed.grade(), failed.evaluation.has_failure), ((WA, 2.0), false));
}

#[test]
fn points_above_those_of_the_test_are_the_checkers_failure() {
    let root = root(node("secret", Sum, Some(10.0), tests([2, 3])));
    assert_eq!(faults(&scored(&root, &Truth::of("aaa").score(2, 5.1))), [2]);
    // Rounding is no fault, however many tests there are.
    let thirds = node("secret", Sum, Some(100.0), tests(2..=4));
    let truth = Truth::of("aaaa").score(2, 33.333_334).score(3, 33.333_334).score(4, 33.333_334);
    let run = scored(&super::modern::root(thirds), &truth);
    assert_eq!((run.evaluation.has_failure, run.grade().0), (false, AC));
}

#[test]
fn groups_that_give_more_than_all_together_are_the_problems_failure() {
    let part = |name: &str, index| TestNode::Group(node(name, Sum, None, tests([index])));
    let root = root(node("secret", Sum, Some(10.0), vec![part("secret/1", 2), part("secret/2", 3)]));
    let truth = |score| Truth::of("aaa").score(2, score).score(3, 4.0);
    assert_eq!(scored(&root, &truth(6.0)).grade(), (AC, 10.0));
    let run = scored(&root, &truth(7.0));
    assert!(run.evaluation.has_failure);
    assert_eq!(run.group("secret"), (Verdict::CheckerFailed, 0.0));
}

#[test]
fn points_in_a_pass_fail_group_are_a_failure_but_samples_are_nobodys_business() {
    let root = root(node("secret", PassFail, Some(10.0), tests([2])));
    let sample = scored(&root, &Truth::of("aa").score(1, 1e6));
    assert_eq!((sample.grade(), sample.evaluation.has_failure), ((AC, 10.0), false));
    let share = scored(&root, &Truth::of("aa").with(1, GivenPoints::Share(0.5)));
    assert!(!share.evaluation.has_failure);
    assert_eq!(faults(&scored(&root, &Truth::of("aa").score(2, 1.0))), [2]);
}

#[test]
fn an_unmet_requirement_closes_a_group_and_those_that_require_it() {
    let parts = vec![
        TestNode::Group(node("secret/1", PassFail, Some(10.0), tests([2]))),
        requiring(node("secret/2", PassFail, Some(20.0), tests([3])), &["secret/1"]),
        requiring(node("secret/3", PassFail, Some(30.0), tests([4])), &["secret/2"]),
        requiring(node("secret/4", Sum, Some(40.0), tests([5])), &["sample"]),
    ];
    let root = root(node("secret", Sum, Some(100.0), parts));
    assert_eq!(judged(&root, "aaaaa").grade(), (AC, 100.0));
    let run = judged(&root, "awaaa");
    assert_eq!((run.grade(), &run.ran), ((WA, 40.0), &vec![1, 2, 5]));
    for name in ["secret/2", "secret/3"] {
        assert_eq!(run.group(name), (Verdict::Skipped, 0.0));
    }
    let second = judged(&root, "aataa");
    assert_eq!((second.grade(), second.ran), ((TLE, 50.0), vec![1, 2, 3, 5]));
    let sample = judged(&root, "waaaa");
    assert_eq!(sample.grade(), (WA, 60.0), "{:?}", sample.ran);
    assert_eq!(sample.evaluation.reached, BTreeSet::from([1, 2, 3, 4]));
}

#[test]
fn secret_may_require_the_samples_and_missing_samples_hold_nobody_up() {
    let secret = || node("secret", Sum, Some(100.0), tests([2]));
    let mut both = root(secret());
    both.children[1] = requiring(secret(), &["sample"]);
    let run = judged(&both, "wa");
    assert_eq!((run.grade(), run.ran), ((WA, 0.0), vec![1]));
    let alone = node("", Sum, None, vec![requiring(secret(), &["sample"])]);
    assert_eq!(judged(&alone, "aa").grade(), (AC, 100.0));
}

#[test]
fn without_samples_or_groups_all_points_are_known() {
    assert_eq!(
        node("", Sum, None, vec![TestNode::Group(node("sample", PassFail, None, tests([1])))]).max_score(false),
        Some(0.0)
    );
    let only_samples = root(node("secret", Sum, Some(100.0), tests([2]))).only(&|index| index == 1);
    assert_eq!(
        only_samples.groups().map(|group| group.name.as_str()).collect::<Vec<_>>(),
        ["sample"]
    );
}
