//! Runs the suites of the ports.

use async_trait::async_trait;
use codesm_contract::blob_store::BlobStoreFixture;
use codesm_core::kernel::BlobStore;
use codesm_fs::FsBlobStore;
use std::path::Path;
use std::sync::Arc;
use tempfile::TempDir;

struct Folder {
    folder: TempDir,
    store: Arc<FsBlobStore>,
}

#[expect(clippy::unused_async, reason = "the suites make fixtures with async functions")]
async fn folder() -> Folder {
    let folder = TempDir::new().unwrap();
    let store = Arc::new(FsBlobStore::open(folder.path()).unwrap());
    Folder { folder, store }
}

fn files_below(folder: &Path) -> usize {
    std::fs::read_dir(folder)
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .map(|path| if path.is_dir() { files_below(&path) } else { 1 })
        .sum()
}

#[async_trait]
impl BlobStoreFixture for Folder {
    fn blobs(&self) -> Arc<dyn BlobStore> {
        self.store.clone()
    }

    async fn stored(&self) -> usize {
        files_below(self.folder.path())
    }

    async fn unreachable(&self) -> Arc<dyn BlobStore> {
        let gone = TempDir::new().unwrap();
        Arc::new(FsBlobStore::open(gone.path()).unwrap())
    }
}

mod blob_store {
    codesm_contract::blob_store_suite!(super::folder);
}
