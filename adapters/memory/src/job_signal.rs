//! Wakes the workers of this process.

use async_trait::async_trait;
use codesm_core::jobs::JobSignal;
use std::time::Duration;
use tokio::sync::Notify;

/// Wakes one waiting worker per announcement; an announcement nobody waits for wakes the next that does.
#[derive(Debug, Default)]
pub struct LocalJobSignal {
    notify: Notify,
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
    fn announce(&self) {
        self.notify.notify_one();
    }

    async fn wait(&self, timeout: Duration) {
        // Dropping the future at the timeout hands an announcement that just came to the next worker.
        let woken = tokio::time::timeout(timeout, self.notify.notified()).await;
        // Being woken and giving up look the same to the worker: it looks for jobs either way.
        drop(woken);
    }
}
