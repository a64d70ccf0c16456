//! What [`JobSignal`] promises.

use codesm_core::jobs::JobSignal;
use std::sync::Arc;
use std::time::{Duration, Instant};

/// What the suite needs of an adapter.
pub trait JobSignalFixture: Send + Sync {
    /// The signal.
    fn signal(&self) -> Arc<dyn JobSignal>;
}

/// Long enough that ending by timeout is told from being woken.
const LONG: Duration = Duration::from_secs(30);

async fn assert_woken(waiting: tokio::task::JoinHandle<()>) {
    let ended = tokio::time::timeout(Duration::from_secs(5), waiting).await;
    ended.expect("a waiting worker is woken").expect("waiting does not panic");
}

fn wait_in_background(signal: &Arc<dyn JobSignal>) -> tokio::task::JoinHandle<()> {
    let signal = Arc::clone(signal);
    tokio::spawn(async move { signal.wait(LONG).await })
}

/// `announce` MUST wake a waiting worker.
pub async fn an_announcement_wakes_a_waiting_worker(fixture: &impl JobSignalFixture) {
    let signal = fixture.signal();
    let waiting = wait_in_background(&signal);
    tokio::time::sleep(Duration::from_millis(50)).await;
    assert!(!waiting.is_finished(), "woken without an announcement");
    signal.announce();
    assert_woken(waiting).await;
}

/// Without a waiting worker, `announce` MUST wake the next that waits.
pub async fn an_announcement_without_a_waiting_worker_wakes_the_next(fixture: &impl JobSignalFixture) {
    let signal = fixture.signal();
    signal.announce();
    assert_woken(wait_in_background(&signal)).await;
}

/// Each call of `announce` MUST wake at least one waiting worker.
pub async fn two_announcements_wake_two_waiting_workers(fixture: &impl JobSignalFixture) {
    let signal = fixture.signal();
    let (first, second) = (wait_in_background(&signal), wait_in_background(&signal));
    tokio::time::sleep(Duration::from_millis(50)).await;
    signal.announce();
    signal.announce();
    assert_woken(first).await;
    assert_woken(second).await;
}

/// A worker that gave up waiting MUST NOT take an announcement with it.
pub async fn a_worker_that_gave_up_takes_no_announcement_along(fixture: &impl JobSignalFixture) {
    let signal = fixture.signal();
    signal.wait(Duration::from_millis(10)).await;
    let cancelled = wait_in_background(&signal);
    tokio::time::sleep(Duration::from_millis(20)).await;
    cancelled.abort();
    cancelled.await.expect_err("the waiting was called off");
    signal.announce();
    assert_woken(wait_in_background(&signal)).await;
}

/// `wait` ends after `timeout` at the latest.
pub async fn waiting_ends_after_the_timeout(fixture: &impl JobSignalFixture) {
    let begun = Instant::now();
    fixture.signal().wait(Duration::from_millis(50)).await;
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
        a_worker_that_gave_up_takes_no_announcement_along,
        waiting_ends_after_the_timeout,
    ]
}
