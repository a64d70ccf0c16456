//! Running a compiled program.

use crate::execute::{Wiring, execute};
use crate::faults::OrFault;
use crate::input;
use crate::languages::Offered;
use crate::link::SlotLink;
use crate::order::{Kept, prepare};
use crate::pool::Shared;
use crate::protocol::Finished;
use crate::report;
use crate::sinks::{Follower, Head};
use crate::sys::process::Status;
use crate::work::Cancelled;
use codesm_core::judging::comparator::{Comparator, Comparison};
use codesm_core::judging::{Input, LimitHit, RunReport, RunRequest, SandboxError, StdoutOutcome, StdoutPlan};
use codesm_core::kernel::LocalFile;
use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::sync::Arc;
use tempfile::TempPath;

/// At least this much of standard error is looked at for words about missing memory.
const SEARCHED_BYTES: usize = 64 * 1024;

/// Runs a program on a slot.
pub(crate) fn run(shared: &Shared, link: &SlotLink, request: RunRequest, cancelled: &Cancelled) -> Result<RunReport, SandboxError> {
    let prepared = prepare(shared, &request, None)?;
    let mut plan = Plan::of(request.stdout, shared.scratch.path())?;
    let mut heard = Heard::new(plan.kept_bytes, request.stderr_bytes);
    let executed = execute(
        link,
        prepared.order,
        Wiring {
            parcels: prepared.parcels,
            stdout: &mut heard.stdout,
            follower: &mut plan.follower,
            stderr: &mut heard.stderr,
            output_bytes: request.limits.output_bytes,
            cancelled: cancelled.as_fd(),
        },
    )?;
    heard.output_exceeded = executed.output_exceeded;
    let outcome = plan.outcome.conclude(plan.follower)?;
    heard.report(shared, prepared.offered, &executed.finished, outcome, prepared.kept)
}

/// What a program said.
pub(crate) struct Heard {
    pub(crate) stdout: Head,
    pub(crate) stderr: Head,
    pub(crate) output_exceeded: bool,
    stdout_bytes: usize,
    stderr_bytes: usize,
}

impl Heard {
    pub(crate) fn new(stdout_bytes: usize, stderr_bytes: usize) -> Self {
        Self {
            stdout: Head::new(stdout_bytes),
            stderr: Head::new(stderr_bytes.max(SEARCHED_BYTES)),
            output_exceeded: false,
            stdout_bytes,
            stderr_bytes,
        }
    }

    /// Bytes of both streams.
    pub(crate) const fn total(&self) -> u64 {
        self.stdout.total() + self.stderr.total()
    }

    /// What the port wants to know of a run that is over.
    pub(crate) fn report(
        self,
        shared: &Shared,
        offered: &Offered,
        finished: &Finished,
        stdout_outcome: StdoutOutcome,
        kept: Kept,
    ) -> Result<RunReport, SandboxError> {
        let limit = self.limit(offered, finished);
        // What was too much is not packed to its end.
        let feedback = if finished.too_large.is_some() {
            Vec::new()
        } else {
            kept.feedback()?
        };
        Ok(RunReport {
            exit: report::exit(finished.status),
            limit,
            cpu: finished.cpu,
            wall: finished.wall,
            memory_bytes: finished.memory_bytes,
            stdout_total: self.stdout.total(),
            stdout: self.stdout.into_bytes(self.stdout_bytes),
            stdout_outcome,
            stderr: self.stderr.into_bytes(self.stderr_bytes),
            feedback,
            measured_by: shared.description.measured_by.clone(),
        })
    }

    /// What the kernel saw comes first; then the words of a runtime that got no memory and failed. (Java says that also of
    /// a thread it did not get.)
    fn limit(&self, offered: &Offered, finished: &Finished) -> Option<LimitHit> {
        let reported = finished.stopped.map(report::limit);
        let output = (self.output_exceeded || finished.too_large.is_some()).then_some(LimitHit::Output);
        let limit = match reported {
            Some(LimitHit::Processes) | None => output.or(reported),
            stopped => stopped,
        };
        let failed = finished.status != Status::Code(0);
        if failed && limit.is_none() && says_out_of_memory(&offered.entry.out_of_memory, self.stderr.kept()) {
            return Some(LimitHit::Memory);
        }
        limit
    }
}

fn says_out_of_memory(words: &[String], text: &[u8]) -> bool {
    let text = String::from_utf8_lossy(text);
    words.iter().any(|word| text.contains(word.as_str()))
}

/// What becomes of standard output, ready to be written to.
struct Plan {
    kept_bytes: usize,
    follower: Follower,
    outcome: Outcome,
}

/// What the follower's end is reported as.
enum Outcome {
    Captured,
    Compared,
    Spooled(TempPath),
}

impl Plan {
    fn of(plan: StdoutPlan, scratch: &std::path::Path) -> Result<Self, SandboxError> {
        Ok(match plan {
            StdoutPlan::Capture { max_bytes } => Self {
                kept_bytes: max_bytes,
                follower: Follower::Nothing,
                outcome: Outcome::Captured,
            },
            StdoutPlan::Compare {
                answer,
                options,
                excerpt_bytes,
            } => Self {
                kept_bytes: excerpt_bytes,
                follower: Follower::Compare(Comparator::new(options, input::answer(answer)?)),
                outcome: Outcome::Compared,
            },
            StdoutPlan::Spool { excerpt_bytes } => {
                let file = tempfile::Builder::new().prefix("output-").tempfile_in(scratch);
                let file = file.or_fault("sandbox.no_scratch", "create a file for the output")?;
                let readable = file.as_file().set_permissions(fs::Permissions::from_mode(0o644));
                readable.or_fault("sandbox.no_scratch", "make the output readable")?;
                let (file, path) = file.into_parts();
                Self {
                    kept_bytes: excerpt_bytes,
                    follower: Follower::Spool(file),
                    outcome: Outcome::Spooled(path),
                }
            }
        })
    }
}

impl Outcome {
    fn conclude(self, follower: Follower) -> Result<StdoutOutcome, SandboxError> {
        Ok(match (self, follower) {
            (Self::Compared, Follower::Compare(comparator)) => {
                let comparison: Comparison = comparator.finish().or_fault("sandbox.no_answer", "read the answer")?;
                StdoutOutcome::Compared(comparison)
            }
            (Self::Spooled(path), Follower::Spool(file)) => {
                let size = file.metadata().or_fault("sandbox.no_scratch", "measure the output")?.len();
                StdoutOutcome::Spooled(Input::File(LocalFile {
                    path: path.to_path_buf(),
                    size,
                    guard: Some(Arc::new(path)),
                }))
            }
            _ => StdoutOutcome::Captured,
        })
    }
}
