//! What [`UploadStore`] promises.

use crate::{TestClock, TestIds};
use async_trait::async_trait;
use bytes::Bytes;
use chrono::Duration;
use codesm_core::kernel::{AppResult, Clock, ErrorKind, IdGenerator, UploadId, UserId};
use codesm_core::uploads::{BEGINNING_BYTES, Upload, UploadKind, UploadOffer, UploadState, UploadStore};
use std::sync::Arc;

/// What the suite needs of an adapter.
#[async_trait]
pub trait UploadStoreFixture: Send + Sync {
    /// An empty store.
    fn uploads(&self) -> Arc<dyn UploadStore>;
    /// Does what the offer asks for, as a client.
    async fn send(&self, upload: &Upload, offer: &UploadOffer, bytes: Bytes);
    /// What a client gets at an address to download from.
    async fn download(&self, upload: &Upload, link: &str) -> Bytes;
    /// A store of the same kind whose storage is away.
    async fn unreachable(&self) -> Arc<dyn UploadStore>;
}

fn upload(size: usize) -> Upload {
    let (ids, now) = (TestIds::new(), TestClock::new().now());
    // Random enough: tests have stores of their own.
    let name = |part: &str| format!("{part}-{}", ids.new_uuid());
    Upload {
        id: UploadId::generate(&ids),
        user_id: UserId::generate(&ids),
        kind: UploadKind::Document,
        file_name: "gr\u{fc}n \"x\".txt".to_owned(),
        content_type: "text/plain".to_owned(),
        size: size as u64,
        incoming: name("incoming"),
        name: name("settled"),
        state: UploadState::Pending,
        created_at: now,
        expires_at: now + Duration::hours(1),
        changed_at: now,
        tidied: false,
        version: 1,
    }
}

async fn sent(fixture: &impl UploadStoreFixture, bytes: &Bytes) -> Upload {
    let upload = upload(bytes.len());
    let offer = fixture.uploads().offer(&upload, upload.created_at).await.expect("an offer");
    fixture.send(&upload, &offer, bytes.clone()).await;
    upload
}

fn text(size: usize) -> Bytes {
    (0..size).map(|n| b"0123456789abcdef"[n % 16]).collect()
}

fn assert_error<T: std::fmt::Debug>(result: AppResult<T>, code: &str, kind: ErrorKind) {
    let error = result.expect_err("the call must fail");
    assert_eq!((error.code(), error.kind()), (code, kind), "{error}");
}

async fn fetched(fixture: &impl UploadStoreFixture, upload: &Upload) -> Vec<u8> {
    let file = fixture.uploads().fetch(upload).await.expect("a file");
    assert_eq!(file.size, upload.size);
    std::fs::read(&file.path).expect("a readable file")
}

/// What was sent is settled, with its size and beginning, and can be had here and by clients.
pub async fn what_was_sent_is_settled(fixture: &impl UploadStoreFixture) {
    for size in [1, 100, BEGINNING_BYTES, 3_000_000] {
        let bytes = text(size);
        let upload = sent(fixture, &bytes).await;
        let file = fixture.uploads().settle(&upload).await.expect("settle").expect("a file");
        assert_eq!(file.size, size as u64);
        assert!(file.content_type.is_none_or(|content_type| content_type == "text/plain"));
        assert!(file.beginning.len() >= size.min(BEGINNING_BYTES) && bytes.starts_with(&file.beginning));
        assert!(fetched(fixture, &upload).await == bytes, "{size}");
        let expires_at = upload.created_at + Duration::minutes(5);
        let link = fixture
            .uploads()
            .link(&upload, upload.created_at, expires_at)
            .await
            .expect("a link");
        assert!(fixture.download(&upload, &link).await == bytes, "{size}");
    }
}

/// `settle` MUST be repeatable.
pub async fn settling_again_changes_nothing(fixture: &impl UploadStoreFixture) {
    let bytes = text(100);
    let upload = sent(fixture, &bytes).await;
    let first = fixture.uploads().settle(&upload).await.expect("settle");
    assert!(first.is_some());
    assert_eq!(fixture.uploads().settle(&upload).await.expect("settle"), first);
    assert_eq!(fetched(fixture, &upload).await, bytes);
}

/// Nothing sent afterwards may change what was settled.
pub async fn what_is_sent_afterwards_changes_nothing(fixture: &impl UploadStoreFixture) {
    let upload = sent(fixture, &text(100)).await;
    let offer = fixture.uploads().offer(&upload, upload.created_at).await.expect("an offer");
    fixture.uploads().settle(&upload).await.expect("settle");
    fixture.send(&upload, &offer, Bytes::from(vec![b'x'; 100])).await;
    assert_eq!(fetched(fixture, &upload).await, text(100));
}

/// If nothing was sent there is nothing to settle.
pub async fn nothing_sent_is_nothing_settled(fixture: &impl UploadStoreFixture) {
    let upload = upload(3);
    fixture.uploads().offer(&upload, upload.created_at).await.expect("an offer");
    assert_eq!(fixture.uploads().settle(&upload).await.expect("settle"), None);
    assert_error(fixture.uploads().fetch(&upload).await, "upload.missing", ErrorKind::Internal);
}

/// What is removed is gone, before and after it is settled; removing what is not there MUST succeed.
pub async fn what_is_removed_is_gone(fixture: &impl UploadStoreFixture) {
    let uploads = fixture.uploads();
    let upload = sent(fixture, &text(3)).await;
    uploads.remove(&upload.incoming).await.expect("remove");
    assert_eq!(uploads.settle(&upload).await.expect("settle"), None);
    let upload = sent(fixture, &text(3)).await;
    uploads.settle(&upload).await.expect("settle");
    for _ in 0..2 {
        uploads.remove(&upload.name).await.expect("remove");
    }
    assert_error(uploads.fetch(&upload).await, "upload.missing", ErrorKind::Internal);
}

/// Storage that cannot be reached MUST be `storage.unavailable`.
pub async fn storage_that_is_away_is_unavailable(fixture: &impl UploadStoreFixture) {
    let uploads = fixture.unreachable().await;
    let upload = upload(3);
    assert_error(uploads.settle(&upload).await, "storage.unavailable", ErrorKind::Unavailable);
    assert_error(uploads.fetch(&upload).await, "storage.unavailable", ErrorKind::Unavailable);
    assert_error(uploads.remove(&upload.name).await, "storage.unavailable", ErrorKind::Unavailable);
}

crate::suite::suite! {
    ($)
    /// Runs the clauses of `UploadStore`.
    upload_store_suite, upload_store, [
        what_was_sent_is_settled,
        settling_again_changes_nothing,
        what_is_sent_afterwards_changes_nothing,
        nothing_sent_is_nothing_settled,
        what_is_removed_is_gone,
        storage_that_is_away_is_unavailable,
    ]
}
