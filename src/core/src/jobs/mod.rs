//! Background jobs. The row is the truth; queues only dispatch.

mod model;
mod ports;

pub use model::{FailureOutcome, Job, JobKind, JobState, Lease, Queue, Remedy, RetryPolicy};
pub use ports::{JobDepth, JobQueue, JobRepository, JobSignal, ReserveRequest, WorkerAdvert, WorkerRegistry};
