//! Takes an uploaded file over, if it is what it was said to be.

use super::model::not_found;
use super::{BEGINNING_BYTES, Upload, UploadDeps, UploadState, UploadedFile, content};
use crate::audit::AuditEntry;
use crate::kernel::{AppError, AppResult, RequestContext, UploadId};
use serde_json::json;

/// Confirms uploads.
#[derive(Clone)]
pub struct ConfirmUpload {
    deps: UploadDeps,
}

impl ConfirmUpload {
    /// With its ports.
    #[must_use]
    pub const fn new(deps: UploadDeps) -> Self {
        Self { deps }
    }

    /// Moves the file to where nobody can change it any more, and looks at it there. What does not fit is removed. Doing it again
    /// changes nothing.
    ///
    /// # Errors
    /// `auth.required`, `upload.not_found` (also for others than the owner), `upload.not_uploaded` (409: nothing was sent yet),
    /// `upload.being_checked` (409), `upload.wrong_size` and `upload.wrong_type` (422), `upload.refused` (409: it did not fit before),
    /// `storage.unavailable`.
    pub async fn confirm(&self, context: &RequestContext, id: UploadId) -> AppResult<Upload> {
        let caller = context.actor.require_user()?;
        let tx = self.deps.uow.begin().await?;
        let found = tx.uploads().by_id(id).await?.filter(|upload| upload.user_id == caller.user_id);
        let mut upload = found.ok_or_else(not_found)?;
        if !upload.begin_check(self.deps.clock.now())? {
            return Ok(upload);
        }
        tx.uploads().save(&upload).await?;
        tx.commit().await?;
        upload.version += 1;

        let outcome = match self.deps.store.settle(&upload).await {
            Ok(Some(file)) => judge(&upload, &file),
            Ok(None) => {
                self.end(context, &mut upload, UploadState::Pending).await?;
                let message = "Nothing has been uploaded yet; send the file first.";
                return Err(AppError::conflict("upload.not_uploaded", message));
            }
            Err(error) => {
                // Whoever tries again must not wait until this attempt counts as dead.
                self.end(context, &mut upload, UploadState::Pending).await?;
                return Err(error);
            }
        };
        if let Err(refusal) = outcome {
            self.deps.store.remove(&upload.name).await?;
            self.deps.store.remove(&upload.incoming).await?;
            self.end(context, &mut upload, UploadState::Refused).await?;
            return Err(refusal);
        }
        self.end(context, &mut upload, UploadState::Confirmed).await?;
        Ok(upload)
    }

    async fn end(&self, context: &RequestContext, upload: &mut Upload, state: UploadState) -> AppResult<()> {
        let now = self.deps.clock.now();
        upload.change(state, now);
        let tx = self.deps.uow.begin().await?;
        tx.uploads().save(upload).await?;
        if state != UploadState::Pending {
            let subject = ("upload", upload.id.to_string());
            let details = json!({ "kind": upload.kind.as_str(), "size": upload.size });
            let action = format!("upload.{}", state.as_str());
            tx.audit()
                .append(&AuditEntry::new(&*self.deps.ids, now, context, &action, subject, details))
                .await?;
        }
        tx.commit().await?;
        upload.version += 1;
        Ok(())
    }
}

fn judge(upload: &Upload, file: &UploadedFile) -> AppResult<()> {
    if file.size != upload.size {
        let message = format!("{} bytes were announced, {} came; the file is removed.", upload.size, file.size);
        return Err(AppError::invalid("upload.wrong_size", message));
    }
    let beginning = &file.beginning[..file.beginning.len().min(BEGINNING_BYTES)];
    let is_type = file.content_type.as_ref().is_none_or(|is| *is == upload.content_type);
    if !is_type || !content::fits(&upload.content_type, beginning) {
        let message = format!("What came is not {}; the file is removed.", upload.content_type);
        return Err(AppError::invalid("upload.wrong_type", message));
    }
    Ok(())
}
