use super::*;
use chrono::{TimeZone, Utc};
use uuid::Uuid;

fn submission() -> Submission {
    Submission {
        id: SubmissionId::from_uuid(Uuid::from_u128(1)),
        problem_id: None,
        test_set_id: None,
        user_id: UserId::from_uuid(Uuid::from_u128(2)),
        mode: Mode::Submit,
        language: "cpp".into(),
        files: vec![],
        stdin: None,
        args: vec![],
        limits: ResourceLimits {
            time_ms: 1000,
            memory_mb: 256,
            output_kb: 8192,
        },
        state: SubmissionState::Queued,
        verdict: None,
        score: None,
        max_score: None,
        compile_output: None,
        cpu_ms: None,
        wall_ms: None,
        memory_kb: None,
        measured_by: None,
        sandbox_tier: None,
        worker_speed: None,
        groups: Vec::new(),
        error_code: None,
        attempt: 0,
        tests: vec![],
        created_at: Utc.with_ymd_and_hms(2026, 1, 1, 0, 0, 0).unwrap(),
        judged_at: None,
    }
}

fn judgement(verdict: Verdict) -> Judgement {
    Judgement {
        verdict,
        score: 1.0,
        max_score: Some(1.0),
        compile_output: None,
        tests: vec![],
        measured_by: None,
        sandbox_tier: None,
        worker_speed: None,
        groups: Vec::new(),
        error_code: None,
    }
}

fn now() -> Timestamp {
    Utc.with_ymd_and_hms(2026, 1, 1, 0, 0, 9).unwrap()
}

#[test]
fn a_submission_goes_from_queued_over_compiling_and_running_to_done() {
    let mut it = submission();
    assert!(it.begin(1));
    assert_eq!(it.state, SubmissionState::Compiling);
    assert!(it.running(1));
    assert!(it.finish(1, judgement(Verdict::Accepted), now()));
    assert_eq!(
        (it.state, it.verdict, it.judged_at),
        (SubmissionState::Done, Some(Verdict::Accepted), Some(now()))
    );
}

#[test]
fn a_verdict_is_given_once() {
    let mut it = submission();
    assert!(it.begin(1));
    assert!(it.finish(1, judgement(Verdict::Accepted), now()));
    assert!(!it.finish(2, judgement(Verdict::WrongAnswer), now()));
    assert!(!it.begin(2));
    assert!(!it.requeue());
    assert_eq!(it.verdict, Some(Verdict::Accepted));
}

#[test]
fn a_worker_that_lost_its_turn_cannot_say_that_the_program_runs() {
    let mut it = submission();
    assert!(it.begin(1));
    assert!(it.begin(2));
    assert!(!it.running(1));
    assert!(it.running(2));
}

#[test]
fn a_failure_puts_it_back_to_waiting() {
    let mut it = submission();
    assert!(it.begin(1));
    assert!(it.requeue());
    assert_eq!(it.state, SubmissionState::Queued);
}

#[test]
fn a_cancelled_submission_stays_cancelled() {
    let mut it = submission();
    it.state = SubmissionState::Cancelled;
    assert!(!it.begin(1));
    assert!(!it.finish(1, judgement(Verdict::Accepted), now()));
}

#[test]
fn progress_is_taken_only_while_it_is_judged_and_only_of_the_present_try() {
    let mut it = submission();
    assert!(!it.progress(0, &[]));
    assert!(it.begin(2));
    assert!(!it.progress(1, &[]));
    assert!(it.progress(2, &[]));
    assert!(it.requeue());
    assert!(!it.progress(2, &[]), "the last words of a worker that lost it");
}
