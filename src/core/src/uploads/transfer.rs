//! Files that come and go through this API, where the storage has no addresses of its own.

use super::model::not_found;
use super::{Ticket, Upload, UploadDeps, UploadGate, UploadState};
use crate::kernel::{AppError, AppResult, LocalFile, UploadId};
use std::sync::Arc;

/// Takes files in and gives them out, to whoever has a ticket.
#[derive(Clone)]
pub struct TransferUpload {
    deps: UploadDeps,
}

impl TransferUpload {
    /// With its ports.
    #[must_use]
    pub const fn new(deps: UploadDeps) -> Self {
        Self { deps }
    }

    /// Whether a file of that size and type may be sent: asked before it is.
    ///
    /// # Errors
    /// `upload.not_found` (also if the storage takes files in itself), `upload.ticket_invalid` (403), `upload.not_pending` (409),
    /// `upload.wrong_size`, `upload.wrong_type` (422).
    pub async fn admit(&self, id: UploadId, ticket: &Ticket, content_type: &str, size: Option<u64>) -> AppResult<Upload> {
        let (upload, gate) = self.find(id).await?;
        if !gate.admits(&upload, ticket, self.deps.clock.now()) {
            return Err(ticket_invalid());
        }
        require_pending(&upload)?;
        if content_type != upload.content_type {
            let message = format!("Send it with `Content-Type: {}`.", upload.content_type);
            return Err(AppError::invalid("upload.wrong_type", message));
        }
        if size.is_some_and(|size| size != upload.size) {
            return Err(wrong_size(&upload));
        }
        Ok(upload)
    }

    /// Keeps a file that was admitted.
    ///
    /// # Errors
    /// `upload.wrong_size` (422), `upload.not_pending` (409), `storage.unavailable`.
    pub async fn receive(&self, upload: &Upload, file: &LocalFile) -> AppResult<()> {
        if file.size != upload.size {
            return Err(wrong_size(upload));
        }
        let (_, gate) = self.find(upload.id).await?;
        gate.receive(upload, file).await?;
        // Somebody may have confirmed or swept it meanwhile: then nobody asks for this file any more.
        let still = match self.find(upload.id).await {
            Ok((now, _)) => require_pending(&now),
            Err(error) => Err(error),
        };
        if still.is_err() {
            self.deps.store.remove(&upload.incoming).await?;
        }
        still
    }

    /// The file.
    ///
    /// # Errors
    /// `upload.not_found`, `upload.ticket_invalid` (403), `storage.unavailable`.
    pub async fn release(&self, id: UploadId, ticket: &Ticket) -> AppResult<(Upload, LocalFile)> {
        let (upload, gate) = self.find(id).await?;
        if !gate.releases(&upload, ticket, self.deps.clock.now()) || upload.state != UploadState::Confirmed {
            return Err(ticket_invalid());
        }
        let file = self.deps.store.fetch(&upload).await?;
        Ok((upload, file))
    }

    async fn find(&self, id: UploadId) -> AppResult<(Upload, Arc<dyn UploadGate>)> {
        let gate = self.deps.gate.clone().ok_or_else(not_found)?;
        let tx = self.deps.uow.begin().await?;
        let upload = tx.uploads().by_id(id).await?.ok_or_else(not_found)?;
        Ok((upload, gate))
    }
}

fn require_pending(upload: &Upload) -> AppResult<()> {
    if upload.state == UploadState::Pending {
        Ok(())
    } else {
        let message = "This upload does not wait for a file any more.";
        Err(AppError::conflict("upload.not_pending", message))
    }
}

fn wrong_size(upload: &Upload) -> AppError {
    let message = format!("Exactly {} bytes were announced.", upload.size);
    AppError::invalid("upload.wrong_size", message)
}

fn ticket_invalid() -> AppError {
    AppError::forbidden(
        "upload.ticket_invalid",
        "This address has expired or was changed; ask for a new one.",
    )
}
