//! Uploaded files in a bucket, sent and fetched by clients through presigned addresses.

use crate::cache::BlobCache;
use crate::client::{Request, S3Client};
use crate::failure::Failure;
use crate::retry::retrying;
use async_trait::async_trait;
use bytes::Bytes;
use codesm_core::kernel::{AppError, AppResult, ErrorKind, LocalFile, Timestamp, attachment_disposition};
use codesm_core::uploads::{BEGINNING_BYTES, Upload, UploadOffer, UploadStore, UploadedFile};
use rusty_s3::Method;
use std::fmt;
use std::sync::Arc;
use std::time::Duration;
use tempfile::NamedTempFile;
use tokio::io::AsyncWriteExt as _;

/// Keeps uploaded files as objects `uploads/…` of the bucket, under random names.
///
/// The service itself refuses what has another size or media type than was announced: both are signed headers.
#[derive(Clone)]
pub struct S3UploadStore {
    client: S3Client,
    /// For files on their way.
    cache: Arc<BlobCache>,
}

impl fmt::Debug for S3UploadStore {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("S3UploadStore").finish_non_exhaustive()
    }
}

impl S3UploadStore {
    pub(crate) const fn new(client: S3Client, cache: Arc<BlobCache>) -> Self {
        Self { client, cache }
    }

    async fn fetch_once(&self, upload: &Upload) -> Result<NamedTempFile, Failure> {
        let (facts, mut answer) = self.client.open(&key_of(&upload.name)).await?;
        let file = self.cache.spool()?;
        let mut writer = tokio::fs::File::from_std(file.reopen()?);
        let mut size = 0;
        while let Some(chunk) = self.client.next_chunk(&mut answer).await? {
            size += chunk.len() as u64;
            writer.write_all(&chunk).await?;
        }
        writer.flush().await?;
        if size == facts.size && size == upload.size {
            Ok(file)
        } else {
            Err(Failure::Transient("an uploaded file came back with another size".to_owned()))
        }
    }
}

#[async_trait]
impl UploadStore for S3UploadStore {
    async fn offer(&self, upload: &Upload, now: Timestamp) -> AppResult<UploadOffer> {
        let request = Request::new(Method::Put, &key_of(&upload.incoming))
            .header("content-length", upload.size.to_string())
            .header("content-type", upload.content_type.clone());
        let url = self.client.presign(&request, until(now, upload.expires_at));
        let headers = request.headers.iter().map(|(name, value)| ((*name).to_owned(), value.clone()));
        Ok(UploadOffer {
            url: url.into(),
            method: "PUT",
            headers: headers.collect(),
        })
    }

    async fn link(&self, upload: &Upload, now: Timestamp, expires_at: Timestamp) -> AppResult<String> {
        let request = Request::new(Method::Get, &key_of(&upload.name))
            .query("response-content-disposition", attachment_disposition(&upload.file_name))
            .query("response-content-type", "application/octet-stream");
        Ok(self.client.presign(&request, until(now, expires_at)).into())
    }

    async fn settle(&self, upload: &Upload) -> AppResult<Option<UploadedFile>> {
        let (from, to) = (key_of(&upload.incoming), key_of(&upload.name));
        match self.client.copy(&from, &to).await {
            Ok(()) => self.client.remove(&from).await?,
            // Never sent; or moved by an attempt that did not get to say so. Not every service says which name is missing.
            Err(Failure::Missing) => {}
            Err(failure) => return Err(failure.into()),
        }
        let Some(facts) = self.client.head(&to).await? else {
            // A bucket that is gone has no uploads either.
            self.client.check().await?;
            return Ok(None);
        };
        let beginning = match facts.size {
            0 => Bytes::new(),
            _ => self.client.beginning(&to, BEGINNING_BYTES).await?.1,
        };
        Ok(Some(UploadedFile {
            size: facts.size,
            content_type: facts.content_type,
            beginning,
        }))
    }

    async fn fetch(&self, upload: &Upload) -> AppResult<LocalFile> {
        let fetched = retrying(self.client.patience(), "get upload", || self.fetch_once(upload)).await;
        let file = fetched.map_err(|failure| match failure {
            Failure::Missing => {
                let cause = format!("no object for upload {}", upload.id);
                AppError::new(ErrorKind::Internal, "upload.missing", "An uploaded file is missing.").with_source(cause)
            }
            failure => failure.into(),
        })?;
        Ok(LocalFile {
            path: file.path().to_owned(),
            size: upload.size,
            guard: Some(Arc::new((file, self.cache.clone()))),
        })
    }

    async fn remove(&self, name: &str) -> AppResult<()> {
        Ok(self.client.remove(&key_of(name)).await?)
    }
}

/// Name of an upload in the bucket.
fn key_of(name: &str) -> String {
    format!("uploads/{name}")
}

fn until(now: Timestamp, end: Timestamp) -> Duration {
    (end - now).to_std().unwrap_or_default()
}
