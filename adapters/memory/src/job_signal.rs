//! Wakes the workers of this process.

use async_trait::async_trait;
use codesm_core::jobs::{Job, JobSignal, Listener, Queue, Wake};
use futures_util::future::select_all;
use std::time::Duration;
use tokio::sync::Notify;

/// Jobs of other processes are found by looking only.
const LOOK_EVERY: Duration = Duration::from_millis(250);

/// Wakes one waiting worker per announcement; an announcement nobody waits for wakes the next that does.
#[derive(Debug, Default)]
pub struct LocalJobSignal {
    /// One for each queue, since not everybody waits for all.
    notify: [Notify; Queue::ALL.len()],
}

impl LocalJobSignal {
    /// A signal with nothing announced.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }
}

#[async_trait]
impl JobSignal for LocalJobSignal {
    fn announce(&self, job: &Job) {
        self.notify[job.queue as usize].notify_one();
    }

    async fn wait(&self, listener: &Listener, timeout: Duration) -> Wake {
        if listener.queues.is_empty() {
            tokio::time::sleep(timeout).await;
            return Wake::Look;
        }
        let queues = listener.queues.iter();
        let announced = select_all(queues.map(|queue| Box::pin(self.notify[*queue as usize].notified())));
        // Dropping the future at the timeout hands an announcement that just came to the next worker.
        let woken = tokio::time::timeout(timeout, announced).await;
        // Being woken and giving up look the same to the worker: it looks for jobs either way.
        drop(woken);
        Wake::Look
    }

    fn look_every(&self) -> Duration {
        LOOK_EVERY
    }
}
