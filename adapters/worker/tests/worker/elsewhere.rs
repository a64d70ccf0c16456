//! What failed on one worker is tried on another.

use crate::rig::Rig;
use crate::sandbox::{Behaviour, SlowSandbox};
use codesm_core::judging::Verdict;
use std::time::Duration;

#[tokio::test(start_paused = true)]
async fn a_failure_is_tried_again_on_another_worker() {
    // Ten times, for whoever looks first would win by chance.
    for n in 0..10 {
        let rig = Rig::new(1).await;
        rig.sandbox.behave(Behaviour::Panics);
        let id = rig.run("x").await;
        let broken = rig.start();
        rig.until("a failure", |rig| rig.job().failures == 1).await;
        let other = SlowSandbox::new(1);
        let well = rig.start_beside("worker-2", &other);
        rig.until_done(id).await;
        assert_eq!(
            (rig.submission(id).verdict, rig.submission(id).attempt, rig.job().failures),
            (Some(Verdict::Accepted), 2, 1),
            "{n}"
        );
        assert_eq!(rig.job().failed_on.as_deref(), Some("worker-1"));
        assert_eq!((rig.sandbox.seen().started.len(), other.seen().started.len()), (1, 1));
        broken.stop().await;
        well.stop().await;
    }
}

/// Fails once and is then well; says how long the second try took to come.
async fn second_try(rig: &Rig) -> Duration {
    rig.sandbox.behave(Behaviour::Panics);
    rig.run("x").await;
    let running = rig.start();
    rig.until("a failure", |rig| rig.job().failures == 1).await;
    rig.sandbox.behave(Behaviour::Hangs);
    let took = rig.until_running(1).await;
    running.stop().await;
    took
}

#[tokio::test(start_paused = true)]
async fn a_worker_that_nobody_relieves_tries_again_itself() {
    // `another` has said that it is there, and then takes nothing.
    let rig = Rig::new(1).await;
    let took = second_try(&rig).await;
    assert!((Duration::from_secs(5)..Duration::from_secs(9)).contains(&took), "{took:?}");
}

#[tokio::test(start_paused = true)]
async fn a_worker_that_is_alone_tries_again_at_once() {
    let rig = Rig::new(1).await;
    // `another` was last heard of so long ago.
    tokio::time::sleep(Duration::from_secs(200)).await;
    let took = second_try(&rig).await;
    assert!(took < Duration::from_secs(3), "{took:?}");
}
