//! Keeping the house: what is done from time to time, by one process of all.

mod model;
mod run;
mod tend;

pub use model::{Retention, Task};
pub use run::RunTask;
pub use tend::Tend;

use crate::jobs::{JobQueue, JobSignal, Leases, WorkerRegistry};
use crate::kernel::{Clock, IdGenerator};
use crate::store::UnitOfWork;
use crate::uploads::SweepUploads;
use std::sync::Arc;

/// What the use cases of this feature need.
#[derive(Clone)]
pub struct MaintenanceDeps {
    /// Transactions.
    pub uow: Arc<dyn UnitOfWork>,
    /// Dispatch.
    pub queue: Arc<dyn JobQueue>,
    /// Wakes workers.
    pub signal: Arc<dyn JobSignal>,
    /// Who does it.
    pub leases: Arc<dyn Leases>,
    /// Workers there are.
    pub workers: Arc<dyn WorkerRegistry>,
    /// Time.
    pub clock: Arc<dyn Clock>,
    /// Identifiers.
    pub ids: Arc<dyn IdGenerator>,
    /// Removes what was uploaded and never confirmed.
    pub uploads: SweepUploads,
    /// How long things are kept.
    pub retention: Retention,
}
