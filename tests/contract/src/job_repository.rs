//! What [`codesm_core::jobs::JobRepository`] promises.

use crate::{Given, StoreFixture};
use chrono::Duration;
use codesm_core::jobs::{FailureOutcome, Job, JobState, Queue, Remedy, RetryPolicy};
use codesm_core::kernel::JobId;
use codesm_core::store::StoreError;

async fn reserved(given: &Given, fixture: &impl StoreFixture) -> Job {
    given.added_job(Queue::Submit).await;
    let mut jobs = fixture.job_queue().reserve(&given.request("w")).await.expect("reserve");
    jobs.pop().expect("a job")
}

async fn read(given: &Given, id: JobId) -> Option<Job> {
    let tx = given.tx().await;
    let job = tx.jobs().get(id).await.expect("read");
    // Ended for certain: reading locks the row, and a roll-back by dropping may come after the next reservation.
    tx.commit().await.expect("commit");
    job
}

/// A job comes back exactly as added.
pub async fn a_job_comes_back_as_added(fixture: &impl StoreFixture) {
    let given = Given::new(fixture);
    let plain = given.added_job(Queue::Run).await;
    let mut full = given.job(Queue::Submit);
    full.payload = serde_json::json!({ "list": [1, 0.1, null, true, "ü \u{0}"], "": {} });
    full.priority = -7;
    full.requirements = ["cpp", "python"].map(str::to_owned).into();
    full.run_at = given.now() + Duration::microseconds(1);
    full.failures = u32::MAX;
    full.lost_leases = 2;
    full.attempt = 3;
    full.bury("the end \u{0}", given.now() + Duration::days(1));
    given.add_jobs(std::slice::from_ref(&full)).await;
    assert_eq!(read(&given, plain.id).await, Some(plain));
    assert_eq!(read(&given, full.id).await, Some(full));
    assert_eq!(read(&given, JobId::generate(&given.ids)).await, None);
}

/// `add` MUST be visible to `reserve` after commit and only then.
pub async fn a_job_can_be_reserved_after_commit_and_only_then(fixture: &impl StoreFixture) {
    let given = Given::new(fixture);
    let job = given.job(Queue::Run);
    let queue = fixture.job_queue();
    let tx = given.tx().await;
    tx.jobs().add(&job).await.expect("add");
    drop(tx);
    assert!(queue.reserve(&given.request("w")).await.expect("reserve").is_empty());
    // While the transaction is open, a worker gets nothing, even if it has to wait for that answer.
    let tx = given.tx().await;
    tx.jobs().add(&job).await.expect("add");
    let depths = queue.depths(given.now()).await.expect("depths");
    assert_eq!(depths[0].ready, 0);
    tx.commit().await.expect("commit");
    let reserved = queue.reserve(&given.request("w")).await.expect("reserve");
    assert_eq!(reserved.iter().map(|job| job.id).collect::<Vec<_>>(), [job.id]);
}

/// `save` writes a job that is held.
pub async fn a_held_job_is_saved(fixture: &impl StoreFixture) {
    let given = Given::new(fixture);
    let mut job = reserved(&given, fixture).await;
    let attempt = job.attempt;
    let outcome = job.fail("compiler \u{0} away", Remedy::Retry, RetryPolicy::JUDGING, 0.5, given.now());
    assert_eq!(outcome, FailureOutcome::Retry);
    let tx = given.tx().await;
    tx.jobs().save(&job, attempt).await.expect("save");
    tx.commit().await.expect("commit");
    assert_eq!(read(&given, job.id).await, Some(job));
}

/// `save` MUST fail with `LeaseLost`, writing nothing, under another attempt number.
pub async fn a_job_taken_over_by_another_is_not_saved(fixture: &impl StoreFixture) {
    let given = Given::new(fixture);
    let mut slow = reserved(&given, fixture).await;
    given.clock.advance(std::time::Duration::from_secs(31));
    let taken_over = fixture.job_queue().reserve(&given.request("other")).await.expect("reserve");
    let attempt = slow.attempt;
    slow.complete(given.now());
    let tx = given.tx().await;
    for attempt in [attempt, attempt + 2, 0] {
        let saved = tx.jobs().save(&slow, attempt).await;
        assert!(matches!(saved, Err(StoreError::LeaseLost)), "{saved:?}");
    }
    tx.commit().await.expect("commit");
    assert_eq!(read(&given, slow.id).await.as_ref(), taken_over.first());
}

/// `save` MUST fail with `LeaseLost`, writing nothing, unless the stored row is running.
pub async fn a_job_that_is_not_running_is_not_saved(fixture: &impl StoreFixture) {
    let given = Given::new(fixture);
    let waiting = given.added_job(Queue::Run).await;
    let mut finished = waiting.clone();
    finished.complete(given.now());
    let tx = given.tx().await;
    let saved = tx.jobs().save(&finished, waiting.attempt).await;
    assert!(matches!(saved, Err(StoreError::LeaseLost)), "{saved:?}");
    let unknown = tx.jobs().save(&given.job(Queue::Run), 0).await;
    assert!(matches!(unknown, Err(StoreError::LeaseLost)), "{unknown:?}");
    tx.commit().await.expect("commit");
    assert_eq!(read(&given, waiting.id).await, Some(waiting));

    let mut job = fixture.job_queue().reserve(&given.request("w")).await.expect("reserve").remove(0);
    job.complete(given.now());
    let tx = given.tx().await;
    tx.jobs().save(&job, job.attempt).await.expect("save");
    let again = tx.jobs().save(&job, job.attempt).await;
    assert!(matches!(again, Err(StoreError::LeaseLost)), "{again:?}");
    tx.commit().await.expect("commit");
    assert_eq!(read(&given, job.id).await.map(|job| job.state), Some(JobState::Done));
}

/// `add_once` adds a job unless there is one with its id.
pub async fn a_job_is_added_once(fixture: &impl StoreFixture) {
    let given = Given::new(fixture);
    let job = given.job(Queue::Maintenance);
    let mut other = job.clone();
    other.priority = 99;
    for (job, is_new) in [(&job, true), (&other, false)] {
        let tx = given.tx().await;
        assert_eq!(tx.jobs().add_once(job).await.expect("add"), is_new);
        tx.commit().await.expect("commit");
    }
    assert_eq!(read(&given, job.id).await, Some(job));
}

/// `open_about` finds the open job about something, and no ended one.
pub async fn the_open_job_about_something_is_found(fixture: &impl StoreFixture) {
    let given = Given::new(fixture);
    let (mut done, mut open) = (given.job(Queue::Submit), given.job(Queue::Submit));
    let subject = done.subject.expect("a subject");
    done.complete(given.now());
    given.add_jobs(&[done, given.job(Queue::Submit)]).await;
    let about = async || {
        let tx = given.tx().await;
        let found = tx.jobs().open_about(subject).await.expect("read");
        tx.commit().await.expect("commit");
        found
    };
    assert_eq!(about().await, None);
    open.subject = Some(subject);
    given.add_jobs(std::slice::from_ref(&open)).await;
    assert_eq!(about().await, Some(open.clone()));
    assert_eq!(fixture.job_queue().reserve(&given.request("w")).await.expect("reserve").len(), 2);
    assert_eq!(about().await.map(|job| (job.id, job.state)), Some((open.id, JobState::Running)));
}

/// `some_of` gives jobs of one queue in one state, oldest first.
pub async fn jobs_of_a_queue_in_a_state_are_found(fixture: &impl StoreFixture) {
    let given = Given::new(fixture);
    let mut jobs: Vec<Job> = (0..4).map(|_| given.job(Queue::Submit)).collect();
    jobs[1].bury("enough", given.now());
    let mut added = jobs.clone();
    added.reverse();
    added.push(given.job(Queue::Run));
    given.add_jobs(&added).await;
    let tx = given.tx().await;
    let ready = tx.jobs().some_of(Queue::Submit, JobState::Ready, 2).await.expect("read");
    assert_eq!(ready, [jobs[0].clone(), jobs[2].clone()]);
    let dead = tx.jobs().some_of(Queue::Submit, JobState::Dead, 9).await.expect("read");
    assert_eq!(dead, [jobs[1].clone()]);
    tx.commit().await.expect("commit");
}

/// `overrule` writes whoever holds the lease, who then has it no more; `remove` removes.
pub async fn a_job_is_overruled_and_removed(fixture: &impl StoreFixture) {
    let given = Given::new(fixture);
    let held = reserved(&given, fixture).await;
    let mut overruled = held.clone();
    overruled.complete(given.now());
    let tx = given.tx().await;
    tx.jobs().overrule(&overruled).await.expect("overrule");
    tx.commit().await.expect("commit");
    assert_eq!(read(&given, held.id).await, Some(overruled));
    let until = given.now() + Duration::hours(1);
    assert!(!fixture.job_queue().extend(held.id, held.attempt, until).await.expect("extend"));
    for was_there in [true, false] {
        let tx = given.tx().await;
        assert_eq!(tx.jobs().remove(held.id).await.expect("remove"), was_there);
        tx.commit().await.expect("commit");
    }
    assert_eq!(read(&given, held.id).await, None);
}

/// `forget_ended` removes what ended before the moment in that state, so many at a time.
pub async fn jobs_that_ended_long_ago_are_forgotten(fixture: &impl StoreFixture) {
    let given = Given::new(fixture);
    let mut jobs: Vec<Job> = (0..6).map(|_| given.job(Queue::Run)).collect();
    for (job, age) in jobs.iter_mut().zip([3, 2, 1, 0]) {
        job.complete(given.now() - Duration::microseconds(age));
    }
    jobs[4].bury("enough", given.now() - Duration::hours(1));
    given.add_jobs(&jobs).await;
    for (max, removed) in [(2, 2), (2, 1), (2, 0)] {
        let tx = given.tx().await;
        let forgotten = tx.jobs().forget_ended(JobState::Done, given.now(), max).await.expect("forget");
        assert_eq!(forgotten, removed);
        tx.commit().await.expect("commit");
    }
    for (job, stays) in jobs.iter().zip([false, false, false, true, true, true]) {
        assert_eq!(read(&given, job.id).await.is_some(), stays);
    }
}

crate::suite::suite! {
    ($)
    /// Runs the clauses of `JobRepository`.
    job_repository_suite, job_repository, [
        a_job_comes_back_as_added,
        a_job_can_be_reserved_after_commit_and_only_then,
        a_held_job_is_saved,
        a_job_taken_over_by_another_is_not_saved,
        a_job_that_is_not_running_is_not_saved,
        a_job_is_added_once,
        the_open_job_about_something_is_found,
        jobs_of_a_queue_in_a_state_are_found,
        a_job_is_overruled_and_removed,
        jobs_that_ended_long_ago_are_forgotten,
    ]
}
