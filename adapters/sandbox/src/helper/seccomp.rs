//! The system calls nobody inside may make.
//!
//! Written as plain BPF, because a deny-list needs what filter compilers do not offer at once: two different errors in
//! one filter, and the x32 numbers refused without listing them.

mod calls;
#[cfg(test)]
mod tests;

use crate::protocol::Profile;
use crate::sys::process;
use calls::{DENIED, DENIED_HERE, FIRST_UNKNOWN, LOCKS, SOCKET_SIZES, UNKNOWN};
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
/// `BPF_JMP | BPF_JA`
const JUMP: u16 = 0x05;
/// `BPF_RET | BPF_K`
const RETURN: u16 = 0x06;

/// Offsets in `struct seccomp_data` (little-endian: the low half of an argument comes first).
const OFFSET_NUMBER: u32 = 0;
const OFFSET_ARCHITECTURE: u32 = 4;
const OFFSET_ARGUMENTS: u32 = 16;

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

/// The filters of a slot, made once.
pub(super) struct Filters {
    compile: Vec<sock_filter>,
    run: Vec<sock_filter>,
}

impl Filters {
    /// Files in memory and shared memory belong to no process, so without a cgroup nobody would count them: they are refused.
    pub(super) fn new(refuse_uncounted: bool) -> Self {
        Self {
            compile: filter(Profile::Compile, refuse_uncounted),
            run: filter(Profile::Run, refuse_uncounted),
        }
    }

    /// Installs the one of a profile; `no_new_privs` must be set.
    pub(super) fn install(&self, profile: Profile) -> io::Result<()> {
        process::install_seccomp_filter(match profile {
            Profile::Compile => &self.compile,
            Profile::Run => &self.run,
        })
    }
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

/// What becomes of a system call.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Fate {
    Allow,
    /// Refused with this error.
    Refuse(i32),
    /// Its arguments decide: the block of this index.
    Ask(usize),
}

/// Instructions that decide by the arguments; they end in an answer.
type Block = Vec<sock_filter>;

fn filter(profile: Profile, refuse_uncounted: bool) -> Vec<sock_filter> {
    let kill = instruction(RETURN, libc::SECCOMP_RET_KILL_PROCESS, 0, 0);
    let (fates, blocks) = fates(profile, refuse_uncounted);
    let mut program = vec![
        instruction(LOAD_WORD, OFFSET_ARCHITECTURE, 0, 0),
        instruction(JUMP_IF_EQUAL, ARCHITECTURE, 1, 0),
        kill,
        instruction(LOAD_WORD, OFFSET_NUMBER, 0, 0),
        instruction(JUMP_IF_AT_LEAST, X32_BIT, 0, 1),
        kill,
    ];
    // Runs of numbers with the same fate, found by halving: the kernel tries the filter on every number when it is
    // installed, which with one comparison after the other took longer than starting the program.
    let mut runs: Vec<(u32, Fate)> = Vec::new();
    for (call, fate) in (0..).zip(&fates) {
        if runs.last().is_none_or(|(_, last)| last != fate) {
            runs.push((call, *fate));
        }
    }
    search(&mut program, &runs, &blocks);
    program
}

/// The fate of each call up to the first unknown one, which stands for all beyond.
fn fates(profile: Profile, refuse_uncounted: bool) -> (Vec<Fate>, Vec<Block>) {
    let mut fates = vec![Fate::Allow; FIRST_UNKNOWN as usize];
    fates.push(Fate::Refuse(libc::ENOSYS));
    let mut set = |call: c_long, fate: Fate| fates[number(call) as usize] = fate;
    for call in UNKNOWN {
        set(*call, Fate::Refuse(libc::ENOSYS));
    }
    for call in DENIED.iter().chain(DENIED_HERE) {
        set(*call, Fate::Refuse(libc::EPERM));
    }
    let mut blocks: Vec<Block> = Vec::new();
    let mut ask = |call: c_long, block: Block| {
        set(call, Fate::Ask(blocks.len()));
        blocks.push(block);
    };
    // Compilers lower limits for their parts (and can never raise them), and lock their caches; a program has no need to.
    if profile == Profile::Run {
        ask(libc::SYS_prlimit64, new_limits());
        ask(libc::SYS_fcntl, one_of(1, &LOCKS, libc::ENOLCK));
    }
    if profile == Profile::Compile {
        ask(libc::SYS_prlimit64, own_limits());
    }
    // The flags are the first argument on both architectures.
    ask(libc::SYS_clone, bits(0, NAMESPACE_FLAGS));
    // Huge pages are the machine's, and counted by nobody.
    ask(libc::SYS_memfd_create, bits(1, libc::MFD_HUGETLB));
    ask(libc::SYS_mmap, mappings(refuse_uncounted));
    ask(libc::SYS_socketpair, pairs());
    ask(libc::SYS_ioctl, terminals());
    if refuse_uncounted {
        ask(libc::SYS_setsockopt, one_of(2, &SOCKET_SIZES, libc::EPERM));
    }
    let mut set = |call: c_long, fate: Fate| fates[number(call) as usize] = fate;
    if refuse_uncounted {
        set(libc::SYS_memfd_create, Fate::Refuse(libc::EPERM));
    }
    if profile == Profile::Run {
        set(libc::SYS_flock, Fate::Refuse(libc::ENOLCK));
    }
    (fates, blocks)
}

/// Compares the number with the middle one, and so on. Each answer stands where it is reached: jumps stay short.
fn search(program: &mut Vec<sock_filter>, runs: &[(u32, Fate)], blocks: &[Block]) {
    match runs {
        [] => {}
        [(_, Fate::Allow)] => program.push(allow()),
        [(_, Fate::Refuse(error))] => program.push(answer(*error)),
        [(_, Fate::Ask(block))] => program.extend_from_slice(&blocks[*block]),
        runs => {
            let (lower, upper) = runs.split_at(runs.len() / 2);
            let mut below = Vec::new();
            search(&mut below, lower, blocks);
            if let Ok(length) = u8::try_from(below.len()) {
                program.push(instruction(JUMP_IF_AT_LEAST, upper[0].0, length, 0));
            } else {
                // Too far for a conditional jump.
                program.push(instruction(JUMP_IF_AT_LEAST, upper[0].0, 0, 1));
                program.push(instruction(JUMP, u32::try_from(below.len()).unwrap_or(u32::MAX), 0, 0));
            }
            program.extend(below);
            search(program, upper, blocks);
        }
    }
}

const fn allow() -> sock_filter {
    instruction(RETURN, libc::SECCOMP_RET_ALLOW, 0, 0)
}

/// Refused if the argument has one of the bits.
fn bits(argument: u32, bits: u32) -> Block {
    vec![
        instruction(LOAD_WORD, OFFSET_ARGUMENTS + 8 * argument, 0, 0),
        instruction(JUMP_IF_BITS, bits, 0, 1),
        answer(libc::EPERM),
        allow(),
    ]
}

/// No huge pages; nor, without a group, shared memory: it is in nobody's resident set until touched there.
fn mappings(refuse_uncounted: bool) -> Block {
    let (shared, anonymous) = (libc::MAP_SHARED.unsigned_abs(), libc::MAP_ANONYMOUS.unsigned_abs());
    vec![
        instruction(LOAD_WORD, OFFSET_ARGUMENTS + 3 * 8, 0, 0),
        instruction(JUMP_IF_BITS, libc::MAP_HUGETLB.unsigned_abs(), 2, 0),
        instruction(JUMP_IF_BITS, shared, 0, 2),
        instruction(JUMP_IF_BITS, if refuse_uncounted { anonymous } else { 0 }, 0, 1),
        answer(libc::EPERM),
        allow(),
    ]
}

/// Pairs of sockets between own processes, but of no other family: each is a module that the kernel would load.
fn pairs() -> Block {
    vec![
        instruction(LOAD_WORD, OFFSET_ARGUMENTS, 0, 0),
        instruction(JUMP_IF_EQUAL, libc::AF_UNIX.unsigned_abs(), 1, 0),
        answer(libc::EPERM),
        allow(),
    ]
}

/// No characters pushed into a terminal (TIOCSTI), and no console tricks (TIOCLINUX).
fn terminals() -> Block {
    vec![
        instruction(LOAD_WORD, OFFSET_ARGUMENTS + 8, 0, 0),
        instruction(JUMP_IF_EQUAL, 0x5412, 1, 0),
        instruction(JUMP_IF_EQUAL, 0x541C, 0, 1),
        answer(libc::EPERM),
        allow(),
    ]
}

/// Refused with this error if the argument (of which the kernel looks at the low half) is one of these.
fn one_of(argument: u32, refused: &[i32], error: i32) -> Block {
    let mut block = vec![instruction(LOAD_WORD, OFFSET_ARGUMENTS + 8 * argument, 0, 0)];
    for value in refused {
        block.push(instruction(JUMP_IF_EQUAL, value.unsigned_abs(), 0, 1));
        block.push(answer(error));
    }
    block.push(allow());
    block
}

/// prlimit64 may set limits of the process itself, but not of others: without a namespace of processes the worker is one, and as its
/// own user a compiler could lower them.
fn own_limits() -> Block {
    let mut block = vec![
        instruction(LOAD_WORD, OFFSET_ARGUMENTS, 0, 0),
        instruction(JUMP_IF_EQUAL, 0, 0, 1),
        allow(),
    ];
    block.extend(new_limits());
    block
}

/// prlimit64 may read limits (runtimes do at start) but not set them: the third argument must be null.
fn new_limits() -> Block {
    let third = OFFSET_ARGUMENTS + 16;
    vec![
        instruction(LOAD_WORD, third, 0, 0),
        instruction(JUMP_IF_EQUAL, 0, 0, 2),
        instruction(LOAD_WORD, third + 4, 0, 0),
        instruction(JUMP_IF_EQUAL, 0, 1, 0),
        answer(libc::EPERM),
        allow(),
    ]
}
