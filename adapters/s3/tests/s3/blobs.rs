//! What S3 and its cache promise beyond the port.

use crate::proxy::{Fault, Proxy};
use crate::stores::TestStores;
use bytes::Bytes;
use codesm_core::kernel::BlobStore;
use codesm_s3::S3BlobStore;
use std::io::{self, Read};

#[tokio::test(flavor = "multi_thread")]
async fn objects_bear_the_prefix_and_the_digest() {
    let bucket = TestStores::new().await;
    let blob = bucket.store().put(Bytes::from_static(b"abc")).await.unwrap();
    let expected = format!("some/where/blobs/{}/{}", &blob.sha256[..2], &blob.sha256[2..]);
    assert_eq!(bucket.keys().await, [expected]);
}

/// 40 MB of bytes that depend on their place, without holding them.
struct Numbers(u64);

const SIZE: u64 = 40_000_000;

impl Read for Numbers {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let count = buffer.len().min(usize::try_from(SIZE - self.0).unwrap());
        for byte in &mut buffer[..count] {
            *byte = (self.0 % 251).to_le_bytes()[0];
            self.0 += 1;
        }
        Ok(count)
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_large_blob_goes_in_parts_and_comes_back_whole() {
    let bucket = TestStores::new().await;
    // A part is lost on the way, and sent again.
    let plan = [Fault::None, Fault::CutRequest(1_000_000), Fault::None];
    let proxy = Proxy::new(&bucket.settings.endpoint, &plan).await;
    let blob = bucket
        .store_at(proxy.endpoint.clone())
        .put_stream(Box::new(Numbers(0)))
        .await
        .unwrap();
    assert_eq!(blob.size, SIZE);
    let file = bucket.fresh_store_at(bucket.settings.endpoint.clone()).local(&blob).await.unwrap();
    let mut expected = Vec::new();
    Numbers(0).read_to_end(&mut expected).unwrap();
    assert!(std::fs::read(&file.path).unwrap() == expected, "the bytes differ");
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_here_is_not_fetched_again() {
    let bucket = TestStores::new().await;
    let blob = bucket.store().put(Bytes::from_static(b"abc")).await.unwrap();
    let nobody = "http://127.0.0.1:1".parse().unwrap();
    // The same cache, a service that is away: a worker goes on judging what it knows.
    let store = bucket.store_at(nobody);
    assert_eq!(store.get(&blob).await.unwrap(), "abc");
    assert_eq!(store.get_prefix(&blob, 2).await.unwrap(), "ab");
}

#[tokio::test(flavor = "multi_thread")]
async fn whoever_wants_the_same_blob_at_once_shares_one_fetch() {
    let bucket = TestStores::new().await;
    let bytes: Bytes = vec![7; 2_000_000].into();
    let blob = bucket.store().put(bytes.clone()).await.unwrap();
    let proxy = Proxy::new(&bucket.settings.endpoint, &[Fault::None]).await;
    let store = bucket.fresh_store_at(proxy.endpoint.clone());
    let getting: Vec<_> = (0..16)
        .map(|_| {
            let (store, blob) = (store.clone(), blob.clone());
            tokio::spawn(async move { store.get(&blob).await })
        })
        .collect();
    for get in getting {
        assert_eq!(get.await.unwrap().unwrap(), bytes);
    }
    assert_eq!(proxy.connections(), 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn the_cache_keeps_to_its_bound_and_fetches_again_what_went() {
    let bucket = TestStores::new().await;
    let folder = bucket.folder.path().join("small");
    let store = S3BlobStore::open(bucket.settings.clone(), &folder, 1_000_000).unwrap();
    let mut blobs = Vec::new();
    for n in 0..8 {
        blobs.push(store.put(vec![n; 300_000].into()).await.unwrap());
    }
    assert!(bytes_below(&folder) <= 1_000_000, "{}", bytes_below(&folder));
    for (n, blob) in (0..8).zip(&blobs) {
        assert_eq!(store.get(blob).await.unwrap(), vec![n; 300_000]);
    }
    assert!(bytes_below(&folder) <= 1_000_000, "{}", bytes_below(&folder));
}

#[tokio::test(flavor = "multi_thread")]
async fn processes_share_one_cache() {
    let bucket = TestStores::new().await;
    let (one, other) = (bucket.store(), bucket.store());
    let blob = one.put(Bytes::from_static(b"abc")).await.unwrap();
    let file = other.local(&blob).await.unwrap();
    drop(one);
    assert_eq!(std::fs::read(&file.path).unwrap(), b"abc");
    drop(other);
    assert_eq!(
        std::fs::read(&file.path).unwrap(),
        b"abc",
        "the file outlives the store that lent it"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn a_bucket_that_works_passes_the_trial_and_keeps_nothing_of_it() {
    let bucket = TestStores::new().await;
    bucket.store().try_out().await.unwrap();
    assert!(bucket.keys().await.is_empty());
}

fn bytes_below(folder: &std::path::Path) -> u64 {
    let entries = std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap());
    entries
        .map(|entry| {
            if entry.path().is_dir() {
                bytes_below(&entry.path())
            } else {
                entry.metadata().unwrap().len()
            }
        })
        .sum()
}
