//! Uploads through signed addresses of the API.

use async_trait::async_trait;
use bytes::Bytes;
use chrono::{DateTime, Duration};
use codesm_contract::upload_store::UploadStoreFixture;
use codesm_contract::{TestClock, TestIds};
use codesm_core::kernel::{Clock, LocalFile, Secret, Timestamp, UploadId, UserId};
use codesm_core::uploads::{Ticket, Upload, UploadGate, UploadKind, UploadOffer, UploadState, UploadStore};
use codesm_fs::FsUploadStore;
use std::sync::Arc;
use tempfile::TempDir;

struct Folder {
    folder: TempDir,
    store: Arc<FsUploadStore>,
}

#[expect(clippy::unused_async, reason = "the suites make fixtures with async functions")]
async fn folder() -> Folder {
    let folder = TempDir::new().unwrap();
    let store = Arc::new(FsUploadStore::open(folder.path(), Secret::new([7; 32])).unwrap());
    Folder { folder, store }
}

fn ticket(upload: &Upload, url: &str) -> Ticket {
    let query = url
        .strip_prefix(&format!("/api/v1/uploads/{}/content?expires=", upload.id))
        .unwrap();
    let (expires, signature) = query.split_once("&signature=").unwrap();
    Ticket {
        expires: expires.parse().unwrap(),
        signature: signature.to_owned(),
    }
}

fn file(folder: &TempDir, bytes: &Bytes) -> LocalFile {
    let path = folder.path().join("received");
    std::fs::write(&path, bytes).unwrap();
    LocalFile {
        path,
        size: bytes.len() as u64,
        guard: None,
    }
}

#[async_trait]
impl UploadStoreFixture for Folder {
    fn uploads(&self) -> Arc<dyn UploadStore> {
        self.store.clone()
    }

    async fn send(&self, upload: &Upload, offer: &UploadOffer, bytes: Bytes) {
        assert!(self.store.admits(upload, &ticket(upload, &offer.url), upload.created_at));
        let received = file(&self.folder, &bytes);
        self.store.receive(upload, &received).await.unwrap();
    }

    async fn download(&self, upload: &Upload, link: &str) -> Bytes {
        assert!(self.store.releases(upload, &ticket(upload, link), upload.created_at));
        std::fs::read(self.store.fetch(upload).await.unwrap().path).unwrap().into()
    }

    async fn unreachable(&self) -> Arc<dyn UploadStore> {
        let gone = TempDir::new().unwrap();
        Arc::new(FsUploadStore::open(gone.path(), Secret::new([7; 32])).unwrap())
    }
}

mod upload_store {
    codesm_contract::upload_store_suite!(super::folder);
}

fn upload() -> Upload {
    let (ids, now) = (TestIds::new(), TestClock::new().now());
    Upload {
        id: UploadId::generate(&ids),
        user_id: UserId::generate(&ids),
        kind: UploadKind::Document,
        file_name: "x".to_owned(),
        content_type: "text/plain".to_owned(),
        size: 3,
        incoming: "a-random-name-for-incoming".to_owned(),
        name: "a-random-name-that-stays".to_owned(),
        state: UploadState::Pending,
        created_at: now,
        expires_at: now + Duration::hours(1),
        changed_at: now,
        tidied: false,
        version: 1,
    }
}

#[tokio::test]
async fn a_ticket_is_good_for_one_upload_one_way_and_its_time() {
    let Folder { store, .. } = folder().await;
    let upload = upload();
    let now = upload.created_at;
    let offer = store.offer(&upload, now).await.unwrap();
    let good = ticket(&upload, &offer.url);
    assert!(store.admits(&upload, &good, now));
    assert!(store.admits(&upload, &good, upload.expires_at - Duration::seconds(1)));
    assert!(!store.admits(&upload, &good, upload.expires_at), "expired");
    assert!(!store.releases(&upload, &good, now), "the other way");
    let later = Ticket {
        expires: good.expires + 1,
        ..good.clone()
    };
    assert!(!store.admits(&upload, &later, now), "another expiry");
    for signature in [
        "",
        "00",
        "é",
        &good.signature[1..],
        &good.signature.replace('a', "b").replace('1', "2"),
    ] {
        let forged = Ticket {
            signature: signature.to_owned(),
            ..good.clone()
        };
        assert!(!store.admits(&upload, &forged, now), "{signature}");
    }
    for other in [
        Upload { size: 4, ..upload.clone() },
        Upload {
            content_type: "text/markdown".to_owned(),
            ..upload.clone()
        },
        Upload {
            id: UploadId::generate(&TestIds::new()),
            ..upload.clone()
        },
        Upload {
            incoming: "another-random-name".to_owned(),
            ..upload.clone()
        },
    ] {
        assert!(!store.admits(&other, &good, now), "{other:?}");
    }
    let folder = TempDir::new().unwrap();
    let other_key = FsUploadStore::open(folder.path(), Secret::new([8; 32])).unwrap();
    assert!(!other_key.admits(&upload, &good, now), "another key");
    let epoch: Timestamp = DateTime::from_timestamp(0, 0).unwrap();
    assert!(store.admits(&upload, &good, epoch));
}

#[tokio::test]
async fn a_name_that_was_not_made_here_leads_nowhere() {
    let Folder { folder, store } = folder().await;
    let secret = folder.path().join("uploads/../secret-of-somebody");
    std::fs::write(&secret, "x").unwrap();
    for name in ["../secret-of-somebody", "/etc/passwd", "", "short", ".tmp"] {
        assert!(store.remove(name).await.is_err(), "{name}");
    }
    assert!(secret.exists());
}
