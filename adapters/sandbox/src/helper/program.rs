//! Pid 2 of a run: gives up every right and becomes the program.

use super::init::Streams;
use super::places::Places;
use super::slot::SlotContext;
use super::{Failure, Step, landlock};
use crate::accounting::threads_of_user;
use crate::protocol::{InitWord, RunOrder};
use crate::sys::process;
use crate::sys::socket::PacketSocket;
use crate::sys::{identity, process::Resource};
use std::ffi::CString;
use std::io::{self, Write};
use std::os::fd::{AsFd, OwnedFd};
use std::path::Path;
use std::time::Duration;

/// Most open files of a program.
const MAX_OPEN_FILES: u64 = 512;
/// Exit code of a program that is none, as shells have it.
const CANNOT_EXECUTE: i32 = 126;
/// The one limit with which the kernel also starts no handler of core files; it would run on the machine, as root.
const NO_CORE_FILE: u64 = 1;
/// How often and after which pause a program is tried again that somebody still has open for writing.
const BUSY_TRIES: u32 = 500;
const BUSY_PAUSE: Duration = Duration::from_millis(1);
/// Lowest number of descriptors kept until exec; the standard streams are below.
const FIRST_KEPT_DESCRIPTOR: i32 = 10;

/// Body of pid 2; only returns if the program could not be started.
pub(super) fn program_main(context: &SlotContext, order: &RunOrder, places: &Places, streams: &Streams, report: &PacketSocket) {
    let Err(Failure { step, error }) = start(context, order, places, streams);
    let message = error.to_string();
    let _ = report.send(&InitWord::Failed { step, message }, &[]);
}

fn start(context: &SlotContext, order: &RunOrder, places: &Places, streams: &Streams) -> Result<std::convert::Infallible, Failure> {
    process::new_session().step("create a session")?;
    process::prefer_when_out_of_memory(1000);
    standard_streams(streams).step("set up the standard streams")?;
    limit_resources(context, order).step("set the resource limits")?;
    let input = streams.input.as_ref().filter(|_| order.input.is_some());
    let landlock = match context.reduced {
        Some(_) => landlock::prepare_reduced(context, order, places, input.map(AsFd::as_fd)),
        None => landlock::prepare(order, input.map(AsFd::as_fd)),
    };
    let landlock = landlock.step("prepare Landlock")?;
    if context.privileged {
        identity::become_user(context.user, true).step("become the slot's user")?;
    }
    process::drop_capabilities().step("drop capabilities")?;
    process::forbid_new_privileges().step("forbid new privileges")?;
    landlock.enforce().step("enforce Landlock")?;
    let text = |text: &str| CString::new(text).map_err(io::Error::other);
    let arguments: Vec<CString> = order
        .arguments
        .iter()
        .map(|argument| text(&places.translate(argument)))
        .collect::<Result<_, _>>()
        .step("read the arguments")?;
    let environment: Vec<CString> = order
        .environment
        .iter()
        .map(|(name, value)| text(&format!("{name}={}", places.translate(value))))
        .collect::<Result<_, _>>()
        .step("read the environment")?;
    context.filters.install(order.profile).step("install the seccomp filter")?;
    let mut error = process::execute(&arguments, &environment);
    for _ in 0..BUSY_TRIES {
        if error.raw_os_error() != Some(libc::ETXTBSY) {
            break;
        }
        // The worker wrote the file, and another process that it is just starting still has a copy of the descriptor.
        std::thread::sleep(BUSY_PAUSE);
        error = process::execute(&arguments, &environment);
    }
    let program = order.arguments.first().map(|program| places.translate(program)).unwrap_or_default();
    let is_made_here = Path::new(&program).starts_with(&places.program);
    // Where it may not even be tried (a data folder mounted noexec), the solver has no part in it.
    if is_made_here && is_fault_of_the_file(&error) && process::may_execute(Path::new(&program)) {
        // Made by an untrusted compilation: no fault of ours, and no reason to try again elsewhere.
        let _ = writeln!(io::stderr(), "the program cannot be executed: {error}");
        process::exit(CANNOT_EXECUTE);
    }
    Err(Failure {
        step: format!("execute {program}"),
        error,
    })
}

/// Whether the kernel refused the file itself: no program, no interpreter for it, or too large for any address space.
fn is_fault_of_the_file(error: &io::Error) -> bool {
    let number = error.raw_os_error().unwrap_or_default();
    [
        libc::ENOEXEC,
        libc::ENOENT,
        libc::EACCES,
        libc::EPERM,
        libc::EINVAL,
        libc::ELIBBAD,
        libc::ENOMEM,
        libc::EIO,
        libc::ELOOP,
    ]
    .contains(&number)
}

/// Standard streams at 0, 1, 2, and nothing else but the report socket, which exec closes.
fn standard_streams(streams: &Streams) -> io::Result<()> {
    let input = streams
        .input
        .as_ref()
        .ok_or_else(|| io::Error::from(io::ErrorKind::UnexpectedEof))?;
    // First out of the way: one of them may have a number that is about to be replaced.
    let copies: Vec<OwnedFd> = [input.as_fd(), streams.output.as_fd(), streams.errors.as_fd()]
        .into_iter()
        .map(|from| process::copy_descriptor_above(from, FIRST_KEPT_DESCRIPTOR))
        .collect::<io::Result<_>>()?;
    for (copy, target) in copies.iter().zip(0..) {
        process::copy_descriptor(copy.as_fd(), target)?;
    }
    // Every descriptor of ours was created close-on-exec; this is the belt to those braces.
    process::close_on_exec_from(3)
}

fn limit_resources(context: &SlotContext, order: &RunOrder) -> io::Result<()> {
    let limits = &order.limits;
    let set = |resource: Resource, value: u64| process::set_limit(resource, value);
    set(libc::RLIMIT_CORE, NO_CORE_FILE)?;
    set(libc::RLIMIT_FSIZE, limits.file_bytes)?;
    set(libc::RLIMIT_NOFILE, MAX_OPEN_FILES)?;
    set(libc::RLIMIT_STACK, limits.stack_bytes)?;
    set(libc::RLIMIT_MEMLOCK, 0)?;
    set(libc::RLIMIT_MSGQUEUE, 0)?;
    // The watcher kills earlier and more precisely; this one still works if the watcher is starved.
    set(libc::RLIMIT_CPU, limits.cpu.as_secs().saturating_add(2))?;
    if order.limits.limit_data && !context.has_groups {
        // Stacks of threads are data, each as large as that of the first, and hardly touched. The watcher looks at what is.
        let stacks = limits.stack_bytes.saturating_mul(u64::from(limits.processes));
        set(libc::RLIMIT_DATA, limits.memory_bytes.saturating_add(stacks))?;
    }
    if !context.has_groups {
        let ours = match context.reduced {
            _ if context.privileged => 0,
            // In an own user namespace the slot process and the init are counted too.
            None => 2,
            // In the machine's, whatever the worker and its other programs have.
            Some(_) => threads_of_user(context.user),
        };
        set(libc::RLIMIT_NPROC, u64::from(limits.processes) + ours)?;
    }
    Ok(())
}
