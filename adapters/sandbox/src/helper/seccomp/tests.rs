//! Runs the filter on made-up system calls.

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
            JUMP => at += step.k as usize,
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
fn few_steps_decide_and_the_kernel_takes_the_filter() {
    for profile in [Profile::Run, Profile::Compile] {
        let length = filter(profile, true).len();
        assert!(length < 400, "{length} instructions");
    }
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
    // Compilers lower their own, but nobody else's.
    assert_eq!(decide(Profile::Compile, ARCHITECTURE, prlimit, [0, 7, 0x1000, 0]), ALLOWED);
    assert_eq!(decide(Profile::Compile, ARCHITECTURE, prlimit, [1, 7, 0, 0x1000]), ALLOWED);
    assert_eq!(decide(Profile::Compile, ARCHITECTURE, prlimit, [1, 7, 0x1000, 0]), REFUSED);
    let ioctl = number(libc::SYS_ioctl);
    assert_eq!(decide(Profile::Run, ARCHITECTURE, ioctl, [0, 0x5401, 0, 0]), ALLOWED);
    assert_eq!(decide(Profile::Run, ARCHITECTURE, ioctl, [0, 0x5412, 0, 0]), REFUSED);
    assert_eq!(decide(Profile::Run, ARCHITECTURE, ioctl, [0, 0x541C, 0, 0]), REFUSED);
}

#[test]
fn programs_lock_no_files_but_compilers_may() {
    let refused = libc::SECCOMP_RET_ERRNO | libc::ENOLCK.unsigned_abs();
    let (fcntl, flock) = (number(libc::SYS_fcntl), number(libc::SYS_flock));
    for command in LOCKS {
        let arguments = [0, u64::from(command.unsigned_abs()), 0, 0];
        assert_eq!(decide(Profile::Run, ARCHITECTURE, fcntl, arguments), refused, "{command}");
        assert_eq!(decide(Profile::Compile, ARCHITECTURE, fcntl, arguments), ALLOWED, "{command}");
    }
    for command in [
        libc::F_GETFD,
        libc::F_DUPFD_CLOEXEC,
        libc::F_SETFL,
        libc::F_SETPIPE_SZ,
        libc::F_ADD_SEALS,
    ] {
        let arguments = [0, u64::from(command.unsigned_abs()), 0, 0];
        assert_eq!(decide(Profile::Run, ARCHITECTURE, fcntl, arguments), ALLOWED, "{command}");
    }
    assert_eq!(decide(Profile::Run, ARCHITECTURE, flock, [0, 2, 0, 0]), refused);
    assert_eq!(decide(Profile::Compile, ARCHITECTURE, flock, [0, 2, 0, 0]), ALLOWED);
}

#[test]
fn sockets_keep_their_size_where_nobody_counts_them() {
    let call = number(libc::SYS_setsockopt);
    let option = |option: i32| [0, 1, u64::from(option.unsigned_abs()), 0];
    for larger in SOCKET_SIZES {
        assert_eq!(decide_for(true, Profile::Run, ARCHITECTURE, call, option(larger)), REFUSED);
        assert_eq!(decide_for(false, Profile::Run, ARCHITECTURE, call, option(larger)), ALLOWED);
    }
    assert_eq!(
        decide_for(true, Profile::Run, ARCHITECTURE, call, option(libc::SO_PASSCRED)),
        ALLOWED
    );
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
