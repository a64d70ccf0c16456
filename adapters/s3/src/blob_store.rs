//! Content-addressed blobs in a bucket, with a cache on this machine's disk.

use crate::cache::{BlobCache, is_digest};
use crate::client::{S3Client, S3Error, blocking};
use crate::failure::Failure;
use crate::flights::Flights;
use crate::retry::retrying;
use crate::settings::S3Settings;
use crate::upload_store::S3UploadStore;
use async_trait::async_trait;
use bytes::Bytes;
use codesm_core::kernel::{AppError, AppResult, BlobReader, BlobRef, BlobStore, ErrorKind, LocalFile};
use sha2::{Digest, Sha256};
use std::fmt;
use std::fs::File;
use std::io::{self, Cursor, Read, Write};
use std::path::Path;
use std::sync::Arc;
use tempfile::NamedTempFile;
use tokio::io::AsyncWriteExt as _;

/// Up to this size a blob is fetched whole even if only its beginning is wanted: then it can be checked, and it will be wanted again.
const SMALL_BYTES: u64 = 1024 * 1024;
/// Bytes copied at once.
const CHUNK_BYTES: usize = 64 * 1024;

/// Keeps blobs as objects `blobs/ab/cdef…` of a bucket.
///
/// Every blob that is read comes through the cache, where its SHA-256 is checked: what the bucket or the network spoiled is fetched
/// again, and never given out. Cheap to clone.
#[derive(Clone)]
pub struct S3BlobStore {
    client: S3Client,
    cache: Arc<BlobCache>,
    flights: Arc<Flights>,
}

impl fmt::Debug for S3BlobStore {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("S3BlobStore").finish_non_exhaustive()
    }
}

/// Why a stream was not stored.
enum StreamFailure {
    Source(io::Error),
    Storage(io::Error),
}

impl From<StreamFailure> for AppError {
    fn from(failure: StreamFailure) -> Self {
        match failure {
            StreamFailure::Source(error) => {
                Self::invalid("storage.source_failed", "What was sent cannot be read to its end.").with_source(error)
            }
            StreamFailure::Storage(error) => Failure::Local(error).into(),
        }
    }
}

impl S3BlobStore {
    /// A store on that bucket, with a cache of at most `cache_bytes` in that folder. Asks the service nothing. Blocks: call it at
    /// start-up.
    ///
    /// # Errors
    /// [`S3Error`].
    pub fn open(settings: S3Settings, cache: impl AsRef<Path>, cache_bytes: u64) -> Result<Self, S3Error> {
        Ok(Self {
            client: S3Client::new(settings)?,
            cache: Arc::new(BlobCache::open(cache.as_ref(), cache_bytes)?),
            flights: Arc::default(),
        })
    }

    /// Uploads in the same bucket.
    #[must_use]
    pub fn uploads(&self) -> S3UploadStore {
        S3UploadStore::new(self.client.clone(), self.cache.clone())
    }

    /// Writes a small object, reads it back and removes it; for `codesm doctor`.
    ///
    /// # Errors
    /// What the service refused.
    pub async fn try_out(&self) -> AppResult<()> {
        const WRITTEN: &[u8] = b"codesm\r\n";
        let key = format!(
            "probe/{:016x}",
            getrandom::u64().map_err(|error| AppError::internal(error.to_string()))?
        );
        self.client.put_bytes(&key, Bytes::from_static(WRITTEN)).await?;
        let read = self.client.beginning(&key, WRITTEN.len()).await;
        self.client.remove(&key).await?;
        if read?.1 == WRITTEN {
            Ok(())
        } else {
            Err(Failure::Transient("the bucket does not give back what was written".to_owned()).into())
        }
    }

    /// Sends a spooled blob, unless the bucket has it, and keeps it here.
    async fn store(&self, file: NamedTempFile, blob: BlobRef) -> AppResult<BlobRef> {
        let key = key_of(&blob.sha256);
        let is_there = self.client.head(&key).await?.is_some_and(|facts| facts.size == blob.size);
        if !is_there {
            self.client.put_file(&key, file.path(), blob.size).await?;
        }
        let cache = self.cache.clone();
        let kept = blob.clone();
        blocking(move || cache.keep(file, &kept)).await?;
        Ok(blob)
    }

    async fn lend(&self, blob: &BlobRef) -> AppResult<Option<LocalFile>> {
        let (cache, wanted) = (self.cache.clone(), blob.clone());
        blocking(move || cache.lend(&wanted)).await
    }

    /// Fetches a blob into the cache.
    async fn fetch(&self, blob: &BlobRef) -> AppResult<LocalFile> {
        let fetched = retrying(self.client.patience(), "get", || self.fetch_once(blob)).await;
        let file = match fetched {
            Ok(file) => file,
            Err(Failure::Missing) => return Err(self.explain_missing(blob).await),
            Err(failure) => return Err(failure.into()),
        };
        let (cache, wanted) = (self.cache.clone(), blob.clone());
        blocking(move || cache.keep(file, &wanted)).await
    }

    /// A bucket that is gone has no blobs either, but that is no reason to call each of them missing.
    async fn explain_missing(&self, blob: &BlobRef) -> AppError {
        match self.client.check().await {
            Ok(()) => missing(blob),
            Err(failure) => failure.into(),
        }
    }

    async fn fetch_once(&self, blob: &BlobRef) -> Result<NamedTempFile, Failure> {
        let (facts, mut answer) = self.client.open(&key_of(&blob.sha256)).await?;
        if facts.size != blob.size {
            return Err(Failure::Transient(format!(
                "the bucket has {} bytes under {}, not {}",
                facts.size, blob.sha256, blob.size
            )));
        }
        let file = self.cache.spool()?;
        let mut writer = tokio::fs::File::from_std(file.reopen()?);
        let mut hasher = Sha256::new();
        while let Some(chunk) = self.client.next_chunk(&mut answer).await? {
            hasher.update(&chunk);
            writer.write_all(&chunk).await?;
        }
        writer.flush().await?;
        if hex::encode(hasher.finalize()) == blob.sha256 {
            Ok(file)
        } else {
            Err(Failure::Transient(format!("what came as {} is something else", blob.sha256)))
        }
    }
}

#[async_trait]
impl BlobStore for S3BlobStore {
    async fn put(&self, bytes: Bytes) -> AppResult<BlobRef> {
        self.put_stream(Box::new(Cursor::new(bytes))).await
    }

    async fn put_stream(&self, reader: BlobReader) -> AppResult<BlobRef> {
        let cache = self.cache.clone();
        let spooled = tokio::task::spawn_blocking(move || spool(&cache, reader)).await;
        let (file, blob) = spooled.map_err(AppError::internal)??;
        self.store(file, blob).await
    }

    async fn put_file(&self, file: &LocalFile) -> AppResult<BlobRef> {
        // The clone holds the guard until the bytes are read.
        let (cache, file) = (self.cache.clone(), file.clone());
        let spooled = tokio::task::spawn_blocking(move || {
            let reader = File::open(&file.path).map_err(StreamFailure::Source)?;
            spool(&cache, reader)
        });
        let (file, blob) = spooled.await.map_err(AppError::internal)??;
        self.store(file, blob).await
    }

    async fn get_prefix(&self, blob: &BlobRef, max: usize) -> AppResult<Bytes> {
        if blob.size <= SMALL_BYTES || max == 0 {
            let bytes = read(self.local(blob).await?, max).await?;
            return Ok(Bytes::from(bytes));
        }
        if let Some(file) = self.lend(blob).await? {
            return read(file, max).await.map(Bytes::from);
        }
        if !is_digest(&blob.sha256) {
            return Err(missing(blob));
        }
        let max = max.min(usize::try_from(blob.size).unwrap_or(usize::MAX));
        match self.client.beginning(&key_of(&blob.sha256), max).await {
            Ok((facts, bytes)) if facts.size == blob.size => Ok(bytes),
            Ok((facts, _)) => Err(Failure::Transient(format!("the bucket has {} bytes under {}", facts.size, blob.sha256)).into()),
            Err(Failure::Missing) => Err(self.explain_missing(blob).await),
            Err(failure) => Err(failure.into()),
        }
    }

    async fn get(&self, blob: &BlobRef) -> AppResult<Bytes> {
        read(self.local(blob).await?, usize::MAX).await.map(Bytes::from)
    }

    async fn local(&self, blob: &BlobRef) -> AppResult<LocalFile> {
        if let Some(file) = self.lend(blob).await? {
            return Ok(file);
        }
        if !is_digest(&blob.sha256) {
            return Err(missing(blob));
        }
        // Whoever wants the same blob meanwhile waits, and then finds it.
        let _flight = self.flights.board(&blob.sha256).await;
        match self.lend(blob).await? {
            Some(file) => Ok(file),
            None => self.fetch(blob).await,
        }
    }

    async fn check(&self) -> AppResult<()> {
        Ok(self.client.check().await?)
    }
}

/// Name of a blob in the bucket.
fn key_of(sha256: &str) -> String {
    format!("blobs/{}/{}", &sha256[..2], &sha256[2..])
}

/// Writes what the reader gives to this machine's disk: its size and digest must be known before it is sent.
fn spool(cache: &BlobCache, mut reader: impl Read) -> Result<(NamedTempFile, BlobRef), StreamFailure> {
    let mut file = cache.spool().map_err(StreamFailure::Storage)?;
    let mut hasher = Sha256::new();
    let mut size = 0;
    let mut buffer = vec![0; CHUNK_BYTES];
    loop {
        let count = match reader.read(&mut buffer) {
            Ok(0) => break,
            Ok(count) => count,
            Err(error) if error.kind() == io::ErrorKind::Interrupted => continue,
            Err(error) => return Err(StreamFailure::Source(error)),
        };
        hasher.update(&buffer[..count]);
        file.write_all(&buffer[..count]).map_err(StreamFailure::Storage)?;
        size += count as u64;
    }
    let sha256 = hex::encode(hasher.finalize());
    Ok((file, BlobRef { sha256, size }))
}

async fn read(file: LocalFile, max: usize) -> AppResult<Vec<u8>> {
    blocking(move || {
        let mut bytes = Vec::new();
        let max = u64::try_from(max).unwrap_or(u64::MAX);
        File::open(&file.path)?.take(max).read_to_end(&mut bytes)?;
        Ok(bytes)
    })
    .await
}

fn missing(blob: &BlobRef) -> AppError {
    let cause = format!("no blob {} of {} bytes", blob.sha256.escape_debug(), blob.size);
    AppError::new(ErrorKind::Internal, "blob.missing", "Stored data is missing.").with_source(cause)
}
