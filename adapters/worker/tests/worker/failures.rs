//! What goes wrong on our side.

use crate::rig::Rig;
use crate::sandbox::{Behaviour, SlowSandbox};
use codesm_core::jobs::JobState;
use codesm_core::judging::Verdict;
use std::time::Duration;

#[tokio::test(start_paused = true)]
async fn a_panic_in_judging_is_tried_again_and_the_worker_goes_on() {
    let rig = Rig::new(1).await;
    rig.sandbox.behave(Behaviour::Panics);
    let id = rig.run("x").await;
    let running = rig.start();
    rig.until("a failure", |rig| rig.job().failures == 1).await;
    assert!(rig.job().last_error.unwrap().starts_with("internal.panic"));
    rig.sandbox.behave(Behaviour::Takes(Duration::from_secs(1)));
    rig.until_done(id).await;
    assert_eq!(
        (rig.submission(id).verdict, rig.submission(id).attempt),
        (Some(Verdict::Accepted), 2)
    );
    running.stop().await;
}

#[tokio::test(start_paused = true)]
async fn three_panics_end_in_internal_error_and_leave_the_slot_to_others() {
    let rig = Rig::new(1).await;
    rig.sandbox.behave(Behaviour::Panics);
    let id = rig.run("x").await;
    let running = rig.start();
    rig.until_done(id).await;
    let submission = rig.submission(id);
    assert_eq!(
        (submission.verdict, submission.error_code.as_deref()),
        (Some(Verdict::InternalError), Some("internal.panic"))
    );
    assert_eq!((rig.job().state, rig.job().failures), (JobState::Dead, 3));
    rig.sandbox.behave(Behaviour::Takes(Duration::from_secs(1)));
    let next = rig.run("y").await;
    rig.until_done(next).await;
    assert_eq!(rig.submission(next).verdict, Some(Verdict::Accepted));
    running.stop().await;
}

#[tokio::test(start_paused = true)]
async fn a_database_that_is_away_when_the_verdict_comes_delays_it_only() {
    let rig = Rig::new(1).await;
    let id = rig.run("x").await;
    let running = rig.start();
    rig.until_running(1).await;
    rig.fakes.store.set_down(true);
    rig.until_running(0).await;
    tokio::time::sleep(Duration::from_secs(2)).await;
    rig.fakes.store.set_down(false);
    assert!(
        rig.until_done(id).await < Duration::from_secs(10),
        "long before the lease would have run out"
    );
    assert_eq!(rig.submission(id).verdict, Some(Verdict::Accepted));
    assert_eq!((rig.job().failures, rig.job().lost_leases), (0, 0), "not the job's fault");
    running.stop().await;
}

#[tokio::test(start_paused = true)]
async fn an_outcome_that_cannot_be_written_at_all_is_left_to_the_lease() {
    let rig = Rig::new(1).await;
    let id = rig.run("x").await;
    let running = rig.start();
    rig.until_running(1).await;
    rig.fakes.store.set_down(true);
    rig.until_running(0).await;
    tokio::time::sleep(Duration::from_mins(1)).await;
    rig.fakes.store.set_down(false);
    rig.until_done(id).await;
    assert_eq!((rig.submission(id).verdict, rig.job().lost_leases), (Some(Verdict::Accepted), 1));
    running.stop().await;
}

#[tokio::test(start_paused = true)]
async fn a_job_that_silenced_ten_workers_is_buried_without_being_run() {
    let rig = Rig::new(1).await;
    let id = rig.run("x").await;
    for taken in 0..10 {
        assert_eq!(rig.steal(Duration::from_secs(15 * taken)).await.len(), 1);
    }
    tokio::time::sleep(Duration::from_secs(15 * 10)).await;
    let running = rig.start();
    rig.until_done(id).await;
    let submission = rig.submission(id);
    assert_eq!(
        (submission.verdict, submission.error_code.as_deref()),
        (Some(Verdict::InternalError), Some("job.lost_leases"))
    );
    assert_eq!((rig.job().state, rig.sandbox.seen().started.len()), (JobState::Dead, 0));
    running.stop().await;
}

#[tokio::test(start_paused = true)]
async fn a_process_built_without_a_sandbox_says_so() {
    let rig = Rig::with_engine(&SlowSandbox::new(1), None).await;
    let id = rig.run("x").await;
    let running = rig.start();
    rig.until_done(id).await;
    assert_eq!(rig.submission(id).error_code.as_deref(), Some("sandbox.unavailable"));
    running.stop().await;
}
