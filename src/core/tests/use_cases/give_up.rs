//! Judging that fails, is interrupted, or comes too late.

use crate::breaking::writes_all_or_nothing;
use crate::judge::submitted;
use crate::world::{LEASE, World, code, solution};
use chrono::Duration;
use codesm_core::jobs::{Failure, FailureOutcome, Job, JobKind, JobState, NewJob, Queue, Remedy, RetryPolicy};
use codesm_core::judging::{Mode, SandboxError, Verdict};
use codesm_core::kernel::{AppError, Clock, SubmissionId};
use codesm_core::store::UnitOfWork;
use codesm_core::submissions::{ProgressStep, SubmissionState};
use std::collections::BTreeSet;

fn fault() -> SandboxError {
    SandboxError::Fault {
        code: "sandbox.helper_failed",
        message: "no answer from /var/secret".to_owned(),
    }
}

fn disk_full() -> SandboxError {
    SandboxError::Fault {
        code: "sandbox.disk_full",
        message: "no space in /var/secret".to_owned(),
    }
}

fn failure(remedy: Remedy) -> Failure {
    Failure {
        code: "sandbox.helper_failed".to_owned(),
        message: "no answer".to_owned(),
        remedy,
    }
}

async fn running() -> (World, Job, SubmissionId) {
    let (world, id) = submitted(Mode::Submit).await;
    let job = world.reserve().await;
    (world, job, id)
}

/// Begins to judge, runs, and fails; it will be tried again unless it was the third time.
pub(crate) async fn fail_once(world: &World) {
    world.fakes.sandbox.push_run(Err(fault()));
    try_once(world).await;
}

/// As a worker does: judges, and gives the failure to where failures go.
async fn try_once(world: &World) -> FailureOutcome {
    let job = world.reserve().await;
    let failure = world.app.judge.as_ref().unwrap().judge(&job).await.unwrap_err();
    world.app.submissions.give_up.fail(&job, &failure).await.unwrap()
}

#[tokio::test]
async fn a_fault_is_tried_again_after_a_growing_wait_and_ends_in_internal_error() {
    let (world, id) = submitted(Mode::Submit).await;
    for _ in 0..3 {
        world.fakes.sandbox.push_compile(Err(fault()));
    }
    let mut waits = Vec::new();
    for _ in 0..2 {
        assert_eq!(try_once(&world).await, FailureOutcome::Retry);
        let job = world.fakes.store.jobs().remove(0);
        assert_eq!(
            (world.submission(id).state, job.state, &job.lease),
            (SubmissionState::Queued, JobState::Ready, &None)
        );
        let wait = job.run_at - world.now();
        waits.push(wait);
        world.advance(wait - Duration::milliseconds(1));
        assert!(world.due().await.is_empty());
        world.advance(Duration::milliseconds(1));
    }
    let within = |wait: Duration, full: Duration| full / 2 <= wait && wait <= full;
    assert!(
        within(waits[0], Duration::seconds(2)) && within(waits[1], Duration::seconds(4)),
        "{waits:?}"
    );
    assert_eq!(try_once(&world).await, FailureOutcome::Dead);
    let submission = world.submission(id);
    assert_eq!(
        (submission.state, submission.verdict),
        (SubmissionState::Done, Some(Verdict::InternalError))
    );
    assert_eq!(
        (submission.error_code.as_deref(), submission.judged_at),
        (Some("sandbox.helper_failed"), Some(world.now()))
    );
    assert_eq!((submission.score, submission.attempt), (Some(0.0), 3));
    let job = world.fakes.store.jobs().remove(0);
    assert_eq!((job.state, job.failures), (JobState::Dead, 3));
    assert!(job.last_error.unwrap().contains("/var/secret"), "the operator is told");
    assert!(!format!("{submission:?}").contains("/var/secret"), "the solver is not");
    assert_eq!(world.problem().submissions_total, 0, "our fault is no attempt");
    assert_eq!(world.steps().last(), Some(&ProgressStep::Finished));
}

#[tokio::test]
async fn a_fault_that_passes_leaves_no_trace_in_the_verdict() {
    let (world, id) = submitted(Mode::Submit).await;
    world.fakes.sandbox.push_run(Err(fault()));
    assert_eq!(try_once(&world).await, FailureOutcome::Retry);
    world.advance(Duration::seconds(2));
    world.judge().await;
    let submission = world.submission(id);
    assert_eq!(
        (submission.verdict, submission.attempt, submission.error_code),
        (Some(Verdict::Accepted), 2, None)
    );
    assert_eq!(world.problem().submissions_total, 1);
}

#[tokio::test]
async fn what_cannot_be_helped_is_not_tried_again() {
    let (world, job, id) = running().await;
    let outcome = world.app.submissions.give_up.fail(&job, &failure(Remedy::None)).await.unwrap();
    assert_eq!(
        (outcome, world.submission(id).verdict),
        (FailureOutcome::Dead, Some(Verdict::InternalError))
    );
}

#[tokio::test]
async fn failures_of_every_kind_have_a_code_and_a_remedy() {
    let unavailable = SandboxError::Unavailable("no namespaces".to_owned());
    let language = SandboxError::LanguageUnavailable {
        language: "cpp".to_owned(),
        reason: "no g++".to_owned(),
    };
    for (error, code, remedy) in [
        (unavailable, "sandbox.unavailable", Remedy::Postpone),
        (language, "sandbox.language_unavailable", Remedy::Retry),
        (fault(), "sandbox.helper_failed", Remedy::Retry),
        (disk_full(), "sandbox.disk_full", Remedy::Postpone),
    ] {
        let failure = Failure::from(error);
        assert_eq!((failure.code.as_str(), failure.remedy), (code, remedy));
    }
    for (error, remedy) in [
        (AppError::unavailable("database.unavailable", ""), Remedy::Postpone),
        (AppError::internal("cause"), Remedy::Retry),
        (AppError::rate_limited("x.y", "", 1), Remedy::Retry),
        (AppError::conflict("job.lease_lost", ""), Remedy::None),
        (AppError::not_found("x.y", ""), Remedy::None),
    ] {
        assert_eq!(Failure::from(error).remedy, remedy);
    }
}

/// Tries twenty times, and goes to the moment of the next try each time.
async fn postponed(world: &World, id: SubmissionId) {
    for attempt in 1..=20 {
        assert_eq!(try_once(world).await, FailureOutcome::Retry, "{attempt}");
        let job = world.fakes.store.jobs().remove(0);
        assert_eq!(
            (job.failures, job.lost_leases, job.attempt, job.state),
            (0, 0, attempt, JobState::Ready)
        );
        assert!(job.last_error.is_some());
        assert_eq!(
            (world.submission(id).state, world.submission(id).verdict),
            (SubmissionState::Queued, None)
        );
        let wait = job.run_at - world.now();
        let policy = RetryPolicy::JUDGING;
        assert!(policy.first_delay / 2 <= wait && wait <= policy.max_delay, "{attempt}: {wait}");
        world.advance(wait);
    }
}

#[tokio::test]
async fn what_the_worker_depends_on_being_away_never_ends_in_internal_error() {
    let (world, id) = submitted(Mode::Submit).await;
    world.fakes.sandbox.refuse_slots(Some("no namespaces"));
    postponed(&world, id).await;
    world.fakes.sandbox.refuse_slots(None);
    world.judge().await;
    assert_eq!(world.submission(id).verdict, Some(Verdict::Accepted));
    assert_eq!(world.submission(id).attempt, 21);
}

#[tokio::test]
async fn a_full_disk_and_blobs_that_are_away_postpone_too() {
    let (world, id) = submitted(Mode::Submit).await;
    world.fakes.sandbox.on_compile(|_| Err(disk_full()));
    postponed(&world, id).await;

    let (world, id) = submitted(Mode::Submit).await;
    world.fakes.blobs.set_down(true);
    postponed(&world, id).await;
    world.fakes.blobs.set_down(false);
    world.judge().await;
    assert_eq!(world.submission(id).verdict, Some(Verdict::Accepted));
}

#[tokio::test]
async fn faults_of_the_job_count_between_postponements() {
    let (world, id) = submitted(Mode::Submit).await;
    for (number, expected) in [FailureOutcome::Retry, FailureOutcome::Retry, FailureOutcome::Dead]
        .into_iter()
        .enumerate()
    {
        world.fakes.sandbox.push_compile(Err(disk_full()));
        assert_eq!(try_once(&world).await, FailureOutcome::Retry, "{number}");
        world.advance(Duration::minutes(1));
        world.fakes.sandbox.push_compile(Err(fault()));
        assert_eq!(try_once(&world).await, expected, "{number}");
        world.advance(Duration::minutes(1));
    }
    assert_eq!(world.submission(id).verdict, Some(Verdict::InternalError));
}

#[tokio::test]
async fn a_sandbox_that_refuses_slots_and_lost_test_data_are_our_faults() {
    let (world, id) = submitted(Mode::Submit).await;
    world.fakes.sandbox.refuse_slots(Some("no namespaces"));
    assert_eq!(try_once(&world).await, FailureOutcome::Retry);
    world.fakes.sandbox.refuse_slots(None);
    let set = world.submission(id).test_set_id.unwrap();
    let set = codesm_core::problems::ProblemQueries::test_set(&*world.fakes.store, set)
        .await
        .unwrap()
        .unwrap();
    world.fakes.blobs.lose(&set.tests[1].answer);
    for expected in [FailureOutcome::Retry, FailureOutcome::Retry, FailureOutcome::Dead] {
        world.advance(Duration::seconds(4));
        assert_eq!(try_once(&world).await, expected);
    }
    assert_eq!(world.submission(id).error_code.as_deref(), Some("blob.missing"));
}

#[tokio::test]
async fn ten_silent_workers_end_in_internal_error() {
    let (world, id) = submitted(Mode::Submit).await;
    for lost in 0..10 {
        let job = world.reserve().await;
        assert_eq!((job.lost_leases, job.is_exhausted(RetryPolicy::JUDGING)), (lost, false));
        world.advance(LEASE);
    }
    let job = world.reserve().await;
    assert!(job.is_exhausted(RetryPolicy::JUDGING));
    world.app.submissions.give_up.bury(&job).await.unwrap();
    let submission = world.submission(id);
    assert_eq!(
        (submission.verdict, submission.error_code.as_deref()),
        (Some(Verdict::InternalError), Some("job.lost_leases"))
    );
    assert_eq!(world.fakes.store.jobs()[0].state, JobState::Dead);
    world.advance(LEASE);
    assert!(world.due().await.is_empty());
}

#[tokio::test]
async fn a_worker_that_lost_its_lease_writes_nothing() {
    let (world, stale, _) = running().await;
    world.advance(LEASE);
    let job = world.reserve().await;
    assert_eq!((stale.attempt, job.attempt, job.lost_leases), (1, 2, 1));
    let rows = world.rows();
    let give_up = &world.app.submissions.give_up;
    let judged = world.app.judge.as_ref().unwrap().judge(&stale).await.unwrap_err();
    assert_eq!((judged.code.as_str(), judged.remedy), ("job.lease_lost", Remedy::None));
    assert_eq!(code(&give_up.fail(&stale, &failure(Remedy::Retry)).await), "job.lease_lost");
    assert_eq!(code(&give_up.fail(&stale, &failure(Remedy::None)).await), "job.lease_lost");
    assert_eq!(code(&give_up.release(&stale).await), "job.lease_lost");
    assert_eq!(code(&give_up.bury(&stale).await), "job.lease_lost");
    assert_eq!(world.rows(), rows);
    assert!(world.fakes.sandbox.compile_requests().is_empty() && world.steps().is_empty());
}

#[tokio::test]
async fn a_verdict_that_comes_after_the_lease_was_lost_is_not_written() {
    let (world, job, id) = running().await;
    let (store, clock) = (world.fakes.store.clone(), world.fakes.clock.clone());
    world.fakes.sandbox.on_run(move |request| {
        // Another worker takes over in the middle, and begins.
        clock.advance(LEASE);
        let request_time = clock.now();
        let take_over = async {
            let tx = store.begin().await.unwrap();
            let mut job = tx.jobs().get(store.jobs()[0].id).await.unwrap().unwrap();
            let held = job.attempt;
            if held == 1 && job.reserve("worker-2", LEASE, request_time) {
                tx.jobs().save(&job, held).await.unwrap();
                let mut submission = tx.submissions().by_id(id).await.unwrap().unwrap();
                assert!(submission.begin(job.attempt));
                tx.submissions().save(&submission).await.unwrap();
                tx.commit().await.unwrap();
            }
        };
        let waker = std::task::Waker::noop();
        assert!(
            std::pin::pin!(take_over)
                .poll(&mut std::task::Context::from_waker(waker))
                .is_ready()
        );
        Ok(codesm_memory::fakes::accepting_run(request))
    });
    let failure = world.app.judge.as_ref().unwrap().judge(&job).await.unwrap_err();
    assert_eq!(failure.code, "job.lease_lost");
    let submission = world.submission(id);
    assert_eq!(
        (submission.state, submission.attempt, submission.tests.len()),
        (SubmissionState::Compiling, 2, 0)
    );
    assert_eq!(world.problem().submissions_total, 0);
    assert!(!world.steps().contains(&ProgressStep::Finished));
}

#[tokio::test]
async fn the_last_words_of_a_lost_worker_do_not_show_on_a_submission_that_waits_again() {
    let (world, job, id) = running().await;
    world.judge_half_and_release(&job, id).await;
    let submission = world.submission(id);
    assert_eq!((submission.state, submission.tests.len()), (SubmissionState::Queued, 0));
}

impl World {
    /// The job is given back in the middle of its second run, of which the worker that judges is not told.
    async fn judge_half_and_release(&self, job: &Job, id: SubmissionId) {
        let (store, clock) = (self.fakes.store.clone(), self.fakes.clock.clone());
        self.fakes.sandbox.on_run(move |request| {
            clock.advance(Duration::seconds(1));
            let requeue = async {
                let tx = store.begin().await.unwrap();
                let mut submission = tx.submissions().by_id(id).await.unwrap().unwrap();
                assert!(submission.requeue());
                tx.submissions().save(&submission).await.unwrap();
                let mut job = tx.jobs().get(store.jobs()[0].id).await.unwrap().unwrap();
                if job.state == JobState::Running {
                    job.release(clock.now());
                    tx.jobs().save(&job, 1).await.unwrap();
                }
                tx.commit().await.unwrap();
            };
            let waker = std::task::Waker::noop();
            assert!(std::pin::pin!(requeue).poll(&mut std::task::Context::from_waker(waker)).is_ready());
            Ok(codesm_memory::fakes::accepting_run(request))
        });
        let failure = self.app.judge.as_ref().unwrap().judge(job).await.unwrap_err();
        assert_eq!(failure.code, "job.lease_lost");
    }
}

#[tokio::test]
async fn a_released_job_is_ready_at_once_and_nothing_is_counted_against_it() {
    let (world, job, id) = running().await;
    let judge = world.app.judge.clone().unwrap();
    world.fakes.sandbox.push_run(Err(fault()));
    judge.judge(&job).await.unwrap_err();
    world.app.submissions.give_up.release(&job).await.unwrap();
    assert_eq!(world.submission(id).state, SubmissionState::Queued);
    let again = world.reserve().await;
    assert_eq!((again.attempt, again.failures, again.lost_leases), (2, 0, 0));
    judge.judge(&again).await.unwrap();
    assert_eq!(world.submission(id).verdict, Some(Verdict::Accepted));
}

#[tokio::test]
async fn failing_and_releasing_leave_a_verdict_alone() {
    let (world, job, id) = running().await;
    let tx = world.fakes.store.begin().await.unwrap();
    let mut submission = world.submission(id);
    submission.state = SubmissionState::Cancelled;
    tx.submissions().save(&submission).await.unwrap();
    tx.commit().await.unwrap();
    world.app.submissions.give_up.fail(&job, &failure(Remedy::Retry)).await.unwrap();
    assert_eq!(world.submission(id), submission);
    world.advance(Duration::seconds(2));
    let job = world.reserve().await;
    world.app.submissions.give_up.release(&job).await.unwrap();
    assert_eq!(world.submission(id), submission);
}

#[tokio::test]
async fn a_job_without_a_submission_ends_instead_of_coming_back_for_ever() {
    let (world, _, _) = running().await;
    let payload = serde_json::json!({ "submissionId": "nonsense" });
    let broken = Job::new(
        &*world.fakes.ids,
        world.now(),
        NewJob {
            kind: JobKind::JudgeSubmission,
            queue: Queue::Submit,
            requirements: BTreeSet::new(),
            subject: None,
            payload,
            ahead: 0,
        },
    );
    let tx = world.fakes.store.begin().await.unwrap();
    tx.jobs().add(&broken).await.unwrap();
    tx.commit().await.unwrap();
    for expected in [FailureOutcome::Retry, FailureOutcome::Retry, FailureOutcome::Dead] {
        assert_eq!(try_once(&world).await, expected);
        world.advance(Duration::seconds(4));
    }
    let job = world.fakes.store.jobs().remove(1);
    assert_eq!((job.state, job.last_error.is_some()), (JobState::Dead, true));
}

#[tokio::test]
async fn recording_writes_all_or_nothing() {
    let setup = async || {
        let (world, job, id) = running().await;
        (world, (job, id))
    };
    let fail = |remedy| {
        async move |world: &World, (job, _): &(Job, SubmissionId)| world.app.submissions.give_up.fail(job, &failure(remedy)).await.map(drop)
    };
    assert_eq!(writes_all_or_nothing(setup, fail(Remedy::Retry)).await, 5);
    assert_eq!(writes_all_or_nothing(setup, fail(Remedy::None)).await, 5);
    let release = async |world: &World, (job, _): &(Job, SubmissionId)| world.app.submissions.give_up.release(job).await;
    assert_eq!(writes_all_or_nothing(setup, release).await, 5);
}

#[tokio::test]
async fn a_verdict_is_recorded_whole_or_not_at_all() {
    // Six steps to begin, five to say `running`, then those of the verdict: begin, job, submission twice, counter, commit.
    for steps in 11..17 {
        let (world, job, id) = running().await;
        world.breaking.break_after(steps);
        let failure = world.app.judge.as_ref().unwrap().judge(&job).await.unwrap_err();
        world.fakes.store.set_down(false);
        assert_eq!(
            (failure.code.as_str(), failure.remedy),
            ("database.unavailable", Remedy::Postpone),
            "{steps}"
        );
        let submission = world.submission(id);
        assert_eq!((submission.verdict, world.problem().submissions_total), (None, 0), "{steps}");
        assert_eq!(world.fakes.store.jobs()[0].state, JobState::Running);
        assert!(!world.steps().contains(&ProgressStep::Finished));
        world.breaking.break_after(isize::MAX);
        world.app.submissions.give_up.fail(&job, &failure).await.unwrap();
        world.advance(Duration::seconds(2));
        world.judge().await;
        assert_eq!(
            (world.submission(id).verdict, world.problem().submissions_total),
            (Some(Verdict::Accepted), 1)
        );
    }
    let (world, job, _) = running().await;
    world.breaking.break_after(17);
    assert!(
        world.app.judge.as_ref().unwrap().judge(&job).await.is_ok(),
        "there are no more steps"
    );
}

#[tokio::test]
async fn a_job_whose_submission_is_gone_is_completed() {
    let (world, id) = submitted(Mode::Run).await;
    let mut job = world.reserve().await;
    job.payload = serde_json::json!({ "submissionId": job.id });
    let judged = world.app.judge.as_ref().unwrap().judge(&job).await.unwrap();
    assert_eq!(judged, codesm_core::submissions::Judged::Nothing);
    assert_eq!(
        (world.fakes.store.jobs()[0].state, world.submission(id).verdict),
        (JobState::Done, None)
    );
}

#[tokio::test]
async fn a_run_that_fails_for_good_counts_for_nothing_either() {
    let (world, (solver, reference)) = crate::submit::with_problem().await;
    world.submit(&solver, solution(&reference, Mode::Run)).await;
    let job = world.reserve().await;
    world.app.submissions.give_up.fail(&job, &failure(Remedy::None)).await.unwrap();
    assert_eq!(world.problem().submissions_total, 0);
}
