//! Stores on the bucket of a test.

use crate::bucket::TestBucket;
use codesm_s3::{Patience, S3BlobStore, S3Settings};
use rusty_s3::S3Action as _;
use std::time::Duration;
use tempfile::TempDir;
use url::Url;

/// A bucket, and a folder for caches; dropping it removes both.
pub(crate) struct TestStores {
    pub(crate) bucket: TestBucket,
    pub(crate) settings: S3Settings,
    pub(crate) folder: TempDir,
}

impl TestStores {
    pub(crate) async fn new() -> Self {
        let bucket = TestBucket::new().await;
        let settings = S3Settings {
            endpoint: bucket.endpoint.clone(),
            region: "us-east-1".to_owned(),
            bucket: bucket.bucket.name().to_owned(),
            prefix: "some/where/".to_owned(),
            access_key_id: bucket.credentials.key().to_owned(),
            secret_access_key: bucket.credentials.secret().to_owned(),
            path_style: true,
            patience: impatient(),
        };
        Self {
            bucket,
            settings,
            folder: tempfile::tempdir().unwrap(),
        }
    }

    pub(crate) async fn keys(&self) -> Vec<String> {
        self.bucket.keys().await
    }

    /// A store on the bucket, with the cache of this test.
    pub(crate) fn store(&self) -> S3BlobStore {
        self.store_at(self.settings.endpoint.clone())
    }

    /// The same through another address.
    pub(crate) fn store_at(&self, endpoint: Url) -> S3BlobStore {
        let settings = S3Settings {
            endpoint,
            ..self.settings.clone()
        };
        S3BlobStore::open(settings, self.folder.path().join("cache"), 100_000_000).unwrap()
    }

    /// A store whose cache is empty.
    pub(crate) fn fresh_store_at(&self, endpoint: Url) -> S3BlobStore {
        let settings = S3Settings {
            endpoint,
            ..self.settings.clone()
        };
        let folder = tempfile::Builder::new()
            .prefix("cache-")
            .tempdir_in(self.folder.path())
            .unwrap()
            .keep();
        S3BlobStore::open(settings, folder, 100_000_000).unwrap()
    }

    /// Replaces an object behind the store's back.
    pub(crate) async fn overwrite(&self, key: &str, bytes: &'static [u8]) {
        let url = self
            .bucket
            .bucket
            .put_object(Some(&self.bucket.credentials), key)
            .sign(Duration::from_mins(1));
        assert!(
            reqwest::Client::new()
                .put(url)
                .body(bytes)
                .send()
                .await
                .unwrap()
                .status()
                .is_success()
        );
    }
}

/// Short enough for tests, long enough for a busy machine.
fn impatient() -> Patience {
    Patience {
        connect: Duration::from_secs(2),
        answer: Duration::from_secs(2),
        attempts: 3,
        first_pause: Duration::from_millis(20),
        longest_pause: Duration::from_millis(100),
        ..Patience::default()
    }
}
