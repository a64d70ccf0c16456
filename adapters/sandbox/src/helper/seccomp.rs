//! The system calls nobody inside may make.
//!
//! Written as plain BPF, because a deny-list needs what filter compilers do not offer at once: two different errors in
//! one filter, and the x32 numbers refused without listing them.

use crate::protocol::Profile;
use crate::sys::process;
use libc::{c_long, sock_filter};
use std::io;

// Instructions as in `linux/bpf_common.h`, whose parts are wider than the field they fill.
/// `BPF_LD | BPF_W | BPF_ABS`
const LOAD_WORD: u16 = 0x20;
/// `BPF_JMP | BPF_JEQ | BPF_K`
const JUMP_IF_EQUAL: u16 = 0x15;
/// `BPF_JMP | BPF_JGE | BPF_K`
const JUMP_IF_AT_LEAST: u16 = 0x35;
/// `BPF_JMP | BPF_JSET | BPF_K`
const JUMP_IF_BITS: u16 = 0x45;
/// `BPF_RET | BPF_K`
const RETURN: u16 = 0x06;

/// Offsets in `struct seccomp_data` (little-endian: the low half of an argument comes first).
const OFFSET_NUMBER: u32 = 0;
const OFFSET_ARCHITECTURE: u32 = 4;
const OFFSET_ARGUMENTS: u32 = 16;

/// The first call that is newer than this list (463, after `mseal` of Linux 6.10; the same on every architecture).
/// What comes later is unknown here, and so it is to programs.
const FIRST_UNKNOWN: u32 = 463;

/// System calls of the x32 ABI have this bit set.
const X32_BIT: u32 = 0x4000_0000;

#[cfg(target_arch = "x86_64")]
const ARCHITECTURE: u32 = 0xC000_003E;
#[cfg(target_arch = "aarch64")]
const ARCHITECTURE: u32 = 0xC000_00B7;
#[cfg(not(any(target_arch = "x86_64", target_arch = "aarch64")))]
compile_error!("the sandbox knows the system calls of x86-64 and aarch64 only");

const NAMESPACE_FLAGS: u32 = (libc::CLONE_NEWUSER
    | libc::CLONE_NEWPID
    | libc::CLONE_NEWNS
    | libc::CLONE_NEWNET
    | libc::CLONE_NEWIPC
    | libc::CLONE_NEWUTS
    | libc::CLONE_NEWCGROUP)
    .unsigned_abs()
    | 0x80; // CLONE_NEWTIME

// The same on every architecture.
const SYS_SET_MEMPOLICY_HOME_NODE: c_long = 450;
const SYS_STATMOUNT: c_long = 457;
const SYS_LISTMOUNT: c_long = 458;

/// Refused with EPERM in both profiles.
const DENIED: &[c_long] = &[
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
    // memory of the whole node
    libc::SYS_mbind,
    libc::SYS_set_mempolicy,
    libc::SYS_migrate_pages,
    libc::SYS_move_pages,
    SYS_SET_MEMPOLICY_HOME_NODE,
];

#[cfg(target_arch = "x86_64")]
const DENIED_HERE: &[c_long] = &[
    libc::SYS_iopl,
    libc::SYS_ioperm,
    libc::SYS_modify_ldt,
    libc::SYS_uselib,
    libc::SYS_ustat,
    libc::SYS_sysfs,
    libc::SYS__sysctl,
    libc::SYS_nfsservctl,
];
#[cfg(not(target_arch = "x86_64"))]
const DENIED_HERE: &[c_long] = &[];

/// Answered with ENOSYS: libraries fall back to an older call whose arguments can be checked.
const UNKNOWN: &[c_long] = &[libc::SYS_clone3];

/// Installs the filter; `no_new_privs` must be set.
///
/// Files in memory and shared memory belong to no process, so without a cgroup nobody would count them: they are refused.
pub(super) fn install(profile: Profile, refuse_uncounted: bool) -> io::Result<()> {
    process::install_seccomp_filter(&filter(profile, refuse_uncounted))
}

const fn instruction(code: u16, value: u32, jump_true: u8, jump_false: u8) -> sock_filter {
    sock_filter {
        code,
        jt: jump_true,
        jf: jump_false,
        k: value,
    }
}

fn answer(error: i32) -> sock_filter {
    instruction(RETURN, libc::SECCOMP_RET_ERRNO | error.unsigned_abs(), 0, 0)
}

fn number(call: c_long) -> u32 {
    // Numbers of system calls are small and positive on every architecture.
    u32::try_from(call).unwrap_or(u32::MAX)
}

/// `if number == call { return error }`
fn refuse(program: &mut Vec<sock_filter>, call: c_long, error: i32) {
    program.push(instruction(JUMP_IF_EQUAL, number(call), 0, 1));
    program.push(answer(error));
}

fn filter(profile: Profile, refuse_uncounted: bool) -> Vec<sock_filter> {
    let kill = instruction(RETURN, libc::SECCOMP_RET_KILL_PROCESS, 0, 0);
    let allow = instruction(RETURN, libc::SECCOMP_RET_ALLOW, 0, 0);
    let mut program = vec![
        instruction(LOAD_WORD, OFFSET_ARCHITECTURE, 0, 0),
        instruction(JUMP_IF_EQUAL, ARCHITECTURE, 1, 0),
        kill,
        instruction(LOAD_WORD, OFFSET_NUMBER, 0, 0),
        instruction(JUMP_IF_AT_LEAST, X32_BIT, 0, 1),
        kill,
        instruction(JUMP_IF_AT_LEAST, FIRST_UNKNOWN, 0, 1),
        answer(libc::ENOSYS),
    ];
    for call in UNKNOWN {
        refuse(&mut program, *call, libc::ENOSYS);
    }
    for call in DENIED.iter().chain(DENIED_HERE) {
        refuse(&mut program, *call, libc::EPERM);
    }
    if refuse_uncounted {
        refuse(&mut program, libc::SYS_memfd_create, libc::EPERM);
    }
    // Compilers lower limits for their parts (and can never raise them); a program has no need to.
    if profile == Profile::Run {
        refuse_new_limits(&mut program);
    }
    // The flags are the first argument on both architectures.
    refuse_bits(&mut program, libc::SYS_clone, 0, NAMESPACE_FLAGS);
    // Huge pages are the machine's, and counted by nobody.
    refuse_bits(&mut program, libc::SYS_memfd_create, 1, libc::MFD_HUGETLB);
    // Nor is shared memory without a group: it is in nobody's resident set until touched there.
    let shared = (libc::MAP_SHARED.unsigned_abs(), libc::MAP_ANONYMOUS.unsigned_abs());
    program.extend([
        instruction(JUMP_IF_EQUAL, number(libc::SYS_mmap), 0, 6),
        instruction(LOAD_WORD, OFFSET_ARGUMENTS + 3 * 8, 0, 0),
        instruction(JUMP_IF_BITS, libc::MAP_HUGETLB.unsigned_abs(), 2, 0),
        instruction(JUMP_IF_BITS, shared.0, 0, 2),
        instruction(JUMP_IF_BITS, if refuse_uncounted { shared.1 } else { 0 }, 0, 1),
        answer(libc::EPERM),
        allow,
    ]);
    // Pairs of sockets between own processes, but of no other family: each is a module that the kernel would load.
    program.extend([
        instruction(JUMP_IF_EQUAL, number(libc::SYS_socketpair), 0, 4),
        instruction(LOAD_WORD, OFFSET_ARGUMENTS, 0, 0),
        instruction(JUMP_IF_EQUAL, libc::AF_UNIX.unsigned_abs(), 1, 0),
        answer(libc::EPERM),
        allow,
    ]);
    // ioctl: characters pushed into a terminal, and console tricks.
    program.extend([
        instruction(JUMP_IF_EQUAL, number(libc::SYS_ioctl), 0, 5),
        instruction(LOAD_WORD, OFFSET_ARGUMENTS + 8, 0, 0),
        instruction(JUMP_IF_EQUAL, 0x5412, 1, 0), // TIOCSTI
        instruction(JUMP_IF_EQUAL, 0x541C, 0, 1), // TIOCLINUX
        answer(libc::EPERM),
        allow,
    ]);
    program.push(allow);
    program
}

/// `if number == call && argument has one of the bits { return EPERM }`, for calls with no other rule.
fn refuse_bits(program: &mut Vec<sock_filter>, call: c_long, argument: u32, bits: u32) {
    program.extend([
        instruction(JUMP_IF_EQUAL, number(call), 0, 4),
        instruction(LOAD_WORD, OFFSET_ARGUMENTS + 8 * argument, 0, 0),
        instruction(JUMP_IF_BITS, bits, 0, 1),
        answer(libc::EPERM),
        instruction(RETURN, libc::SECCOMP_RET_ALLOW, 0, 0),
    ]);
}

/// prlimit64 may read limits (runtimes do at start) but not set them: the third argument must be null.
fn refuse_new_limits(program: &mut Vec<sock_filter>) {
    let third = OFFSET_ARGUMENTS + 16;
    program.extend([
        instruction(JUMP_IF_EQUAL, number(libc::SYS_prlimit64), 0, 6),
        instruction(LOAD_WORD, third, 0, 0),
        instruction(JUMP_IF_EQUAL, 0, 0, 2),
        instruction(LOAD_WORD, third + 4, 0, 0),
        instruction(JUMP_IF_EQUAL, 0, 1, 0),
        answer(libc::EPERM),
        instruction(RETURN, libc::SECCOMP_RET_ALLOW, 0, 0),
    ]);
}

#[cfg(test)]
mod tests {
    use super::*;

    fn low_half(number: u64) -> u32 {
        u32::try_from(number & u64::from(u32::MAX)).unwrap()
    }

    /// Runs a filter on a made-up system call.
    fn decide_for(refuse_uncounted: bool, profile: Profile, architecture: u32, call: u32, arguments: [u64; 4]) -> u32 {
        let program = filter(profile, refuse_uncounted);
        let mut accumulator = 0_u32;
        let mut at = 0_usize;
        loop {
            let step = program[at];
            at += 1;
            let jump = |taken: bool| usize::from(if taken { step.jt } else { step.jf });
            match step.code {
                LOAD_WORD => {
                    let argument = |offset: u32| arguments.get((offset as usize - 16) / 8).copied().unwrap_or(0);
                    accumulator = match step.k {
                        OFFSET_NUMBER => call,
                        OFFSET_ARCHITECTURE => architecture,
                        offset if offset % 8 == 0 => low_half(argument(offset)),
                        offset => low_half(argument(offset - 4) >> 32),
                    };
                }
                JUMP_IF_EQUAL => at += jump(accumulator == step.k),
                JUMP_IF_AT_LEAST => at += jump(accumulator >= step.k),
                JUMP_IF_BITS => at += jump(accumulator & step.k != 0),
                _ => return step.k,
            }
        }
    }

    fn decide(profile: Profile, architecture: u32, call: u32, arguments: [u64; 4]) -> u32 {
        decide_for(false, profile, architecture, call, arguments)
    }

    const ALLOWED: u32 = libc::SECCOMP_RET_ALLOW;
    const REFUSED: u32 = libc::SECCOMP_RET_ERRNO | libc::EPERM as u32;

    #[test]
    fn ordinary_calls_are_allowed_and_dangerous_ones_refused() {
        for profile in [Profile::Run, Profile::Compile] {
            for call in [libc::SYS_read, libc::SYS_mmap, libc::SYS_execve, libc::SYS_futex, libc::SYS_pipe2] {
                assert_eq!(decide(profile, ARCHITECTURE, number(call), [0; 4]), ALLOWED);
            }
            for call in DENIED.iter().chain(DENIED_HERE) {
                assert_eq!(decide(profile, ARCHITECTURE, number(*call), [0; 4]), REFUSED, "call {call}");
            }
        }
    }

    #[test]
    fn clone_is_refused_with_namespaces_only_and_clone3_is_unknown() {
        let clone = number(libc::SYS_clone);
        let clone3 = number(libc::SYS_clone3);
        assert_eq!(decide(Profile::Run, ARCHITECTURE, clone, [0x11, 0, 0, 0]), ALLOWED);
        assert_eq!(decide(Profile::Run, ARCHITECTURE, clone, [0x1000_0011, 0, 0, 0]), REFUSED);
        let unknown = libc::SECCOMP_RET_ERRNO | libc::ENOSYS.unsigned_abs();
        assert_eq!(decide(Profile::Run, ARCHITECTURE, clone3, [0; 4]), unknown);
    }

    #[test]
    fn foreign_architectures_and_x32_are_killed() {
        let killed = libc::SECCOMP_RET_KILL_PROCESS;
        assert_eq!(decide(Profile::Run, 0x4000_0003, 1, [0; 4]), killed);
        assert_eq!(decide(Profile::Run, ARCHITECTURE, X32_BIT | 1, [0; 4]), killed);
    }

    #[test]
    fn limits_may_be_read_but_not_set_and_terminals_not_fed() {
        let prlimit = number(libc::SYS_prlimit64);
        assert_eq!(decide(Profile::Run, ARCHITECTURE, prlimit, [0, 7, 0, 0]), ALLOWED);
        assert_eq!(decide(Profile::Run, ARCHITECTURE, prlimit, [0, 7, 0x1000, 0]), REFUSED);
        assert_eq!(decide(Profile::Run, ARCHITECTURE, prlimit, [0, 7, 1 << 40, 0]), REFUSED);
        let ioctl = number(libc::SYS_ioctl);
        assert_eq!(decide(Profile::Run, ARCHITECTURE, ioctl, [0, 0x5401, 0, 0]), ALLOWED);
        assert_eq!(decide(Profile::Run, ARCHITECTURE, ioctl, [0, 0x5412, 0, 0]), REFUSED);
        assert_eq!(decide(Profile::Run, ARCHITECTURE, ioctl, [0, 0x541C, 0, 0]), REFUSED);
    }

    #[test]
    fn memory_that_nobody_counts_is_refused() {
        let flags = |flags: i32| [0, 0, 0, u64::from(flags.unsigned_abs())];
        let mmap = number(libc::SYS_mmap);
        for (uncounted, wanted, answer) in [
            (true, libc::MAP_PRIVATE | libc::MAP_ANONYMOUS, ALLOWED),
            (true, libc::MAP_SHARED, ALLOWED),
            (true, libc::MAP_SHARED | libc::MAP_ANONYMOUS, REFUSED),
            (false, libc::MAP_SHARED | libc::MAP_ANONYMOUS, ALLOWED),
            (false, libc::MAP_PRIVATE | libc::MAP_HUGETLB, REFUSED),
            (true, libc::MAP_SHARED | libc::MAP_HUGETLB, REFUSED),
        ] {
            let decided = decide_for(uncounted, Profile::Run, ARCHITECTURE, mmap, flags(wanted));
            assert_eq!(decided, answer, "{wanted:#x}");
        }
    }

    #[test]
    fn sockets_come_in_pairs_of_one_family_and_calls_of_the_future_are_unknown() {
        let pair = number(libc::SYS_socketpair);
        assert_eq!(decide(Profile::Run, ARCHITECTURE, pair, [1, 0, 0, 0]), ALLOWED);
        assert_eq!(decide(Profile::Run, ARCHITECTURE, pair, [30, 0, 0, 0]), REFUSED);
        let unknown = libc::SECCOMP_RET_ERRNO | libc::ENOSYS.unsigned_abs();
        for call in [FIRST_UNKNOWN, 467, 1000] {
            assert_eq!(decide(Profile::Run, ARCHITECTURE, call, [0; 4]), unknown);
        }
    }
}
