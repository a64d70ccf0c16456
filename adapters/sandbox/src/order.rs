//! From a request to the order for a slot process and what goes with it.

use crate::archive::{self, Packer};
use crate::compile::{Program, environment};
use crate::execute::Parcels;
use crate::faults::{OrFault, fault};
use crate::input::{self, Stdin};
use crate::languages::{Meaning, Offered};
use crate::pool::Shared;
use crate::protocol::{Collect, CollectWhat, FEEDBACK, FILES, OrderLimits, Profile, RunOrder};
use crate::sys::memory_file;
use bytes::Bytes;
use codesm_core::judging::{FeedbackCollect, Input, RunRequest, SandboxError};
use codesm_core::kernel::LocalFile;
use std::borrow::Cow;
use std::fs::File;
use std::io::{self, Seek};
use std::os::fd::OwnedFd;
use std::path::Path;
use std::sync::Arc;
use tempfile::TempPath;

const MEBIBYTE: u64 = 1024 * 1024;
/// Most bytes of one feedback file that is asked for by name.
const FEEDBACK_FILE_BYTES: u64 = 64 * 1024;
/// Most bytes and files of a whole feedback folder.
const FEEDBACK_BYTES: u64 = 64 * MEBIBYTE;
const FEEDBACK_FILES: usize = 1000;
/// What a feedback folder holds beyond what is collected; so too much is seen as such, and is not a full disk.
const FEEDBACK_ROOM: u64 = 16 * MEBIBYTE;
/// Smallest writable space of a program, so that small output limits do not forbid scratch files.
const MIN_DISK_BYTES: u64 = 16 * MEBIBYTE;
/// Smallest heap given to a runtime, whatever the memory limit says.
const MIN_HEAP_MB: u64 = 16;
/// Largest stack: beyond this the layout of the address space suffers.
const MAX_STACK_BYTES: u64 = 1024 * MEBIBYTE;
/// What a file in memory takes: whole pages, and some for itself.
const PAGE_BYTES: u64 = 4096;

/// A run that is ready to be ordered.
pub(crate) struct Prepared<'a> {
    pub(crate) offered: &'a Offered,
    pub(crate) order: RunOrder,
    pub(crate) parcels: Parcels,
    pub(crate) kept: Kept,
}

/// What must live until the run is over.
pub(crate) struct Kept {
    _program: Arc<Program>,
    _files: Vec<TempPath>,
    results: Option<File>,
}

/// Files packed into memory.
#[derive(Default)]
struct Laid {
    archive: Option<File>,
    /// What they take.
    bytes: u64,
    largest: u64,
}

/// Prepares a run; `talks_to` is its standard input if that is not the request's own.
pub(crate) fn prepare<'a>(shared: &'a Shared, request: &RunRequest, talks_to: Option<OwnedFd>) -> Result<Prepared<'a>, SandboxError> {
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
    let (stdin, stdin_path) = match talks_to {
        Some(pipe) => (Some(pipe), None),
        None => match input::stdin(&request.stdin)? {
            Stdin::Open(file) => (Some(file.into()), None),
            Stdin::Path(path) => (None, Some(path)),
        },
    };
    let work = lay(&with_companions(&program, &request.work_files)?)?;
    let initial = request.feedback.as_ref().map_or(&[][..], |folder| &folder.initial);
    let feedback = lay(initial)?;
    let mut order = order(shared, offered, &program, request)?;
    order.files = files;
    order.input = stdin_path;
    order.unpack = work.archive.is_some();
    order.unpack_feedback = feedback.archive.is_some();
    order.feedback_bytes = order.feedback_bytes.map(|bytes| bytes + feedback.bytes);
    let limits = &mut order.limits;
    limits.laid_bytes = work.bytes + feedback.bytes;
    limits.disk_bytes += work.bytes;
    // A file that is larger from the beginning may be changed, and is no sign of too much output.
    limits.file_bytes = limits.file_bytes.max(work.largest.max(feedback.largest) + 1);
    let results = results(order.collect.as_ref(), scratch)?;
    let kept_results = results.as_ref().map(File::try_clone).transpose();
    Ok(Prepared {
        offered,
        order,
        parcels: Parcels {
            stdin,
            sources: work.archive,
            feedback: feedback.archive,
            results,
        },
        kept: Kept {
            _program: program,
            _files: kept_files,
            results: kept_results.or_fault("sandbox.no_scratch", "share a file")?,
        },
    })
}

/// The files of the test, and with them those of an interpreted program of several, which looks for them in the current
/// folder as in other judges. Where names meet, the test's file counts (package format, 4).
fn with_companions<'f>(program: &Program, files: &'f [(String, Input)]) -> Result<Cow<'f, [(String, Input)]>, SandboxError> {
    if program.companions.is_empty() {
        return Ok(Cow::Borrowed(files));
    }
    let mut all = files.to_vec();
    let is_below = |name: &str, folder: &str| name.strip_prefix(folder).is_some_and(|rest| rest.starts_with('/'));
    for name in &program.companions {
        if files
            .iter()
            .any(|(file, _)| file == name || is_below(file, name) || is_below(name, file))
        {
            continue;
        }
        let path = program.cached.folder.join(name);
        let size = path.metadata().or_fault("sandbox.no_input", "measure a source")?.len();
        let file = LocalFile { path, size, guard: None };
        all.push((name.clone(), Input::File(file)));
    }
    Ok(Cow::Owned(all))
}

fn lay(files: &[(String, Input)]) -> Result<Laid, SandboxError> {
    if files.is_empty() {
        return Ok(Laid::default());
    }
    let names: Vec<String> = files.iter().map(|(name, _)| name.clone()).collect();
    if !archive::can_live_together(&names) {
        return Err(fault(
            "sandbox.bad_names",
            "the names of extra files are not plain, different relative paths",
        ));
    }
    let mut laid = Laid::default();
    let packed = memory_file::sealed(|target| {
        let mut packer = Packer::new(io::BufWriter::new(target))?;
        for (name, content) in files {
            let size = match content {
                Input::Bytes(bytes) => {
                    packer.add(name, bytes.len() as u64, &**bytes)?;
                    bytes.len() as u64
                }
                Input::File(file) => {
                    let file = File::open(&file.path)?;
                    let size = file.metadata()?.len();
                    packer.add(name, size, file)?;
                    size
                }
            };
            // Folders on the way take about as much as an empty file.
            let entries = name.split('/').count() as u64;
            laid.bytes += size.next_multiple_of(PAGE_BYTES) + entries * PAGE_BYTES;
            laid.largest = laid.largest.max(size);
        }
        packer.finish().map(drop)
    });
    laid.archive = Some(packed.or_fault("sandbox.no_input", "pack extra files")?);
    Ok(laid)
}

/// Where feedback is packed into: on disk if it may be much, because memory that the init writes is the run's.
fn results(wanted: Option<&Collect>, scratch: &Path) -> Result<Option<File>, SandboxError> {
    let create = |wanted: &Collect| match wanted.what {
        CollectWhat::All => tempfile::tempfile_in(scratch),
        _ => memory_file::empty(),
    };
    wanted
        .map(create)
        .transpose()
        .or_fault("sandbox.no_scratch", "create a file for the feedback")
}

fn collect(wanted: &FeedbackCollect) -> Option<Collect> {
    let (what, max_file_bytes, max_total_bytes, max_files) = match wanted {
        FeedbackCollect::Nothing => return None,
        FeedbackCollect::Named(names) => {
            let mut names = names.clone();
            names.sort();
            names.dedup();
            (CollectWhat::Names(names), FEEDBACK_FILE_BYTES, u64::MAX, archive::MAX_FILES)
        }
        FeedbackCollect::Everything => (CollectWhat::All, u64::MAX, FEEDBACK_BYTES, FEEDBACK_FILES),
    };
    Some(Collect {
        folder: FEEDBACK.to_owned(),
        cut: matches!(what, CollectWhat::Names(_)),
        what,
        max_file_bytes,
        max_total_bytes,
        max_files,
        only_on_success: false,
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
    let collect = request.feedback.as_ref().and_then(|folder| collect(&folder.collect));
    let has_feedback = request.feedback.is_some() || request.args.iter().any(|argument| argument.contains("{feedback}/"));
    let collected = match &collect {
        Some(Collect {
            what: CollectWhat::All, ..
        }) => FEEDBACK_BYTES,
        _ => 0,
    };
    Ok(RunOrder {
        run: shared.next_run(),
        arguments,
        environment: environment(&entry.environment, |value| toolchain.fill(value)),
        profile: Profile::Run,
        program: Some(program.cached.folder.clone()),
        input: None,
        files: Vec::new(),
        unpack: false,
        work_writable: request.work_writable,
        feedback_bytes: has_feedback.then_some(collected + FEEDBACK_ROOM),
        unpack_feedback: false,
        collect,
        limits: OrderLimits {
            cpu: limits.cpu,
            wall: limits.wall,
            memory_bytes: limits.memory_bytes,
            file_bytes: limits.output_bytes,
            disk_bytes: limits.output_bytes.max(MIN_DISK_BYTES),
            laid_bytes: 0,
            processes: limits.processes.unwrap_or(entry.processes),
            stack_bytes: stack,
            limit_data: entry.limit_data,
        },
    })
}

impl Kept {
    /// The feedback files that the init packed. Without a whole archive (the checker was killed) there are none.
    pub(crate) fn feedback(self) -> Result<Vec<(String, Bytes)>, SandboxError> {
        let Some(mut packed) = self.results else { return Ok(Vec::new()) };
        let what = "read the feedback";
        packed.rewind().or_fault("sandbox.no_feedback", what)?;
        if packed.metadata().or_fault("sandbox.no_feedback", what)?.len() == 0 {
            return Ok(Vec::new());
        }
        let mut files = Vec::new();
        let read = archive::unpack(io::BufReader::new(packed), |name, _, content| {
            let mut bytes = Vec::new();
            content.read_to_end(&mut bytes)?;
            files.push((name.to_owned(), Bytes::from(bytes)));
            Ok(())
        });
        read.or_fault("sandbox.no_feedback", what)?;
        files.sort_by(|(a, _), (b, _)| a.cmp(b));
        Ok(files)
    }
}
