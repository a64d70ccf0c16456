//! `sandboxd`: the small single-threaded process that starts everything untrusted.
//!
//! worker ── `sandboxd` ── one slot process per slot ── init of a run (pid 1) ── the program (pid 2).
//! Each of them is killed by the kernel when the one before it ends, and ends by itself when its socket closes.

mod collect;
mod host;
mod init;
mod landlock;
mod places;
mod program;
mod reduced;
mod root;
mod seccomp;
mod slot;
mod speed;
mod watch;

use crate::accounting;
use crate::protocol::{SlotGreeting, SlotSetup};
use crate::sys::poll;
use crate::sys::process::{self, Side};
use crate::sys::socket::PacketSocket;
use std::io;
use std::os::fd::AsFd;
use std::path::PathBuf;
use std::time::Duration;

/// How often ended slot processes are looked for when nothing else happens.
const REAP_INTERVAL: Duration = Duration::from_secs(1);

/// A failure and the step it happened in.
#[derive(Debug)]
pub(crate) struct Failure {
    pub(crate) step: String,
    pub(crate) error: io::Error,
}

/// Names the step of a failure.
pub(crate) trait Step<T> {
    /// Adds the step.
    fn step(self, step: &str) -> Result<T, Failure>;
}

impl<T> Step<T> for io::Result<T> {
    fn step(self, step: &str) -> Result<T, Failure> {
        self.map_err(|error| Failure {
            step: step.to_owned(),
            error,
        })
    }
}

/// Entry of the `sandboxd` subcommand. Call it first thing in `main`, before any thread or runtime exists.
///
/// Its standard input is the socket to the worker. Returns the exit code when the worker is gone.
#[must_use]
pub fn sandboxd_main() -> i32 {
    match serve() {
        Ok(()) => 0,
        Err(error) => {
            eprintln!("sandboxd: {error}");
            1
        }
    }
}

/// A slot process and what must be removed after it.
struct Slot {
    pid: i32,
    groups: Vec<PathBuf>,
}

fn serve() -> io::Result<()> {
    process::die_with_parent()?;
    process::set_name(c"sandboxd");
    // Whatever else the worker was started with is none of ours; standard input is the socket.
    process::close_from(3)?;
    // Inherited from whoever started the worker: neither may decide what programs can enter, or who is waited for.
    process::set_usual_umask();
    process::keep_ended_children();
    process::be_ordinary();
    // Ending on Ctrl-C is the worker's decision; its end is seen by the closed socket.
    ignore_terminal_signals()?;
    let control = PacketSocket::from(io::stdin().as_fd().try_clone_to_owned()?);
    let mut slots: Vec<Slot> = Vec::new();
    let mut is_reduced = false;
    let result = loop {
        let [ready] = poll::readable([Some(control.as_fd())], Some(REAP_INTERVAL))?;
        reap(&mut slots);
        if is_reduced {
            end_strays(&slots);
        }
        if !ready {
            continue;
        }
        match control.receive::<SlotSetup>() {
            Ok(Some((setup, mut descriptors))) => {
                let Some(socket) = descriptors.pop() else { continue };
                if setup.reduced.is_some() && !is_reduced {
                    // No kernel kills programs with us here, so we must live to do it: the closed socket tells of the
                    // worker's end.
                    process::live_without_parent()?;
                    process::adopt_orphans()?;
                    is_reduced = true;
                }
                start_slot(&setup, &PacketSocket::from(socket), &mut slots);
            }
            Ok(None) => break Ok(()),
            Err(error) => break Err(error),
        }
    };
    for slot in &slots {
        process::kill(slot.pid, libc::SIGKILL);
    }
    for slot in slots {
        let _ = process::wait(slot.pid, true);
        accounting::remove_groups(&slot.groups);
    }
    if is_reduced {
        reduced::end_descendants(None, |_| ());
    }
    result
}

/// A new session has no terminal, so that keys pressed there reach only the worker.
fn ignore_terminal_signals() -> io::Result<()> {
    match process::new_session() {
        // Already the leader of its own session.
        Err(error) if error.kind() == io::ErrorKind::PermissionDenied => Ok(()),
        other => other,
    }
}

fn reap(slots: &mut Vec<Slot>) {
    while let Ok(Some(ended)) = process::wait(-1, false) {
        slots.retain(|slot| {
            if slot.pid == ended.pid {
                accounting::remove_groups(&slot.groups);
            }
            slot.pid != ended.pid
        });
    }
}

/// Without namespaces, programs whose slot process was killed become our children.
fn end_strays(slots: &[Slot]) {
    let ours = std::process::id();
    let children = accounting::children(ours).into_iter().filter_map(|pid| i32::try_from(pid).ok());
    for stray in children.filter(|pid| slots.iter().all(|slot| slot.pid != *pid)) {
        process::kill(stray, libc::SIGKILL);
    }
}

fn start_slot(setup: &SlotSetup, socket: &PacketSocket, slots: &mut Vec<Slot>) {
    let groups = accounting::group_paths(&setup.accounting, setup.seat, setup.peer);
    // A predecessor on the same seat may be dying; its groups must be gone before they are made anew.
    slots.retain(|slot| {
        let same = !groups.is_empty() && slot.groups == groups;
        if same {
            process::kill(slot.pid, libc::SIGKILL);
            let _ = process::wait(slot.pid, true);
            accounting::remove_groups(&slot.groups);
        }
        !same
    });
    let sandboxd = std::process::id();
    match process::fork() {
        Ok(Side::Child) => {
            let code = slot::slot_main(setup, &groups, socket, sandboxd);
            process::exit(code);
        }
        Ok(Side::Parent(pid)) => slots.push(Slot { pid, groups }),
        Err(error) => {
            let failed = SlotGreeting::Failed {
                step: "fork a slot process".to_owned(),
                message: error.to_string(),
            };
            let _ = socket.send(&failed, &[]);
        }
    }
}
