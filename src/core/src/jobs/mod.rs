//! Background jobs. The row is the truth; queues only dispatch.

mod directory;
mod failure;
mod model;
mod ports;
mod queue;

pub use directory::{JOBS_SORT, JobDirectory, JobFilter, JobRate, Leases};
pub use failure::Failure;
pub use model::{FAIR_STEP, FailureOutcome, Job, JobKind, JobState, Lease, NewJob, Remedy};
pub use ports::{JobDepth, JobQueue, JobRepository, JobSignal, Listener, ReserveRequest, Wake, WorkerAdvert, WorkerRegistry};
pub use queue::{Queue, QueuePolicies, QueuePolicy, RetryPolicy};
