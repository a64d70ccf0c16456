//! What takes the place of namespaces where there are none: folders on the host's disk, and an end for every process of a
//! run by its user or its ancestry.

use super::places::Places;
use super::slot::SlotContext;
use super::{Failure, Step};
use crate::accounting::descendants;
use crate::archive;
use crate::protocol::RunOrder;
use crate::sys::identity;
use crate::sys::process::{self, Ended, Side};
use std::fs::{self, DirBuilder, File, OpenOptions, Permissions};
use std::io;
use std::os::fd::{AsFd, AsRawFd};
use std::os::unix::fs::{DirBuilderExt, MetadataExt, OpenOptionsExt, PermissionsExt};
use std::path::{Path, PathBuf};
use std::rc::Rc;
use std::time::Duration;

/// Most files of one run.
const MAX_FILES: usize = 20_000;
/// Between two attempts to end everything.
const PAUSE: Duration = Duration::from_micros(300);

/// Makes the folders of a run. The program may write in those that are its own; extra files are copies that are not.
pub(super) fn make_folders(context: &SlotContext, order: &RunOrder, places: &Places) -> Result<(), Failure> {
    let Some(folder) = &places.outside else { return Ok(()) };
    let make = |path: &Path, mode: u32| DirBuilder::new().mode(mode).create(path);
    make(folder, 0o711).step("create the folder of the run")?;
    for path in [&places.work, &places.temporary, &places.feedback] {
        make(path, 0o700).step("create a folder of the run")?;
        let is_own = order.work_writable || path != &places.work;
        if !is_own {
            fs::set_permissions(path, Permissions::from_mode(0o755)).step("open the work folder")?;
        } else if context.privileged {
            let opened = File::open(path).step("open a folder of the run")?;
            identity::give_to(opened.as_fd(), context.user).step("give a folder to the program")?;
        }
    }
    make(&places.files, 0o755).step("create the folder of extra files")?;
    for (name, path) in &order.files {
        if !archive::is_plain_name(name) || name.contains('/') {
            return Err(io::Error::from(io::ErrorKind::InvalidInput)).step("check the name of an extra file");
        }
        let target = places.files.join(name);
        fs::copy(path, &target).step("copy an extra file")?;
        fs::set_permissions(&target, Permissions::from_mode(0o644)).step("open an extra file")?;
    }
    std::env::set_current_dir(&places.work).step("enter the work folder")
}

/// A nameless copy of an input that is a file. Of the file itself a descriptor would tell the path, and, where programs run as the
/// worker's own user, let them change its mode, for every run to come.
pub(super) fn copy_input(input: &Path, base: &Path, run: u64) -> io::Result<File> {
    let path = base.join(format!("input-{run}"));
    let copied = fs::copy(input, &path).and_then(|_| {
        // It may be opened anew, as /dev/stdin: by the slot's user too.
        fs::set_permissions(&path, Permissions::from_mode(0o444))?;
        File::open(&path)
    });
    let removed = fs::remove_file(&path);
    let copied = copied?;
    removed.map(|()| copied)
}

/// Whether the files of a run are more, or larger, than two folders of the order's size may hold.
///
/// Each folder is opened from the one above it: nothing may be hidden where no path reaches. What cannot be counted is too much.
pub(super) fn is_too_much(folder: &Path, disk_bytes: u64) -> bool {
    let most_bytes = disk_bytes.saturating_mul(2);
    let (mut bytes, mut files) = (0_u64, 0_usize);
    let mut folders = vec![(None::<Rc<File>>, folder.as_os_str().to_owned())];
    while let Some((above, name)) = folders.pop() {
        let path = above
            .as_ref()
            .map_or_else(|| PathBuf::from(&name), |above| path_of(above).join(&name));
        let opened = match open_folder(&path) {
            Ok(opened) => Rc::new(opened),
            Err(error) if has_changed(&error) => continue,
            Err(_) => return true,
        };
        let entries = match fs::read_dir(path_of(&opened)) {
            Ok(entries) => entries,
            Err(error) if has_changed(&error) => continue,
            Err(_) => return true,
        };
        for entry in entries.flatten() {
            files += 1;
            // Does not follow links.
            let Ok(metadata) = entry.metadata() else { continue };
            // Folders are limited by their number, as in a file system in memory.
            if metadata.is_dir() {
                folders.push((Some(Rc::clone(&opened)), entry.file_name()));
            } else {
                bytes = bytes.saturating_add(metadata.blocks().saturating_mul(512));
            }
            if bytes > most_bytes || files > MAX_FILES {
                return true;
            }
        }
    }
    false
}

fn path_of(opened: &File) -> PathBuf {
    PathBuf::from(format!("/proc/self/fd/{}", opened.as_raw_fd()))
}

fn open_folder(path: &Path) -> io::Result<File> {
    OpenOptions::new()
        .read(true)
        .custom_flags(libc::O_DIRECTORY | libc::O_NOFOLLOW)
        .open(path)
}

/// Whether a folder was removed, or something else put in its place, since it was listed.
fn has_changed(error: &io::Error) -> bool {
    matches!(error.raw_os_error(), Some(libc::ENOENT | libc::ENOTDIR | libc::ELOOP))
}

/// Ends every process that descends from this one, and waits for them; who lost its parent is ours (see
/// [`process::adopt_orphans`]). A user of the slot's own is asked for first: nothing that is its can escape by forking.
pub(super) fn end_descendants(user: Option<u32>, mut reaped: impl FnMut(&Ended)) {
    loop {
        loop {
            match process::wait(-1, false) {
                Ok(Some(ended)) => reaped(&ended),
                Ok(None) => break,
                // Nobody is left.
                Err(_) => return,
            }
        }
        if let Some(user) = user {
            end_all_of(user);
        }
        for pid in descendants(std::process::id()) {
            if let Ok(pid) = i32::try_from(pid) {
                process::kill(pid, libc::SIGKILL);
            }
        }
        std::thread::sleep(PAUSE);
    }
}

/// Ends every process of a user, at once: the kernel holds up forks meanwhile.
fn end_all_of(user: u32) {
    match process::fork() {
        Ok(Side::Child) => {
            // Never as root: that would be every process there is.
            if identity::become_user(user, true).is_ok() && identity::effective_user() == user && user != 0 {
                process::kill(-1, libc::SIGKILL);
            }
            process::exit(0);
        }
        Ok(Side::Parent(pid)) => {
            let _ = process::wait(pid, true);
        }
        // Tried again; the others are ended one by one meanwhile.
        Err(_) => {}
    }
}

/// Removes the folder of a run and all that is in it, however deep; nobody is left who could exchange anything meanwhile.
/// Links are removed, never followed.
pub(super) fn remove(folder: &Path) -> io::Result<()> {
    let mut number = 0_u64;
    loop {
        let entries: Vec<_> = match fs::read_dir(folder) {
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(()),
            entries => entries?.collect::<Result<_, _>>()?,
        };
        if entries.is_empty() {
            return fs::remove_dir(folder);
        }
        for entry in entries {
            let path = entry.path();
            if !entry.file_type()?.is_dir() {
                fs::remove_file(&path)?;
                continue;
            }
            open_up(&path)?;
            for inner in fs::read_dir(&path)? {
                let inner = inner?;
                if inner.file_type()?.is_dir() {
                    open_up(&inner.path())?;
                    // One step up: paths never grow longer than this.
                    move_up(&inner.path(), folder, &mut number)?;
                } else {
                    fs::remove_file(inner.path())?;
                }
            }
            fs::remove_dir(&path)?;
        }
    }
}

fn open_up(folder: &Path) -> io::Result<()> {
    fs::set_permissions(folder, Permissions::from_mode(0o700))
}

/// Moves a folder into another under a name that nothing has.
fn move_up(inner: &Path, folder: &Path, number: &mut u64) -> io::Result<()> {
    loop {
        *number += 1;
        match fs::rename(inner, folder.join(format!("removed-{number}"))) {
            Err(error) if is_taken(&error) => {}
            moved => return moved,
        }
    }
}

/// Whether a name belongs to a full folder or to a file.
fn is_taken(error: &io::Error) -> bool {
    use io::ErrorKind::{AlreadyExists, DirectoryNotEmpty, NotADirectory};
    matches!(error.kind(), AlreadyExists | DirectoryNotEmpty | NotADirectory)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_folder_deeper_than_any_path_is_removed_and_links_are_not_followed() {
        let outer = tempfile::tempdir().unwrap();
        let kept = outer.path().join("kept");
        fs::create_dir(&kept).unwrap();
        fs::write(kept.join("file"), "x").unwrap();
        let folder = outer.path().join("run");
        fs::create_dir(&folder).unwrap();
        std::os::unix::fs::symlink(&kept, folder.join("link")).unwrap();
        fs::write(folder.join("removed-1"), "x").unwrap();
        fs::create_dir_all(folder.join("removed-2/full")).unwrap();
        let mut deep = folder.join("a");
        // Renamed into each other from the inside out, because no path could name the whole.
        fs::create_dir(&deep).unwrap();
        for number in 0..3000 {
            let above = folder.join(format!("b{number}"));
            fs::create_dir(&above).unwrap();
            fs::rename(&deep, above.join("a")).unwrap();
            deep = above;
        }
        fs::set_permissions(&deep, Permissions::from_mode(0o000)).unwrap();
        remove(&folder).unwrap();
        assert!(!folder.exists());
        assert!(kept.join("file").exists());
    }

    #[test]
    fn files_are_counted_however_deep_or_many_and_links_are_not_followed() {
        let outer = tempfile::tempdir().unwrap();
        let folder = outer.path().join("run");
        fs::create_dir(&folder).unwrap();
        assert!(!is_too_much(&outer.path().join("none"), 0));
        let elsewhere = outer.path().join("elsewhere");
        fs::write(&elsewhere, vec![1; 1 << 20]).unwrap();
        std::os::unix::fs::symlink(&elsewhere, folder.join("link")).unwrap();
        std::os::unix::fs::symlink(outer.path(), folder.join("links")).unwrap();
        let mut deep = folder.join("a");
        fs::create_dir(&deep).unwrap();
        fs::write(deep.join("large"), vec![1; 1 << 20]).unwrap();
        for number in 0..1500 {
            let above = folder.join(format!("b{number}"));
            fs::create_dir(&above).unwrap();
            fs::rename(&deep, above.join("a")).unwrap();
            deep = above;
        }
        assert!(is_too_much(&folder, 300 << 10));
        assert!(!is_too_much(&folder, 1 << 20));
        let many = outer.path().join("many");
        fs::create_dir(&many).unwrap();
        for number in 0..=MAX_FILES {
            fs::write(many.join(number.to_string()), "").unwrap();
        }
        assert!(is_too_much(&many, u64::MAX));
    }
}
