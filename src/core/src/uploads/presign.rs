//! Offers an address to upload to.

use super::model::OFFER_LIFE;
use super::{Upload, UploadDeps, UploadKind, UploadOffer, UploadState};
use crate::kernel::{AppError, AppResult, RequestContext, UploadId, Validation};

/// Longest name of a file, in characters.
const MAX_NAME: usize = 200;

/// What is to be uploaded.
#[derive(Clone, Debug)]
pub struct PresignCommand {
    /// What it is for.
    pub kind: UploadKind,
    /// What the owner calls it.
    pub file_name: String,
    /// Media type, without parameters.
    pub content_type: String,
    /// Exact size in bytes.
    pub size: u64,
}

/// Offers addresses.
#[derive(Clone)]
pub struct PresignUpload {
    deps: UploadDeps,
}

impl PresignUpload {
    /// With its ports.
    #[must_use]
    pub const fn new(deps: UploadDeps) -> Self {
        Self { deps }
    }

    /// Makes an upload that waits for its file, and the request to send it with.
    ///
    /// # Errors
    /// `auth.required`, `auth.forbidden`, `validation.failed`, `upload.too_many` (409), `storage.unavailable`.
    pub async fn presign(&self, context: &RequestContext, command: PresignCommand) -> AppResult<(Upload, UploadOffer)> {
        let caller = context.actor.require_user()?;
        if let Some(permission) = command.kind.permission() {
            context.actor.require(permission)?;
        }
        self.validate(&command)?;
        let now = self.deps.clock.now();
        let upload = Upload {
            id: UploadId::generate(&*self.deps.ids),
            user_id: caller.user_id,
            kind: command.kind,
            file_name: command.file_name,
            content_type: command.content_type,
            size: command.size,
            incoming: self.deps.tokens.generate().reveal().clone(),
            name: self.deps.tokens.generate().reveal().clone(),
            state: UploadState::Pending,
            created_at: now,
            expires_at: now + OFFER_LIFE,
            changed_at: now,
            tidied: false,
            version: 1,
        };
        let offer = self.deps.store.offer(&upload, now).await?;
        let tx = self.deps.uow.begin().await?;
        if tx.uploads().unconfirmed(caller.user_id).await? >= self.deps.limits.unconfirmed {
            let most = self.deps.limits.unconfirmed;
            let message =
                format!("At most {most} uploads may wait to be confirmed; confirm some, or wait until they are removed after a day.");
            return Err(AppError::conflict("upload.too_many", message));
        }
        tx.uploads().add(&upload).await?;
        tx.commit().await?;
        Ok((upload, offer))
    }

    fn validate(&self, command: &PresignCommand) -> AppResult<()> {
        let mut validation = Validation::new();
        let name = &command.file_name;
        let has_name = !name.trim().is_empty() && name.chars().count() <= MAX_NAME && !name.chars().any(char::is_control);
        let message = format!("Must have 1 to {MAX_NAME} characters, none of them a control character.");
        validation.require(has_name, "fileName", "invalid", message);
        let types = command.kind.content_types();
        let is_taken = types.contains(&command.content_type.as_str());
        validation.require(
            is_taken,
            "contentType",
            "unsupported",
            format!("Must be one of: {}.", types.join(", ")),
        );
        let most = self.deps.limits.max_bytes(command.kind);
        let fits = (1..=most).contains(&command.size);
        validation.require(fits, "size", "out_of_range", format!("Must be from 1 to {most} bytes."));
        validation.finish()
    }
}
