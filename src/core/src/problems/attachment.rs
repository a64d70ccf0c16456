//! Gives out a file that a problem has for solvers.

use super::policy::{may_read, not_found};
use super::{ProblemDeps, ProblemRef, StoredFile};
use crate::kernel::{Actor, AppError, AppResult, LocalFile};

/// A file for solvers.
#[derive(Clone, Debug)]
pub struct Attachment {
    /// Its name and address.
    pub stored: StoredFile,
    /// Its bytes, on this machine.
    pub file: LocalFile,
}

/// Gives out attachments.
#[derive(Clone)]
pub struct GetAttachment {
    deps: ProblemDeps,
}

impl GetAttachment {
    /// With its ports.
    #[must_use]
    pub const fn new(deps: ProblemDeps) -> Self {
        Self { deps }
    }

    /// The attachment of that name, to whoever may see the problem.
    ///
    /// # Errors
    /// `problem.not_found`, `problem.attachment_not_found`, `storage.unavailable`.
    #[tracing::instrument(target = "codesm_trace", name = "problems.attachment", skip_all)]
    pub async fn get(&self, actor: &Actor, problem: &ProblemRef, name: &str) -> AppResult<Attachment> {
        let view = self
            .deps
            .queries
            .view(problem)
            .await?
            .filter(|view| may_read(actor, &view.problem))
            .ok_or_else(not_found)?;
        let stored = view.details.attachments.into_iter().find(|stored| stored.name == name);
        let stored =
            stored.ok_or_else(|| AppError::not_found("problem.attachment_not_found", "The problem has no attachment of this name."))?;
        let file = self.deps.blobs.local(&stored.content).await?;
        Ok(Attachment { stored, file })
    }
}
