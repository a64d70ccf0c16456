//! Leases: kept, lost, and given up in time. By contract they last 15 s and are renewed every 5 s.

use crate::queues::SlowQueue;
use crate::rig::Rig;
use crate::sandbox::Behaviour;
use codesm_core::jobs::JobState;
use codesm_core::judging::Verdict;
use codesm_core::submissions::SubmissionState;
use std::sync::Arc;
use std::time::Duration;

const LEASE: Duration = Duration::from_secs(15);

#[tokio::test(start_paused = true)]
async fn a_lease_is_kept_for_as_long_as_the_program_takes() {
    let rig = Rig::new(1).await;
    rig.sandbox.behave(Behaviour::Takes(Duration::from_secs(100)));
    let id = rig.run("slow").await;
    let running = rig.start();
    rig.until_running(1).await;
    for _ in 0..95 {
        tokio::time::sleep(Duration::from_secs(1)).await;
        assert!(rig.steal(Duration::ZERO).await.is_empty(), "nobody else gets it");
    }
    rig.until_done(id).await;
    assert_eq!(
        (rig.submission(id).verdict, rig.submission(id).attempt),
        (Some(Verdict::Accepted), 1)
    );
    assert_eq!(rig.job().lost_leases, 0);
    running.stop().await;
}

#[tokio::test(start_paused = true)]
async fn a_lost_lease_stops_the_program_and_writes_nothing() {
    let rig = Rig::new(1).await;
    rig.sandbox.behave(Behaviour::Hangs);
    let id = rig.run("x").await;
    let running = rig.start();
    rig.until_running(1).await;
    let stolen = rig.steal(Duration::from_hours(1)).await;
    assert_eq!((stolen.len(), stolen[0].attempt), (1, 2));
    let rows = rig.rows();
    assert!(
        rig.until_running(0).await <= Duration::from_millis(5100),
        "the next heartbeat tells it"
    );
    tokio::time::sleep(Duration::from_secs(30)).await;
    assert_eq!(rig.rows(), rows);
    // The one who has it now can finish.
    rig.sandbox.behave(Behaviour::Takes(Duration::from_secs(1)));
    rig.deps.app.judge.as_ref().unwrap().judge(&stolen[0]).await.unwrap();
    assert_eq!(
        (rig.submission(id).verdict, rig.submission(id).attempt),
        (Some(Verdict::Accepted), 2)
    );
    running.stop().await;
}

#[tokio::test(start_paused = true)]
async fn a_program_that_ends_after_the_lease_was_lost_gives_no_verdict() {
    let mut rig = Rig::new(1).await;
    // No heartbeat tells it in time.
    (rig.settings.lease, rig.settings.heartbeat) = (Duration::from_hours(1), Duration::from_mins(30));
    rig.sandbox.behave(Behaviour::Takes(Duration::from_secs(10)));
    let id = rig.run("x").await;
    let running = rig.start();
    rig.until_running(1).await;
    assert_eq!(rig.steal(Duration::from_hours(2)).await.len(), 1);
    let rows = rig.rows();
    tokio::time::sleep(Duration::from_secs(30)).await;
    assert_eq!((rig.sandbox.seen().running, rig.rows()), (0, rows));
    assert_eq!(rig.submission(id).verdict, None);
    running.stop().await;
}

#[tokio::test(start_paused = true)]
async fn a_short_outage_of_the_database_costs_nothing() {
    let rig = Rig::new(1).await;
    rig.sandbox.behave(Behaviour::Takes(Duration::from_secs(30)));
    let id = rig.run("x").await;
    let running = rig.start();
    rig.until_running(1).await;
    tokio::time::sleep(Duration::from_secs(4)).await;
    rig.fakes.store.set_down(true);
    tokio::time::sleep(Duration::from_secs(4)).await;
    rig.fakes.store.set_down(false);
    rig.until_done(id).await;
    assert_eq!(
        (rig.submission(id).verdict, rig.submission(id).attempt),
        (Some(Verdict::Accepted), 1)
    );
    running.stop().await;
}

#[tokio::test(start_paused = true)]
async fn a_long_outage_stops_the_program_before_the_lease_ends_and_the_job_is_repeated_after_it() {
    let rig = Rig::new(1).await;
    rig.sandbox.behave(Behaviour::Takes(Duration::from_mins(1)));
    let id = rig.run("x").await;
    let running = rig.start();
    rig.until_running(1).await;
    rig.fakes.store.set_down(true);
    assert!(rig.until_running(0).await < LEASE);
    tokio::time::sleep(Duration::from_mins(1)).await;
    rig.sandbox.behave(Behaviour::Takes(Duration::from_secs(1)));
    rig.fakes.store.set_down(false);
    rig.until_done(id).await;
    assert_eq!(
        (rig.submission(id).verdict, rig.submission(id).attempt),
        (Some(Verdict::Accepted), 2)
    );
    assert_eq!((rig.job().state, rig.job().lost_leases, rig.job().failures), (JobState::Done, 1, 0));
    running.stop().await;
}

#[tokio::test(start_paused = true)]
async fn a_database_that_never_answers_heartbeats_is_as_good_as_away() {
    let mut rig = Rig::new(1).await;
    rig.deps.queue = Arc::new(SlowQueue {
        queue: rig.fakes.store.clone(),
        reserve_takes: Duration::ZERO,
        extend_hangs: true,
    });
    rig.sandbox.behave(Behaviour::Hangs);
    let id = rig.run("x").await;
    let running = rig.start();
    rig.until_running(1).await;
    assert!(rig.until_running(0).await < LEASE);
    assert_eq!(rig.submission(id).state, SubmissionState::Running);
    running.stop().await;
}

#[tokio::test(start_paused = true)]
async fn a_lease_that_was_half_over_when_it_arrived_is_not_taken_for_a_whole_one() {
    let mut rig = Rig::new(1).await;
    rig.deps.queue = Arc::new(SlowQueue {
        queue: rig.fakes.store.clone(),
        reserve_takes: Duration::from_secs(8),
        extend_hangs: false,
    });
    rig.sandbox.behave(Behaviour::Hangs);
    rig.run("x").await;
    let running = rig.start();
    rig.until_running(1).await;
    let expires_at = rig.job().lease.unwrap().expires_at;
    rig.fakes.store.set_down(true);
    rig.until_running(0).await;
    assert!(rig.deps.clock.now() < expires_at);
    rig.fakes.store.set_down(false);
    running.shutdown.cancel();
}
