//! Runs the suites of the ports.

use crate::stores::TestStores;
use async_trait::async_trait;
use codesm_contract::blob_store::BlobStoreFixture;
use codesm_core::kernel::BlobStore;
use codesm_s3::S3BlobStore;
use std::sync::Arc;

struct Stored {
    store: Arc<S3BlobStore>,
    bucket: TestStores,
}

async fn stored() -> Stored {
    let bucket = TestStores::new().await;
    Stored {
        store: Arc::new(bucket.store()),
        bucket,
    }
}

#[async_trait]
impl BlobStoreFixture for Stored {
    fn blobs(&self) -> Arc<dyn BlobStore> {
        self.store.clone()
    }

    async fn stored(&self) -> usize {
        self.bucket.keys().await.len()
    }

    async fn unreachable(&self) -> Arc<dyn BlobStore> {
        // Nobody listens at the port of a listener that is gone.
        let port = std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
        let endpoint = format!("http://127.0.0.1:{port}").parse().unwrap();
        Arc::new(self.bucket.store_at(endpoint))
    }
}

mod blob_store {
    codesm_contract::blob_store_suite!(super::stored);
}
