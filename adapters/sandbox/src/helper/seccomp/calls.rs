//! The lists: which system calls are refused, and how.

use libc::c_long;

/// The first call that is newer than this list (463, after `mseal` of Linux 6.10; the same on every architecture).
/// What comes later is unknown here, and so it is to programs.
pub(super) const FIRST_UNKNOWN: u32 = 463;

// The same on every architecture.
const SYS_SET_MEMPOLICY_HOME_NODE: c_long = 450;
const SYS_STATMOUNT: c_long = 457;
const SYS_LISTMOUNT: c_long = 458;

/// Refused with EPERM in both profiles.
pub(super) const DENIED: &[c_long] = &[
    // network: nothing needs it, and every family is attack surface
    libc::SYS_socket,
    libc::SYS_connect,
    libc::SYS_bind,
    libc::SYS_listen,
    libc::SYS_accept,
    libc::SYS_accept4,
    // namespaces and mounts
    libc::SYS_unshare,
    libc::SYS_setns,
    libc::SYS_mount,
    libc::SYS_umount2,
    libc::SYS_pivot_root,
    libc::SYS_chroot,
    libc::SYS_open_tree,
    libc::SYS_move_mount,
    libc::SYS_fsopen,
    libc::SYS_fsconfig,
    libc::SYS_fsmount,
    libc::SYS_fspick,
    libc::SYS_mount_setattr,
    libc::SYS_quotactl,
    libc::SYS_quotactl_fd,
    libc::SYS_open_by_handle_at,
    libc::SYS_name_to_handle_at,
    libc::SYS_fanotify_init,
    libc::SYS_fanotify_mark,
    SYS_STATMOUNT,
    SYS_LISTMOUNT,
    // other processes
    libc::SYS_ptrace,
    libc::SYS_process_vm_readv,
    libc::SYS_process_vm_writev,
    libc::SYS_process_madvise,
    libc::SYS_pidfd_getfd,
    libc::SYS_kcmp,
    libc::SYS_sched_setaffinity,
    libc::SYS_sched_setscheduler,
    libc::SYS_sched_setparam,
    libc::SYS_sched_setattr,
    libc::SYS_setpriority,
    libc::SYS_ioprio_set,
    // large and often broken kernel interfaces
    libc::SYS_bpf,
    libc::SYS_perf_event_open,
    libc::SYS_io_uring_setup,
    libc::SYS_io_uring_enter,
    libc::SYS_io_uring_register,
    libc::SYS_userfaultfd,
    libc::SYS_keyctl,
    libc::SYS_add_key,
    libc::SYS_request_key,
    libc::SYS_lookup_dcookie,
    libc::SYS_vhangup,
    libc::SYS_io_setup,
    libc::SYS_io_submit,
    libc::SYS_io_destroy,
    libc::SYS_io_cancel,
    libc::SYS_io_getevents,
    libc::SYS_memfd_secret,
    // tells what others do with files that all slots see
    libc::SYS_inotify_init1,
    libc::SYS_inotify_add_watch,
    // System V and POSIX message queues outlive nothing here, but nothing needs them
    libc::SYS_mq_open,
    libc::SYS_mq_unlink,
    libc::SYS_msgget,
    libc::SYS_semget,
    libc::SYS_shmget,
    libc::SYS_shmat,
    // the machine
    libc::SYS_acct,
    libc::SYS_swapon,
    libc::SYS_swapoff,
    libc::SYS_reboot,
    libc::SYS_kexec_load,
    libc::SYS_kexec_file_load,
    libc::SYS_init_module,
    libc::SYS_finit_module,
    libc::SYS_delete_module,
    libc::SYS_settimeofday,
    libc::SYS_clock_settime,
    libc::SYS_clock_adjtime,
    libc::SYS_adjtimex,
    libc::SYS_sethostname,
    libc::SYS_setdomainname,
    libc::SYS_syslog,
    libc::SYS_personality,
    // makes the disks of the whole machine write
    libc::SYS_sync,
    libc::SYS_syncfs,
    // memory of the whole node
    libc::SYS_mbind,
    libc::SYS_set_mempolicy,
    libc::SYS_migrate_pages,
    libc::SYS_move_pages,
    SYS_SET_MEMPOLICY_HOME_NODE,
];

#[cfg(target_arch = "x86_64")]
pub(super) const DENIED_HERE: &[c_long] = &[
    libc::SYS_iopl,
    libc::SYS_ioperm,
    libc::SYS_modify_ldt,
    libc::SYS_uselib,
    libc::SYS_ustat,
    libc::SYS_sysfs,
    libc::SYS__sysctl,
    libc::SYS_nfsservctl,
    libc::SYS_inotify_init,
];
#[cfg(not(target_arch = "x86_64"))]
pub(super) const DENIED_HERE: &[c_long] = &[];

/// Commands of fcntl that lock files or watch them. Locks on files that all slots see carry a message from one run to another;
/// programs know file systems without locks, and go on.
pub(super) const LOCKS: [i32; 9] = [
    libc::F_GETLK,
    libc::F_SETLK,
    libc::F_SETLKW,
    libc::F_OFD_GETLK,
    libc::F_OFD_SETLK,
    libc::F_OFD_SETLKW,
    libc::F_SETLEASE,
    libc::F_GETLEASE,
    libc::F_NOTIFY,
];

/// Options that say how much may wait in a socket. Where nobody counts what does, the watcher takes each for as full as usual.
pub(super) const SOCKET_SIZES: [i32; 4] = [libc::SO_SNDBUF, libc::SO_RCVBUF, libc::SO_SNDBUFFORCE, libc::SO_RCVBUFFORCE];

/// Answered with ENOSYS: libraries fall back to an older call whose arguments can be checked.
pub(super) const UNKNOWN: &[c_long] = &[libc::SYS_clone3];
