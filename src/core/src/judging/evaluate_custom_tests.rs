//! Graders of the problem's own.

use super::super::super::grading::{LegacyPoints, parse_grade};
use super::*;

fn custom(name: &str, said: &str, children: Vec<TestNode>) -> TestGroup {
    let grader = Grader::Custom {
        flags: said.split_whitespace().map(str::to_owned).collect(),
        points: LegacyPoints::default(),
    };
    going_on(name, grader, children)
}

/// Accepts with as many points as there are accepted lines, if there is any.
fn counting(call: &GraderCall) -> Grade {
    let lines: Vec<Grade> = call.input.lines().filter_map(parse_grade).collect();
    let accepted = lines
        .iter()
        .filter(|grade| grade.verdict == AC)
        .map(|grade| grade.score.max(1.0))
        .sum();
    Grade {
        verdict: if accepted > 0.0 { AC } else { WA },
        score: accepted,
    }
}

#[test]
fn a_custom_grader_is_asked_when_all_its_children_are_known() {
    let root = custom(
        "",
        "x=1 y",
        vec![TestNode::Group(group("sample", tests([1]))), TestNode::Test(2), TestNode::Test(3)],
    );
    let mut known = Known::default();
    for (index, grade) in Truth::of("aoa").0 {
        assert!(evaluate(&root, &known, false, false).wanted_grades.is_empty());
        known.tests.insert(index, grade);
    }
    let [call] = evaluate(&root, &known, false, false)
        .wanted_grades
        .try_into()
        .expect("one question");
    // An output limit is no word of graders.
    let expected = ("", ["x=1", "y"].map(str::to_owned).to_vec(), "AC 1\nRTE 0\nAC 1\n");
    assert_eq!((call.group.as_str(), call.flags.clone(), call.input.as_str()), expected);
    known.grades.insert(call, Grade { verdict: WA, score: 0.5 });
    let evaluation = evaluate(&root, &known, false, false);
    assert_eq!(
        (evaluation.verdict, evaluation.score, evaluation.wanted_grades),
        (Some(WA), 0.5, vec![])
    );
}

#[test]
fn an_outer_custom_grader_is_asked_after_the_inner_ones() {
    let part = |name: &str, indices: [u32; 2]| TestNode::Group(custom(name, "", tests(indices)));
    let wrapped = group("secret/1", vec![part("secret/1/a", [1, 2])]);
    let root = custom("secret", "", vec![TestNode::Group(wrapped), part("secret/10", [3, 4])]);
    let run = simulate(&root, &Truth::of("aawa"), (false, false), |wanted| wanted - 1, counting);
    let asked: Vec<(&str, &str)> = run.asked.iter().map(|call| (call.group.as_str(), call.input.as_str())).collect();
    assert_eq!(
        asked,
        [
            ("secret/10", "WA 0\nAC 1\n"),
            ("secret/1/a", "AC 1\nAC 1\n"),
            ("secret", "AC 2\nAC 1\n")
        ]
    );
    assert_eq!(run.grade(), (AC, 3.0));
}

#[test]
fn a_custom_grader_is_not_asked_about_nothing_or_a_failed_checker() {
    assert_eq!(judged(&custom("", "", vec![]), "").grade(), (AC, 0.0));
    let failed = judged(&custom("", "", tests([1, 2])), "aj");
    assert_eq!(
        (failed.grade(), failed.evaluation.has_failure),
        ((Verdict::CheckerFailed, 0.0), true)
    );
}

#[test]
fn what_a_custom_grader_says_stops_its_parent() {
    let first = custom("a", "", tests([1]));
    let root = group("", vec![TestNode::Group(first), TestNode::Test(2)]);
    let run = simulate(&root, &Truth::of("wa"), (false, false), |_| 0, counting);
    assert_eq!((run.grade(), run.ran), ((WA, 0.0), vec![1]));
}
