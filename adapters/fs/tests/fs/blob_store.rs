//! What the folder looks like, and what a broken one leads to.

use bytes::Bytes;
use codesm_core::kernel::{AppError, BlobRef, BlobStore, ErrorKind, LocalFile};
use codesm_fs::FsBlobStore;
use std::error::Error;
use std::fs::{self, File};
use std::io;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::time::{Duration, SystemTime};
use tempfile::TempDir;

const ABC: &str = "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad";

fn scratch() -> (TempDir, FsBlobStore) {
    let folder = TempDir::new().unwrap();
    let store = FsBlobStore::open(folder.path().join("data")).unwrap();
    (folder, store)
}

fn path_of_abc(folder: &TempDir) -> PathBuf {
    folder.path().join("data/blobs").join(&ABC[..2]).join(&ABC[2..])
}

fn mode(path: &Path) -> u32 {
    fs::metadata(path).unwrap().permissions().mode() & 0o777
}

fn assert_unavailable(error: &AppError) {
    assert_eq!((error.kind(), error.code()), (ErrorKind::Unavailable, "storage.unavailable"));
    assert!(error.source().is_some_and(<dyn Error>::is::<io::Error>), "{error}");
}

#[tokio::test]
async fn a_blob_lies_under_its_digest_for_its_owner_only() {
    let (folder, store) = scratch();
    store.put(Bytes::from_static(b"abc")).await.unwrap();
    let path = path_of_abc(&folder);
    assert_eq!(fs::read(&path).unwrap(), b"abc");
    assert_eq!(mode(&path), 0o444);
    for above in path.ancestors().skip(1).take(3) {
        assert_eq!(mode(above), 0o700, "{}", above.display());
    }
}

#[tokio::test]
async fn blobs_outlive_the_process() {
    let (folder, store) = scratch();
    let blob = store.put(Bytes::from_static(b"abc")).await.unwrap();
    drop(store);
    let again = FsBlobStore::open(folder.path().join("data")).unwrap();
    assert_eq!(again.get(&blob).await.unwrap(), "abc");
    assert_eq!(again.local(&blob).await.unwrap().path, path_of_abc(&folder));
}

#[tokio::test]
async fn a_blob_of_another_size_is_missing_and_mended_by_the_next_put() {
    let (folder, store) = scratch();
    let blob = store.put(Bytes::from_static(b"abc")).await.unwrap();
    fs::write(path_of_abc(&folder), b"ab").unwrap();
    assert_eq!(store.get(&blob).await.unwrap_err().code(), "blob.missing");
    assert_eq!(store.local(&blob).await.unwrap_err().code(), "blob.missing");
    store.put(Bytes::from_static(b"abc")).await.unwrap();
    assert_eq!(store.get(&blob).await.unwrap(), "abc");
    let wrong = BlobRef { size: 4, ..blob };
    assert_eq!(store.get(&wrong).await.unwrap_err().code(), "blob.missing");
}

#[tokio::test]
async fn a_file_of_this_machine_is_stored_and_an_unreadable_one_is_its_own_fault() {
    let (folder, store) = scratch();
    let path = folder.path().join("input");
    fs::write(&path, b"abc").unwrap();
    let file = LocalFile {
        path,
        size: 3,
        guard: None,
    };
    assert_eq!(store.put_file(&file).await.unwrap().sha256, ABC);
    fs::remove_file(&file.path).unwrap();
    let error = store.put_file(&file).await.unwrap_err();
    assert_eq!((error.kind(), error.code()), (ErrorKind::Invalid, "storage.source_failed"));
}

#[tokio::test]
async fn only_old_leftovers_are_swept_at_the_next_start() {
    let (folder, store) = scratch();
    drop(store);
    let temporary = folder.path().join("data/blobs/.tmp");
    for (name, minutes) in [("old", 61), ("young", 59)] {
        let file = File::create(temporary.join(name)).unwrap();
        file.set_modified(SystemTime::now() - Duration::from_secs(minutes * 60)).unwrap();
    }
    FsBlobStore::open(folder.path().join("data")).unwrap();
    assert!(!temporary.join("old").exists());
    assert!(temporary.join("young").exists());
}

#[tokio::test]
async fn a_storage_that_is_gone_is_unavailable_and_its_blobs_not_missing() {
    let (folder, store) = scratch();
    let blob = store.put(Bytes::from_static(b"abc")).await.unwrap();
    fs::remove_dir_all(folder.path().join("data")).unwrap();
    assert_unavailable(&store.put(Bytes::from_static(b"abd")).await.unwrap_err());
    assert_unavailable(&store.get(&blob).await.unwrap_err());
    assert_unavailable(&store.local(&blob).await.unwrap_err());
    assert_unavailable(&store.check().await.unwrap_err());
}

#[tokio::test]
async fn opening_below_a_file_names_the_folder() {
    let folder = TempDir::new().unwrap();
    let file = folder.path().join("file");
    fs::write(&file, b"").unwrap();
    let error = FsBlobStore::open(&file).unwrap_err();
    assert!(error.to_string().contains(&*file.to_string_lossy()), "{error}");
}

/// A pseudo file system that refuses new files shows what a read-only or full disk leads to.
#[cfg(target_os = "linux")]
#[tokio::test]
async fn a_folder_that_takes_no_files_is_unavailable() {
    let (folder, store) = scratch();
    let temporary = folder.path().join("data/blobs/.tmp");
    fs::remove_dir(&temporary).unwrap();
    std::os::unix::fs::symlink("/proc/self", &temporary).unwrap();
    assert_unavailable(&store.put(Bytes::from_static(b"abc")).await.unwrap_err());
    assert_unavailable(&store.check().await.unwrap_err());
    let error = store.put_stream(Box::new(io::Cursor::new(b"abc"))).await.unwrap_err();
    assert_unavailable(&error);
}

#[tokio::test]
async fn processes_that_share_a_folder_store_the_same_blobs_at_the_same_time() {
    let folder = TempDir::new().unwrap();
    let mut writers = tokio::task::JoinSet::new();
    for _ in 0..4 {
        let store = FsBlobStore::open(folder.path()).unwrap();
        writers.spawn(async move {
            for number in 0..50_u8 {
                let bytes = Bytes::from(vec![number; 10_000]);
                let blob = store.put(bytes.clone()).await.unwrap();
                assert_eq!(store.get(&blob).await.unwrap(), bytes);
            }
        });
    }
    while let Some(ended) = writers.join_next().await {
        ended.unwrap();
    }
    assert_eq!(fs::read_dir(folder.path().join("blobs/.tmp")).unwrap().count(), 0);
}
