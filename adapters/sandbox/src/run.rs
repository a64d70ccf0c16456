//! Running a compiled program.

use crate::archive;
use crate::compile::{Program, environment};
use crate::execute::{Executed, Wiring, execute};
use crate::faults::{OrFault, fault};
use crate::input::{self, Stdin};
use crate::languages::{Meaning, Offered};
use crate::link::SlotLink;
use crate::pool::Shared;
use crate::protocol::{Collect, CollectWhat, FEEDBACK, FILES, OrderLimits, Profile, RunOrder};
use crate::report;
use crate::sinks::{Follower, Head};
use crate::sys::memory_file;
use crate::sys::process::Status;
use crate::work::Cancelled;
use bytes::Bytes;
use codesm_core::judging::comparator::{Comparator, Comparison};
use codesm_core::judging::{Input, LimitHit, RunReport, RunRequest, SandboxError, StdoutOutcome, StdoutPlan};
use codesm_core::kernel::LocalFile;
use std::fs::{self, File};
use std::io::{Read, Seek};
use std::os::unix::fs::PermissionsExt;
use std::sync::Arc;
use tempfile::TempPath;

/// Most bytes of one feedback file.
const FEEDBACK_FILE_BYTES: u64 = 64 * 1024;
/// At least this much of standard error is looked at for words about missing memory.
const SEARCHED_BYTES: usize = 64 * 1024;
/// Smallest writable space of a program, so that small output limits do not forbid scratch files.
const MIN_DISK_BYTES: u64 = 16 * 1024 * 1024;
const MEBIBYTE: u64 = 1024 * 1024;
/// Smallest heap given to a runtime, whatever the memory limit says.
const MIN_HEAP_MB: u64 = 16;
/// Largest stack: beyond this the layout of the address space suffers.
const MAX_STACK_BYTES: u64 = 1024 * MEBIBYTE;

/// Runs a program on a slot.
pub(crate) fn run(shared: &Shared, link: &SlotLink, request: RunRequest, cancelled: &Cancelled) -> Result<RunReport, SandboxError> {
    let offered = shared.language(&request.program.language)?;
    let program = Arc::clone(&request.program.artefact)
        .downcast::<Program>()
        .map_err(|_| fault("sandbox.foreign_program", "the program was compiled by another sandbox"))?;
    let scratch = shared.scratch.path();
    let mut files = Vec::new();
    let mut kept_files: Vec<TempPath> = Vec::new();
    for (name, content) in &request.files {
        let (path, kept) = input::shown_file(content, scratch)?;
        files.push((name.clone(), path));
        kept_files.extend(kept);
    }
    let (stdin, stdin_path) = match input::stdin(&request.stdin)? {
        Stdin::Open(file) => (Some(file), None),
        Stdin::Path(path) => (None, Some(path)),
    };
    let results = if request.feedback.is_empty() {
        None
    } else {
        Some(memory_file::empty().or_fault("sandbox.no_scratch", "create a file for the feedback")?)
    };
    let kept_results = results
        .as_ref()
        .map(File::try_clone)
        .transpose()
        .or_fault("sandbox.no_scratch", "share a file")?;
    let mut order = order(shared, offered, &program, &request)?;
    order.files = files;
    order.input = stdin_path;
    let mut plan = Plan::of(request.stdout, scratch)?;
    let mut stdout = Head::new(plan.kept_bytes);
    let mut stderr = Head::new(request.stderr_bytes.max(SEARCHED_BYTES));
    let executed = execute(
        link,
        order,
        Wiring {
            stdin,
            sources: None,
            results,
            stdout: &mut stdout,
            follower: &mut plan.follower,
            stderr: &mut stderr,
            output_bytes: request.limits.output_bytes,
            cancelled: cancelled.as_fd(),
        },
    )?;
    drop(kept_files);
    let limit = limit(offered, &executed, &stderr);
    let Executed { finished, .. } = executed;
    Ok(RunReport {
        exit: report::exit(finished.status),
        limit,
        cpu: finished.cpu,
        wall: finished.wall,
        memory_bytes: finished.memory_bytes,
        stdout_total: stdout.total(),
        stdout: stdout.into_bytes(plan.kept_bytes),
        stdout_outcome: plan.outcome.conclude(plan.follower)?,
        stderr: stderr.into_bytes(request.stderr_bytes),
        feedback: kept_results.map_or_else(|| Ok(Vec::new()), feedback)?,
        measured_by: shared.description.measured_by.clone(),
    })
}

fn order(shared: &Shared, offered: &Offered, program: &Program, request: &RunRequest) -> Result<RunOrder, SandboxError> {
    let entry = &offered.entry;
    let toolchain = offered.toolchain()?;
    let limits = &request.limits;
    let meaning = Meaning {
        main_file: &program.main_file,
        main_class: program.cached.main_class.as_deref().unwrap_or_default(),
        heap_mb: (limits.memory_bytes / MEBIBYTE)
            .saturating_sub(entry.memory_overhead_mb)
            .max(MIN_HEAP_MB),
        ..Meaning::default()
    };
    let mut arguments = toolchain.command(&entry.run, &meaning);
    arguments.extend(request.args.iter().map(|argument| {
        argument
            .replace("{files}/", &format!("{FILES}/"))
            .replace("{feedback}/", &format!("{FEEDBACK}/"))
    }));
    let stack = entry
        .main_stack_mb
        .map_or(limits.memory_bytes.min(MAX_STACK_BYTES), |mebibytes| mebibytes * MEBIBYTE);
    Ok(RunOrder {
        run: shared.next_run(),
        arguments,
        environment: environment(&entry.environment, |value| toolchain.fill(value)),
        profile: Profile::Run,
        program: Some(program.cached.folder.clone()),
        input: None,
        files: Vec::new(),
        unpack: false,
        collect: (!request.feedback.is_empty()).then(|| Collect {
            folder: FEEDBACK.to_owned(),
            what: CollectWhat::Names(request.feedback.clone()),
            max_file_bytes: FEEDBACK_FILE_BYTES,
            cut: true,
            max_total_bytes: u64::MAX,
            only_on_success: false,
        }),
        feedback: !request.feedback.is_empty() || request.args.iter().any(|argument| argument.contains("{feedback}/")),
        limits: OrderLimits {
            cpu: limits.cpu,
            wall: limits.wall,
            memory_bytes: limits.memory_bytes,
            file_bytes: limits.output_bytes,
            disk_bytes: limits.output_bytes.max(MIN_DISK_BYTES),
            processes: limits.processes.unwrap_or(entry.processes),
            stack_bytes: stack,
            limit_data: entry.limit_data,
        },
    })
}

/// What the kernel saw comes first; then the words of a runtime that got no memory and failed. (Java says that also of
/// a thread it did not get.)
fn limit(offered: &Offered, executed: &Executed, stderr: &Head) -> Option<LimitHit> {
    let finished = &executed.finished;
    let reported = finished.stopped.map(report::limit);
    let output = executed.output_exceeded.then_some(LimitHit::Output);
    let limit = match reported {
        Some(LimitHit::Processes) | None => output.or(reported),
        stopped => stopped,
    };
    let failed = finished.status != Status::Code(0);
    if failed && limit.is_none() && says_out_of_memory(&offered.entry.out_of_memory, stderr.kept()) {
        return Some(LimitHit::Memory);
    }
    limit
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

/// The feedback files that the init packed. Without an archive (the checker was killed) there are none.
fn feedback(mut packed: File) -> Result<Vec<(String, Bytes)>, SandboxError> {
    let mut files = Vec::new();
    packed.rewind().or_fault("sandbox.no_feedback", "read the feedback")?;
    if packed.metadata().or_fault("sandbox.no_feedback", "read the feedback")?.len() == 0 {
        return Ok(files);
    }
    let read = archive::unpack(std::io::BufReader::new(packed), |name, size, content| {
        let mut text = Vec::new();
        content.take(size.min(FEEDBACK_FILE_BYTES)).read_to_end(&mut text)?;
        files.push((name.to_owned(), Bytes::from(text)));
        Ok(())
    });
    read.or_fault("sandbox.no_feedback", "read the feedback")?;
    Ok(files)
}
