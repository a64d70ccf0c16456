//! Runs the suite of uploads against the fake store.

use async_trait::async_trait;
use bytes::Bytes;
use codesm_contract::upload_store::UploadStoreFixture;
use codesm_core::uploads::{Upload, UploadOffer, UploadStore};
use codesm_memory::fakes::FakeUploadStore;
use std::sync::Arc;

#[derive(Default)]
struct Memory(Arc<FakeUploadStore>);

#[expect(clippy::unused_async, reason = "the suites make fixtures with async functions")]
async fn memory() -> Memory {
    Memory::default()
}

#[async_trait]
impl UploadStoreFixture for Memory {
    fn uploads(&self) -> Arc<dyn UploadStore> {
        self.0.clone()
    }

    async fn send(&self, upload: &Upload, _offer: &UploadOffer, bytes: Bytes) {
        self.0.put(&upload.incoming, bytes);
    }

    async fn download(&self, upload: &Upload, _link: &str) -> Bytes {
        let file = self.0.fetch(upload).await.expect("a file");
        std::fs::read(&file.path).expect("a readable file").into()
    }

    async fn unreachable(&self) -> Arc<dyn UploadStore> {
        let store = FakeUploadStore::default();
        store.set_down(true);
        Arc::new(store)
    }
}

mod upload_store {
    codesm_contract::upload_store_suite!(super::memory);
}
