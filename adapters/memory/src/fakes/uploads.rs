//! Uploads in memory.

use super::store::{FakeTx, insert};
use crate::lock::locked;
use async_trait::async_trait;
use bytes::Bytes;
use codesm_core::kernel::{AppError, AppResult, ErrorKind, LocalFile, Timestamp, UploadId, UserId};
use codesm_core::store::StoreError;
use codesm_core::uploads::{
    BEGINNING_BYTES, Ticket, Upload, UploadGate, UploadOffer, UploadRepository, UploadState, UploadStore, UploadedFile,
};
use std::collections::HashMap;
use std::io::Write as _;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex};
use tempfile::NamedTempFile;

#[async_trait]
impl UploadRepository for FakeTx {
    async fn add(&self, upload: &Upload) -> Result<(), StoreError> {
        insert(&mut self.rows()?.uploads, upload.id, upload.clone(), "uploads.id")
    }

    async fn save(&self, upload: &Upload) -> Result<(), StoreError> {
        let mut rows = self.rows()?;
        let stored = rows.uploads.get_mut(&upload.id).filter(|stored| stored.version == upload.version);
        let stored = stored.ok_or(StoreError::Stale)?;
        *stored = Upload {
            version: upload.version + 1,
            ..upload.clone()
        };
        Ok(())
    }

    async fn by_id(&self, id: UploadId) -> Result<Option<Upload>, StoreError> {
        Ok(self.rows()?.uploads.get(&id).cloned())
    }

    async fn unconfirmed(&self, user_id: UserId) -> Result<u64, StoreError> {
        let rows = self.rows()?;
        let unconfirmed = |upload: &&Upload| upload.user_id == user_id && upload.state != UploadState::Confirmed;
        Ok(rows.uploads.values().filter(unconfirmed).count() as u64)
    }

    async fn untidied(&self, offered_before: Timestamp, limit: u32) -> Result<Vec<Upload>, StoreError> {
        let rows = self.rows()?;
        let untidied = rows
            .uploads
            .values()
            .filter(|upload| !upload.tidied && upload.created_at < offered_before);
        let mut untidied: Vec<Upload> = untidied.cloned().collect();
        untidied.sort_by_key(|upload| (upload.created_at, upload.id));
        untidied.truncate(usize::try_from(limit).unwrap_or(usize::MAX));
        Ok(untidied)
    }

    async fn remove(&self, id: UploadId) -> Result<(), StoreError> {
        self.rows()?.uploads.remove(&id);
        Ok(())
    }
}

/// Keeps uploaded files in memory. Its addresses lead to [`UploadGate`], whose only good signature is `good`.
#[derive(Debug, Default)]
pub struct FakeUploadStore {
    files: Mutex<HashMap<String, Bytes>>,
    is_down: AtomicBool,
}

impl FakeUploadStore {
    /// Takes the storage away (every call is then `storage.unavailable`), or gives it back.
    pub fn set_down(&self, is_down: bool) {
        self.is_down.store(is_down, Ordering::Release);
    }

    /// Puts a file under a name, past all checks.
    pub fn put(&self, name: &str, bytes: impl Into<Bytes>) {
        locked(&self.files).insert(name.to_owned(), bytes.into());
    }

    /// How many files there are.
    #[must_use]
    pub fn stored(&self) -> usize {
        locked(&self.files).len()
    }

    fn require_up(&self) -> AppResult<()> {
        if self.is_down.load(Ordering::Acquire) {
            return Err(AppError::unavailable("storage.unavailable", "The fake storage is down."));
        }
        Ok(())
    }

    fn address(upload: &Upload, expires_at: Timestamp) -> String {
        format!(
            "/api/v1/uploads/{}/content?expires={}&signature=good",
            upload.id,
            expires_at.timestamp()
        )
    }
}

#[async_trait]
impl UploadStore for FakeUploadStore {
    async fn offer(&self, upload: &Upload, _now: Timestamp) -> AppResult<UploadOffer> {
        self.require_up()?;
        Ok(UploadOffer {
            url: Self::address(upload, upload.expires_at),
            method: "PUT",
            headers: vec![("content-type".to_owned(), upload.content_type.clone())],
        })
    }

    async fn link(&self, upload: &Upload, _now: Timestamp, expires_at: Timestamp) -> AppResult<String> {
        self.require_up()?;
        Ok(Self::address(upload, expires_at))
    }

    async fn settle(&self, upload: &Upload) -> AppResult<Option<UploadedFile>> {
        self.require_up()?;
        let mut files = locked(&self.files);
        if let Some(bytes) = files.remove(&upload.incoming) {
            files.insert(upload.name.clone(), bytes);
        }
        Ok(files.get(&upload.name).map(|bytes| UploadedFile {
            size: bytes.len() as u64,
            content_type: None,
            beginning: bytes.slice(..bytes.len().min(BEGINNING_BYTES)),
        }))
    }

    async fn fetch(&self, upload: &Upload) -> AppResult<LocalFile> {
        self.require_up()?;
        let bytes = locked(&self.files).get(&upload.name).cloned();
        let bytes = bytes.ok_or_else(|| AppError::new(ErrorKind::Internal, "upload.missing", "An uploaded file is missing."))?;
        let mut file = NamedTempFile::new().map_err(AppError::internal)?;
        file.write_all(&bytes).map_err(AppError::internal)?;
        Ok(LocalFile {
            path: file.path().to_owned(),
            size: bytes.len() as u64,
            guard: Some(Arc::new(file)),
        })
    }

    async fn remove(&self, name: &str) -> AppResult<()> {
        self.require_up()?;
        locked(&self.files).remove(name);
        Ok(())
    }
}

#[async_trait]
impl UploadGate for FakeUploadStore {
    fn admits(&self, _upload: &Upload, ticket: &Ticket, now: Timestamp) -> bool {
        ticket.signature == "good" && now.timestamp() < ticket.expires
    }

    fn releases(&self, upload: &Upload, ticket: &Ticket, now: Timestamp) -> bool {
        self.admits(upload, ticket, now)
    }

    async fn receive(&self, upload: &Upload, file: &LocalFile) -> AppResult<()> {
        self.require_up()?;
        let bytes = std::fs::read(&file.path).map_err(AppError::internal)?;
        self.put(&upload.incoming, bytes);
        Ok(())
    }
}
