use super::*;
use chrono::{TimeZone, Utc};
use uuid::Uuid;

struct FixedId;
impl IdGenerator for FixedId {
    fn new_uuid(&self) -> Uuid {
        Uuid::from_u128(1)
    }
}

fn at(second: u32) -> Timestamp {
    Utc.with_ymd_and_hms(2026, 1, 1, 0, 0, second).unwrap()
}

fn job() -> Job {
    Job::new(
        &FixedId,
        at(0),
        NewJob {
            kind: JobKind::JudgeSubmission,
            queue: Queue::Submit,
            requirements: BTreeSet::from(["cpp".to_owned()]),
            subject: None,
            payload: Value::Null,
            ahead: 0,
        },
    )
}

const LEASE: Duration = Duration::seconds(15);

#[test]
fn a_due_job_is_reserved_once() {
    let mut job = job();
    assert!(job.reserve("a", LEASE, at(0)));
    assert_eq!((job.state, job.attempt, job.lost_leases), (JobState::Running, 1, 0));
    assert!(!job.reserve("b", LEASE, at(14)), "the lease holds");
}

#[test]
fn an_expired_lease_is_reserved_again_with_a_new_fencing_number() {
    let mut job = job();
    assert!(job.reserve("a", LEASE, at(0)));
    assert!(job.reserve("b", LEASE, at(15)));
    assert_eq!((job.attempt, job.lost_leases), (2, 1));
    assert_eq!(job.lease.unwrap().worker, "b");
}

#[test]
fn a_job_of_the_future_waits() {
    let mut job = job();
    job.run_at = at(5);
    assert!(!job.is_reservable(at(4)));
    assert!(job.is_reservable(at(5)));
}

#[test]
fn a_failure_waits_twice_as_long_each_time_and_the_third_is_the_last() {
    let mut job = job();
    for (failure, seconds) in [(1, 2), (2, 4)] {
        let now = job.run_at;
        assert!(job.reserve("a", LEASE, now));
        assert_eq!(
            job.fail("crashed", Remedy::Retry, RetryPolicy::JUDGING, 1.0, now),
            FailureOutcome::Retry,
            "{failure}"
        );
        assert_eq!(job.run_at, now + Duration::seconds(seconds));
    }
    let now = job.run_at;
    assert!(job.reserve("a", LEASE, now));
    assert_eq!(
        job.fail("crashed", Remedy::Retry, RetryPolicy::JUDGING, 1.0, now),
        FailureOutcome::Dead
    );
    assert_eq!(
        (job.state, job.finished_at, job.last_error.as_deref()),
        (JobState::Dead, Some(now), Some("crashed"))
    );
    assert!(!job.is_reservable(at(59)));
}

#[test]
fn what_cannot_get_better_is_not_tried_again() {
    let mut job = job();
    assert!(job.reserve("a", LEASE, at(0)));
    assert_eq!(
        job.fail("broken", Remedy::None, RetryPolicy::JUDGING, 0.0, at(1)),
        FailureOutcome::Dead
    );
}

#[test]
fn ten_silent_workers_exhaust_a_job() {
    let mut job = job();
    let mut now = at(0);
    for _ in 0..10 {
        assert!(job.reserve("a", LEASE, now));
        assert!(!job.is_exhausted(RetryPolicy::JUDGING));
        now += LEASE;
    }
    assert!(job.reserve("a", LEASE, now));
    assert!(job.is_exhausted(RetryPolicy::JUDGING));
}

#[test]
fn a_finished_job_is_never_reserved() {
    let mut job = job();
    assert!(job.reserve("a", LEASE, at(0)));
    job.complete(at(1));
    assert!(!job.reserve("b", LEASE, at(59)));
}

#[test]
fn whoever_failed_leaves_the_job_to_others_for_a_while() {
    let mut job = job();
    let patience = Duration::seconds(5);
    assert!(!job.is_left_to_others("a", patience, at(0)), "nobody has failed yet");
    assert!(job.reserve("a", LEASE, at(0)));
    assert_eq!(
        job.fail("x", Remedy::Retry, RetryPolicy::JUDGING, 1.0, at(0)),
        FailureOutcome::Retry
    );
    assert_eq!(job.run_at, at(2));
    assert!(job.is_left_to_others("a", patience, at(6)));
    assert!(!job.is_left_to_others("a", patience, at(7)));
    assert!(!job.is_left_to_others("a", Duration::zero(), at(2)), "there is nobody else");
    assert!(!job.is_left_to_others("b", patience, at(2)));
}

#[test]
fn jitter_spreads_over_the_upper_half_and_the_delay_is_capped() {
    let policy = RetryPolicy::JUDGING;
    assert_eq!(policy.delay(3, 0.0), Duration::seconds(4));
    assert_eq!(policy.delay(3, 1.0), Duration::seconds(8));
    assert_eq!(policy.delay(400, 1.0), Duration::seconds(60));
}

#[test]
fn what_the_worker_depends_on_being_away_is_never_held_against_the_job() {
    let mut job = job();
    for _ in 0..20 {
        let now = job.run_at;
        assert!(job.reserve("a", LEASE, now));
        assert_eq!(
            job.fail("disk full", Remedy::Postpone, RetryPolicy::JUDGING, 1.0, now),
            FailureOutcome::Retry
        );
        assert!(job.run_at > now && job.run_at <= now + Duration::seconds(60));
    }
    assert_eq!((job.failures, job.state), (0, JobState::Ready));
}
