//! A worker that something it depends on has left.

use crate::rig::Rig;
use crate::sandbox::{Behaviour, SlowSandbox};
use codesm_core::app::App;
use codesm_core::jobs::{JobState, WorkerAdvert, WorkerRegistry};
use codesm_core::judging::engine::Engine;
use codesm_core::judging::{LanguageCatalogue, Sandbox, Verdict};
use codesm_core::kernel::Timestamp;
use codesm_core::store::StoreError;
use codesm_core::submissions::SubmissionDeps;
use codesm_worker::{Worker, WorkerDeps, WorkerSettings};
use std::sync::Arc;
use std::time::Duration;
use tokio_util::sync::CancellationToken;

#[tokio::test(start_paused = true)]
async fn a_sick_worker_rests_ever_longer_and_takes_nothing_meanwhile() {
    let rig = Rig::new(2).await;
    rig.sandbox.behave(Behaviour::DiskFull);
    let mut ids = Vec::new();
    for number in 0..20 {
        ids.push(rig.run(&number.to_string()).await);
    }
    let running = rig.start();
    rig.until("both slots failed", |rig| rig.sandbox.seen().started.len() == 2).await;
    for (rests, seconds) in [2, 4, 8, 16, 30, 30].into_iter().enumerate() {
        let started = 2 * (rests + 1);
        let rested = rig.until("the next two", |rig| rig.sandbox.seen().started.len() > started).await;
        assert_eq!(rig.sandbox.seen().started.len(), started + 2, "as many at once as there are slots");
        let expected = seconds * 1000;
        assert!(
            (expected - 50..expected + 50).contains(&rested.as_millis()),
            "{rested:?} of {seconds} s"
        );
    }
    assert!(rig.fakes.store.jobs().iter().all(|job| job.failures == 0));
    // With the first success it works again as if nothing had been.
    rig.sandbox.behave(Behaviour::Takes(Duration::from_secs(1)));
    rig.until("all verdicts", |rig| ids.iter().all(|id| rig.is_done(*id))).await;
    assert!(ids.iter().all(|id| rig.submission(*id).verdict == Some(Verdict::Accepted)));
    rig.sandbox.behave(Behaviour::DiskFull);
    let started = rig.sandbox.seen().started.len();
    rig.run("again").await;
    rig.until("a failure", |rig| rig.sandbox.seen().started.len() == started + 1).await;
    assert!(
        rig.until("the next try", |rig| rig.sandbox.seen().started.len() > started + 1)
            .await
            < Duration::from_millis(2500)
    );
    running.stop().await;
}

#[tokio::test(start_paused = true)]
async fn a_healthy_worker_gets_what_a_sick_one_gave_up() {
    let rig = Rig::new(1).await;
    rig.sandbox.behave(Behaviour::DiskFull);
    let id = rig.run("x").await;
    let sick = rig.start();
    rig.until("a failure", |rig| rig.job().last_error.is_some()).await;
    let healthy = SlowSandbox::new(1);
    let submissions = SubmissionDeps {
        clock: rig.deps.clock.clone(),
        ..rig.fakes.submission_deps()
    };
    let engine = Engine::new(Arc::new(healthy.clone()));
    let app = App::new(
        rig.fakes.auth_deps(),
        rig.fakes.problem_deps(),
        submissions,
        rig.fakes.upload_deps(),
        Some(engine),
    );
    let deps = WorkerDeps {
        app: Arc::new(app),
        ..rig.deps.clone()
    };
    let settings = WorkerSettings::new("worker-2".to_owned(), rig.fakes.languages.languages(), healthy.description());
    let shutdown = CancellationToken::new();
    let other = tokio::spawn(Worker::new(deps, settings).run(shutdown.clone()));
    rig.until_done(id).await;
    assert_eq!(
        (rig.submission(id).verdict, rig.submission(id).attempt),
        (Some(Verdict::Accepted), 2)
    );
    assert_eq!(healthy.seen().started, ["x"]);
    shutdown.cancel();
    other.await.unwrap();
    sick.stop().await;
}

#[tokio::test(start_paused = true)]
async fn what_runs_goes_on_while_the_worker_rests() {
    let rig = Rig::new(2).await;
    rig.sandbox.behave(Behaviour::Takes(Duration::from_secs(20)));
    let long = rig.run("long").await;
    let running = rig.start();
    rig.until_running(1).await;
    rig.sandbox.behave(Behaviour::DiskFull);
    let failed = rig.run("fails").await;
    rig.until("a failure", |rig| rig.sandbox.seen().started.len() == 2).await;
    assert!(rig.until_done(long).await < Duration::from_millis(20_100));
    assert_eq!(
        (rig.submission(long).verdict, rig.submission(long).attempt),
        (Some(Verdict::Accepted), 1)
    );
    assert!(!rig.is_done(failed));
    running.stop().await;
}

#[tokio::test(start_paused = true)]
async fn the_order_to_stop_ends_a_rest_at_once() {
    let rig = Rig::new(1).await;
    rig.sandbox.behave(Behaviour::DiskFull);
    rig.run("x").await;
    let running = rig.start();
    rig.until("four failures", |rig| rig.sandbox.seen().started.len() == 4).await;
    tokio::time::sleep(Duration::from_secs(1)).await;
    assert!(running.stop().await.is_zero());
    assert_eq!((rig.job().state, rig.job().failures), (JobState::Ready, 0));
}

#[tokio::test(start_paused = true)]
async fn a_fault_of_the_job_itself_is_no_reason_to_rest() {
    let rig = Rig::new(1).await;
    rig.sandbox.behave(Behaviour::Panics);
    rig.run("x").await;
    let running = rig.start();
    rig.until("a failure", |rig| rig.job().failures == 1).await;
    rig.sandbox.behave(Behaviour::Takes(Duration::from_millis(100)));
    let next = rig.run("y").await;
    assert!(rig.until_done(next).await < Duration::from_millis(500));
    running.stop().await;
}

/// Never answers.
struct SilentRegistry;

#[async_trait::async_trait]
impl WorkerRegistry for SilentRegistry {
    async fn advertise(&self, _: &WorkerAdvert) -> Result<(), StoreError> {
        std::future::pending().await
    }

    async fn seen_since(&self, _: Timestamp) -> Result<Vec<WorkerAdvert>, StoreError> {
        std::future::pending().await
    }
}

#[tokio::test(start_paused = true)]
async fn a_worker_whose_registry_does_not_answer_stops_at_once() {
    let mut rig = Rig::new(1).await;
    rig.deps.registry = Arc::new(SilentRegistry);
    let running = rig.start();
    tokio::time::sleep(Duration::from_secs(1)).await;
    assert!(running.stop().await.is_zero());
}
