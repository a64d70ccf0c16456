//! A SQLite file on a disk that fills up and is freed again.
//!
//! The disk is a small tmpfs of its own: root (or the right to mount) is needed.

use crate::databases::{Fixture, Place, migrated};
use codesm_contract::{Given, StoreFixture};
use codesm_core::auth::User;
use codesm_core::jobs::{Job, Queue};
use codesm_core::kernel::UserId;
use codesm_core::store::{StoreError, UnitOfWork};
use sea_orm::sqlx::{Connection, Executor, Row, SqliteConnection};
use std::collections::BTreeSet;
use std::fs::File;
use std::io::{self, ErrorKind};
use std::path::PathBuf;
use std::process::Command;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::time::{Duration, Instant};
use tempfile::TempDir;

/// A disk of 12 MB; dropping it unmounts it.
struct SmallDisk {
    folder: TempDir,
}

impl SmallDisk {
    fn mount() -> Self {
        let folder = tempfile::tempdir().expect("a scratch folder");
        let mount = Command::new("mount")
            .args(["-t", "tmpfs", "-o", "size=12m", "tmpfs"])
            .arg(folder.path())
            .output();
        let mount = mount.expect("this test needs the program `mount`");
        let said = String::from_utf8_lossy(&mount.stderr);
        assert!(
            mount.status.success(),
            "this test must be allowed to mount a tmpfs (run it as root): {said}"
        );
        Self { folder }
    }

    async fn database(&self) -> Fixture {
        let data = tempfile::tempdir_in(self.folder.path()).expect("a folder on the small disk");
        migrated(Place::Sqlite(data)).await
    }

    fn filling(&self) -> PathBuf {
        self.folder.path().join("filling")
    }

    fn fill(&self) {
        let mut file = File::create(self.filling()).expect("a file");
        let full = io::copy(&mut io::repeat(b'x'), &mut file).expect_err("the disk is finite");
        assert_eq!(full.kind(), ErrorKind::StorageFull);
    }

    fn free(&self) {
        std::fs::remove_file(self.filling()).expect("the file is there");
    }
}

impl Drop for SmallDisk {
    fn drop(&mut self) {
        // Lazily: a failed test may still have files open.
        let unmounted = Command::new("umount").arg("--lazy").arg(self.folder.path()).status();
        let unmounted = unmounted.is_ok_and(|status| status.success()) || std::thread::panicking();
        assert!(unmounted, "{} could not be unmounted", self.folder.path().display());
    }
}

fn assert_unavailable<T>(result: Result<T, StoreError>) {
    let error = result.err().expect("there is no room");
    assert!(matches!(error, StoreError::Unavailable(_)), "{error:?}");
}

/// A job of so many bytes.
fn large_job(given: &Given, bytes: usize) -> Job {
    let mut job = given.job(Queue::Run);
    job.payload = serde_json::json!({ "text": "x".repeat(bytes) });
    job
}

async fn outside(fixture: &Fixture) -> SqliteConnection {
    SqliteConnection::connect(&fixture.place.url()).await.expect("a connection")
}

async fn assert_nobody_holds_the_lock(fixture: &Fixture) {
    let mut other = outside(fixture).await;
    other.execute("PRAGMA busy_timeout = 1000").await.expect("a pragma");
    other.execute("BEGIN IMMEDIATE").await.expect("the database is not locked");
    other.close().await.expect("close");
}

/// The accounts a process that just came sees.
async fn users(fixture: &Fixture) -> BTreeSet<String> {
    let mut other = outside(fixture).await;
    let rows = other.fetch_all("SELECT username FROM users").await.expect("rows");
    other.close().await.expect("close");
    rows.iter().map(|row| row.get(0)).collect()
}

async fn works_again(fixture: &Fixture, given: &Given) {
    for _ in 0..3 {
        let user = given.added_user().await;
        assert!(
            users(fixture).await.contains(user.username.as_str()),
            "committed, and others do not see it"
        );
        // What once turned the next transactions into savepoints that are never committed.
        let tx = given.tx().await;
        tx.users().add(&given.user()).await.expect("add");
        drop(tx);
    }
    given.added_job(Queue::Run).await;
    assert!(!fixture.job_queue().reserve(&given.request("w")).await.expect("reserve").is_empty());
    assert_nobody_holds_the_lock(fixture).await;
}

#[tokio::test]
async fn a_commit_without_room_is_unavailable_and_leaves_nothing() {
    let disk = SmallDisk::mount();
    let fixture = disk.database().await;
    let given = Given::new(&fixture);
    let there = given.added_user().await;
    for _ in 0..3 {
        // Small enough to be held in memory until the commit.
        let tx = given.tx().await;
        tx.users().add(&given.user()).await.expect("add");
        tx.jobs().add(&large_job(&given, 500_000)).await.expect("add");
        disk.fill();
        assert_unavailable(tx.commit().await);
        disk.free();
        assert_eq!(users(&fixture).await, BTreeSet::from([there.username.as_str().to_owned()]));
    }
    works_again(&fixture, &given).await;
}

#[tokio::test]
async fn a_statement_without_room_ends_its_transaction() {
    let disk = SmallDisk::mount();
    let fixture = disk.database().await;
    let given = Given::new(&fixture);
    for _ in 0..3 {
        let tx = given.tx().await;
        tx.users().add(&given.user()).await.expect("add");
        disk.fill();
        // More than the cache holds.
        assert_unavailable(tx.jobs().add(&large_job(&given, 4_000_000)).await);
        disk.free();
        // SQLite has rolled back; what came now would be on its own.
        let more = tx.users().add(&given.user()).await;
        assert!(matches!(more, Err(StoreError::Internal(_))), "{more:?}");
        let commit = tx.commit().await;
        assert!(matches!(commit, Err(StoreError::Internal(_))), "{commit:?}");
        assert_eq!(users(&fixture).await, BTreeSet::new());
    }
    works_again(&fixture, &given).await;
}

#[tokio::test]
async fn a_ping_tells_whether_there_is_room_and_the_file_is_not_locked() {
    let disk = SmallDisk::mount();
    let fixture = disk.database().await;
    let given = Given::new(&fixture);
    for _ in 0..3 {
        fixture.database.ping().await.expect("there is room");
        disk.fill();
        assert_unavailable(fixture.database.ping().await);
        disk.free();
    }
    fixture.database.ping().await.expect("there is room again");
    let mut other = outside(&fixture).await;
    other.execute("BEGIN IMMEDIATE").await.expect("a lock");
    assert_unavailable(fixture.database.ping().await);
    other.close().await.expect("close");
    fixture.database.ping().await.expect("the lock is free again");
    works_again(&fixture, &given).await;
}

#[tokio::test]
async fn pings_leave_nothing_and_take_the_same_room_again_and_again() {
    let disk = SmallDisk::mount();
    let fixture = disk.database().await;
    let log = fixture.place.file().with_extension("db-wal");
    let size = || std::fs::metadata(&log).expect("a log").len();
    for _ in 0..5 {
        fixture.database.ping().await.expect("an answer");
    }
    let (first, data) = (size(), std::fs::read(fixture.place.file()).expect("a file"));
    for _ in 0..50 {
        fixture.database.ping().await.expect("an answer");
    }
    assert_eq!(size(), first);
    assert!(std::fs::read(fixture.place.file()).expect("a file") == data, "the file changed");
    assert!(!fixture.place.file().with_extension("db-room").exists());
    let mut other = outside(&fixture).await;
    let tables = other.fetch_all("SELECT 1 FROM sqlite_master WHERE name LIKE '%write_check%'").await;
    assert!(tables.expect("rows").is_empty());
}

/// What the writers did so far.
#[derive(Default)]
struct Tally {
    acknowledged: AtomicUsize,
    unavailable: AtomicUsize,
    stop: AtomicBool,
}

impl Tally {
    async fn wait_until(&self, counter: &AtomicUsize, value: usize) {
        let begun = Instant::now();
        while counter.load(Ordering::SeqCst) < value {
            assert!(begun.elapsed() < Duration::from_mins(1), "the writers got stuck");
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
    }
}

async fn add_with_job(unit_of_work: &dyn UnitOfWork, user: &User, job: &Job) -> Result<(), StoreError> {
    let tx = unit_of_work.begin().await?;
    tx.users().add(user).await?;
    tx.jobs().add(job).await?;
    tx.commit().await
}

/// Adds accounts until told to stop, with transactions in between that are dropped. Returns those acknowledged.
async fn write(given: Given, unit_of_work: Arc<dyn UnitOfWork>, tally: Arc<Tally>) -> Vec<UserId> {
    let mut acknowledged = Vec::new();
    while !tally.stop.load(Ordering::SeqCst) {
        let user = given.user();
        match add_with_job(&*unit_of_work, &user, &large_job(&given, 5_000)).await {
            Ok(()) => {
                acknowledged.push(user.id);
                tally.acknowledged.fetch_add(1, Ordering::SeqCst);
            }
            Err(StoreError::Unavailable(_)) => {
                tally.unavailable.fetch_add(1, Ordering::SeqCst);
            }
            Err(other) => panic!("{other:?}"),
        }
        if let Ok(tx) = unit_of_work.begin().await {
            let _ = tx.users().add(&given.user()).await;
        }
        // The disk must not fill up by itself.
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    acknowledged
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn what_concurrent_writers_were_promised_outlives_a_full_disk() {
    let disk = SmallDisk::mount();
    let fixture = disk.database().await;
    let given = Given::new(&fixture);
    let tally = Arc::new(Tally::default());
    let writers: Vec<_> = (0..6)
        .map(|_| tokio::spawn(write(Given::new(&fixture), fixture.unit_of_work(), Arc::clone(&tally))))
        .collect();
    for _ in 0..3 {
        let acknowledged = tally.acknowledged.load(Ordering::SeqCst);
        tally.wait_until(&tally.acknowledged, acknowledged + 20).await;
        disk.fill();
        let unavailable = tally.unavailable.load(Ordering::SeqCst);
        tally.wait_until(&tally.unavailable, unavailable + 20).await;
        disk.free();
    }
    let acknowledged = tally.acknowledged.load(Ordering::SeqCst);
    tally.wait_until(&tally.acknowledged, acknowledged + 50).await;
    tally.stop.store(true, Ordering::SeqCst);
    let mut promised = Vec::new();
    for writer in writers {
        promised.extend(writer.await.expect("a writer"));
    }
    for id in &promised {
        let user = fixture.auth_queries().user_by_id(*id).await.expect("read");
        assert!(user.is_some(), "an account is lost");
    }
    assert_eq!(users(&fixture).await.len(), promised.len(), "only what was promised is there");
    works_again(&fixture, &given).await;
    fixture.database.ping().await.expect("it works");
    // The same once more for a process that starts now.
    let seen = users(&fixture).await;
    fixture.database.clone().close().await.expect("close");
    let restarted = fixture.place.open().await;
    for id in promised {
        assert!(restarted.auth_queries().user_by_id(id).await.expect("read").is_some());
    }
    assert_eq!(users(&fixture).await, seen);
}
