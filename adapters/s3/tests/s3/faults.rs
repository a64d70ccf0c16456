//! What the network and the service do wrong is tried again, and then said; it never spoils a blob.

use crate::proxy::{Fault, Proxy};
use crate::stores::TestStores;
use bytes::Bytes;
use codesm_core::kernel::{AppResult, BlobStore, ErrorKind};
use std::io::Cursor;

const FAULTS: [Fault; 4] = [Fault::ServerError, Fault::Hang, Fault::CutAnswer(20), Fault::CutRequest(100)];

fn large() -> Bytes {
    (0..3_000_000_u32).map(|n| n.wrapping_mul(2_654_435_761).to_le_bytes()[3]).collect()
}

fn assert_unavailable<T: std::fmt::Debug>(result: AppResult<T>, what: &str) {
    let error = result.expect_err(what);
    assert_eq!(
        (error.code(), error.kind()),
        ("storage.unavailable", ErrorKind::Unavailable),
        "{what}"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn a_fault_that_passes_is_not_noticed() {
    let bucket = TestStores::new().await;
    let blob = bucket.store().put(large()).await.unwrap();
    let mut faults = FAULTS.to_vec();
    faults.push(Fault::CutAnswer(1_000_000));
    for fault in faults {
        let reading = Proxy::new(&bucket.settings.endpoint, &[fault, Fault::None]).await;
        let store = bucket.fresh_store_at(reading.endpoint.clone());
        assert_eq!(store.get(&blob).await.unwrap(), large(), "{fault:?}");
        assert!(reading.connections() >= 2, "{fault:?} was not met");

        let other = Bytes::from(format!("{fault:?}"));
        let writing = Proxy::new(&bucket.settings.endpoint, &[fault, Fault::None]).await;
        let written = bucket.fresh_store_at(writing.endpoint.clone()).put(other.clone()).await.unwrap();
        assert_eq!(bucket.store().get(&written).await.unwrap(), other, "{fault:?}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_fault_that_stays_is_said_and_leaves_nothing_behind() {
    let bucket = TestStores::new().await;
    let blob = bucket.store().put(large()).await.unwrap();
    for fault in FAULTS.into_iter().chain([Fault::CutAnswer(1_000_000)]) {
        let what = format!("{fault:?}");
        let proxy = Proxy::new(&bucket.settings.endpoint, &[fault]).await;
        let store = bucket.fresh_store_at(proxy.endpoint.clone());
        assert_unavailable(store.local(&blob).await, &what);
        if !matches!(fault, Fault::CutAnswer(1_000_000)) {
            assert_unavailable(store.put(Bytes::from_static(b"never stored")).await, &what);
            assert_unavailable(store.check().await, &what);
        }
        assert_unavailable(store.get_prefix(&blob, 2_000_000).await, &what);
    }
    assert_eq!(bucket.keys().await.len(), 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn an_upload_that_is_cut_in_its_middle_is_sent_again_whole() {
    let bucket = TestStores::new().await;
    let plan = [Fault::CutRequest(2000), Fault::CutRequest(1_000_000), Fault::None];
    let proxy = Proxy::new(&bucket.settings.endpoint, &plan).await;
    let store = bucket.fresh_store_at(proxy.endpoint.clone());
    let blob = store.put_stream(Box::new(Cursor::new(large()))).await.unwrap();
    assert_eq!(bucket.store().get(&blob).await.unwrap(), large());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_spoiled_object_is_never_given_out() {
    let bucket = TestStores::new().await;
    let blob = bucket.store().put(Bytes::from_static(b"abc")).await.unwrap();
    let key = bucket.keys().await.remove(0);
    for spoiled in [b"abd".as_slice(), b"ab", b"abcd", b""] {
        bucket.overwrite(&key, spoiled).await;
        let store = bucket.fresh_store_at(bucket.settings.endpoint.clone());
        assert_unavailable(store.get(&blob).await, "get");
        assert_unavailable(store.local(&blob).await, "local");
        assert_unavailable(store.get_prefix(&blob, 2).await, "get_prefix");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn wrong_credentials_and_unknown_buckets_are_unavailable_not_missing() {
    let bucket = TestStores::new().await;
    let blob = bucket.store().put(Bytes::from_static(b"abc")).await.unwrap();
    let mut wrong_secret = bucket.settings.clone();
    wrong_secret.secret_access_key = "other".to_owned();
    let mut no_bucket = bucket.settings.clone();
    no_bucket.bucket = "codesm-test-nowhere".to_owned();
    for (settings, refuses_writes) in [(wrong_secret, true), (no_bucket, false)] {
        let cache = bucket.folder.path().join(&settings.secret_access_key);
        let store = codesm_s3::S3BlobStore::open(settings, cache, 1000).unwrap();
        assert_unavailable(store.check().await, "check");
        assert_unavailable(store.get(&blob).await, "get");
        // The test server makes buckets of objects put into them; others refuse.
        if refuses_writes {
            assert_unavailable(store.put(Bytes::from_static(b"x")).await, "put");
            assert_unavailable(store.try_out().await, "try_out");
        }
    }
}
