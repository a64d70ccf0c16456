//! Where test data and uploads are kept: in a folder or in a bucket.

use super::WiringError;
use crate::config::{S3Section, Settings, StoragePlace};
use codesm_core::kernel::{BlobStore, Secret};
use codesm_core::uploads::{UploadGate, UploadStore};
use codesm_fs::{FsBlobStore, FsUploadStore};
use codesm_s3::{Patience, S3BlobStore, S3Error, S3Settings};
use std::path::Path;
use std::sync::Arc;

/// What files are kept in.
pub(crate) struct Storage {
    /// Test data and sources.
    pub(crate) blobs: Arc<dyn BlobStore>,
    /// Uploaded files.
    pub(crate) uploads: Arc<dyn UploadStore>,
    /// Where this API takes uploads in itself.
    pub(crate) gate: Option<Arc<dyn UploadGate>>,
}

/// The configured storage. A bucket is not asked anything yet: one that is away must not keep the process from starting.
///
/// # Errors
/// [`WiringError`] if a folder cannot be used or the address of the bucket means nothing.
pub(crate) fn storage(settings: &Settings, upload_key: Secret<[u8; 32]>) -> Result<Storage, WiringError> {
    Ok(match &settings.storage.place {
        StoragePlace::Folder(folder) => {
            let uploads = FsUploadStore::open(folder, upload_key).map_err(|error| WiringError::folder(folder, &error))?;
            let uploads = Arc::new(uploads);
            Storage {
                blobs: Arc::new(folder_blobs(folder)?),
                uploads: uploads.clone(),
                gate: Some(uploads),
            }
        }
        StoragePlace::S3(s3) => {
            let blobs = s3_blobs(settings, s3)?;
            Storage {
                uploads: Arc::new(blobs.uploads()),
                blobs: Arc::new(blobs),
                gate: None,
            }
        }
    })
}

/// Tries the storage out: writes a few bytes, reads them back and removes them.
///
/// # Errors
/// What is wrong, for people.
pub(crate) async fn try_out(settings: &Settings) -> Result<(), String> {
    let tried = match &settings.storage.place {
        StoragePlace::Folder(folder) => folder_blobs(folder).map_err(|error| error.to_string())?.check().await,
        StoragePlace::S3(s3) => {
            let blobs = s3_blobs(settings, s3).map_err(|error| error.to_string())?;
            match blobs.check().await {
                Ok(()) => blobs.try_out().await,
                Err(error) => Err(error),
            }
        }
    };
    tried.map_err(|error| error.to_string())
}

fn folder_blobs(folder: &Path) -> Result<FsBlobStore, WiringError> {
    FsBlobStore::open(folder).map_err(|error| WiringError::folder(folder, &error))
}

fn s3_blobs(settings: &Settings, s3: &S3Section) -> Result<S3BlobStore, WiringError> {
    let folder = settings.general.data_dir.join("cache").join("blobs");
    let opened = S3BlobStore::open(s3_settings(s3), &folder, settings.storage.cache_mb.saturating_mul(1_000_000));
    opened.map_err(|error| match error {
        S3Error::Cache(error) => WiringError::folder(&folder, &error),
        error @ (S3Error::Address { .. } | S3Error::Client(_)) => WiringError::new("storage.s3", error.to_string()),
    })
}

fn s3_settings(s3: &S3Section) -> S3Settings {
    let S3Section {
        bucket,
        prefix,
        endpoint,
        region,
        access_key_id,
        secret_access_key,
        force_path_style,
    } = s3.clone();
    S3Settings {
        endpoint,
        region,
        bucket,
        prefix,
        access_key_id,
        secret_access_key,
        path_style: force_path_style,
        patience: Patience::default(),
    }
}
