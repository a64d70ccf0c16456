//! Uploads to presigned addresses, which the service itself guards.

use crate::stores::TestStores;
use async_trait::async_trait;
use bytes::Bytes;
use chrono::Duration;
use codesm_contract::upload_store::UploadStoreFixture;
use codesm_contract::{TestClock, TestIds};
use codesm_core::kernel::{Clock, UploadId, UserId};
use codesm_core::uploads::{Upload, UploadKind, UploadOffer, UploadState, UploadStore};
use reqwest::Client;
use std::sync::Arc;

struct Stored {
    stores: TestStores,
}

async fn stored() -> Stored {
    Stored {
        stores: TestStores::new().await,
    }
}

#[async_trait]
impl UploadStoreFixture for Stored {
    fn uploads(&self) -> Arc<dyn UploadStore> {
        Arc::new(self.stores.store().uploads())
    }

    async fn send(&self, _upload: &Upload, offer: &UploadOffer, bytes: Bytes) {
        assert_eq!(sent(offer, &[], bytes).await, 200);
    }

    async fn download(&self, _upload: &Upload, link: &str) -> Bytes {
        let answer = Client::new().get(link).send().await.unwrap();
        assert_eq!(answer.status(), 200);
        let disposition = answer.headers()["content-disposition"].to_str().unwrap().to_owned();
        assert!(disposition.starts_with("attachment; filename="), "{disposition}");
        answer.bytes().await.unwrap()
    }

    async fn unreachable(&self) -> Arc<dyn UploadStore> {
        let port = std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
        let endpoint = format!("http://127.0.0.1:{port}").parse().unwrap();
        Arc::new(self.stores.store_at(endpoint).uploads())
    }
}

mod upload_store {
    codesm_contract::upload_store_suite!(super::stored);
}

/// The status of what the offer asks for, with some headers changed.
async fn sent(offer: &UploadOffer, changes: &[(&str, &str)], bytes: Bytes) -> u16 {
    let mut request = Client::new().put(&offer.url).body(bytes);
    for (name, value) in &offer.headers {
        // The client says the length by itself, and truly.
        if name == "content-length" {
            continue;
        }
        let wanted = changes.iter().find(|(other, _)| other == name).map(|(_, value)| *value);
        request = request.header(name, wanted.unwrap_or(value));
    }
    request.send().await.unwrap().status().as_u16()
}

fn upload(life: Duration) -> Upload {
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
        expires_at: now + life,
        changed_at: now,
        tidied: false,
        version: 1,
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn the_service_takes_only_the_announced_size_and_type() {
    let stores = TestStores::new().await;
    let uploads = stores.store().uploads();
    let upload = upload(Duration::hours(1));
    let offer = uploads.offer(&upload, upload.created_at).await.unwrap();
    assert_eq!(sent(&offer, &[], Bytes::from_static(b"abcd")).await, 403, "too long");
    assert_eq!(sent(&offer, &[], Bytes::from_static(b"ab")).await, 403, "too short");
    let html = [("content-type", "text/html")];
    assert_eq!(sent(&offer, &html, Bytes::from_static(b"abc")).await, 403, "another type");
    let elsewhere = UploadOffer {
        url: offer.url.replace("for-incoming", "for-somebody"),
        ..offer.clone()
    };
    assert_eq!(sent(&elsewhere, &[], Bytes::from_static(b"abc")).await, 403, "another name");
    assert!(stores.keys().await.is_empty());
    assert_eq!(sent(&offer, &[], Bytes::from_static(b"abc")).await, 200);
}

#[tokio::test(flavor = "multi_thread")]
async fn an_address_expires() {
    let stores = TestStores::new().await;
    let upload = upload(Duration::seconds(1));
    let offer = stores.store().uploads().offer(&upload, upload.created_at).await.unwrap();
    tokio::time::sleep(std::time::Duration::from_millis(2500)).await;
    assert_eq!(sent(&offer, &[], Bytes::from_static(b"abc")).await, 403);
}
