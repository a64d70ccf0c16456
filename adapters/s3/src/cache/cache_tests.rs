use super::*;
use std::io::Write as _;
use std::time::Duration;

fn keep(cache: &BlobCache, bytes: &[u8]) -> BlobRef {
    let mut file = cache.spool().unwrap();
    file.write_all(bytes).unwrap();
    let blob = BlobRef {
        sha256: hex::encode(Sha256::digest(bytes)),
        size: bytes.len() as u64,
    };
    cache.keep(file, &blob).unwrap();
    blob
}

fn used_at(cache: &BlobCache, blob: &BlobRef, minutes_ago: u64) {
    let file = File::open(cache.place(&blob.sha256).unwrap()).unwrap();
    file.set_modified(SystemTime::now() - Duration::from_mins(minutes_ago)).unwrap();
}

fn processes(folder: &Path) -> usize {
    fs::read_dir(folder.join("processes"))
        .unwrap()
        .filter(|entry| entry.as_ref().unwrap().path().is_dir())
        .count()
}

#[test]
fn what_is_kept_is_lent_until_it_is_given_back() {
    let folder = TempDir::new().unwrap();
    let cache = BlobCache::open(folder.path(), 1000).unwrap();
    let blob = keep(&cache, b"abc");
    let lent = cache.lend(&blob).unwrap().unwrap();
    assert_eq!(fs::read(&lent.path).unwrap(), b"abc");
    let path = lent.path.clone();
    let again = lent.clone();
    drop(lent);
    assert!(path.exists(), "a clone still needs it");
    drop(again);
    assert!(!path.exists());
    assert!(cache.lend(&blob).unwrap().is_some());
}

#[test]
fn the_least_recently_used_goes_first_and_what_is_lent_stays() {
    let folder = TempDir::new().unwrap();
    let cache = BlobCache::open(folder.path(), 1000).unwrap();
    let blobs: Vec<BlobRef> = (0..4).map(|n| keep(&cache, &[n; 240])).collect();
    for (blob, age) in blobs.iter().zip([30, 40, 10, 20]) {
        used_at(&cache, blob, age);
    }
    // Lending makes it the youngest; the oldest is lent and given back, the second oldest goes.
    drop(cache.lend(&blobs[1]).unwrap().unwrap());
    let held = cache.lend(&blobs[3]).unwrap().unwrap();
    used_at(&cache, &blobs[3], 50);
    keep(&cache, &[9; 240]);
    let here: Vec<bool> = blobs.iter().map(|blob| cache.place(&blob.sha256).unwrap().exists()).collect();
    assert_eq!(here, [false, true, false, true]);
    assert_eq!(fs::read(&held.path).unwrap(), [3; 240]);
}

#[test]
fn a_lent_blob_outlives_its_removal_by_another_process() {
    let folder = TempDir::new().unwrap();
    let mine = BlobCache::open(folder.path(), 1000).unwrap();
    let theirs = BlobCache::open(folder.path(), 1000).unwrap();
    assert_eq!(processes(folder.path()), 2);
    let blob = keep(&mine, b"abc");
    let lent = theirs.lend(&blob).unwrap().unwrap();
    fs::remove_file(mine.place(&blob.sha256).unwrap()).unwrap();
    assert!(mine.lend(&blob).unwrap().is_none());
    assert_eq!(fs::read(&lent.path).unwrap(), b"abc");
}

#[test]
fn what_rotted_while_nobody_looked_is_not_lent() {
    let folder = TempDir::new().unwrap();
    let blob = keep(&BlobCache::open(folder.path(), 1000).unwrap(), b"abc");
    for rotten in [b"abd".as_slice(), b"ab"] {
        let cache = BlobCache::open(folder.path(), 1000).unwrap();
        let place = cache.place(&blob.sha256).unwrap();
        remove(&place).unwrap();
        fs::write(&place, rotten).unwrap();
        assert!(cache.lend(&blob).unwrap().is_none());
        assert!(!place.exists());
    }
}

#[test]
fn what_a_dead_process_held_is_swept_at_start() {
    let folder = TempDir::new().unwrap();
    let dead = folder.path().join("processes/process-dead");
    fs::create_dir_all(&dead).unwrap();
    fs::write(dead.join("lock"), "").unwrap();
    fs::write(dead.join("writing-x"), "half").unwrap();
    let cache = BlobCache::open(folder.path(), 1000).unwrap();
    assert!(!dead.exists());
    assert_eq!(processes(folder.path()), 1);
    drop(cache);
    assert_eq!(processes(folder.path()), 0);
}

#[test]
fn a_smaller_bound_is_kept_from_the_start() {
    let folder = TempDir::new().unwrap();
    let blob = keep(&BlobCache::open(folder.path(), 1000).unwrap(), &[7; 500]);
    let cache = BlobCache::open(folder.path(), 100).unwrap();
    assert!(cache.lend(&blob).unwrap().is_none());
}

#[test]
fn an_address_that_is_no_digest_is_not_here() {
    let folder = TempDir::new().unwrap();
    let cache = BlobCache::open(folder.path(), 1000).unwrap();
    for sha256 in ["", "..", "../../etc/passwd", "é"] {
        let blob = BlobRef {
            sha256: sha256.to_owned(),
            size: 3,
        };
        assert!(cache.lend(&blob).unwrap().is_none());
    }
}

use tempfile::TempDir;
