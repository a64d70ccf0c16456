//! What one process of all does all the time.

use super::{MaintenanceDeps, Task};
use crate::kernel::AppResult;
use chrono::Duration;
use std::collections::BTreeSet;
use std::sync::{Mutex, PoisonError};

/// Looks after the queues and schedules tasks.
pub struct Tend {
    deps: MaintenanceDeps,
    /// Jobs that are known to be there, so that they are not made again and again.
    scheduled: Mutex<BTreeSet<(Task, crate::kernel::JobId)>>,
}

/// Name of the lease of whoever tends.
const LEASE_NAME: &str = "maintenance";
/// Whoever tends does so every second; after these another takes over.
const LEASE: Duration = Duration::seconds(10);
/// News of a job that has waited longer is taken to be lost: workers usually have it within milliseconds.
const OVERDUE: Duration = Duration::seconds(1);
/// Most jobs that are announced again at a time.
const MOST: u32 = 1000;

impl Tend {
    /// With its ports.
    #[must_use]
    pub const fn new(deps: MaintenanceDeps) -> Self {
        Self {
            deps,
            scheduled: Mutex::new(BTreeSet::new()),
        }
    }

    /// Announces jobs again of which news was lost or whose time has come, and makes the jobs of tasks that are due, unless another
    /// process does. Says whether this one did. To be called about once a second.
    ///
    /// # Errors
    /// `database.unavailable`.
    pub async fn tend(&self, holder: &str) -> AppResult<bool> {
        let now = self.deps.clock.now();
        if !self.deps.leases.hold(LEASE_NAME, holder, now + LEASE, now).await? {
            return Ok(false);
        }
        for job in self.deps.queue.overdue(now - OVERDUE, MOST).await? {
            self.deps.signal.announce(&job);
        }
        for task in Task::ALL {
            self.schedule(task).await?;
        }
        Ok(true)
    }

    /// Lets another process take over at once.
    ///
    /// # Errors
    /// `database.unavailable`.
    pub async fn hand_over(&self, holder: &str) -> AppResult<()> {
        Ok(self.deps.leases.give_up(LEASE_NAME, holder).await?)
    }

    async fn schedule(&self, task: Task) -> AppResult<()> {
        let job = task.job(&*self.deps.ids, self.deps.clock.now());
        if self.scheduled().contains(&(task, job.id)) {
            return Ok(());
        }
        let tx = self.deps.uow.begin().await?;
        // Another process may have made it, or this one before it was restarted.
        if tx.jobs().add_once(&job).await? {
            tx.commit().await?;
            self.deps.signal.announce(&job);
        }
        let mut scheduled = self.scheduled();
        scheduled.retain(|(other, _)| *other != task);
        scheduled.insert((task, job.id));
        Ok(())
    }

    fn scheduled(&self) -> std::sync::MutexGuard<'_, BTreeSet<(Task, crate::kernel::JobId)>> {
        self.scheduled.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
