//! Queues with faults of their own.

use async_trait::async_trait;
use codesm_core::jobs::{Job, JobDepth, JobQueue, ReserveRequest};
use codesm_core::kernel::{JobId, Timestamp};
use codesm_core::store::StoreError;
use std::sync::Arc;
use std::time::Duration;

/// Answers reservations late, and heartbeats perhaps never.
pub(crate) struct SlowQueue {
    pub(crate) queue: Arc<dyn JobQueue>,
    pub(crate) reserve_takes: Duration,
    pub(crate) extend_hangs: bool,
}

#[async_trait]
impl JobQueue for SlowQueue {
    async fn reserve(&self, request: &ReserveRequest) -> Result<Vec<Job>, StoreError> {
        let jobs = self.queue.reserve(request).await;
        tokio::time::sleep(self.reserve_takes).await;
        jobs
    }

    async fn extend(&self, id: JobId, attempt: u32, until: Timestamp) -> Result<bool, StoreError> {
        if self.extend_hangs {
            std::future::pending::<()>().await;
        }
        self.queue.extend(id, attempt, until).await
    }

    async fn release(&self, id: JobId, attempt: u32, now: Timestamp) -> Result<bool, StoreError> {
        self.queue.release(id, attempt, now).await
    }

    async fn depths(&self, now: Timestamp) -> Result<Vec<JobDepth>, StoreError> {
        self.queue.depths(now).await
    }
}
