//! Secrets on disk.

use codesm_fs::secret_file::{read_or_create, write_private};
use std::collections::HashSet;
use std::fs;
use std::io::ErrorKind;
use std::os::unix::fs::PermissionsExt;
use std::path::Path;
use std::sync::Barrier;
use tempfile::TempDir;

fn mode(path: &Path) -> u32 {
    fs::metadata(path).unwrap().permissions().mode() & 0o777
}

fn names(folder: &Path) -> Vec<String> {
    let entries = fs::read_dir(folder).unwrap();
    entries.map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect()
}

#[test]
fn a_secret_is_made_once_for_its_owner_only() {
    let folder = TempDir::new().unwrap();
    let path = folder.path().join("keys/token");
    assert_eq!(read_or_create(&path, || vec![1; 32]).unwrap(), [1; 32]);
    assert_eq!(read_or_create(&path, || panic!("it is there already")).unwrap(), [1; 32]);
    assert_eq!((mode(&path), mode(path.parent().unwrap())), (0o600, 0o700));
    assert_eq!(names(path.parent().unwrap()), ["token"]);
}

#[test]
fn processes_that_start_together_share_one_secret() {
    const STARTERS: u8 = 8;
    let folder = TempDir::new().unwrap();
    let path = folder.path().join("token");
    let barrier = Barrier::new(usize::from(STARTERS));
    let secrets: HashSet<Vec<u8>> = std::thread::scope(|scope| {
        let starters: Vec<_> = (1..=STARTERS)
            .map(|number| {
                let (path, barrier) = (&path, &barrier);
                scope.spawn(move || {
                    let make = || {
                        // Everybody has found no file by now.
                        barrier.wait();
                        vec![number; 32]
                    };
                    read_or_create(path, make).unwrap()
                })
            })
            .collect();
        starters.into_iter().map(|starter| starter.join().unwrap()).collect()
    });
    assert_eq!(secrets.len(), 1);
    assert!(secrets.contains(&fs::read(&path).unwrap()));
    assert_eq!(names(folder.path()), ["token"]);
}

#[test]
fn an_empty_secret_is_refused_and_not_replaced() {
    let folder = TempDir::new().unwrap();
    let path = folder.path().join("token");
    fs::write(&path, b"").unwrap();
    let error = read_or_create(&path, || vec![1]).unwrap_err();
    assert_eq!(error.kind(), ErrorKind::InvalidData);
    assert!(error.to_string().contains(&*path.to_string_lossy()), "{error}");
    assert!(fs::read(&path).unwrap().is_empty());
}

#[test]
fn a_private_file_replaces_a_public_one() {
    let folder = TempDir::new().unwrap();
    let path = folder.path().join("admin-password");
    fs::write(&path, b"old and public").unwrap();
    fs::set_permissions(&path, fs::Permissions::from_mode(0o644)).unwrap();
    write_private(&path, b"new").unwrap();
    assert_eq!(fs::read(&path).unwrap(), b"new");
    assert_eq!(mode(&path), 0o600);
    assert_eq!(names(folder.path()), ["admin-password"]);
}
