//! Points and groups in packages that are written.

use crate::support::Fixture;
use crate::writer::{MODERN, again, refused, round_trip};
use codesm_core::judging::Verdict;
use codesm_core::judging::grading::{Aggregation, Grader, LegacyPoints, OnReject, ScoreMode, TestGroup, TestNode, VerdictMode};
use codesm_core::problems::{Package, PackageTest};

#[test]
fn groups_and_what_is_demanded_of_submissions_in_them_are_kept() {
    let fixture = scoring()
        .file("submissions/accepted/full.py", "")
        .file("submissions/partially_accepted/half.py", "")
        .file("submissions/wrong_answer/none.py", "")
        .file("submissions/mixed/some.py", "")
        .file(
            "submissions/submissions.yaml",
            "accepted/full.py: {score: 100}\nmixed/some.py:\n  score: [30, 50]\n  message: almost\n  permitted: [AC, WA]\n  secret/a: {permitted: [AC], score: 30}\n  \
             secret/b/2: {required: [WA]}\n  'secret/{a,c}': {permitted: [AC, TLE]}\n",
        );
    again(&fixture, &fixture.package());
}

fn scoring() -> Fixture {
    Fixture::with(&format!("{MODERN}type: scoring\n"))
        .without("data/secret/1.in")
        .without("data/secret/1.ans")
        .file("data/secret/test_group.yaml", "max_score: 100\n")
        .file("data/secret/a/test_group.yaml", "max_score: 30\nrequire_pass: sample\n")
        .file("data/secret/a/1.in", "1")
        .file("data/secret/a/1.ans", "1")
        .file("data/secret/b/test_group.yaml", "max_score: 20\nscore_aggregation: sum\n")
        .file("data/secret/b/1.in", "2")
        .file("data/secret/b/1.ans", "2")
        .file("data/secret/b/2.in", "3")
        .file("data/secret/b/2.ans", "3")
        .file(
            "data/secret/c/test_group.yaml",
            "max_score: 50\nscore_aggregation: min\nrequire_pass: [a, b]\n",
        )
        .file("data/secret/c/1.in", "4")
        .file("data/secret/c/1.ans", "4")
}

/// The set-up of the Swedish olympiad: any group will do, and each gives its points or none.
fn swedish() -> Fixture {
    let group = |points: u32| format!("on_reject: break\naccept_score: {points}\nrange: 0 {points}\ngrader_flags: min\n");
    Fixture::with("name: Adding\ntype: scoring\n")
        .without("data/secret/1.in")
        .without("data/secret/1.ans")
        .file(
            "data/testdata.yaml",
            "on_reject: continue\nrange: 0 100\ngrader_flags: ignore_sample\n",
        )
        .file(
            "data/sample/testdata.yaml",
            "accept_score: 0\nrange: 0 0\ngrader_flags: first_error\n",
        )
        .file(
            "data/secret/testdata.yaml",
            "on_reject: continue\ngrader_flags: first_error accept_if_any_accepted\n",
        )
        .file("data/secret/g1/testdata.yaml", group(40))
        .file("data/secret/g1/1.in", "1")
        .file("data/secret/g1/1.ans", "1")
        .file("data/secret/g1/2.in", "1")
        .file("data/secret/g1/2.ans", "1")
        .file("data/secret/g2/testdata.yaml", group(60))
        .file("data/secret/g2/1.in", "2")
        .file("data/secret/g2/1.ans", "2")
}

#[test]
fn groups_of_the_legacy_format_that_give_all_or_nothing_become_pass_fail_groups() {
    let fixture = swedish()
        .file("submissions/accepted/a.py", "")
        .file("submissions/partially_accepted/b.py", "");
    let package = fixture.package();
    let read = round_trip(&fixture, &package).unwrap();
    let tree = read.rules.tree.unwrap();
    let secret = tree.groups().find(|group| group.name == "secret").unwrap();
    let found: Vec<_> = secret.groups().map(|group| (group.name.as_str(), group.grader.clone())).collect();
    let all_or_nothing = |points| Grader::Modern {
        aggregation: Aggregation::PassFail,
        max_score: Some(points),
    };
    assert_eq!(found, [("secret/g1", all_or_nothing(40.0)), ("secret/g2", all_or_nothing(60.0))]);
    assert_eq!(tree.max_score(false), Some(100.0));
    assert!(read.submissions[1].label.partial);
}

#[test]
fn graders_without_words_in_2025_09_are_refused() {
    let worst = swedish().file("data/secret/testdata.yaml", "on_reject: continue\ngrader_flags: worst_error\n");
    refused(&worst, &worst.package(), "worst verdict");
    let largest = swedish().file(
        "data/secret/g1/testdata.yaml",
        "on_reject: continue\naccept_score: 4\ngrader_flags: max first_error\n",
    );
    refused(&largest, &largest.package(), "how the points of secret/g1");
    let less = swedish().file("problem.yaml", "name: Adding\ntype: scoring\ngrading: {objective: min}\n");
    refused(&less, &less.package(), "less is better");
    let samples = swedish()
        .file("data/testdata.yaml", "on_reject: continue\ngrader_flags: first_error\n")
        .file("data/sample/testdata.yaml", "accept_score: 5\n");
    refused(&samples, &samples.package(), "samples give points");
    let strict = swedish().file("data/secret/testdata.yaml", "on_reject: continue\ngrader_flags: first_error\n");
    refused(&strict, &strict.package(), "only accepted submissions have points");
    let nested = swedish().file("data/secret/g1/deep/1.in", "").file("data/secret/g1/deep/1.ans", "");
    refused(&nested, &nested.package(), "groups in it");
}

#[test]
fn scores_of_converted_trees_are_the_same_whatever_the_verdicts() {
    use codesm_core::judging::evaluate::{Known, evaluate};
    use codesm_core::judging::grading::TestGrade;
    let fixture = swedish();
    let package = fixture.package();
    let read = round_trip(&fixture, &package).unwrap();
    let score = |package: &Package, passed: u32| {
        let grade = |index: u32| TestGrade {
            verdict: if passed & (1 << index) == 0 {
                Verdict::WrongAnswer
            } else {
                Verdict::Accepted
            },
            points: None,
        };
        let known = Known {
            tests: (1..=4).map(|index| (index, grade(index))).collect(),
            ..Known::default()
        };
        evaluate(package.rules.tree.as_ref().unwrap(), &known, false, false).score
    };
    for passed in (0..32).step_by(2) {
        assert_eq!(score(&package, passed).to_bits(), score(&read, passed).to_bits(), "{passed:b}");
    }
}

#[test]
fn groups_keep_their_order_by_new_names() {
    let fixture = Fixture::with(MODERN);
    let mut package = fixture.package();
    let test = package.tests.pop().unwrap();
    let points = |group: &str, index, points| {
        let children = vec![TestNode::Test(index)];
        let grader = Grader::Legacy {
            verdict: VerdictMode::FirstError,
            score: ScoreMode::Min,
            ignore_sample: false,
            accept_if_any_accepted: false,
            points: LegacyPoints {
                accept_score: points,
                ..LegacyPoints::default()
            },
        };
        group_of(group, children, OnReject::Break, grader)
    };
    for group in ["small", "large"] {
        package.tests.push(PackageTest {
            name: format!("secret/{group}/1"),
            group: Some(group.into()),
            ..test.clone()
        });
    }
    let sum = |max_score| Grader::Modern {
        aggregation: Aggregation::Sum,
        max_score,
    };
    let groups = vec![points("secret/small", 2, 30.0), points("secret/large", 3, 70.0)];
    let groups = groups.into_iter().map(TestNode::Group).collect();
    let secret = group_of("secret", groups, OnReject::Continue, sum(Some(100.0)));
    let sample = group_of("sample", vec![TestNode::Test(1)], OnReject::Break, sum(Some(0.0)));
    let children = vec![TestNode::Group(sample), TestNode::Group(secret)];
    package.rules.tree = Some(group_of("", children, OnReject::Continue, sum(Some(100.0))));
    let read = round_trip(&fixture, &package).unwrap();
    let names: Vec<_> = read.tests.iter().map(|test| test.name.as_str()).collect();
    assert_eq!(names, ["sample/1", "secret/1-small/1", "secret/2-large/1"]);
    assert_eq!(read.rules.tree.unwrap().max_score(false), Some(100.0));
}

fn group_of(name: &str, children: Vec<TestNode>, on_reject: OnReject, grader: Grader) -> TestGroup {
    TestGroup {
        name: name.into(),
        children,
        on_reject,
        grader,
        require_pass: Vec::new(),
    }
}
