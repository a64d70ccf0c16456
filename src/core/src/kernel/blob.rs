//! Content-addressed storage of test data.

use super::AppResult;
use async_trait::async_trait;
use bytes::Bytes;
use serde::{Deserialize, Serialize};
use std::any::Any;
use std::io::Read;
use std::path::PathBuf;
use std::sync::Arc;

/// Address of a blob: SHA-256 of its bytes (64 lower-case hexadecimal digits) and its size in bytes.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct BlobRef {
    /// SHA-256, hexadecimal.
    pub sha256: String,
    /// Size in bytes.
    pub size: u64,
}

/// A file on this machine that outlives its users: the guard keeps it (or its cache entry) alive.
#[derive(Clone)]
pub struct LocalFile {
    /// Where it is.
    pub path: PathBuf,
    /// Size in bytes.
    pub size: u64,
    /// Dropped when nobody needs the file any more.
    pub guard: Option<Arc<dyn Any + Send + Sync>>,
}

impl std::fmt::Debug for LocalFile {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("LocalFile")
            .field("path", &self.path)
            .field("size", &self.size)
            .finish_non_exhaustive()
    }
}

/// Bytes to be stored, read once.
pub type BlobReader = Box<dyn Read + Send>;

/// Stores immutable bytes under their SHA-256.
///
/// Contract: `put` of bytes already there MUST succeed and store nothing twice; a blob MUST be visible only when whole
/// and durable; `get`, `get_prefix` and `local` of an unknown blob MUST be `blob.missing` (kind Internal: a row points to nothing);
/// storage that cannot be reached or is full MUST be `storage.unavailable` (kind Unavailable).
#[async_trait]
pub trait BlobStore: Send + Sync {
    /// Stores bytes.
    ///
    /// # Errors
    /// `storage.unavailable`.
    async fn put(&self, bytes: Bytes) -> AppResult<BlobRef>;

    /// Stores what the reader gives, without holding it in memory.
    ///
    /// # Errors
    /// `storage.unavailable`; whatever the reader fails with is `storage.source_failed` (kind Invalid).
    async fn put_stream(&self, reader: BlobReader) -> AppResult<BlobRef>;

    /// Stores a file of this machine.
    ///
    /// # Errors
    /// `storage.unavailable`; a file that cannot be read is `storage.source_failed`.
    async fn put_file(&self, file: &LocalFile) -> AppResult<BlobRef>;

    /// At most the first `max` bytes: what is shown to people must not fill the memory.
    ///
    /// # Errors
    /// `blob.missing`, `storage.unavailable`.
    async fn get_prefix(&self, blob: &BlobRef, max: usize) -> AppResult<Bytes>;

    /// The whole blob; meant for small ones (sources).
    ///
    /// # Errors
    /// `blob.missing`, `storage.unavailable`.
    async fn get(&self, blob: &BlobRef) -> AppResult<Bytes>;

    /// The blob as a file on this machine, fetched into a local cache if need be.
    ///
    /// # Errors
    /// `blob.missing`, `storage.unavailable`.
    async fn local(&self, blob: &BlobRef) -> AppResult<LocalFile>;

    /// Whether the storage answers; for health checks.
    ///
    /// # Errors
    /// `storage.unavailable`.
    async fn check(&self) -> AppResult<()>;
}
