//! Doors for the programs in `fuzz/`, open only with the feature `fuzzing`: what reads bytes that somebody else wrote.
//!
//! Each panics if a promise is broken and says nothing otherwise.

use crate::archive::{self, Packer};
use crate::cache::CompileCache;
use crate::languages;
use crate::protocol::{Go, InitWord, RunReply, SlotCommand, SlotGreeting, SlotSetup};
use crate::sys::socket::PacketSocket;
use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::Value;
use std::fs::{self, File};
use std::io::Write;
use std::os::fd::{AsFd, AsRawFd, RawFd};
use std::path::Path;

const ROOM: &str = "there is room for temporary files and descriptors";
const KEY: &str = "key";

/// Gives a packet, with some descriptors if it is JSON, to one of the readers.
///
/// # Panics
/// If what was understood is not what is said again, or a descriptor is lost.
pub fn packet(reader: u8, descriptors: u8, packet: &[u8]) {
    let free = lowest_free_descriptor();
    let (ours, theirs) = PacketSocket::pair().expect(ROOM);
    let nothing = File::open("/dev/null").expect(ROOM);
    let along = vec![nothing.as_fd(); usize::from(descriptors)];
    // Whether the kernel takes it does not matter; the reader sees the end of the stream after it, or at once.
    let _ = match serde_json::from_slice::<Value>(packet) {
        Ok(value) if !along.is_empty() => ours.send(&value, &along),
        _ => ours
            .as_fd()
            .try_clone_to_owned()
            .and_then(|socket| File::from(socket).write_all(packet)),
    };
    drop(ours);
    let most = along.len();
    match reader {
        b's' => understood::<SlotSetup>(&theirs, most),
        b'g' => understood::<SlotGreeting>(&theirs, most),
        b'c' => understood::<SlotCommand>(&theirs, most),
        b'i' => understood::<InitWord>(&theirs, most),
        b'r' => understood::<RunReply>(&theirs, most),
        _ => understood::<Go>(&theirs, most),
    }
    drop((theirs, nothing));
    assert_eq!(lowest_free_descriptor(), free, "a descriptor is left open");
}

fn lowest_free_descriptor() -> RawFd {
    File::open("/dev/null").expect(ROOM).as_raw_fd()
}

fn understood<M: Serialize + DeserializeOwned>(socket: &PacketSocket, most: usize) {
    if let Ok(Some((message, descriptors))) = socket.receive::<M>() {
        assert!(descriptors.len() <= most);
        let said = serde_json::to_vec(&message).expect("a message can be said");
        let again: M = serde_json::from_slice(&said).expect("what was said is understood");
        assert_eq!(serde_json::to_vec(&again).expect("a message can be said"), said);
    }
}

/// Stores an archive, as an init may have written it, in a compile cache below `folder`.
///
/// # Panics
/// If something is written elsewhere, something is left after a refusal, or what is stored is not found again.
pub fn store_archive(folder: &Path, bytes: &[u8]) {
    let cached = folder.join("cache");
    let cache = CompileCache::open(cached.clone(), u64::MAX).expect(ROOM);
    match cache.put(KEY, bytes, "", languages::main_class) {
        Ok(stored) => {
            assert_real(&stored.folder);
            let main_class = stored.main_class.clone();
            drop(stored);
            let again = CompileCache::open(cached.clone(), u64::MAX).expect(ROOM);
            let found = again.get(KEY).expect("what was stored is whole");
            assert_eq!(found.main_class, main_class);
        }
        Err(_) => assert!(names(&cached).is_empty(), "a refused archive left something"),
    }
    assert_eq!(names(folder), ["cache"], "something was written outside");
    fs::remove_dir_all(cached).expect("what was made can be removed");
}

/// Packs files (`name`, line feed, content, parted by 0xFF) and stores them, if their names are said to be bearable.
///
/// # Panics
/// If they do not arrive unchanged.
pub fn travel(folder: &Path, bytes: &[u8]) {
    let files: Option<Vec<(String, &[u8])>> = bytes.split(|byte| *byte == 0xFF).map(named).collect();
    let Some(files) = files else { return };
    let names: Vec<String> = files.iter().map(|(name, _)| name.clone()).collect();
    if !archive::can_live_together(&names) {
        return;
    }
    let mut pack = Packer::new(Vec::new()).expect("memory takes everything");
    for (name, content) in &files {
        pack.add(name, content.len() as u64, *content)
            .expect("a bearable name can be packed");
    }
    let bytes = pack.finish().expect("memory takes everything");
    let cached = folder.join("cache");
    let cache = CompileCache::open(cached.clone(), u64::MAX).expect(ROOM);
    let stored = cache
        .put(KEY, bytes.as_slice(), "", |_| None)
        .expect("bearable names can be stored");
    for (name, content) in &files {
        assert_eq!(
            fs::read(stored.folder.join(name)).expect("a stored file is there"),
            *content,
            "{name}"
        );
    }
    fs::remove_dir_all(cached).expect("what was made can be removed");
}

fn named(text: &[u8]) -> Option<(String, &[u8])> {
    let end = text.iter().position(|byte| *byte == b'\n')?;
    Some((String::from_utf8(text[..end].to_vec()).ok()?, &text[end + 1..]))
}

/// Looks for `main` in a class file.
///
/// # Panics
/// If a name is found that must not stand in a command.
pub fn class_file(bytes: &[u8]) {
    if let Some(name) = languages::main_class(bytes) {
        assert!(!name.starts_with(['-', '@']) && !name.contains('\0'), "{name:?}");
    }
}

/// Looks for the public type of a Java source.
///
/// # Panics
/// If its name is no part of the source.
pub fn java_source(bytes: &[u8]) {
    if let Ok(source) = std::str::from_utf8(bytes)
        && let Some(name) = languages::public_type(source)
    {
        assert!(source.contains(&name), "{name:?}");
    }
}

/// Only folders and regular files lie below.
fn assert_real(folder: &Path) {
    for name in names(folder) {
        let path = folder.join(name);
        let metadata = fs::symlink_metadata(&path).expect("what is listed is there");
        assert!(metadata.is_file() || metadata.is_dir(), "{}", path.display());
        if metadata.is_dir() {
            assert_real(&path);
        }
    }
}

fn names(folder: &Path) -> Vec<String> {
    fs::read_dir(folder)
        .into_iter()
        .flatten()
        .map(|entry| entry.expect("the folder can be listed").file_name().to_string_lossy().into_owned())
        .collect()
}
