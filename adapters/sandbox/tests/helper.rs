//! The sandbox helper as a program of its own, for tests. With the argument `in-container` it first gives up what container
//! runtimes do not allow: new namespaces and mounts.
#![expect(
    unsafe_code,
    reason = "a filter of system calls is installed through libc; every block says why it is sound"
)]

use libc::{c_long, sock_filter};

const LOAD_WORD: u16 = 0x20;
const JUMP_IF_EQUAL: u16 = 0x15;
const JUMP_IF_BITS: u16 = 0x45;
const RETURN: u16 = 0x06;

/// Refused with EPERM, as the default profile of Docker has it for containers without further rights.
const DENIED: [c_long; 15] = [
    libc::SYS_unshare,
    libc::SYS_setns,
    libc::SYS_mount,
    libc::SYS_umount2,
    libc::SYS_pivot_root,
    libc::SYS_open_tree,
    libc::SYS_move_mount,
    libc::SYS_mount_setattr,
    libc::SYS_fsopen,
    libc::SYS_fsmount,
    libc::SYS_fsconfig,
    libc::SYS_bpf,
    libc::SYS_perf_event_open,
    libc::SYS_keyctl,
    libc::SYS_userfaultfd,
];
/// All flags of `clone` that make namespaces.
const NAMESPACES: u32 = 0x7E02_0000;

fn main() {
    if std::env::args().nth(1).as_deref() == Some("in-container") {
        enter_container();
    }
    std::process::exit(codesm_sandbox::sandboxd_main());
}

const fn instruction(code: u16, value: u32, jump_true: u8, jump_false: u8) -> sock_filter {
    sock_filter {
        code,
        jt: jump_true,
        jf: jump_false,
        k: value,
    }
}

fn enter_container() {
    let number = |call: c_long| u32::try_from(call).expect("numbers of system calls are small");
    let refuse = |error: i32| instruction(RETURN, libc::SECCOMP_RET_ERRNO | error.unsigned_abs(), 0, 0);
    let mut filter = vec![instruction(LOAD_WORD, 0, 0, 0)];
    for call in DENIED {
        filter.extend([instruction(JUMP_IF_EQUAL, number(call), 0, 1), refuse(libc::EPERM)]);
    }
    filter.extend([
        instruction(JUMP_IF_EQUAL, number(libc::SYS_clone3), 0, 1),
        refuse(libc::ENOSYS),
        instruction(JUMP_IF_EQUAL, number(libc::SYS_clone), 0, 3),
        instruction(LOAD_WORD, 16, 0, 0),
        instruction(JUMP_IF_BITS, NAMESPACES, 0, 1),
        refuse(libc::EPERM),
        instruction(RETURN, libc::SECCOMP_RET_ALLOW, 0, 0),
    ]);
    let program = libc::sock_fprog {
        len: u16::try_from(filter.len()).expect("the filter is short"),
        filter: filter.as_mut_ptr(),
    };
    // SAFETY: takes plain numbers.
    assert_eq!(unsafe { libc::prctl(libc::PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) }, 0);
    // SAFETY: the kernel copies the filter during the call.
    let installed = unsafe { libc::syscall(libc::SYS_seccomp, libc::SECCOMP_SET_MODE_FILTER, 0, &raw const program) };
    assert_eq!(installed, 0);
}
