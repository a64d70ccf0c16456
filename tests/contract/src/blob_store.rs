//! What [`BlobStore`] promises.

use async_trait::async_trait;
use bytes::Bytes;
use codesm_core::kernel::{AppResult, BlobRef, BlobStore, ErrorKind, LocalFile};
use std::io::{self, Cursor, Read};
use std::sync::Arc;
use std::sync::mpsc::{Receiver, channel};
use std::time::Duration;

/// What the suite needs of an adapter.
#[async_trait]
pub trait BlobStoreFixture: Send + Sync {
    /// An empty store.
    fn blobs(&self) -> Arc<dyn BlobStore>;
    /// How many blobs the store of [`Self::blobs`] keeps, counted behind its back; half-written ones count too.
    async fn stored(&self) -> usize;
    /// A store of the same kind whose storage is away (a folder that is gone or is a file, a server that is down).
    async fn unreachable(&self) -> Arc<dyn BlobStore>;
}

/// SHA-256 of `abc`: FIPS 180-2, B.1.
const ABC: &str = "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad";
/// SHA-256 of nothing.
const EMPTY: &str = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855";

fn abc() -> BlobRef {
    BlobRef {
        sha256: ABC.to_owned(),
        size: 3,
    }
}

fn assert_error<T: std::fmt::Debug>(result: AppResult<T>, code: &str, kind: ErrorKind) {
    let error = result.expect_err("the call must fail");
    assert_eq!((error.code(), error.kind()), (code, kind), "{error}");
}

/// Gives one part per message, and fails on the message `None`.
struct SlowReader(Receiver<Option<&'static [u8]>>);

impl Read for SlowReader {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        match self.0.recv() {
            Ok(Some(part)) => {
                buffer[..part.len()].copy_from_slice(part);
                Ok(part.len())
            }
            Ok(None) => Err(io::Error::other("the archive is broken")),
            Err(_) => Ok(0),
        }
    }
}

/// Bytes come back as they were put, under their SHA-256 and size.
pub async fn what_was_put_comes_back(fixture: &impl BlobStoreFixture) {
    let blobs = fixture.blobs();
    let blob = blobs.put(Bytes::from_static(b"abc")).await.expect("put");
    assert_eq!(blob, abc());
    assert_eq!(blobs.get(&blob).await.expect("get"), Bytes::from_static(b"abc"));
}

/// A blob may be empty.
pub async fn an_empty_blob_is_a_blob(fixture: &impl BlobStoreFixture) {
    let blobs = fixture.blobs();
    let blob = blobs.put(Bytes::new()).await.expect("put");
    assert_eq!((blob.sha256.as_str(), blob.size), (EMPTY, 0));
    assert!(blobs.get(&blob).await.expect("get").is_empty());
    assert_eq!(blobs.local(&blob).await.expect("local").size, 0);
}

/// `get_prefix` gives at most the first bytes, all of a blob that has no more, and nothing if nothing is wanted.
pub async fn get_prefix_gives_the_first_bytes(fixture: &impl BlobStoreFixture) {
    let blobs = fixture.blobs();
    let blob = blobs.put(Bytes::from_static(b"abc")).await.expect("put");
    for (max, expected) in [(0, ""), (1, "a"), (2, "ab"), (3, "abc"), (4, "abc"), (usize::MAX, "abc")] {
        assert_eq!(blobs.get_prefix(&blob, max).await.expect("get_prefix"), expected, "{max}");
    }
    let empty = blobs.put(Bytes::new()).await.expect("put");
    assert!(blobs.get_prefix(&empty, 9).await.expect("get_prefix").is_empty());
    let bytes: Vec<u8> = (0..3_000_000_u32).map(|n| n.to_le_bytes()[1]).collect();
    let large = blobs.put(Bytes::from(bytes.clone())).await.expect("put");
    let prefix = blobs.get_prefix(&large, 100_001).await.expect("get_prefix");
    assert_eq!(prefix, bytes[..100_001]);
}

/// `put_stream` stores what the reader gives, larger than any buffer, without asking for its size first.
pub async fn a_stream_is_stored_like_bytes(fixture: &impl BlobStoreFixture) {
    let blobs = fixture.blobs();
    let bytes: Vec<u8> = (0..3_000_000_u32).map(|n| n.to_le_bytes()[1]).collect();
    let streamed = blobs.put_stream(Box::new(Cursor::new(bytes.clone()))).await.expect("put_stream");
    assert_eq!(streamed, blobs.put(Bytes::from(bytes.clone())).await.expect("put"));
    assert_eq!(streamed.size, 3_000_000);
    assert_eq!(blobs.get(&streamed).await.expect("get"), bytes);
    assert_eq!(fixture.stored().await, 1);
}

/// `put_file` stores a file like its bytes, and leaves the file alone.
pub async fn a_file_is_stored_like_bytes(fixture: &impl BlobStoreFixture) {
    let blobs = fixture.blobs();
    let blob = blobs.put(Bytes::from_static(b"abc")).await.expect("put");
    let file = blobs.local(&blob).await.expect("local");
    assert_eq!(blobs.put_file(&file).await.expect("put_file"), blob);
    assert_eq!(fixture.stored().await, 1);
    assert_eq!(blobs.get(&blob).await.expect("get"), Bytes::from_static(b"abc"));
}

/// A file that cannot be read is `storage.source_failed`.
pub async fn a_file_that_cannot_be_read_is_the_source_s_fault(fixture: &impl BlobStoreFixture) {
    let gone = LocalFile {
        path: "/nonexistent/codesm/contract".into(),
        size: 3,
        guard: None,
    };
    let result = fixture.blobs().put_file(&gone).await;
    assert_error(result, "storage.source_failed", ErrorKind::Invalid);
    assert_eq!(fixture.stored().await, 0);
}

/// `put` of bytes already there MUST succeed and store nothing twice.
pub async fn the_same_bytes_are_stored_once(fixture: &impl BlobStoreFixture) {
    let blobs = fixture.blobs();
    for _ in 0..3 {
        assert_eq!(blobs.put(Bytes::from_static(b"abc")).await.expect("put"), abc());
    }
    assert_eq!(blobs.put_stream(Box::new(Cursor::new(b"abc"))).await.expect("put_stream"), abc());
    assert_eq!(fixture.stored().await, 1);
}

/// The same, when everybody comes at once.
pub async fn the_same_bytes_put_at_the_same_time_are_stored_once(fixture: &impl BlobStoreFixture) {
    let puts: Vec<_> = (0..16)
        .map(|_| {
            let blobs = fixture.blobs();
            tokio::spawn(async move { blobs.put(Bytes::from_static(b"abc")).await })
        })
        .collect();
    for put in puts {
        assert_eq!(put.await.expect("no panic").expect("put"), abc());
    }
    assert_eq!(fixture.stored().await, 1);
}

/// A blob MUST be visible only when whole.
pub async fn a_half_written_blob_is_not_visible(fixture: &impl BlobStoreFixture) {
    let blobs = fixture.blobs();
    let (send, parts) = channel();
    let writer = Arc::clone(&blobs);
    let writing = tokio::spawn(async move { writer.put_stream(Box::new(SlowReader(parts))).await });
    send.send(Some(b"ab".as_slice())).expect("the reader is there");
    tokio::time::sleep(Duration::from_millis(50)).await;
    assert_error(blobs.get(&abc()).await, "blob.missing", ErrorKind::Internal);
    send.send(Some(b"c".as_slice())).expect("the reader is there");
    drop(send);
    assert_eq!(writing.await.expect("no panic").expect("put_stream"), abc());
    assert_eq!(blobs.get(&abc()).await.expect("get"), Bytes::from_static(b"abc"));
}

/// Whatever the reader fails with is `storage.source_failed`, and nothing stays behind.
pub async fn a_reader_that_fails_leaves_nothing_behind(fixture: &impl BlobStoreFixture) {
    let blobs = fixture.blobs();
    let (send, parts) = channel();
    send.send(Some(b"ab".as_slice())).expect("the reader is there");
    send.send(None).expect("the reader is there");
    let result = blobs.put_stream(Box::new(SlowReader(parts))).await;
    assert_error(result, "storage.source_failed", ErrorKind::Invalid);
    assert_eq!(fixture.stored().await, 0);
}

/// `get`, `get_prefix` and `local` of an unknown blob MUST be `blob.missing`.
pub async fn an_unknown_blob_is_missing(fixture: &impl BlobStoreFixture) {
    let blobs = fixture.blobs();
    assert_error(blobs.get(&abc()).await, "blob.missing", ErrorKind::Internal);
    assert_error(blobs.get_prefix(&abc(), 1).await, "blob.missing", ErrorKind::Internal);
    assert_error(blobs.local(&abc()).await, "blob.missing", ErrorKind::Internal);
}

/// So is an address that is no digest: it MUST NOT lead anywhere else in the storage.
pub async fn an_address_that_is_no_digest_is_missing(fixture: &impl BlobStoreFixture) {
    let blobs = fixture.blobs();
    for sha256 in ["", "..", "../../../../../../etc/passwd", "/etc/passwd", "é", "BA7816BF"] {
        let blob = BlobRef {
            sha256: sha256.to_owned(),
            size: 3,
        };
        assert_error(blobs.get(&blob).await, "blob.missing", ErrorKind::Internal);
        assert_error(blobs.get_prefix(&blob, 1).await, "blob.missing", ErrorKind::Internal);
        assert_error(blobs.local(&blob).await, "blob.missing", ErrorKind::Internal);
    }
}

/// `local` gives a file with the blob's bytes, which stays while its guard lives.
pub async fn a_local_file_has_the_bytes(fixture: &impl BlobStoreFixture) {
    let blobs = fixture.blobs();
    let blob = blobs.put(Bytes::from_static(b"abc")).await.expect("put");
    let file = blobs.local(&blob).await.expect("local");
    let again = blobs.local(&blob).await.expect("local");
    drop(again);
    assert_eq!(file.size, 3);
    assert_eq!(std::fs::read(&file.path).expect("a readable file"), b"abc");
}

/// Storage that answers passes the check.
pub async fn storage_that_answers_passes_the_check(fixture: &impl BlobStoreFixture) {
    fixture.blobs().check().await.expect("the storage answers");
    assert_eq!(fixture.stored().await, 0, "the check leaves something behind");
}

/// Storage that cannot be reached MUST be `storage.unavailable`.
pub async fn storage_that_is_away_is_unavailable(fixture: &impl BlobStoreFixture) {
    let blobs = fixture.unreachable().await;
    let kind = ErrorKind::Unavailable;
    assert_error(blobs.check().await, "storage.unavailable", kind);
    assert_error(blobs.put(Bytes::from_static(b"abc")).await, "storage.unavailable", kind);
    let streamed = blobs.put_stream(Box::new(Cursor::new(b"abc"))).await;
    assert_error(streamed, "storage.unavailable", kind);
}

crate::suite::suite! {
    ($)
    /// Runs the clauses of `BlobStore`.
    blob_store_suite, blob_store, [
        what_was_put_comes_back,
        an_empty_blob_is_a_blob,
        get_prefix_gives_the_first_bytes,
        a_stream_is_stored_like_bytes,
        a_file_is_stored_like_bytes,
        a_file_that_cannot_be_read_is_the_source_s_fault,
        the_same_bytes_are_stored_once,
        the_same_bytes_put_at_the_same_time_are_stored_once,
        a_half_written_blob_is_not_visible,
        a_reader_that_fails_leaves_nothing_behind,
        an_unknown_blob_is_missing,
        an_address_that_is_no_digest_is_missing,
        a_local_file_has_the_bytes,
        storage_that_answers_passes_the_check,
        storage_that_is_away_is_unavailable,
    ]
}
