//! Shows an upload to its owner, and gives the file to other use cases.

use super::model::{LINK_LIFE, not_found};
use super::{Upload, UploadDeps, UploadKind, UploadState};
use crate::kernel::{AppError, AppResult, LocalFile, RequestContext, Timestamp, UploadId};

/// An address to download from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct UploadLink {
    /// Absolute, or a path of this API.
    pub url: String,
    /// Until when it is good.
    pub expires_at: Timestamp,
}

/// Shows uploads.
#[derive(Clone)]
pub struct GetUpload {
    deps: UploadDeps,
}

impl GetUpload {
    /// With its ports.
    #[must_use]
    pub const fn new(deps: UploadDeps) -> Self {
        Self { deps }
    }

    /// The upload, and an address to download it from if it is confirmed.
    ///
    /// # Errors
    /// `auth.required`, `upload.not_found`, `storage.unavailable`.
    pub async fn get(&self, context: &RequestContext, id: UploadId) -> AppResult<(Upload, Option<UploadLink>)> {
        let upload = self.owned(context, id).await?;
        if upload.state != UploadState::Confirmed {
            return Ok((upload, None));
        }
        let now = self.deps.clock.now();
        let expires_at = now + LINK_LIFE;
        let url = self.deps.store.link(&upload, now, expires_at).await?;
        Ok((upload, Some(UploadLink { url, expires_at })))
    }

    /// The caller's confirmed file of this kind, on this machine.
    ///
    /// # Errors
    /// `auth.required`, `upload.not_found`, `upload.not_confirmed` (409), `upload.wrong_kind` (409), `storage.unavailable`.
    pub async fn open(&self, context: &RequestContext, id: UploadId, kind: UploadKind) -> AppResult<(Upload, LocalFile)> {
        let upload = self.owned(context, id).await?;
        if upload.kind != kind {
            let message = format!("This upload is for something else; `{}` is needed.", kind.as_str());
            return Err(AppError::conflict("upload.wrong_kind", message));
        }
        if upload.state != UploadState::Confirmed {
            return Err(AppError::conflict("upload.not_confirmed", "This upload is not confirmed."));
        }
        let file = self.deps.store.fetch(&upload).await?;
        Ok((upload, file))
    }

    async fn owned(&self, context: &RequestContext, id: UploadId) -> AppResult<Upload> {
        let caller = context.actor.require_user()?;
        let tx = self.deps.uow.begin().await?;
        let found = tx.uploads().by_id(id).await?;
        found.filter(|upload| upload.user_id == caller.user_id).ok_or_else(not_found)
    }
}
