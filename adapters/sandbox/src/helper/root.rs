//! The read-only root of a slot.

use super::{Failure, Step};
use crate::protocol::{AccountingPlan, FEEDBACK, FILES, PROGRAM, SlotSetup, WORK};
use crate::sys::identity;
use crate::sys::mount::{self, Content, Use};
use std::fs;
use std::io;
use std::os::unix::fs::symlink;
use std::path::{Path, PathBuf};

/// Size of the root itself: a few folders and links.
const ROOT_BYTES: u64 = 1024 * 1024;
/// System folders shown read-only; links (merged /usr) are copied as links.
pub(super) const SYSTEM: [&str; 7] = ["/usr", "/bin", "/sbin", "/lib", "/lib64", "/lib32", "/libx32"];
/// What of `/etc` programs need: the loader's cache and Debian's choice of compilers.
pub(super) const CONFIGURATION: [&str; 3] = ["/etc/ld.so.cache", "/etc/ld.so.conf", "/etc/alternatives"];
const DEVICES: [&str; 4] = ["null", "full", "random", "urandom"];
/// Maps shared memory that belongs to no process: shown only where groups count it.
const COUNTED_DEVICE: &str = "zero";

/// Builds the root on `place`, enters it and lets go of the host's. Mounts must be private.
pub(super) fn build(setup: &SlotSetup, place: &Path) -> Result<(), Failure> {
    mount::temporary(place, ROOT_BYTES, 4096, identity::effective_user(), Content::Programs).step("mount the root")?;
    let inside = |path: &str| place.join(path.trim_start_matches('/'));
    for folder in ["proc", "dev", "dev/shm", "etc", "tmp", WORK, PROGRAM, FILES, FEEDBACK] {
        fs::create_dir_all(inside(folder)).step("create the folders of the root")?;
    }
    for path in SYSTEM {
        show_system(Path::new(path), &inside(path)).step("show a system folder")?;
    }
    for path in CONFIGURATION {
        show_if_there(Path::new(path), &inside(path)).step("show a configuration file")?;
    }
    for path in &setup.binds {
        show_bind(path, place).step("show a folder of a toolchain")?;
    }
    devices(setup, &inside("dev")).step("create the devices")?;
    accounts(setup, &inside("etc")).step("write the list of users")?;
    // Stays beneath the one of each run: in a user namespace a new one may only be mounted where one is visible.
    mount::bind(Path::new("/proc"), &inside("proc"), Use::ReadOnly).step("show /proc")?;
    mount::change_root(place).step("change the root")?;
    mount::make_read_only(Path::new("/"), false).step("make the root read-only")
}

fn show_system(path: &Path, target: &Path) -> io::Result<()> {
    match fs::symlink_metadata(path) {
        Ok(found) if found.is_symlink() => symlink(fs::read_link(path)?, target),
        Ok(found) if found.is_dir() => {
            fs::create_dir_all(target)?;
            mount::bind(path, target, Use::ReadOnly)
        }
        _ => Ok(()),
    }
}

fn show_if_there(path: &Path, target: &Path) -> io::Result<()> {
    match fs::metadata(path) {
        Ok(found) if found.is_dir() => fs::create_dir_all(target)?,
        Ok(_) => {
            if let Some(parent) = target.parent() {
                fs::create_dir_all(parent)?;
            }
            fs::write(target, "")?;
        }
        Err(_) => return Ok(()),
    }
    mount::bind(path, target, Use::ReadOnly)
}

/// Shows a toolchain where it is on the host; its parents become empty folders that anybody may enter.
fn show_bind(path: &Path, root: &Path) -> io::Result<()> {
    if SYSTEM.iter().any(|system| path.starts_with(system)) {
        return Ok(());
    }
    let inner: PathBuf = path.strip_prefix("/").map_err(io::Error::other)?.to_path_buf();
    show_if_there(path, &root.join(inner))
}

fn devices(setup: &SlotSetup, folder: &Path) -> io::Result<()> {
    let counted = (setup.accounting != AccountingPlan::Polling).then_some(COUNTED_DEVICE);
    for name in DEVICES.into_iter().chain(counted) {
        let target = folder.join(name);
        fs::write(&target, "")?;
        mount::bind(&Path::new("/dev").join(name), &target, Use::Device)?;
    }
    for (name, target) in [
        ("fd", "/proc/self/fd"),
        ("stdin", "/proc/self/fd/0"),
        ("stdout", "/proc/self/fd/1"),
        ("stderr", "/proc/self/fd/2"),
    ] {
        symlink(target, folder.join(name))?;
    }
    Ok(())
}

/// Some runtimes look up their own user; they find one without a name that means anything.
fn accounts(setup: &SlotSetup, folder: &Path) -> io::Result<()> {
    let user = setup.user;
    fs::write(
        folder.join("passwd"),
        format!("program:x:{user}:{user}:program:{WORK}:/usr/sbin/nologin\n"),
    )?;
    fs::write(folder.join("group"), format!("program:x:{user}:\n"))?;
    fs::write(folder.join("nsswitch.conf"), "passwd: files\ngroup: files\nhosts: files\n")
}
