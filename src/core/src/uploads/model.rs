//! An upload and its life.

use super::UploadKind;
use crate::kernel::{AppError, AppResult, Timestamp, UploadId, UserId};
use chrono::Duration;

/// How long the address to upload to is good.
pub const OFFER_LIFE: Duration = Duration::hours(1);
/// How long an address to download from is good.
pub const LINK_LIFE: Duration = Duration::minutes(15);
/// When what was never confirmed goes: by then every address to upload to has long expired.
pub const UNCONFIRMED_LIFE: Duration = Duration::days(1);
/// How long one caller may check a file before another may do it again: longer than storage takes to copy the largest.
pub(super) const CHECK_LIFE: Duration = Duration::minutes(10);

/// Where an upload is in its life.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum UploadState {
    /// Waiting for the file.
    Pending,
    /// The file is being moved and looked at.
    Checking,
    /// The file is there and what it was said to be.
    Confirmed,
    /// The file was something else, and is gone.
    Refused,
}

impl UploadState {
    /// Every state.
    pub const ALL: [Self; 4] = [Self::Pending, Self::Checking, Self::Confirmed, Self::Refused];

    /// Stored and shown name.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Pending => "pending",
            Self::Checking => "checking",
            Self::Confirmed => "confirmed",
            Self::Refused => "refused",
        }
    }

    /// The state of that name.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|state| state.as_str() == text)
    }
}

/// A file somebody wants to give us, or has given.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Upload {
    /// Identifier.
    pub id: UploadId,
    /// Who owns it.
    pub user_id: UserId,
    /// What it is for.
    pub kind: UploadKind,
    /// What the owner calls it. Shown, never a path.
    pub file_name: String,
    /// Media type.
    pub content_type: String,
    /// Size in bytes.
    pub size: u64,
    /// Where the client puts it: a random name in the storage.
    pub incoming: String,
    /// Where it stays once confirmed: another random name, to which no address to upload leads.
    pub name: String,
    /// Where it is in its life.
    pub state: UploadState,
    /// When it was offered.
    pub created_at: Timestamp,
    /// Until when it can be uploaded.
    pub expires_at: Timestamp,
    /// When the state last changed.
    pub changed_at: Timestamp,
    /// Whether nothing is left to be tidied up.
    pub tidied: bool,
    /// Raised by each change.
    pub version: i32,
}

impl Upload {
    /// Begins to check the file. `false`: it was confirmed before, and nothing is to be done.
    pub(super) fn begin_check(&mut self, now: Timestamp) -> AppResult<bool> {
        match self.state {
            UploadState::Confirmed => return Ok(false),
            UploadState::Refused => return Err(refused()),
            UploadState::Checking if now - self.changed_at < CHECK_LIFE => {
                let message = "This upload is being checked right now; ask again shortly.";
                return Err(AppError::conflict("upload.being_checked", message));
            }
            UploadState::Pending | UploadState::Checking => {}
        }
        self.change(UploadState::Checking, now);
        Ok(true)
    }

    pub(super) fn change(&mut self, state: UploadState, now: Timestamp) {
        self.state = state;
        self.changed_at = now;
    }
}

pub(super) fn not_found() -> AppError {
    AppError::not_found("upload.not_found", "There is no such upload.")
}

pub(super) fn refused() -> AppError {
    let message = "What was uploaded was not what was announced, and is gone; ask for a new upload.";
    AppError::conflict("upload.refused", message)
}
