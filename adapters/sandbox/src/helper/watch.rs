//! Watches a run from outside: enforces its limits and decides which of them stopped it.

use super::slot::SlotContext;
use super::{Failure, Step};
use crate::accounting::{Accounting, OfInit};
use crate::protocol::{Finished, Go, InitWord, RunOrder, RunOutcome, SlotCommand, Stopped};
use crate::sys::poll;
use crate::sys::process::{self, Status};
use crate::sys::socket::PacketSocket;
use std::io;
use std::os::fd::AsFd;
use std::time::Duration;

/// Longest time for setting up a run before its program starts.
const SETUP_LIMIT: Duration = Duration::from_secs(20);
/// Longest pause between two looks at CPU time and out-of-memory kills.
const LONGEST_PAUSE: Duration = Duration::from_millis(20);
/// The same where memory is limited by looking.
const LONGEST_PAUSE_POLLING: Duration = Duration::from_millis(10);
/// Shortest pause: looking costs the program's own core about 10 µs.
const SHORTEST_PAUSE: Duration = Duration::from_millis(1);

/// A failed program that came this close to its memory limit failed for that; groups count in portions.
const NEAR_BYTES: u64 = 1024 * 1024;

/// Why the watcher killed the run.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Killed {
    /// For this limit.
    For(Stopped),
    /// The worker does not want it any more.
    Unwanted,
    /// The worker is gone.
    Orphaned,
    /// Setting it up took too long.
    SetupHung,
}

/// The run that is being watched.
struct Watch<'a> {
    context: &'a SlotContext,
    accounting: &'a mut Accounting,
    order: &'a RunOrder,
    began: Duration,
    started: Option<Duration>,
}

/// Watches until the run is over; `None` when the worker is gone.
pub(super) fn supervise(
    context: &SlotContext,
    accounting: &mut Accounting,
    order: &RunOrder,
    init: i32,
    report: &PacketSocket,
    worker: &PacketSocket,
) -> Result<Option<RunOutcome>, Failure> {
    let mut watch = Watch {
        context,
        accounting,
        order,
        began: process::monotonic(),
        started: None,
    };
    let (word, killed) = match watch.until_over(report, worker) {
        Ok(Over::Word(word)) => (word, None),
        Ok(Over::Kill(killed)) => (None, Some(killed)),
        Err(error) => {
            process::kill(init, libc::SIGKILL);
            let _ = process::wait(init, true);
            watch.accounting.abandon();
            return Err(error).step("watch the run");
        }
    };
    if killed.is_some() {
        process::kill(init, libc::SIGKILL);
    }
    let wall = process::monotonic().saturating_sub(watch.started.unwrap_or(watch.began));
    // The kernel lets an init end only after every process of its namespace is gone.
    let ended = process::wait(init, true)
        .and_then(|ended| ended.ok_or_else(|| io::Error::from(io::ErrorKind::NotFound)))
        .step("wait for the init process")?;
    let of_init = OfInit {
        cpu: ended.cpu,
        max_resident_bytes: ended.max_resident_bytes,
        left_behind: 0,
    };
    Ok(match killed {
        Some(Killed::Orphaned) => None,
        Some(Killed::SetupHung) => {
            watch.accounting.abandon();
            Some(fault("set up the run", "took too long"))
        }
        Some(Killed::For(limit)) => Some(watch.finish(Status::Signal(libc::SIGKILL), wall, of_init, Some(limit), None)?),
        Some(Killed::Unwanted) => Some(watch.finish(Status::Signal(libc::SIGKILL), wall, of_init, None, None)?),
        None => Some(watch.conclude(word, wall, of_init)?),
    })
}

fn fault(step: &str, message: &str) -> RunOutcome {
    RunOutcome::Fault {
        step: step.to_owned(),
        message: message.to_owned(),
    }
}

/// Why watching ended.
enum Over {
    /// The init said so, or (`None`) ended without a word.
    Word(Option<InitWord>),
    /// The run must be killed.
    Kill(Killed),
}

/// What the init said about disk use.
struct Disk {
    full: bool,
    too_large: Option<String>,
}

impl Watch<'_> {
    fn until_over(&mut self, report: &PacketSocket, worker: &PacketSocket) -> io::Result<Over> {
        loop {
            let pause = match self.look()? {
                Ok(pause) => pause,
                Err(killed) => return Ok(Over::Kill(killed)),
            };
            let [said, asked] = poll::readable([Some(report.as_fd()), Some(worker.as_fd())], Some(pause))?;
            if said {
                match report.receive::<InitWord>() {
                    Ok(Some((InitWord::Started, mut along))) => {
                        self.accounting.started(along.pop())?;
                        self.started = Some(process::monotonic());
                        // Fails only if the init died, which the next look notices.
                        let _ = report.send(&Go, &[]);
                    }
                    Ok(Some((word, _))) => return Ok(Over::Word(Some(word))),
                    // Reset instead of closed: the init was killed with something unread.
                    Ok(None) | Err(_) => return Ok(Over::Word(None)),
                }
            }
            if asked {
                match worker.receive::<SlotCommand>() {
                    Ok(Some((SlotCommand::Kill { run, output_exceeded }, _))) if run == self.order.run => {
                        let why = if output_exceeded {
                            Killed::For(Stopped::Output)
                        } else {
                            Killed::Unwanted
                        };
                        return Ok(Over::Kill(why));
                    }
                    // Meant for an earlier run.
                    Ok(Some((SlotCommand::Kill { .. }, _))) => {}
                    Ok(Some((SlotCommand::Start(_), _)) | None) | Err(_) => return Ok(Over::Kill(Killed::Orphaned)),
                }
            }
        }
    }

    /// Looks whether a limit is exceeded; else says how long the next look can wait.
    fn look(&mut self) -> io::Result<Result<Duration, Killed>> {
        let now = process::monotonic();
        let Some(started) = self.started else {
            let rest = SETUP_LIMIT.saturating_sub(now.saturating_sub(self.began));
            return Ok(if rest.is_zero() { Err(Killed::SetupHung) } else { Ok(rest) });
        };
        let limits = &self.order.limits;
        let sample = self.accounting.sample()?;
        let wall_left = limits.wall.saturating_sub(now.saturating_sub(started));
        let cpu_left = limits.cpu.saturating_sub(sample.cpu);
        if sample.out_of_memory {
            return Ok(Err(Killed::For(Stopped::Memory)));
        }
        if cpu_left.is_zero() {
            return Ok(Err(Killed::For(Stopped::Cpu)));
        }
        if wall_left.is_zero() {
            return Ok(Err(Killed::For(Stopped::Wall)));
        }
        let longest = if self.accounting.has_groups() {
            LONGEST_PAUSE
        } else {
            LONGEST_PAUSE_POLLING
        };
        // Programs on n CPUs use n seconds a second at most.
        let pause = longest.min(wall_left).min(cpu_left / self.context.cpus);
        Ok(Ok(pause.max(SHORTEST_PAUSE)))
    }

    fn conclude(&mut self, word: Option<InitWord>, wall: Duration, of_init: OfInit) -> Result<RunOutcome, Failure> {
        match word {
            Some(InitWord::Ended {
                status,
                wall,
                cpu,
                max_resident_bytes,
                left_behind,
                disk_full,
                too_large,
            }) => {
                let of_program = OfInit {
                    cpu,
                    max_resident_bytes,
                    left_behind,
                };
                let disk = Disk {
                    full: disk_full,
                    too_large,
                };
                self.finish(status, wall, of_program, None, Some(disk))
            }
            Some(InitWord::Failed { step, message }) => {
                self.accounting.abandon();
                Ok(RunOutcome::Fault { step, message })
            }
            Some(InitWord::Started) | None => {
                // Only running out of memory can kill an init.
                let outcome = self.finish(Status::Signal(libc::SIGKILL), wall, of_init, None, None)?;
                Ok(match outcome {
                    RunOutcome::Finished(Finished {
                        stopped: Some(Stopped::Memory),
                        ..
                    }) => outcome,
                    _ => fault("wait for the init process", "it ended without a word"),
                })
            }
        }
    }

    fn finish(
        &mut self,
        status: Status,
        wall: Duration,
        of_init: OfInit,
        killed_for: Option<Stopped>,
        disk: Option<Disk>,
    ) -> Result<RunOutcome, Failure> {
        let totals = self.accounting.finish(of_init).step("read the accounting")?;
        let limits = &self.order.limits;
        let failed = status != Status::Code(0);
        let disk_full = disk.as_ref().is_some_and(|disk| disk.full);
        // A stack is as large as the memory limit, so its overflow is a matter of pages which of them is hit first.
        let used_all = totals.near_memory_limit || totals.memory_bytes.saturating_add(NEAR_BYTES) >= limits.memory_bytes;
        let refused_memory = failed && killed_for.is_none() && used_all;
        let stopped = if totals.out_of_memory || killed_for == Some(Stopped::Memory) || refused_memory {
            Some(Stopped::Memory)
        } else if totals.cpu > limits.cpu || killed_for == Some(Stopped::Cpu) {
            Some(Stopped::Cpu)
        } else if killed_for.is_some() {
            killed_for
        } else if wall > limits.wall {
            Some(Stopped::Wall)
        } else if status == Status::Signal(libc::SIGXFSZ) || (failed && disk_full) {
            Some(Stopped::Output)
        } else if failed && totals.processes_refused {
            Some(Stopped::Processes)
        } else {
            None
        };
        Ok(RunOutcome::Finished(Finished {
            status,
            stopped,
            cpu: totals.cpu,
            wall,
            memory_bytes: totals.memory_bytes,
            too_large: disk.and_then(|disk| disk.too_large),
        }))
    }
}
