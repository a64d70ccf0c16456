//! A slot process: lives in its slot's namespaces and groups and starts one run at a time.

use super::host::Host;
use super::places::run_folder;
use super::seccomp::Filters;
use super::watch::Over;
use super::{Failure, Step, init, reduced, root, speed, watch};
use crate::accounting::{self, Accounting};
use crate::protocol::{Measured, RunOrder, RunOutcome, RunReply, SlotCommand, SlotGreeting, SlotSetup};
use crate::sys::child_stack::ChildStack;
use crate::sys::process::{self, Side};
use crate::sys::socket::PacketSocket;
use crate::sys::{identity, poll};
use std::os::fd::{AsFd, OwnedFd};
use std::path::{Path, PathBuf};

/// What a slot process knows about itself.
pub(super) struct SlotContext {
    /// User the programs run as.
    pub(super) user: u32,
    /// Whether this process is root of the machine (else: of its own user namespace).
    pub(super) privileged: bool,
    /// CPUs the programs may run on.
    pub(super) cpus: u32,
    /// Whether cgroups limit the run as a whole; else the kernel limits each process and user.
    pub(super) has_groups: bool,
    /// Where there are no namespaces: the folder below which runs get theirs.
    pub(super) reduced: Option<PathBuf>,
    /// Folders of toolchains outside `/usr`.
    pub(super) binds: Vec<PathBuf>,
    /// Where what a run needs of the host is opened; not where there are no namespaces.
    pub(super) host: Option<Host>,
    pub(super) filters: Filters,
    /// Where programs are started from.
    pub(super) stack: ChildStack,
}

impl SlotContext {
    /// The user that nobody else is, if programs run as one.
    pub(super) fn own_user(&self) -> Option<u32> {
        self.privileged.then_some(self.user)
    }
}

/// Body of the process; returns its exit code when the worker is gone.
pub(super) fn slot_main(setup: &SlotSetup, groups: &[PathBuf], socket: &PacketSocket, sandboxd: u32) -> i32 {
    // Read before the new root and the namespaces hide it: the worker looks for this number.
    let pid = std::process::id();
    let (context, mut accounting) = match prepare(setup, groups, sandboxd) {
        Ok(prepared) => prepared,
        Err(Failure { step, error }) => {
            let message = error.to_string();
            let _ = socket.send(&SlotGreeting::Failed { step, message }, &[]);
            return 1;
        }
    };
    if socket.send(&SlotGreeting::Ready { pid }, &[]).is_err() {
        return 0;
    }
    loop {
        if poll::readable([Some(socket.as_fd())], None).is_err() {
            return 1;
        }
        match socket.receive::<SlotCommand>() {
            Ok(Some((SlotCommand::Start(order), descriptors))) => {
                let run = order.run;
                let Over { outcome, init } = match run_one(&context, &mut accounting, &order, descriptors, socket) {
                    Ok(Some(over)) => over,
                    Ok(None) => return 0,
                    Err(Failure { step, error }) => Over {
                        outcome: RunOutcome::Fault {
                            step,
                            message: error.to_string(),
                        },
                        init: None,
                    },
                };
                if socket.send(&RunReply { run, outcome }, &[]).is_err() {
                    return 0;
                }
                // Before the next run: they share groups.
                if init.is_some_and(|init| process::wait(init, true).is_err()) {
                    return 1;
                }
            }
            Ok(Some((SlotCommand::Measure, _))) => {
                if measure(socket).is_err() {
                    return 1;
                }
            }
            // The run it meant has ended in the meantime.
            Ok(Some((SlotCommand::Kill { .. }, _))) => {}
            Ok(None) => return 0,
            Err(_) => return 1,
        }
    }
}

fn prepare(setup: &SlotSetup, groups: &[PathBuf], sandboxd: u32) -> Result<(SlotContext, Accounting), Failure> {
    // Once here instead of in every program; the runtime ignores some.
    process::reset_signals();
    if setup.reduced.is_some() {
        // It must live to end its programs; the closed socket tells of the worker's end.
        process::adopt_orphans().step("adopt orphans")?;
    } else {
        process::die_with_parent().step("die with the parent")?;
    }
    // It may have died before that took effect.
    if std::os::unix::process::parent_id() != sandboxd {
        return Err(std::io::Error::from(std::io::ErrorKind::NotConnected)).step("look for the parent");
    }
    // Moved out of the way of the numbers that the standard streams of a program need.
    let null = std::fs::OpenOptions::new()
        .read(true)
        .write(true)
        .open("/dev/null")
        .step("open /dev/null")?;
    process::copy_descriptor(null.as_fd(), 0).step("close standard input")?;
    let privileged = identity::effective_user() == 0;
    if let Some(cpu) = setup.cpu {
        process::pin_to_cpu(cpu).step("pin to a CPU")?;
    }
    let cpus = u32::try_from(process::allowed_cpus().step("read the CPU set")?.len())
        .unwrap_or(1)
        .max(1);
    let accounting = accounting::enter(&setup.accounting, groups).step("enter the accounting groups")?;
    let (user, group) = (identity::effective_user(), identity::effective_group());
    let host = match setup.reduced {
        Some(_) => None,
        None => Some(enter_namespaces(setup, privileged, user, group)?),
    };
    // This process and the inits of runs execute nothing; programs must get nothing back by it.
    process::drop_bounding_set();
    process::forbid_tracing().step("forbid tracing")?;
    let context = SlotContext {
        user: if privileged { setup.user } else { user },
        privileged,
        cpus,
        has_groups: accounting.has_groups(),
        reduced: setup.reduced.clone(),
        binds: setup.binds.clone(),
        host,
        filters: Filters::new(!accounting.has_groups()),
        stack: ChildStack::new().step("reserve memory")?,
    };
    Ok((context, accounting))
}

fn enter_namespaces(setup: &SlotSetup, privileged: bool, user: u32, group: u32) -> Result<Host, Failure> {
    let mut namespaces = libc::CLONE_NEWNS | libc::CLONE_NEWNET | libc::CLONE_NEWUTS | libc::CLONE_NEWCGROUP;
    if !privileged {
        namespaces |= libc::CLONE_NEWUSER;
    }
    process::unshare(namespaces).step("create namespaces")?;
    if !privileged {
        map_user(user, group).step("map the user into its own user namespace")?;
        // While the host's /proc can still be written. As root of the machine the seccomp filter alone says it.
        let _ = std::fs::write("/proc/sys/user/max_user_namespaces", "0");
    }
    identity::set_host_name("sandbox").step("set the host name")?;
    Host::set_aside(|| root::build(setup, Path::new(&setup.mount_point)))
}

/// In a process of its own: what it needs of memory would stay with this one, and in the way of every run.
fn measure(socket: &PacketSocket) -> std::io::Result<()> {
    let ours = std::process::id();
    match process::fork()? {
        Side::Child => {
            // It may have died before that took effect.
            if process::die_with_parent().is_ok() && std::os::unix::process::parent_id() == ours {
                let took = speed::measure();
                let _ = socket.send(&Measured { took }, &[]);
            }
            process::exit(0);
        }
        Side::Parent(pid) => process::wait(pid, true).map(drop),
    }
}

/// Maps the present user and group onto themselves; nobody else exists inside.
fn map_user(user: u32, group: u32) -> std::io::Result<()> {
    process::allow_tracing()?;
    std::fs::write("/proc/self/setgroups", "deny")?;
    std::fs::write("/proc/self/uid_map", format!("{user} {user} 1"))?;
    std::fs::write("/proc/self/gid_map", format!("{group} {group} 1"))
}

/// One run from order to outcome; `None` when the worker is gone.
fn run_one(
    context: &SlotContext,
    accounting: &mut Accounting,
    order: &RunOrder,
    descriptors: Vec<OwnedFd>,
    socket: &PacketSocket,
) -> Result<Option<Over>, Failure> {
    let streams = init::Streams::of(order, descriptors)?;
    let lent = Host::lend(context.host.as_ref(), order, context.reduced.as_deref())?;
    let (report, report_of_init) = PacketSocket::pair().step("create the report socket")?;
    accounting.begin(&order.limits).step("reset the accounting")?;
    let flags = libc::CLONE_NEWPID | libc::CLONE_NEWNS | libc::CLONE_NEWIPC;
    let cloned = match context.reduced {
        Some(_) => process::fork(),
        None => process::clone_process(flags, accounting.leaf()),
    };
    match cloned.step("clone the init process")? {
        Side::Child => {
            drop(report);
            init::init_main(context, order, streams, lent, &report_of_init, !accounting.has_groups());
            process::exit(0);
        }
        Side::Parent(pid) => {
            // Without our copies the worker sees the end of the streams when the last process is dead.
            drop((report_of_init, streams, lent));
            let outcome = watch::supervise(context, accounting, order, pid, &report, socket);
            if let Some(base) = &context.reduced {
                reduced::remove(&run_folder(base, order.run)).step("remove the folder of the run")?;
            }
            outcome
        }
    }
}
