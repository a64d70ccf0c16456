use super::*;
use crate::judging::GroupResult;
use crate::judging::engine::StageTimes;
use Verdict::{Accepted, CompileError, MemoryLimit, RuntimeError, Skipped, TimeLimit, WrongAnswer};

fn result(index: u32, verdict: Verdict, score: f64) -> TestResult {
    TestResult {
        index,
        name: format!("secret/{index}"),
        sample: false,
        verdict,
        score,
        cpu_ms: 0,
        wall_ms: 0,
        memory_kb: 0,
        exit_code: None,
        signal: None,
        message: None,
        judge_message: None,
        stdout: None,
        stderr: None,
    }
}

/// Graded like this, with these verdicts of tests.
fn outcome(graded: Verdict, tests: &[Verdict]) -> JudgeOutcome {
    let score = |verdict: Verdict| if verdict == Accepted { 1.0 } else { 0.0 };
    JudgeOutcome {
        verdict: graded,
        graded,
        score: score(graded),
        max_score: Some(1.0),
        compile_output: None,
        tests: (1..)
            .zip(tests)
            .map(|(index, verdict)| result(index, *verdict, score(*verdict)))
            .collect(),
        groups: Vec::new(),
        measured_by: None,
        tier: None,
        speed: None,
        stages: StageTimes::default(),
    }
}

fn scoring(graded: Verdict, score: f64) -> JudgeOutcome {
    JudgeOutcome {
        score,
        max_score: Some(100.0),
        ..outcome(graded, &[])
    }
}

fn with_groups(groups: &[(&str, Verdict, f64, &[u32])]) -> JudgeOutcome {
    let result = |(name, verdict, score, tests): &(&str, Verdict, f64, &[u32])| GroupResult {
        name: (*name).to_owned(),
        verdict: *verdict,
        score: *score,
        max_score: None,
        tests: tests.to_vec(),
    };
    JudgeOutcome {
        groups: groups.iter().map(result).collect(),
        ..outcome(WrongAnswer, &[Accepted, Accepted, WrongAnswer])
    }
}

fn allowed(expected: &[Verdict], permitted: &[Verdict]) -> Label {
    Label {
        permitted: permitted.to_vec(),
        ..Label::one_of(expected)
    }
}

fn constrained(constraint: Constraint) -> Label {
    Label {
        constraints: vec![constraint],
        ..Label::default()
    }
}

#[test]
fn an_expected_verdict_bears_a_label_out() {
    let label = Label::one_of([WrongAnswer, TimeLimit]);
    assert_eq!(label.mismatches(&outcome(WrongAnswer, &[Accepted, WrongAnswer, Skipped])), [""; 0]);
    let wrong = label.mismatches(&outcome(Accepted, &[Accepted]));
    assert_eq!(wrong, ["expected wrong_answer or time_limit, got accepted"]);
    assert_eq!(
        Label::default().mismatches(&outcome(RuntimeError, &[RuntimeError])),
        [""; 0],
        "nothing said, nothing broken"
    );
}

#[test]
fn a_permitted_verdict_may_come_before_the_expected_one() {
    let label = allowed(&[TimeLimit], &[Accepted, WrongAnswer]);
    assert_eq!(
        label.mismatches(&outcome(WrongAnswer, &[WrongAnswer, Accepted, TimeLimit])),
        [""; 0]
    );
    for tests in [[WrongAnswer, Accepted, Skipped], [WrongAnswer, TimeLimit, RuntimeError]] {
        assert_eq!(
            label.mismatches(&outcome(WrongAnswer, &tests)),
            ["expected time_limit, got wrong_answer"]
        );
    }
}

#[test]
fn what_the_graders_say_counts_and_not_what_solvers_see() {
    let partial = JudgeOutcome {
        verdict: Verdict::Partial,
        ..scoring(Accepted, 40.0)
    };
    assert_eq!(Label::one_of([Accepted]).mismatches(&partial), [""; 0]);
}

#[test]
fn partially_accepted_is_less_than_full_points() {
    let label = Label {
        partial: true,
        ..Label::one_of([Accepted])
    };
    assert_eq!(label.mismatches(&scoring(Accepted, 40.0)), [""; 0]);
    assert_eq!(
        label.mismatches(&scoring(Accepted, 100.0 - 1e-9)).len(),
        1,
        "rounding makes nobody partial"
    );
    assert_eq!(
        label.mismatches(&scoring(Accepted, 100.0)),
        ["expected less than full points, got 100"]
    );
    assert_eq!(
        label.mismatches(&scoring(WrongAnswer, 40.0)),
        ["expected accepted, got wrong_answer"]
    );
    let unbounded = JudgeOutcome {
        max_score: None,
        ..scoring(Accepted, 1e9)
    };
    assert_eq!(label.mismatches(&unbounded), [""; 0]);
}

#[test]
fn a_score_is_in_its_range() {
    let label = |least, most| Label {
        score: Some((least, most)),
        ..Label::default()
    };
    assert_eq!(label(30.0, 50.0).mismatches(&scoring(Accepted, 50.0)), [""; 0]);
    assert_eq!(label(33.3, 33.3).mismatches(&scoring(Accepted, 33.3 + 1e-9)), [""; 0]);
    assert_eq!(
        label(30.0, 50.0).mismatches(&scoring(Accepted, 51.0)),
        ["the score is 51, expected 30 to 50"]
    );
    assert_eq!(
        label(30.0, 30.0).mismatches(&scoring(Accepted, 0.0)),
        ["the score is 0, expected 30"]
    );
}

#[test]
fn grades_are_those_of_the_groups_below_secret_in_order() {
    let got = with_groups(&[
        ("sample", Accepted, 0.0, &[1]),
        ("secret", Accepted, 0.0, &[2, 3]),
        ("secret/1", Accepted, 20.0, &[2]),
        ("secret/2", MemoryLimit, 0.0, &[3]),
        ("secret/2/a", TimeLimit, 0.0, &[3]),
    ]);
    let label = |grades: &[Verdict]| Label {
        grades: grades.to_vec(),
        ..Label::default()
    };
    assert_eq!(
        label(&[Accepted, RuntimeError]).mismatches(&got),
        [""; 0],
        "memory has no grade of its own"
    );
    assert_eq!(
        label(&[Accepted, TimeLimit]).mismatches(&got),
        ["expected grades AC TLE, got AC RTE"]
    );
    assert_eq!(label(&[Accepted]).mismatches(&got), ["expected grades AC, got AC RTE"]);
}

#[test]
fn constraints_hold_for_the_tests_they_name() {
    let got = outcome(WrongAnswer, &[Accepted, WrongAnswer, Skipped, TimeLimit]);
    let constraint = |tests: Option<&[u32]>, permitted: &[Verdict], required: &[Verdict]| {
        constrained(Constraint {
            tests: tests.map(<[u32]>::to_vec),
            permitted: (!permitted.is_empty()).then(|| permitted.to_vec()),
            required: (!required.is_empty()).then(|| required.to_vec()),
            ..Constraint::default()
        })
    };
    for (tests, permitted, required, mismatch) in [
        (None, &[Accepted, WrongAnswer, TimeLimit][..], &[TimeLimit][..], None),
        (
            None,
            &[Accepted, TimeLimit],
            &[],
            Some("secret/2: permitted accepted or time_limit, got wrong_answer"),
        ),
        (Some(&[1, 3][..]), &[Accepted], &[Accepted], None),
        (Some(&[1, 2]), &[], &[TimeLimit], Some("no test got time_limit")),
        (Some(&[]), &[], &[Accepted], Some("no test got accepted")),
    ] {
        let label = constraint(tests, permitted, required);
        assert!(label.needs_all_tests());
        assert_eq!(label.mismatches(&got), mismatch.into_iter().collect::<Vec<_>>());
    }
}

#[test]
fn a_program_that_does_not_compile_has_that_as_the_verdict_of_all_tests() {
    let got = outcome(CompileError, &[Skipped, Skipped]);
    let label = constrained(Constraint {
        permitted: Some(vec![Accepted]),
        required: Some(vec![CompileError]),
        ..Constraint::default()
    });
    assert_eq!(label.mismatches(&got), ["secret/1: permitted accepted, got compile_error"]);
}

#[test]
fn the_score_of_a_group_is_that_of_the_group_and_not_of_its_tests() {
    let mut got = with_groups(&[("secret/1", Accepted, 20.0, &[1, 2]), ("secret/2", WrongAnswer, 0.0, &[3])]);
    let label = |group: Option<&str>, tests: &[u32], score| {
        constrained(Constraint {
            tests: Some(tests.to_vec()),
            group: group.map(str::to_owned),
            score: Some((score, score)),
            ..Constraint::default()
        })
    };
    assert_eq!(label(Some("secret/1"), &[1, 2], 20.0).mismatches(&got), [""; 0]);
    let wrong = label(Some("secret/1"), &[1, 2], 2.0).mismatches(&got);
    assert_eq!(wrong, ["the score of secret/1 is 20, expected 2"]);
    assert_eq!(label(None, &[1, 3], 1.0).mismatches(&got), [""; 0], "no group: the tests together");
    got.score = 20.0;
    let whole = constrained(Constraint {
        score: Some((20.0, 30.0)),
        ..Constraint::default()
    });
    assert_eq!(whole.mismatches(&got), [""; 0]);
}

#[test]
fn some_validator_says_the_message_to_the_judges() {
    let mut got = outcome(WrongAnswer, &[Accepted, WrongAnswer]);
    got.tests[1].judge_message = Some("too many edges".to_owned());
    let label = |message: &str, tests: Option<Vec<u32>>| {
        constrained(Constraint {
            tests,
            message: Some(message.to_owned()),
            ..Constraint::default()
        })
    };
    assert_eq!(label("many", None).mismatches(&got), [""; 0]);
    assert_eq!(
        label("many", Some(vec![1])).mismatches(&got),
        ["no judge message contains \"many\""]
    );
    assert_eq!(label("Many", None).mismatches(&got).len(), 1);
}

#[test]
fn every_part_that_is_not_borne_out_is_named() {
    let label = Label {
        score: Some((100.0, 100.0)),
        ..Label::one_of([Accepted])
    };
    assert_eq!(label.mismatches(&scoring(TimeLimit, 0.0)).len(), 2);
    assert!(!label.needs_all_tests());
}

#[test]
fn a_grader_that_failed_meets_no_label() {
    use Verdict::CheckerFailed;
    let failed = outcome(CheckerFailed, &[Accepted, Accepted]);
    assert_eq!(
        Label::one_of([Accepted]).mismatches(&failed),
        ["expected accepted, got checker_failed"]
    );
    assert_eq!(Label::default().mismatches(&failed), ["expected a verdict, got checker_failed"]);
    assert!(Label::one_of([CheckerFailed]).mismatches(&failed).is_empty());
}
