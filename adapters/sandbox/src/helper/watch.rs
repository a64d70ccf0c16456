//! Watches a run from outside: enforces its limits and decides which of them stopped it.

use super::places::run_folder;
use super::slot::SlotContext;
use super::{Failure, Step, reduced};
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

/// How often the files of a run are looked at where no file system limits them.
const FILES_INTERVAL: Duration = Duration::from_millis(50);

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
    init: i32,
    began: Duration,
    /// When the files of the run are looked at next, where no file system limits them.
    files_next: Duration,
    started: Option<Duration>,
}

/// A run that is over.
pub(super) struct Over {
    pub(super) outcome: RunOutcome,
    /// Its init, if that has nothing left to do but to end: tearing down its namespaces takes about as long as a small
    /// program, and nobody needs to wait for it.
    pub(super) init: Option<i32>,
}

/// Watches until the run is over; `None` when the worker is gone.
pub(super) fn supervise(
    context: &SlotContext,
    accounting: &mut Accounting,
    order: &RunOrder,
    init: i32,
    report: &PacketSocket,
    worker: &PacketSocket,
) -> Result<Option<Over>, Failure> {
    let mut watch = Watch {
        context,
        accounting,
        order,
        init,
        began: process::monotonic(),
        files_next: Duration::ZERO,
        started: None,
    };
    let (word, killed) = match watch.until_over(report, worker) {
        Ok(Seen::Word(word)) => (word, None),
        Ok(Seen::Kill(killed)) => (None, Some(killed)),
        Err(error) => {
            process::kill(init, libc::SIGKILL);
            let _ = process::wait(init, true);
            watch.end_the_rest();
            watch.accounting.abandon();
            return Err(error).step("watch the run");
        }
    };
    if killed.is_some() {
        process::kill(init, libc::SIGKILL);
    }
    let at = process::monotonic();
    let wall = at.saturating_sub(watch.started.unwrap_or(watch.began));
    if let Some(InitWord::Ended { .. }) = &word
        && watch.accounting.leaf().is_none()
        && context.reduced.is_none()
    {
        // It killed and waited for every process but itself before it said so.
        return match watch.conclude(word, End::killed(at, wall), OfInit::default()) {
            Ok(outcome) => Ok(Some(Over { outcome, init: Some(init) })),
            Err(failure) => {
                // The next run must find neither it nor what it still holds.
                let _ = process::wait(init, true);
                Err(failure)
            }
        };
    }
    // The kernel lets an init end only after every process of its namespace is gone.
    let ended = process::wait(init, true)
        .and_then(|ended| ended.ok_or_else(|| io::Error::from(io::ErrorKind::NotFound)))
        .step("wait for the init process")?;
    let of_rest = watch.end_the_rest();
    let of_init = OfInit {
        cpu: ended.cpu + of_rest,
        max_resident_bytes: ended.max_resident_bytes,
        left_behind: 0,
    };
    let outcome = match killed {
        Some(Killed::Orphaned) => None,
        Some(Killed::SetupHung) => {
            watch.accounting.abandon();
            Some(fault("set up the run", "took too long"))
        }
        Some(Killed::For(limit)) => Some(watch.finish(End::killed(at, wall), of_init, Some(limit), None)?),
        Some(Killed::Unwanted) => Some(watch.finish(End::killed(at, wall), of_init, None, None)?),
        None => Some(watch.conclude(word, End::killed(at, wall), of_init)?),
    };
    Ok(outcome.map(|outcome| Over { outcome, init: None }))
}

fn fault(step: &str, message: &str) -> RunOutcome {
    RunOutcome::Fault {
        step: step.to_owned(),
        message: message.to_owned(),
    }
}

/// Why watching ended.
enum Seen {
    /// The init said so, or (`None`) ended without a word.
    Word(Option<InitWord>),
    /// The run must be killed.
    Kill(Killed),
}

/// How and when the program's first process ended.
#[derive(Clone, Copy)]
struct End {
    status: Status,
    at: Duration,
    wall: Duration,
}

impl End {
    const fn killed(at: Duration, wall: Duration) -> Self {
        Self {
            status: Status::Signal(libc::SIGKILL),
            at,
            wall,
        }
    }
}

/// What the init said about disk use.
struct Disk {
    full: bool,
    too_large: Option<String>,
}

impl Watch<'_> {
    /// Without namespaces the init's end is nobody else's: what it left becomes ours. Returns the CPU time of that.
    fn end_the_rest(&self) -> Duration {
        let mut cpu = Duration::ZERO;
        if self.context.reduced.is_some() {
            reduced::end_descendants(self.context.own_user(), |ended| cpu += ended.cpu);
        }
        cpu
    }

    fn until_over(&mut self, report: &PacketSocket, worker: &PacketSocket) -> io::Result<Seen> {
        loop {
            let pause = match self.look()? {
                Ok(pause) => pause,
                Err(killed) => return Ok(Seen::Kill(killed)),
            };
            let [said, asked] = poll::readable([Some(report.as_fd()), Some(worker.as_fd())], Some(pause))?;
            if said {
                match report.receive::<InitWord>() {
                    Ok(Some((InitWord::Started, mut along))) => {
                        let init = self.context.reduced.is_some().then(|| self.init.unsigned_abs());
                        self.accounting.started(along.pop(), init)?;
                        self.started = Some(process::monotonic());
                        // Fails only if the init died, which the next look notices.
                        let _ = report.send(&Go, &[]);
                    }
                    Ok(Some((word, _))) => return Ok(Seen::Word(Some(word))),
                    // Reset instead of closed: the init was killed with something unread.
                    Ok(None) | Err(_) => return Ok(Seen::Word(None)),
                }
            }
            if asked {
                match worker.receive::<SlotCommand>() {
                    Ok(Some((SlotCommand::Kill { run, limit }, _))) if run == self.order.run => {
                        return Ok(Seen::Kill(limit.map_or(Killed::Unwanted, Killed::For)));
                    }
                    // Meant for an earlier run.
                    Ok(Some((SlotCommand::Kill { .. }, _))) => {}
                    Ok(Some((SlotCommand::Start(_) | SlotCommand::Measure, _)) | None) | Err(_) => {
                        return Ok(Seen::Kill(Killed::Orphaned));
                    }
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
        if let Some(base) = &self.context.reduced
            && now >= self.files_next
        {
            if reduced::is_too_much(&run_folder(base, self.order.run), self.order.limits.disk_bytes) {
                return Ok(Err(Killed::For(Stopped::Output)));
            }
            let seen = process::monotonic();
            // The program shares the core: many files must not leave it none.
            self.files_next = seen + FILES_INTERVAL.max(seen.saturating_sub(now) * 4);
        }
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

    fn conclude(&mut self, word: Option<InitWord>, killed: End, of_init: OfInit) -> Result<RunOutcome, Failure> {
        match word {
            Some(InitWord::Ended {
                status,
                at,
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
                self.finish(End { status, at, wall }, of_program, None, Some(disk))
            }
            Some(InitWord::Failed { step, message }) => {
                self.accounting.abandon();
                Ok(RunOutcome::Fault { step, message })
            }
            Some(InitWord::Started) | None => {
                // Only running out of memory can kill an init.
                let outcome = self.finish(killed, of_init, None, None)?;
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

    fn finish(&mut self, end: End, of_init: OfInit, killed_for: Option<Stopped>, disk: Option<Disk>) -> Result<RunOutcome, Failure> {
        let totals = self.accounting.finish(of_init).step("read the accounting")?;
        let End { status, at, wall } = end;
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
            at,
            stopped,
            cpu: totals.cpu,
            wall,
            memory_bytes: totals.memory_bytes,
            too_large: disk.and_then(|disk| disk.too_large),
        }))
    }
}
