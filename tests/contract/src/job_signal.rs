//! What [`JobSignal`] promises.

use crate::TestIds;
use chrono::{DateTime, Utc};
use codesm_core::jobs::{Job, JobKind, JobSignal, Listener, NewJob, Queue, Wake};
use std::collections::BTreeSet;
use std::sync::Arc;
use std::time::{Duration, Instant};
use tokio::task::JoinHandle;

/// What the suite needs of an adapter.
pub trait JobSignalFixture: Send + Sync {
    /// The signal.
    fn signal(&self) -> Arc<dyn JobSignal>;
}

/// Long enough that ending by timeout is told from being woken.
const LONG: Duration = Duration::from_secs(30);

fn job(queue: Queue) -> Job {
    let new = NewJob {
        kind: JobKind::JudgeSubmission,
        queue,
        requirements: BTreeSet::from(["cpp".to_owned()]),
        subject: None,
        payload: serde_json::Value::Null,
        ahead: 0,
    };
    Job::new(&TestIds::new(), DateTime::<Utc>::UNIX_EPOCH, new)
}

fn listener(queues: &[Queue]) -> Listener {
    Listener {
        queues: queues.to_vec(),
        capabilities: vec!["cpp".to_owned(), "python".to_owned()],
    }
}

fn wait_in_background(signal: &Arc<dyn JobSignal>, queues: &[Queue]) -> JoinHandle<Wake> {
    let (signal, listener) = (Arc::clone(signal), listener(queues));
    tokio::spawn(async move { signal.wait(&listener, LONG).await })
}

/// It is woken, by one of these jobs or to look by itself.
async fn assert_woken(waiting: JoinHandle<Wake>, jobs: &[&Job]) {
    let ended = tokio::time::timeout(Duration::from_secs(5), waiting).await;
    let woken = ended.expect("a waiting worker is woken").expect("waiting does not panic");
    if let Wake::Job(id) = woken {
        assert!(jobs.iter().any(|job| job.id == id), "of a job that was not announced");
    }
}

/// `announce` MUST wake a waiting worker.
pub async fn an_announcement_wakes_a_waiting_worker(fixture: &impl JobSignalFixture) {
    let (signal, job) = (fixture.signal(), job(Queue::Submit));
    let waiting = wait_in_background(&signal, &[Queue::Run, Queue::Submit]);
    tokio::time::sleep(Duration::from_millis(100)).await;
    assert!(!waiting.is_finished(), "woken without an announcement");
    signal.announce(&job);
    assert_woken(waiting, &[&job]).await;
}

/// Without a waiting worker, `announce` MUST wake the next that waits.
pub async fn an_announcement_without_a_waiting_worker_wakes_the_next(fixture: &impl JobSignalFixture) {
    let (signal, job) = (fixture.signal(), job(Queue::Run));
    signal.announce(&job);
    assert_woken(wait_in_background(&signal, &[Queue::Run]), &[&job]).await;
}

/// Each call of `announce` MUST wake at least one waiting worker.
pub async fn two_announcements_wake_two_waiting_workers(fixture: &impl JobSignalFixture) {
    let signal = fixture.signal();
    let (first_job, second_job) = (job(Queue::Run), job(Queue::Run));
    let (first, second) = (
        wait_in_background(&signal, &[Queue::Run]),
        wait_in_background(&signal, &[Queue::Run]),
    );
    tokio::time::sleep(Duration::from_millis(100)).await;
    signal.announce(&first_job);
    signal.announce(&second_job);
    assert_woken(first, &[&first_job, &second_job]).await;
    assert_woken(second, &[&first_job, &second_job]).await;
}

/// A listener MUST NOT be told of a job in a queue it does not wait for, and MUST NOT take the news from others.
pub async fn a_listener_hears_of_its_own_queues_only(fixture: &impl JobSignalFixture) {
    let (signal, job) = (fixture.signal(), job(Queue::Emails));
    let other = wait_in_background(&signal, &[Queue::Run, Queue::Submit]);
    tokio::time::sleep(Duration::from_millis(100)).await;
    signal.announce(&job);
    tokio::time::sleep(Duration::from_millis(100)).await;
    assert!(!other.is_finished(), "woken by another queue's job");
    other.abort();
    assert_woken(wait_in_background(&signal, &[Queue::Emails]), &[&job]).await;
}

/// A worker that gave up waiting MUST NOT take an announcement with it.
pub async fn a_worker_that_gave_up_takes_no_announcement_along(fixture: &impl JobSignalFixture) {
    let (signal, job) = (fixture.signal(), job(Queue::Submit));
    signal.wait(&listener(&[Queue::Submit]), Duration::from_millis(10)).await;
    let cancelled = wait_in_background(&signal, &[Queue::Submit]);
    tokio::time::sleep(Duration::from_millis(50)).await;
    cancelled.abort();
    cancelled.await.expect_err("the waiting was called off");
    signal.announce(&job);
    assert_woken(wait_in_background(&signal, &[Queue::Submit]), &[&job]).await;
}

/// `wait` ends after `timeout` at the latest, and the worker is to look by itself.
pub async fn waiting_ends_after_the_timeout(fixture: &impl JobSignalFixture) {
    let begun = Instant::now();
    let wake = fixture.signal().wait(&listener(&[Queue::Reports]), Duration::from_millis(50)).await;
    assert_eq!(wake, Wake::Look);
    assert!(begun.elapsed() >= Duration::from_millis(45), "woken without an announcement");
    assert!(begun.elapsed() < Duration::from_secs(5));
}

crate::suite::suite! {
    ($)
    /// Runs the clauses of `JobSignal`.
    job_signal_suite, job_signal, [
        an_announcement_wakes_a_waiting_worker,
        an_announcement_without_a_waiting_worker_wakes_the_next,
        two_announcements_wake_two_waiting_workers,
        a_listener_hears_of_its_own_queues_only,
        a_worker_that_gave_up_takes_no_announcement_along,
        waiting_ends_after_the_timeout,
    ]
}
