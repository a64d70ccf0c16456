//! Content-addressed blobs in a folder.

use crate::durable::at;
use crate::layout::{Layout, StreamFailure};
use async_trait::async_trait;
use bytes::Bytes;
use codesm_core::kernel::{AppError, AppResult, BlobReader, BlobRef, BlobStore, ErrorKind, LocalFile};
use std::fmt;
use std::fs::File;
use std::io;
use std::path::Path;
use std::sync::Arc;

/// Keeps blobs as files named after their SHA-256, readable by the owner only.
///
/// Several processes may share the folder. Blobs are never removed, so local files need no guard.
#[derive(Clone)]
pub struct FsBlobStore {
    layout: Arc<Layout>,
}

impl fmt::Debug for FsBlobStore {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("FsBlobStore").finish_non_exhaustive()
    }
}

impl FsBlobStore {
    /// Opens the store below `dir`, making `dir/blobs` if need be, and removes half-written files older than an hour.
    /// Blocks: call it at start-up.
    ///
    /// # Errors
    /// If the folder cannot be made or read; the message names it.
    pub fn open(dir: impl AsRef<Path>) -> io::Result<Self> {
        let dir = dir.as_ref();
        let layout = Layout::open(dir).map_err(at(dir))?;
        Ok(Self { layout: Arc::new(layout) })
    }

    async fn blocking<T, E>(&self, work: impl FnOnce(&Layout) -> Result<T, E> + Send + 'static) -> AppResult<T>
    where
        T: Send + 'static,
        E: Into<Failure> + Send + 'static,
    {
        let layout = Arc::clone(&self.layout);
        tokio::task::spawn_blocking(move || work(&layout))
            .await
            .map_err(AppError::internal)?
            .map_err(|error| error.into().into())
    }
}

#[async_trait]
impl BlobStore for FsBlobStore {
    async fn put(&self, bytes: Bytes) -> AppResult<BlobRef> {
        self.blocking(move |layout| layout.store(&bytes)).await
    }

    async fn put_stream(&self, reader: BlobReader) -> AppResult<BlobRef> {
        self.blocking(move |layout| layout.store_stream(reader)).await
    }

    async fn put_file(&self, file: &LocalFile) -> AppResult<BlobRef> {
        // The clone holds the guard until the bytes are read.
        let file = file.clone();
        self.blocking(move |layout| {
            let reader = File::open(&file.path).map_err(StreamFailure::Source)?;
            layout.store_stream(reader)
        })
        .await
    }

    async fn get_prefix(&self, blob: &BlobRef, max: usize) -> AppResult<Bytes> {
        let wanted = blob.clone();
        let bytes = self.blocking(move |layout| layout.read_prefix(&wanted, max)).await?;
        bytes.map(Bytes::from).ok_or_else(|| missing(blob))
    }

    async fn get(&self, blob: &BlobRef) -> AppResult<Bytes> {
        let wanted = blob.clone();
        let bytes = self.blocking(move |layout| layout.read(&wanted)).await?;
        bytes.map(Bytes::from).ok_or_else(|| missing(blob))
    }

    async fn local(&self, blob: &BlobRef) -> AppResult<LocalFile> {
        let wanted = blob.clone();
        let path = self.blocking(move |layout| layout.find(&wanted)).await?;
        let file = path.map(|path| LocalFile {
            path,
            size: blob.size,
            guard: None,
        });
        file.ok_or_else(|| missing(blob))
    }

    async fn check(&self) -> AppResult<()> {
        self.blocking(Layout::probe).await
    }
}

/// Failures of either side, told apart.
struct Failure(AppError);

impl From<Failure> for AppError {
    fn from(failure: Failure) -> Self {
        failure.0
    }
}

impl From<io::Error> for Failure {
    fn from(error: io::Error) -> Self {
        let message = "The storage of test data is full or not reachable right now; try again shortly.";
        Self(AppError::unavailable("storage.unavailable", message).with_source(error))
    }
}

impl From<StreamFailure> for Failure {
    fn from(failure: StreamFailure) -> Self {
        match failure {
            StreamFailure::Source(error) => {
                Self(AppError::invalid("storage.source_failed", "What was sent cannot be read to its end.").with_source(error))
            }
            StreamFailure::Storage(error) => error.into(),
        }
    }
}

fn missing(blob: &BlobRef) -> AppError {
    let cause = format!("no blob {} of {} bytes", blob.sha256.escape_debug(), blob.size);
    AppError::new(ErrorKind::Internal, "blob.missing", "Stored data is missing.").with_source(cause)
}
