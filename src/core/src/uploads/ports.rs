//! Ports of uploads.

use super::{Upload, UploadKind};
use crate::auth::OpaqueTokens;
use crate::kernel::{AppResult, Clock, IdGenerator, LocalFile, Timestamp, UploadId, UserId};
use crate::store::{StoreError, UnitOfWork};
use async_trait::async_trait;
use bytes::Bytes;
use std::sync::Arc;

/// A request that the client is to make.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct UploadOffer {
    /// Absolute, or a path of this API.
    pub url: String,
    /// HTTP method.
    pub method: &'static str,
    /// Headers that must be sent exactly so.
    pub headers: Vec<(String, String)>,
}

/// What is in the storage under a name.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct UploadedFile {
    /// Size in bytes.
    pub size: u64,
    /// Media type, if the storage knows it.
    pub content_type: Option<String>,
    /// At least the first [`super::BEGINNING_BYTES`] bytes, or all there are.
    pub beginning: Bytes,
}

/// Keeps uploaded files under random names.
///
/// Contract: what is sent to an offer MUST be kept under `upload.incoming` if it has the announced size and media type and comes
/// before `upload.expires_at`, and MUST NOT be kept otherwise; `settle` MUST be repeatable, and nothing sent to an offer afterwards
/// may change what it left under `upload.name`, unless it is settled again; addresses MUST NOT be guessable; removing what is not there MUST succeed;
/// storage that cannot be reached MUST be `storage.unavailable` (kind Unavailable).
#[async_trait]
pub trait UploadStore: Send + Sync {
    /// An address to upload to.
    ///
    /// # Errors
    /// `storage.unavailable`.
    async fn offer(&self, upload: &Upload, now: Timestamp) -> AppResult<UploadOffer>;

    /// An address to download a settled file from, as an attachment under the owner's name for it.
    ///
    /// # Errors
    /// `storage.unavailable`.
    async fn link(&self, upload: &Upload, now: Timestamp, expires_at: Timestamp) -> AppResult<String>;

    /// Moves what was uploaded from `upload.incoming` to `upload.name`, and tells what it is; `None` if nothing was uploaded.
    ///
    /// # Errors
    /// `storage.unavailable`.
    async fn settle(&self, upload: &Upload) -> AppResult<Option<UploadedFile>>;

    /// A settled file on this machine.
    ///
    /// # Errors
    /// `upload.missing` (kind Internal: a row points to nothing), `storage.unavailable`.
    async fn fetch(&self, upload: &Upload) -> AppResult<LocalFile>;

    /// Removes what is under a name.
    ///
    /// # Errors
    /// `storage.unavailable`.
    async fn remove(&self, name: &str) -> AppResult<()>;
}

/// What a client showed at an address of this API: its own expiry, in seconds since 1970, and the signature over it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Ticket {
    /// Seconds since 1970.
    pub expires: i64,
    /// As it stood in the address.
    pub signature: String,
}

/// The addresses that [`UploadStore`] gave, if they lead to this API instead of to the storage.
///
/// Contract: a ticket MUST be good for the upload and the direction it was made for, until it expires at `now`, and for nothing
/// else; comparing signatures MUST take the same time however much of them is right.
#[async_trait]
pub trait UploadGate: Send + Sync {
    /// Whether the ticket lets its bearer send the file.
    fn admits(&self, upload: &Upload, ticket: &Ticket, now: Timestamp) -> bool;

    /// Whether the ticket lets its bearer have the file.
    fn releases(&self, upload: &Upload, ticket: &Ticket, now: Timestamp) -> bool;

    /// Keeps a received file under `upload.incoming`.
    ///
    /// # Errors
    /// `storage.unavailable`.
    async fn receive(&self, upload: &Upload, file: &LocalFile) -> AppResult<()>;
}

/// Uploads inside a transaction.
///
/// Contract: `save` MUST fail with [`StoreError::Stale`] unless the stored version is `upload.version`, and then store `version + 1`.
#[async_trait]
pub trait UploadRepository: Send + Sync {
    /// Inserts an upload.
    ///
    /// # Errors
    /// [`StoreError`].
    async fn add(&self, upload: &Upload) -> Result<(), StoreError>;

    /// Writes a changed upload.
    ///
    /// # Errors
    /// [`StoreError::Stale`].
    async fn save(&self, upload: &Upload) -> Result<(), StoreError>;

    /// The upload, if there is one.
    ///
    /// # Errors
    /// [`StoreError`].
    async fn by_id(&self, id: UploadId) -> Result<Option<Upload>, StoreError>;

    /// Uploads of a user that are neither confirmed nor removed.
    ///
    /// # Errors
    /// [`StoreError`].
    async fn unconfirmed(&self, user_id: UserId) -> Result<u64, StoreError>;

    /// Uploads offered before that moment that are not tidied yet, oldest first.
    ///
    /// # Errors
    /// [`StoreError`].
    async fn untidied(&self, offered_before: Timestamp, limit: u32) -> Result<Vec<Upload>, StoreError>;

    /// Removes an upload, if it is there.
    ///
    /// # Errors
    /// [`StoreError`].
    async fn remove(&self, id: UploadId) -> Result<(), StoreError>;
}

/// What the use cases need.
#[derive(Clone)]
pub struct UploadDeps {
    /// Transactions.
    pub uow: Arc<dyn UnitOfWork>,
    /// Files.
    pub store: Arc<dyn UploadStore>,
    /// Where this API itself takes files in and gives them out.
    pub gate: Option<Arc<dyn UploadGate>>,
    /// Random names.
    pub tokens: Arc<dyn OpaqueTokens>,
    /// Time.
    pub clock: Arc<dyn Clock>,
    /// Identifiers.
    pub ids: Arc<dyn IdGenerator>,
    /// Bounds.
    pub limits: UploadLimits,
}

/// Bounds of uploads.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct UploadLimits {
    /// Most uploads of one user that wait for their file or for confirmation.
    pub unconfirmed: u64,
    /// Most bytes of test data, if less than [`UploadKind::max_bytes`] says.
    pub test_data_bytes: u64,
}

impl UploadLimits {
    /// Most bytes of a file of this kind.
    #[must_use]
    pub fn max_bytes(&self, kind: UploadKind) -> u64 {
        match kind {
            UploadKind::TestData => kind.max_bytes().min(self.test_data_bytes),
            UploadKind::ProfileImage | UploadKind::Document | UploadKind::Video => kind.max_bytes(),
        }
    }
}
