use super::*;
use crate::archive::Packer;
use std::time::Duration;
use tempfile::TempDir;

fn packed(size: usize) -> Vec<u8> {
    let mut packer = Packer::new(Vec::new()).unwrap();
    packer.add("program", size as u64, vec![7; size].as_slice()).unwrap();
    packer.finish().unwrap()
}

fn put(cache: &CompileCache, key: &str, size: usize) -> Arc<Artefact> {
    cache.put(key, packed(size).as_slice(), "a warning", |_| None).unwrap()
}

fn open(folder: &TempDir, max_bytes: u64) -> CompileCache {
    CompileCache::open(folder.path().to_path_buf(), max_bytes).unwrap()
}

fn names(folder: &Path) -> Vec<String> {
    let mut names: Vec<String> = fs::read_dir(folder)
        .unwrap()
        .map(|entry| entry.unwrap().file_name().into_string().unwrap())
        .collect();
    names.sort();
    names
}

#[test]
fn an_entry_survives_a_restart() {
    let folder = TempDir::new().unwrap();
    let cache = open(&folder, 1000);
    assert!(cache.get("k").is_none());
    drop(put(&cache, "k", 10));
    let artefact = open(&folder, 1000).get("k").unwrap();
    assert_eq!(artefact.output, "a warning");
    assert_eq!(fs::read(artefact.folder.join("program")).unwrap(), [7; 10]);
}

#[test]
fn a_damaged_entry_is_removed_and_can_be_made_again() {
    let damages: [fn(&Path); 5] = [
        |entry| fs::write(entry.join("files/program"), [0; 10]).unwrap(),
        |entry| fs::write(entry.join("files/program"), [7; 9]).unwrap(),
        |entry| fs::remove_file(entry.join("files/program")).unwrap(),
        |entry| fs::write(entry.join(LIST), b"{\"files\":[").unwrap(),
        |entry| fs::remove_file(entry.join(LIST)).unwrap(),
    ];
    for (number, damage) in damages.into_iter().enumerate() {
        let folder = TempDir::new().unwrap();
        let cache = open(&folder, 1000);
        drop(put(&cache, "k", 10));
        damage(&folder.path().join("k"));
        assert!(cache.get("k").is_none(), "damage {number}");
        let again = put(&cache, "k", 10);
        assert_eq!(fs::read(again.folder.join("program")).unwrap(), [7; 10], "damage {number}");
        assert_eq!(names(folder.path()), ["k"], "damage {number}");
    }
}

#[test]
fn entries_that_a_crash_left_without_a_list_take_no_space_after_the_next_start() {
    let folder = TempDir::new().unwrap();
    drop(put(&open(&folder, 1000), "whole", 10));
    for (name, list) in [("empty", Some(&b""[..])), ("cut", Some(b"{\"files\"")), ("none", None)] {
        let entry = folder.path().join(name);
        fs::create_dir_all(entry.join(FILES)).unwrap();
        fs::write(entry.join(FILES).join("program"), [1; 500]).unwrap();
        if let Some(list) = list {
            fs::write(entry.join(LIST), list).unwrap();
        }
    }
    let cache = open(&folder, 1000);
    assert_eq!(names(folder.path()), ["whole"]);
    assert!(cache.get("whole").is_some());
}

#[test]
fn half_written_entries_are_never_found_and_removed_when_nobody_can_be_writing_them() {
    let folder = TempDir::new().unwrap();
    for (name, minutes) in [("scratch-old", 61), ("scratch-young", 59)] {
        let entry = folder.path().join(name);
        fs::create_dir_all(entry.join(FILES)).unwrap();
        fs::write(entry.join(FILES).join("program"), b"half").unwrap();
        let written = SystemTime::now() - Duration::from_secs(minutes * 60);
        File::open(&entry).unwrap().set_modified(written).unwrap();
    }
    let cache = open(&folder, 1000);
    assert_eq!(names(folder.path()), ["scratch-young"]);
    assert!(cache.get("scratch-old").is_none());
}

#[test]
fn an_archive_that_is_cut_leaves_nothing() {
    let folder = TempDir::new().unwrap();
    let cache = open(&folder, 1000);
    let whole = packed(10);
    for end in 0..whole.len() {
        assert!(cache.put("k", &whole[..end], "", |_| None).is_err(), "cut at {end}");
        assert_eq!(names(folder.path()), Vec::<String>::new(), "cut at {end}");
    }
    assert!(cache.get("k").is_none());
}

#[test]
fn the_entry_unused_for_longest_makes_room_and_one_in_use_stays() {
    let folder = TempDir::new().unwrap();
    let cache = open(&folder, 25);
    let used = put(&cache, "a", 10);
    drop(put(&cache, "b", 10));
    drop(put(&cache, "c", 10));
    assert!(used.folder.exists());
    assert!(cache.get("b").is_none());
    assert!(cache.get("a").is_some() && cache.get("c").is_some());
}

#[test]
fn the_bytes_of_all_entries_stay_below_the_bound_also_after_a_restart_with_a_smaller_one() {
    let folder = TempDir::new().unwrap();
    let cache = open(&folder, 100);
    for number in 0..50 {
        drop(put(&cache, &format!("entry-{number:02}"), 1 + number % 20));
        let bytes: u64 = cache.lock().values().map(|known| known.bytes).sum();
        assert!(bytes <= 100, "{bytes} bytes");
        assert_eq!(names(folder.path()).len(), cache.lock().len());
    }
    drop(cache);
    let cache = open(&folder, 20);
    let bytes: u64 = cache.lock().values().map(|known| known.bytes).sum();
    assert!((1..=20).contains(&bytes), "{bytes} bytes");
    assert_eq!(names(folder.path()).len(), cache.lock().len());
}

#[test]
fn writers_of_the_same_and_of_other_entries_do_not_disturb_each_other() {
    let folder = TempDir::new().unwrap();
    let (first, second) = (open(&folder, 1000), open(&folder, 1000));
    std::thread::scope(|scope| {
        for cache in [&first, &second, &first, &second] {
            scope.spawn(move || {
                for round in 0..20 {
                    for key in ["same".to_owned(), format!("round-{round}")] {
                        let made = put(cache, &key, 10);
                        assert_eq!(fs::read(made.folder.join("program")).unwrap(), [7; 10]);
                        assert!(cache.get(&key).is_some());
                    }
                }
            });
        }
    });
    assert_eq!(names(folder.path()).len(), 21, "no scratch folder is left");
}

#[test]
fn an_entry_that_another_worker_removed_is_not_there() {
    let folder = TempDir::new().unwrap();
    let cache = open(&folder, 1000);
    let used = put(&cache, "k", 10);
    drop(put(&open(&folder, 15), "other", 10));
    assert!(!used.folder.exists());
    assert!(cache.get("k").is_none());
    assert!(put(&cache, "k", 10).folder.exists());
}
