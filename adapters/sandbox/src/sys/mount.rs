//! Mounts.

use super::{c_path, check};
use std::ffi::{CStr, CString};
use std::fs::{File, OpenOptions};
use std::io;
use std::os::fd::{AsRawFd, FromRawFd, OwnedFd, RawFd};
use std::os::unix::fs::OpenOptionsExt;
use std::path::Path;

/// Layout of `struct mount_attr` (Linux 5.12).
#[repr(C)]
struct MountAttributes {
    set: u64,
    clear: u64,
    propagation: u64,
    user_namespace: u64,
}

const ATTRIBUTE_READ_ONLY: u64 = 0x1;
const ATTRIBUTE_NO_SUID: u64 = 0x2;
const ATTRIBUTE_NO_DEVICES: u64 = 0x4;
const OPEN_TREE_CLONE: u32 = 1;
const OPEN_TREE_CLOEXEC: u32 = 0o2_000_000;
const AT_RECURSIVE: u32 = 0x8000;
const MOVE_MOUNT_FROM_EMPTY_PATH: u32 = 4;

/// What may be done with files of a mount.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Use {
    /// Read and execute; no devices, no setuid.
    ReadOnly,
    /// A device node: read and write it.
    Device,
}

fn mount(source: Option<&CStr>, target: &Path, kind: Option<&CStr>, flags: libc::c_ulong, options: Option<&CStr>) -> io::Result<()> {
    let target_text = c_path(target)?;
    let pointer = |text: Option<&CStr>| text.map_or(std::ptr::null(), CStr::as_ptr);
    // SAFETY: every pointer is null or a zero-terminated string that lives through the call.
    let result = unsafe { libc::mount(pointer(source), target_text.as_ptr(), pointer(kind), flags, pointer(options).cast()) };
    check(result)
        .map(drop)
        .map_err(|error| io::Error::new(error.kind(), format!("mount on {}: {error}", target.display())))
}

/// What happens to mounts here is not seen elsewhere, nor the other way round.
pub(crate) fn make_private() -> io::Result<()> {
    mount(None, Path::new("/"), None, libc::MS_REC | libc::MS_PRIVATE, None)
}

/// What is unmounted elsewhere goes here as well, so that nobody's disk is held; nothing goes the other way.
pub(crate) fn make_following() -> io::Result<()> {
    mount(None, Path::new("/"), None, libc::MS_REC | libc::MS_SLAVE, None)
}

/// What may be done with files of a fresh file system in memory.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Content {
    /// Everything but setuid and devices.
    Programs,
    /// Nothing is executed.
    Data,
}

/// A fresh file system in memory: nosuid, nodev.
pub(crate) fn temporary(target: &Path, bytes: u64, inodes: u64, owner: u32, content: Content) -> io::Result<()> {
    let options = CString::new(format!("size={bytes},nr_inodes={inodes},mode=755,uid={owner},gid={owner}")).map_err(io::Error::other)?;
    let more = match content {
        Content::Programs => 0,
        Content::Data => libc::MS_NOEXEC,
    };
    let flags = libc::MS_NOSUID | libc::MS_NODEV | more;
    mount(Some(c"tmpfs"), target, Some(c"tmpfs"), flags, Some(&options))
}

/// Process information of the present pid namespace.
pub(crate) fn processes(target: &Path) -> io::Result<()> {
    let flags = libc::MS_NOSUID | libc::MS_NODEV | libc::MS_NOEXEC;
    // Nothing of the machine, only processes; kernels before 5.8 know no part of /proc.
    match mount(Some(c"proc"), target, Some(c"proc"), flags, Some(c"hidepid=2,subset=pid")) {
        Err(error) if error.kind() == io::ErrorKind::InvalidInput => mount(Some(c"proc"), target, Some(c"proc"), flags, Some(c"hidepid=2")),
        mounted => mounted,
    }
}

/// Shows `source` at `target`.
pub(crate) fn bind(source: &Path, target: &Path, how: Use) -> io::Result<()> {
    let source_text = c_path(source)?;
    mount(Some(&source_text), target, None, libc::MS_BIND | libc::MS_REC, None)
        .map_err(|error| io::Error::new(error.kind(), format!("bind {}: {error}", source.display())))?;
    if how == Use::ReadOnly {
        make_read_only(target, true)
    } else {
        Ok(())
    }
}

/// No writing, no devices, no setuid below `target` (and the mounts in it).
pub(crate) fn make_read_only(target: &Path, recursive: bool) -> io::Result<()> {
    let flags = if recursive { AT_RECURSIVE } else { 0 };
    set_read_only(libc::AT_FDCWD, &c_path(target)?, flags)
        .map_err(|error| io::Error::new(error.kind(), format!("make {} read-only: {error}", target.display())))
}

/// The same for a tree that is attached nowhere.
fn restrict(tree: &OwnedFd) -> io::Result<()> {
    set_read_only(tree.as_raw_fd(), c"", AT_RECURSIVE | libc::AT_EMPTY_PATH.unsigned_abs())
}

fn set_read_only(folder: RawFd, path: &CStr, flags: u32) -> io::Result<()> {
    let attributes = MountAttributes {
        set: ATTRIBUTE_READ_ONLY | ATTRIBUTE_NO_SUID | ATTRIBUTE_NO_DEVICES,
        clear: 0,
        propagation: 0,
        user_namespace: 0,
    };
    // SAFETY: the pointers live through the call and the size is that of the structure.
    let result = unsafe {
        libc::syscall(
            libc::SYS_mount_setattr,
            folder,
            path.as_ptr(),
            flags,
            &raw const attributes,
            size_of::<MountAttributes>(),
        )
    };
    check(result).map(drop)
}

/// A copy of a mount and those in it, attached nowhere yet.
pub(crate) struct Tree(OwnedFd);

impl Tree {
    /// With the restrictions of the mount that `source` lies in.
    pub(crate) fn copy(source: &Path) -> io::Result<Self> {
        let tree = copy_tree(source).and_then(|tree| restrict(&tree).map(|()| Self(tree)));
        tree.map_err(|error| io::Error::new(error.kind(), format!("{}: {error}", source.display())))
    }

    /// Shows it at `target`.
    pub(crate) fn attach(&self, target: &Path) -> io::Result<()> {
        attach_tree(&self.0, target).map_err(|error| io::Error::new(error.kind(), format!("attach at {}: {error}", target.display())))
    }
}

fn copy_tree(source: &Path) -> io::Result<OwnedFd> {
    let source = c_path(source)?;
    let flags = OPEN_TREE_CLONE | OPEN_TREE_CLOEXEC | AT_RECURSIVE;
    // SAFETY: the string lives through the call.
    let raw = check(unsafe { libc::syscall(libc::SYS_open_tree, libc::AT_FDCWD, source.as_ptr(), flags) })?;
    let raw = RawFd::try_from(raw).map_err(io::Error::other)?;
    // SAFETY: the kernel just gave us this descriptor.
    Ok(unsafe { OwnedFd::from_raw_fd(raw) })
}

/// Opens a file for reading through a mount of its own that is attached nowhere: with the restrictions of the mount it lies in,
/// but without a path that leads to it. Needs `/proc`.
pub(crate) fn open_alone(source: &Path) -> io::Result<File> {
    let alone = copy_tree(source)?;
    restrict(&alone)?;
    let flags = libc::O_NONBLOCK | libc::O_NOCTTY;
    OpenOptions::new()
        .read(true)
        .custom_flags(flags)
        .open(format!("/proc/self/fd/{}", alone.as_raw_fd()))
}

fn attach_tree(tree: &OwnedFd, target: &Path) -> io::Result<()> {
    let target = c_path(target)?;
    // SAFETY: the strings live through the call.
    let result = unsafe {
        libc::syscall(
            libc::SYS_move_mount,
            tree.as_raw_fd(),
            c"".as_ptr(),
            libc::AT_FDCWD,
            target.as_ptr(),
            MOVE_MOUNT_FROM_EMPTY_PATH,
        )
    };
    check(result).map(drop)
}

/// Makes `root` the root of this mount namespace and lets go of the old one.
pub(crate) fn change_root(root: &Path) -> io::Result<()> {
    std::env::set_current_dir(root)?;
    // SAFETY: constants ending with a zero. "." twice stacks the old root on the new one, from where it is detached.
    check(unsafe { libc::syscall(libc::SYS_pivot_root, c".".as_ptr(), c".".as_ptr()) })?;
    detach(Path::new("."))?;
    std::env::set_current_dir("/")
}

/// Takes a mount (and those in it) out of this namespace.
fn detach(target: &Path) -> io::Result<()> {
    let target = c_path(target)?;
    // SAFETY: the string lives through the call.
    check(unsafe { libc::umount2(target.as_ptr(), libc::MNT_DETACH) }).map(drop)
}

/// Whether nothing more can be written to the file system at `path`: no bytes or no inodes are left.
pub(crate) fn is_full(path: &Path) -> bool {
    let Ok(path) = c_path(path) else { return false };
    // SAFETY: an all-zero structure is valid; both pointers live through the call.
    unsafe {
        let mut state: libc::statvfs = std::mem::zeroed();
        libc::statvfs(path.as_ptr(), &raw mut state) == 0 && (state.f_bfree == 0 || state.f_ffree == 0)
    }
}
