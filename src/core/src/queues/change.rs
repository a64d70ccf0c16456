//! Pauses queues and lets them go on.

use super::{QueueDeps, named};
use crate::audit::AuditEntry;
use crate::kernel::{AppResult, Permission, RequestContext};
use serde_json::json;

/// Pauses queues and lets them go on.
#[derive(Clone)]
pub struct ChangeQueue {
    deps: QueueDeps,
}

impl ChangeQueue {
    /// With its ports.
    #[must_use]
    pub const fn new(deps: QueueDeps) -> Self {
        Self { deps }
    }

    /// Hands out no more jobs of a queue until it is resumed; what runs goes on, and new jobs are taken in. Pausing a paused queue
    /// changes nothing.
    ///
    /// # Errors
    /// `auth.required`, `auth.forbidden`, `queue.not_found`, `database.unavailable`.
    #[tracing::instrument(target = "codesm_trace", name = "queues.pause", skip_all)]
    pub async fn pause(&self, context: &RequestContext, name: &str) -> AppResult<()> {
        self.change(context, name, true).await
    }

    /// Hands out the jobs of a queue again. Resuming one that is not paused changes nothing.
    ///
    /// # Errors
    /// As [`Self::pause`].
    #[tracing::instrument(target = "codesm_trace", name = "queues.resume", skip_all)]
    pub async fn resume(&self, context: &RequestContext, name: &str) -> AppResult<()> {
        self.change(context, name, false).await
    }

    async fn change(&self, context: &RequestContext, name: &str, pause: bool) -> AppResult<()> {
        context.actor.require(Permission::JobManage)?;
        let queue = named(name)?;
        let now = self.deps.clock.now();
        let tx = self.deps.uow.begin().await?;
        tx.jobs().pause(queue, pause.then_some(now)).await?;
        let action = if pause { "queue.paused" } else { "queue.resumed" };
        let subject = ("queue", queue.as_str().to_owned());
        let entry = AuditEntry::new(&*self.deps.ids, now, context, action, subject, json!({}));
        tx.audit().append(&entry).await?;
        tx.commit().await?;
        Ok(())
    }
}
