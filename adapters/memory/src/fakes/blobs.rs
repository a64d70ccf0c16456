//! Blobs in memory.

use crate::lock::locked;
use async_trait::async_trait;
use bytes::Bytes;
use codesm_core::kernel::{AppError, AppResult, BlobReader, BlobRef, BlobStore, ErrorKind, LocalFile};
use sha2::{Digest, Sha256};
use std::collections::HashMap;
use std::fs::File;
use std::io::{self, Read, Write};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex};
use tempfile::NamedTempFile;

/// Keeps blobs in memory; `local` writes a temporary file that lives as long as its guard.
#[derive(Debug, Default)]
pub struct FakeBlobStore {
    blobs: Mutex<HashMap<String, Bytes>>,
    is_down: AtomicBool,
}

impl FakeBlobStore {
    /// An empty store.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Takes the storage away (every call is then `storage.unavailable`), or gives it back.
    pub fn set_down(&self, is_down: bool) {
        self.is_down.store(is_down, Ordering::Release);
    }

    /// How many blobs are stored.
    #[must_use]
    pub fn stored(&self) -> usize {
        locked(&self.blobs).len()
    }

    /// Loses a blob behind the back of the rows that point to it.
    pub fn lose(&self, blob: &BlobRef) {
        locked(&self.blobs).remove(&blob.sha256);
    }

    fn require_up(&self) -> AppResult<()> {
        if self.is_down.load(Ordering::Acquire) {
            return Err(unavailable(io::Error::other("the fake storage is down")));
        }
        Ok(())
    }

    fn store(&self, bytes: Bytes) -> BlobRef {
        let blob = BlobRef {
            sha256: hex::encode(Sha256::digest(&bytes)),
            size: bytes.len() as u64,
        };
        locked(&self.blobs).insert(blob.sha256.clone(), bytes);
        blob
    }

    fn find(&self, blob: &BlobRef) -> AppResult<Bytes> {
        self.require_up()?;
        let bytes = locked(&self.blobs).get(&blob.sha256).cloned();
        bytes
            .filter(|bytes| bytes.len() as u64 == blob.size)
            .ok_or_else(|| AppError::new(ErrorKind::Internal, "blob.missing", "Stored data is missing."))
    }
}

fn unavailable(error: io::Error) -> AppError {
    AppError::unavailable("storage.unavailable", "The storage of test data is not reachable.").with_source(error)
}

fn source_failed(error: io::Error) -> AppError {
    AppError::invalid("storage.source_failed", "What was sent cannot be read to its end.").with_source(error)
}

async fn blocking<T: Send + 'static>(work: impl FnOnce() -> io::Result<T> + Send + 'static) -> AppResult<io::Result<T>> {
    tokio::task::spawn_blocking(work).await.map_err(AppError::internal)
}

#[async_trait]
impl BlobStore for FakeBlobStore {
    async fn put(&self, bytes: Bytes) -> AppResult<BlobRef> {
        self.require_up()?;
        Ok(self.store(bytes))
    }

    async fn put_stream(&self, mut reader: BlobReader) -> AppResult<BlobRef> {
        self.require_up()?;
        let read = blocking(move || {
            let mut bytes = Vec::new();
            reader.read_to_end(&mut bytes)?;
            Ok(bytes)
        });
        let bytes = read.await?.map_err(source_failed)?;
        self.put(bytes.into()).await
    }

    async fn put_file(&self, file: &LocalFile) -> AppResult<BlobRef> {
        let reader = File::open(&file.path).map_err(source_failed)?;
        self.put_stream(Box::new(reader)).await
    }

    async fn get_prefix(&self, blob: &BlobRef, max: usize) -> AppResult<Bytes> {
        let bytes = self.find(blob)?;
        Ok(bytes.slice(..bytes.len().min(max)))
    }

    async fn get(&self, blob: &BlobRef) -> AppResult<Bytes> {
        self.find(blob)
    }

    async fn local(&self, blob: &BlobRef) -> AppResult<LocalFile> {
        let bytes = self.find(blob)?;
        let write = blocking(move || {
            let mut file = NamedTempFile::new()?;
            file.write_all(&bytes)?;
            Ok(file.into_temp_path())
        });
        let file = write.await?.map_err(unavailable)?;
        Ok(LocalFile {
            path: file.to_path_buf(),
            size: blob.size,
            guard: Some(Arc::new(file)),
        })
    }

    async fn check(&self) -> AppResult<()> {
        self.require_up()
    }
}
