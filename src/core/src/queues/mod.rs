//! What operators see and do about queues and their jobs.

mod change;
mod drain;
mod remove;
mod retry;
mod show;

pub use change::ChangeQueue;
pub use drain::DrainQueue;
pub use remove::RemoveJob;
pub use retry::RetryJobs;
pub use show::{QueueView, ShowQueues};

use crate::jobs::{JobDirectory, JobQueue, JobSignal, Queue, QueuePolicies};
use crate::kernel::{AppError, Clock, IdGenerator};
use crate::store::UnitOfWork;
use crate::submissions::LiveEvents;
use std::sync::Arc;

/// What the use cases of this feature need.
#[derive(Clone)]
pub struct QueueDeps {
    /// Transactions.
    pub uow: Arc<dyn UnitOfWork>,
    /// Depths.
    pub queue: Arc<dyn JobQueue>,
    /// Jobs.
    pub directory: Arc<dyn JobDirectory>,
    /// Wakes workers.
    pub signal: Arc<dyn JobSignal>,
    /// Tells who watches a submission.
    pub events: Arc<dyn LiveEvents>,
    /// How jobs are worked on.
    pub policies: Arc<QueuePolicies>,
    /// Time.
    pub clock: Arc<dyn Clock>,
    /// Identifiers.
    pub ids: Arc<dyn IdGenerator>,
}

/// The queue of that name.
///
/// # Errors
/// `queue.not_found`.
fn named(name: &str) -> Result<Queue, AppError> {
    Queue::parse(name).ok_or_else(|| AppError::not_found("queue.not_found", "There is no such queue."))
}

fn no_job() -> AppError {
    AppError::not_found("job.not_found", "There is no such job.")
}
