//! Queues with faults of their own.

use async_trait::async_trait;
use codesm_core::jobs::{Job, JobDepth, JobQueue, JobSignal, Listener, ReserveRequest, Wake};
use codesm_core::kernel::{JobId, Timestamp};
use codesm_core::store::StoreError;
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::{Mutex, mpsc};

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

    async fn overdue(&self, since: Timestamp, max: u32) -> Result<Vec<Job>, StoreError> {
        self.queue.overdue(since, max).await
    }

    async fn depths(&self, now: Timestamp) -> Result<Vec<JobDepth>, StoreError> {
        self.queue.depths(now).await
    }
}

/// Tells of single jobs, as news from other processes come; lets workers look by themselves every hour only.
pub(crate) struct Herald {
    news: mpsc::UnboundedSender<JobId>,
    heard: Mutex<mpsc::UnboundedReceiver<JobId>>,
}

impl Herald {
    pub(crate) fn new() -> Self {
        let (news, heard) = mpsc::unbounded_channel();
        Self {
            news,
            heard: Mutex::new(heard),
        }
    }

    pub(crate) fn tell(&self, id: JobId) {
        self.news.send(id).unwrap();
    }
}

#[async_trait]
impl JobSignal for Herald {
    fn announce(&self, job: &Job) {
        self.tell(job.id);
    }

    async fn wait(&self, _listener: &Listener, timeout: Duration) -> Wake {
        let mut heard = self.heard.lock().await;
        let news = tokio::time::timeout(timeout, heard.recv()).await;
        news.ok().flatten().map_or(Wake::Look, Wake::Job)
    }

    fn look_every(&self) -> Duration {
        Duration::from_hours(1)
    }
}
