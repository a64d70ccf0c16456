//! The order to stop. By contract a process ends within 20 s.

use crate::rig::Rig;
use crate::sandbox::Behaviour;
use codesm_core::jobs::JobState;
use codesm_core::judging::Verdict;
use codesm_core::submissions::SubmissionState;
use std::time::Duration;

#[tokio::test(start_paused = true)]
async fn an_idle_worker_stops_at_once() {
    let mut rig = Rig::new(1).await;
    rig.look_seldom();
    let running = rig.start();
    tokio::time::sleep(Duration::from_secs(1)).await;
    assert!(running.stop().await.is_zero());
}

#[tokio::test(start_paused = true)]
async fn a_worker_that_waits_for_its_database_stops_at_once() {
    let rig = Rig::new(1).await;
    rig.fakes.store.set_down(true);
    let running = rig.start();
    tokio::time::sleep(Duration::from_secs(5)).await;
    assert!(running.stop().await.is_zero());
}

#[tokio::test(start_paused = true)]
async fn what_runs_may_finish_and_nothing_new_is_begun() {
    let rig = Rig::new(1).await;
    rig.sandbox.behave(Behaviour::Takes(Duration::from_secs(8)));
    let first = rig.run("first").await;
    let running = rig.start();
    rig.until_running(1).await;
    let second = rig.run("second").await;
    let took = running.stop().await;
    assert!((7900..8100).contains(&took.as_millis()), "{took:?}");
    assert_eq!(
        (rig.submission(first).verdict, rig.submission(first).attempt),
        (Some(Verdict::Accepted), 1)
    );
    assert_eq!(
        (rig.submission(second).state, rig.submission(second).attempt),
        (SubmissionState::Queued, 0)
    );
}

#[tokio::test(start_paused = true)]
async fn what_does_not_finish_is_given_back_untouched_for_the_next_worker() {
    let rig = Rig::new(2).await;
    rig.sandbox.behave(Behaviour::Hangs);
    let ids = [rig.run("a").await, rig.run("b").await];
    let running = rig.start();
    rig.until_running(2).await;
    let took = running.stop().await;
    assert!((10_000..10_100).contains(&took.as_millis()), "{took:?}");
    assert_eq!(rig.sandbox.seen().running, 0);
    for job in rig.fakes.store.jobs() {
        assert_eq!((job.state, job.failures, job.lost_leases, job.lease), (JobState::Ready, 0, 0, None));
        assert!(job.run_at <= rig.deps.clock.now());
    }
    for id in ids {
        assert_eq!(rig.submission(id).state, SubmissionState::Queued);
    }
    rig.sandbox.behave(Behaviour::Takes(Duration::from_secs(1)));
    let next = rig.start();
    assert!(rig.until("both verdicts", |rig| ids.iter().all(|id| rig.is_done(*id))).await < Duration::from_secs(2));
    assert_eq!(rig.submission(ids[0]).attempt, 2);
    next.stop().await;
}

#[tokio::test(start_paused = true)]
async fn giving_back_without_a_database_ends_in_time_too() {
    let rig = Rig::new(1).await;
    rig.sandbox.behave(Behaviour::Hangs);
    let id = rig.run("x").await;
    let running = rig.start();
    rig.until_running(1).await;
    tokio::time::sleep(Duration::from_secs(5)).await;
    let down = rig.fakes.store.clone();
    let stopping = tokio::spawn(running.stop());
    tokio::time::sleep(Duration::from_millis(9900)).await;
    down.set_down(true);
    assert!(stopping.await.unwrap() < Duration::from_secs(20));
    assert_eq!(rig.sandbox.seen().running, 0);
    rig.fakes.store.set_down(false);
    // The lease runs out by itself.
    rig.sandbox.behave(Behaviour::Takes(Duration::from_secs(1)));
    let next = rig.start();
    rig.until_done(id).await;
    assert_eq!((rig.submission(id).verdict, rig.job().lost_leases), (Some(Verdict::Accepted), 1));
    next.stop().await;
}

#[tokio::test(start_paused = true)]
async fn leases_are_kept_while_what_runs_may_finish() {
    let mut rig = Rig::new(1).await;
    rig.settings.drain = Duration::from_secs(40);
    rig.sandbox.behave(Behaviour::Takes(Duration::from_secs(35)));
    let id = rig.run("x").await;
    let running = rig.start();
    rig.until_running(1).await;
    let stopping = tokio::spawn(running.stop());
    tokio::time::sleep(Duration::from_secs(20)).await;
    assert!(rig.steal(Duration::ZERO).await.is_empty());
    stopping.await.unwrap();
    assert_eq!(rig.submission(id).verdict, Some(Verdict::Accepted));
}
