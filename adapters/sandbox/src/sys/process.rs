//! Processes: creating, ending, waiting, limiting.

use super::check;
use serde::{Deserialize, Serialize};
use std::ffi::CString;
use std::io;
use std::os::fd::{AsRawFd, BorrowedFd, RawFd};
use std::ptr;
use std::time::Duration;

/// Which side of a fork this is.
pub(crate) enum Side {
    /// The new process.
    Child,
    /// The old one, with the child's id.
    Parent(i32),
}

/// Layout of `struct clone_args` up to the `cgroup` field (Linux 5.7).
#[repr(C)]
#[derive(Default)]
struct CloneArgs {
    flags: u64,
    pidfd: u64,
    child_tid: u64,
    parent_tid: u64,
    exit_signal: u64,
    stack: u64,
    stack_size: u64,
    tls: u64,
    set_tid: u64,
    set_tid_size: u64,
    cgroup: u64,
}

const CLONE_INTO_CGROUP: u64 = 0x2_0000_0000;

/// Forks into new namespaces (`flags`), directly inside a cgroup (v2) if one is given.
pub(crate) fn clone_process(flags: i32, cgroup: Option<BorrowedFd<'_>>) -> io::Result<Side> {
    let mut arguments = CloneArgs {
        flags: u64::from(flags.unsigned_abs()),
        exit_signal: u64::from(libc::SIGCHLD.unsigned_abs()),
        ..CloneArgs::default()
    };
    if let Some(cgroup) = cgroup {
        arguments.flags |= CLONE_INTO_CGROUP;
        arguments.cgroup = u64::from(cgroup.as_raw_fd().unsigned_abs());
    }
    // SAFETY: without CLONE_VM the child gets a copy of this address space; callers are single-threaded.
    let pid = check(unsafe { libc::syscall(libc::SYS_clone3, &raw const arguments, size_of::<CloneArgs>()) })?;
    Ok(match i32::try_from(pid) {
        Ok(0) => Side::Child,
        Ok(pid) => Side::Parent(pid),
        Err(_) => return Err(io::Error::from(io::ErrorKind::InvalidData)),
    })
}

/// Plain fork.
pub(crate) fn fork() -> io::Result<Side> {
    // Not `clone3`, which container runtimes refuse.
    // SAFETY: callers are single-threaded, so the child may do what the parent may.
    Ok(match check(unsafe { libc::fork() })? {
        0 => Side::Child,
        pid => Side::Parent(i32::try_from(pid).map_err(io::Error::other)?),
    })
}

/// How a process ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) enum Status {
    /// It exited.
    Code(i32),
    /// A signal ended it.
    Signal(i32),
}

/// A process that ended and what it (with the children it waited for) had used.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Ended {
    pub(crate) pid: i32,
    pub(crate) status: Status,
    pub(crate) cpu: Duration,
    pub(crate) max_resident_bytes: u64,
}

/// Waits for a child (-1: any). `None`: none has ended and `block` is false. `ECHILD` is an error.
pub(crate) fn wait(pid: i32, block: bool) -> io::Result<Option<Ended>> {
    let options = libc::__WALL | if block { 0 } else { libc::WNOHANG };
    loop {
        let mut status = 0;
        // SAFETY: an all-zero rusage is valid, and both pointers live through the call.
        let mut usage: libc::rusage = unsafe { std::mem::zeroed() };
        // SAFETY: as above.
        let waited = unsafe { libc::wait4(pid, &raw mut status, options, &raw mut usage) };
        match check(waited) {
            Ok(0) => return Ok(None),
            Ok(_) => {
                let status = if libc::WIFSIGNALED(status) {
                    Status::Signal(libc::WTERMSIG(status))
                } else {
                    Status::Code(libc::WEXITSTATUS(status))
                };
                return Ok(Some(Ended {
                    pid: waited,
                    status,
                    cpu: time(usage.ru_utime) + time(usage.ru_stime),
                    max_resident_bytes: u64::try_from(usage.ru_maxrss).unwrap_or(0) * 1024,
                }));
            }
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            Err(error) => return Err(error),
        }
    }
}

fn time(value: libc::timeval) -> Duration {
    let seconds = u64::try_from(value.tv_sec).unwrap_or(0);
    let micros = u64::try_from(value.tv_usec).unwrap_or(0);
    Duration::from_secs(seconds) + Duration::from_micros(micros)
}

/// Sends a signal; a process that is gone is no error worth telling.
pub(crate) fn kill(pid: i32, signal: i32) {
    // SAFETY: takes no pointers.
    unsafe { libc::kill(pid, signal) };
}

/// Ends this process at once, without running destructors of memory shared with nobody.
pub(crate) fn exit(code: i32) -> ! {
    // SAFETY: never returns, touches no memory.
    unsafe { libc::_exit(code) }
}

fn control(option: i32, value: libc::c_ulong) -> io::Result<()> {
    // SAFETY: the options used here take plain numbers.
    check(unsafe { libc::prctl(option, value, 0, 0, 0) }).map(drop)
}

/// This process is killed when the thread that created it ends.
pub(crate) fn die_with_parent() -> io::Result<()> {
    control(libc::PR_SET_PDEATHSIG, libc::SIGKILL as libc::c_ulong)
}

/// It is not, any more.
pub(crate) fn live_without_parent() -> io::Result<()> {
    control(libc::PR_SET_PDEATHSIG, 0)
}

/// Descendants of this process that lose their parent become its children.
pub(crate) fn adopt_orphans() -> io::Result<()> {
    control(libc::PR_SET_CHILD_SUBREAPER, 1)
}

/// Setuid bits and file capabilities mean nothing from here on.
pub(crate) fn forbid_new_privileges() -> io::Result<()> {
    control(libc::PR_SET_NO_NEW_PRIVS, 1)
}

/// Nobody of the same user may trace this process or read its memory; its `/proc` entry belongs to root.
pub(crate) fn forbid_tracing() -> io::Result<()> {
    control(libc::PR_SET_DUMPABLE, 0)
}

/// Undoes [`forbid_tracing`]; needed to write the id maps of an own user namespace.
pub(crate) fn allow_tracing() -> io::Result<()> {
    control(libc::PR_SET_DUMPABLE, 1)
}

/// How gladly the kernel ends this process and its children when memory runs out. Best effort: raising it needs no
/// right, but without root it can only be written while the own `/proc` entry is the own user's.
pub(crate) fn prefer_when_out_of_memory(score: u16) {
    let write = || std::fs::write("/proc/self/oom_score_adj", score.to_string());
    if write().is_err() && allow_tracing().is_ok() {
        let _ = write();
        let _ = forbid_tracing();
    }
}

/// The name shown by `ps`.
pub(crate) fn set_name(name: &std::ffi::CStr) {
    // SAFETY: the string ends with a zero and lives through the call; the kernel copies 16 bytes at most.
    unsafe { libc::prctl(libc::PR_SET_NAME, name.as_ptr(), 0, 0, 0) };
}

/// No file that is executed can give any capability from here on. Needs a capability itself.
pub(crate) fn drop_bounding_set() {
    for capability in 0..=63 {
        // The kernel knows fewer than 64; the first unknown one ends the list.
        if control(libc::PR_CAPBSET_DROP, capability).is_err() {
            break;
        }
    }
}

/// Drops every capability, now and (with [`drop_bounding_set`]) for whatever is executed later.
pub(crate) fn drop_capabilities() -> io::Result<()> {
    const VERSION_3: u32 = 0x2008_0522;
    #[repr(C)]
    struct Header {
        version: u32,
        pid: i32,
    }
    control(libc::PR_CAP_AMBIENT, libc::PR_CAP_AMBIENT_CLEAR_ALL as libc::c_ulong)?;
    let header = Header {
        version: VERSION_3,
        pid: 0,
    };
    let nothing = [0_u32; 6];
    // SAFETY: both point to memory of the layout `capset` version 3 expects.
    check(unsafe { libc::syscall(libc::SYS_capset, &raw const header, nothing.as_ptr()) }).map(drop)
}

/// Leaves the parent's session and terminal.
pub(crate) fn new_session() -> io::Result<()> {
    // SAFETY: takes no pointers.
    check(unsafe { libc::setsid() }).map(drop)
}

/// New namespaces for this process.
pub(crate) fn unshare(flags: i32) -> io::Result<()> {
    // SAFETY: takes no pointers.
    check(unsafe { libc::unshare(flags) }).map(drop)
}

/// Enters a namespace of mounts: root and current folder become its root.
pub(crate) fn enter_mounts(namespace: BorrowedFd<'_>) -> io::Result<()> {
    // SAFETY: the descriptor is open.
    check(unsafe { libc::setns(namespace.as_raw_fd(), libc::CLONE_NEWNS) }).map(drop)
}

/// Makes an open folder root and current folder.
pub(crate) fn change_root_folder(folder: BorrowedFd<'_>) -> io::Result<()> {
    // SAFETY: the descriptor is open.
    check(unsafe { libc::fchdir(folder.as_raw_fd()) })?;
    // SAFETY: the string ends with a zero.
    check(unsafe { libc::chroot(c".".as_ptr()) }).map(drop)
}

/// Closes a descriptor whose owner lives in the process this one was cloned from. This process never uses or drops the owner.
pub(crate) fn close_in_child(descriptor: BorrowedFd<'_>) {
    // SAFETY: by the above nobody here uses the number again.
    unsafe { libc::close(descriptor.as_raw_fd()) };
}

/// A resource of [`set_limit`].
pub(crate) type Resource = libc::__rlimit_resource_t;

/// Sets a resource limit, soft and hard; above the present hard limit only for core files, where that is the stricter.
pub(crate) fn set_limit(resource: Resource, value: u64) -> io::Result<()> {
    let mut limit = libc::rlimit {
        rlim_cur: value,
        rlim_max: value,
    };
    // SAFETY: the pointer lives through the call.
    if resource == libc::RLIMIT_CORE && unsafe { libc::setrlimit(resource, &raw const limit) } == 0 {
        return Ok(());
    }
    // SAFETY: the pointer lives through the call.
    check(unsafe { libc::getrlimit(resource, &raw mut limit) })?;
    let value = value.min(limit.rlim_max);
    let limit = libc::rlimit {
        rlim_cur: value,
        rlim_max: value,
    };
    // SAFETY: as above.
    check(unsafe { libc::setrlimit(resource, &raw const limit) }).map(drop)
}

/// Every descriptor from `first` on is closed by exec.
pub(crate) fn close_on_exec_from(first: RawFd) -> io::Result<()> {
    const CLOSE_RANGE_CLOEXEC: u32 = 4;
    // SAFETY: changes a flag only; takes no pointers.
    check(unsafe { libc::syscall(libc::SYS_close_range, first.unsigned_abs(), u32::MAX, CLOSE_RANGE_CLOEXEC) }).map(drop)
}

/// Closes every descriptor from `first` on. For the very beginning of a process, which has not opened any yet.
pub(crate) fn close_from(first: RawFd) -> io::Result<()> {
    // SAFETY: by the above nobody owns them.
    check(unsafe { libc::syscall(libc::SYS_close_range, first.unsigned_abs(), u32::MAX, 0) }).map(drop)
}

/// Makes `target` a copy of `from`, open across exec.
pub(crate) fn copy_descriptor(from: BorrowedFd<'_>, target: RawFd) -> io::Result<()> {
    // SAFETY: `from` is open; `target` is a standard stream that nobody owns in this process.
    check(unsafe { libc::dup2(from.as_raw_fd(), target) }).map(drop)
}

/// A copy of `from` with a number of at least `minimum`, closed by exec.
pub(crate) fn copy_descriptor_above(from: BorrowedFd<'_>, minimum: RawFd) -> io::Result<std::os::fd::OwnedFd> {
    use std::os::fd::FromRawFd;
    // SAFETY: `from` is open.
    let raw = check(unsafe { libc::fcntl(from.as_raw_fd(), libc::F_DUPFD_CLOEXEC, minimum) })?;
    let raw = RawFd::try_from(raw).map_err(|_| io::Error::from(io::ErrorKind::InvalidData))?;
    // SAFETY: the kernel just gave us this descriptor.
    Ok(unsafe { std::os::fd::OwnedFd::from_raw_fd(raw) })
}

/// Replaces this process. Returns only the reason why it did not.
pub(crate) fn execute(arguments: &[CString], environment: &[CString]) -> io::Error {
    let Some(program) = arguments.first() else {
        return io::Error::from(io::ErrorKind::InvalidInput);
    };
    let pointers = |list: &[CString]| -> Vec<*const libc::c_char> { list.iter().map(|text| text.as_ptr()).chain([ptr::null()]).collect() };
    let (argument_pointers, environment_pointers) = (pointers(arguments), pointers(environment));
    // SAFETY: both arrays end with a null pointer and point to zero-terminated strings that live through the call.
    unsafe { libc::execve(program.as_ptr(), argument_pointers.as_ptr(), environment_pointers.as_ptr()) };
    io::Error::last_os_error()
}

/// Whether a file, its mode and its mount allow to execute it.
pub(crate) fn may_execute(path: &std::path::Path) -> bool {
    // SAFETY: the string lives through the call.
    super::c_path(path).is_ok_and(|path| unsafe { libc::access(path.as_ptr(), libc::X_OK) } == 0)
}

/// Default action for every signal and none blocked, for this process and its children: what a program expects to start with.
pub(crate) fn reset_signals() {
    for signal in 1..=64 {
        // SAFETY: SIG_DFL is always a valid action; numbers that cannot be changed are refused.
        unsafe { libc::signal(signal, libc::SIG_DFL) };
    }
    // SAFETY: an all-zero set is made valid by sigemptyset before use.
    unsafe {
        let mut none: libc::sigset_t = std::mem::zeroed();
        libc::sigemptyset(&raw mut none);
        libc::sigprocmask(libc::SIG_SETMASK, &raw const none, ptr::null_mut());
    }
}

/// New files can be read by everybody, and written by their owner.
pub(crate) fn set_usual_umask() {
    // SAFETY: takes no pointers and cannot fail.
    unsafe { libc::umask(0o022) };
}

/// Ended children can be waited for, even if SIGCHLD was ignored before.
pub(crate) fn keep_ended_children() {
    // SAFETY: SIG_DFL is always a valid action.
    unsafe { libc::signal(libc::SIGCHLD, libc::SIG_DFL) };
}

/// CPU numbers this process may run on.
pub(crate) fn allowed_cpus() -> io::Result<Vec<usize>> {
    // SAFETY: an all-zero set is valid and the kernel fills in at most its size.
    let mut set: libc::cpu_set_t = unsafe { std::mem::zeroed() };
    // SAFETY: as above.
    check(unsafe { libc::sched_getaffinity(0, size_of::<libc::cpu_set_t>(), &raw mut set) })?;
    let most = size_of::<libc::cpu_set_t>() * 8;
    // SAFETY: every index is below the size of the set.
    Ok((0..most).filter(|cpu| unsafe { libc::CPU_ISSET(*cpu, &set) }).collect())
}

/// Takes back a preference over other processes that this one inherited: programs must not have it. Failing to is no harm:
/// only an unprivileged process that was held back cannot be raised to the usual.
pub(crate) fn be_ordinary() {
    // SAFETY: takes numbers only.
    let _ = unsafe { libc::setpriority(libc::PRIO_PROCESS, 0, 0) };
}

/// Pins this process and its future children to one CPU.
pub(crate) fn pin_to_cpu(cpu: usize) -> io::Result<()> {
    if cpu >= size_of::<libc::cpu_set_t>() * 8 {
        return Err(io::Error::from(io::ErrorKind::InvalidInput));
    }
    // SAFETY: an all-zero set is valid; the index was checked.
    let set = unsafe {
        let mut set: libc::cpu_set_t = std::mem::zeroed();
        libc::CPU_SET(cpu, &mut set);
        set
    };
    // SAFETY: the pointer lives through the call.
    check(unsafe { libc::sched_setaffinity(0, size_of::<libc::cpu_set_t>(), &raw const set) }).map(drop)
}

fn clock(id: libc::clockid_t) -> Duration {
    let mut now = libc::timespec { tv_sec: 0, tv_nsec: 0 };
    // SAFETY: the pointer lives through the call; both clocks always exist.
    unsafe { libc::clock_gettime(id, &raw mut now) };
    Duration::new(u64::try_from(now.tv_sec).unwrap_or(0), u32::try_from(now.tv_nsec).unwrap_or(0))
}

/// Time since boot; the same for every process of this machine.
pub(crate) fn monotonic() -> Duration {
    clock(libc::CLOCK_MONOTONIC)
}

/// CPU time of this process alone.
pub(crate) fn own_cpu() -> Duration {
    clock(libc::CLOCK_PROCESS_CPUTIME_ID)
}

/// Clock ticks per second of the times in `/proc/<pid>/stat`.
pub(crate) fn clock_ticks_per_second() -> u64 {
    // SAFETY: takes no pointers.
    u64::try_from(unsafe { libc::sysconf(libc::_SC_CLK_TCK) }).unwrap_or(100).max(1)
}

/// Installs a seccomp filter on this single-threaded process.
pub(crate) fn install_seccomp_filter(filter: &[libc::sock_filter]) -> io::Result<()> {
    let length = u16::try_from(filter.len()).map_err(|_| io::Error::from(io::ErrorKind::InvalidInput))?;
    let program = libc::sock_fprog {
        len: length,
        filter: filter.as_ptr().cast_mut(),
    };
    // SAFETY: the kernel copies the filter during the call and does not write to it.
    check(unsafe { libc::syscall(libc::SYS_seccomp, libc::SECCOMP_SET_MODE_FILTER, 0, &raw const program) }).map(drop)
}

/// Newest Landlock version of the kernel, 0 if it has none.
pub(crate) fn landlock_version() -> i64 {
    const VERSION: u32 = 1;
    // SAFETY: asking for the version takes no memory.
    check(unsafe { libc::syscall(libc::SYS_landlock_create_ruleset, ptr::null::<u8>(), 0_usize, VERSION) }).unwrap_or(0)
}
