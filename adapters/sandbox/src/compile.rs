//! Compiling: once per program, in the sandbox, kept in the cache.

use crate::archive::{self, Packer};
use crate::cache::Artefact as Cached;
use crate::execute::{Executed, Parcels, Wiring, execute};
use crate::faults::{OrFault, fault};
use crate::languages::{self, Made, Meaning, Offered};
use crate::link::SlotLink;
use crate::pool::Shared;
use crate::prepare;
use crate::protocol::{Collect, CollectWhat, OrderLimits, PROGRAM, Profile, RunOrder, Stopped, WORK};
use crate::report;
use crate::sinks::{Follower, Head};
use crate::sys::memory_file;
use crate::sys::process::Status;
use crate::work::Cancelled;
use bytes::Bytes;
use codesm_core::judging::{
    CompileOutcome, CompileReport, CompileRequest, LimitHit, ProgramHandle, ProgramRole, ProgramSource, SandboxError,
};
use sha2::{Digest, Sha256};
use std::collections::BTreeMap;
use std::fs::File;
use std::io::{self, Seek, Write};
use std::path::Path;
use std::sync::Arc;
use std::time::{Duration, Instant};

/// Most bytes of the compiler's words that are kept.
const KEPT_OUTPUT_BYTES: usize = 64 * 1024;
/// Longest time that a compiler may wait beyond its CPU time: it has a core to itself and nothing to wait for but the disk.
const MOST_WAITING: Duration = Duration::from_secs(10);
/// Most bytes a compiler may say.
const MAX_OUTPUT_BYTES: u64 = 8 * 1024 * 1024;
/// Largest artefact.
const MAX_ARTEFACT_BYTES: u64 = 128 * 1024 * 1024;
/// The same for what is prepared: a header with everything in it takes 124 MB.
const MAX_PREPARED_BYTES: u64 = 256 * 1024 * 1024;
/// What compilers say when they cannot use what was prepared: its place, and GCC's name for a precompiled header.
const PREPARED_WORDS: [&str; 2] = [PROGRAM, "PCH"];
/// Writable space of a compiler.
const DISK_BYTES: u64 = 512 * 1024 * 1024;
const MEBIBYTE: u64 = 1024 * 1024;
/// Processes and threads of a compiler: `javac` and `go` start dozens.
const PROCESSES: u32 = 256;
/// Changes when what is stored changes its form or the sandbox its way of compiling.
const CACHE_VERSION: &str = "1";

/// What the handle of a program holds.
pub(crate) struct Program {
    pub(crate) cached: Arc<Cached>,
    /// The source file it is run or compiled from.
    pub(crate) main_file: String,
    /// Files of an interpreted program of several: it finds them in its work folder too. Empty for all others.
    pub(crate) companions: Vec<String>,
}

/// Compiles a program on a slot, or takes it from the cache.
pub(crate) fn compile(
    shared: &Shared,
    request: &CompileRequest,
    cancelled: &Cancelled,
    with_link: impl FnOnce(&mut dyn FnMut(&SlotLink) -> Result<CompileReport, SandboxError>) -> Result<CompileReport, SandboxError>,
) -> Result<CompileReport, SandboxError> {
    let began = Instant::now();
    let offered = shared.language(&request.program.language)?;
    let toolchain = offered.toolchain()?;
    let names = offered.source_names(&request.program);
    if names.is_empty() || !archive::can_live_together(&names) {
        return Ok(refused("the file names are not plain, different relative paths", began));
    }
    let sources = offered.sources(&names);
    let main_file = offered.main_file(&sources, &request.program).to_owned();
    let key = key(&request.program, request.role, offered, &toolchain.version, &names);
    let job = Job {
        shared,
        request,
        offered,
        names: &names,
        sources: &sources,
        main_file: &main_file,
        key: &key,
        began,
    };
    if let Some(cached) = shared.cache.get(&key) {
        return Ok(job.compiled(cached, true));
    }
    if offered.entry.compile.is_empty() {
        let cached = job.store_sources("")?;
        return Ok(job.compiled(cached, false));
    }
    let prepared = prepare::find(&shared.cache, offered, &request.program.files);
    with_link(&mut |link| {
        if let Some(prepared) = &prepared {
            let report = job.on_slot(link, Some(&prepared.folder), cancelled)?;
            let complains = PREPARED_WORDS.iter().any(|words| report.output.contains(words));
            if !(matches!(report.outcome, CompileOutcome::Error) && complains) {
                return Ok(report);
            }
            tracing::warn!(
                language = offered.entry.id,
                "what was prepared seems damaged; a compilation is done again without"
            );
        }
        job.on_slot(link, None, cancelled)
    })
}

/// `strsignal(SIGXFSZ)`.
const FILE_TOO_LARGE: &str = "File size limit exceeded";

fn refused(why: &str, began: Instant) -> CompileReport {
    CompileReport {
        outcome: CompileOutcome::Error,
        output: why.to_owned(),
        wall: began.elapsed(),
        cached: false,
    }
}

/// Hash of everything that decides what the compiler makes. Lengths come first, so that no two lists run together.
pub(crate) fn key(program: &ProgramSource, role: ProgramRole, offered: &Offered, version: &str, names: &[String]) -> String {
    let mut digest = Sha256::new();
    let mut add = |bytes: &[u8]| {
        digest.update((bytes.len() as u64).to_le_bytes());
        digest.update(bytes);
    };
    let role = match role {
        ProgramRole::Submission => "submission",
        ProgramRole::Checker => "checker",
    };
    for text in [CACHE_VERSION, &offered.entry.id, version, role, std::env::consts::ARCH] {
        add(text.as_bytes());
    }
    for part in &offered.entry.compile {
        add(part.as_bytes());
    }
    for (name, value) in &offered.entry.compile_environment {
        add(name.as_bytes());
        add(value.as_bytes());
    }
    for (name, file) in names.iter().zip(&program.files) {
        add(name.as_bytes());
        add(&file.content);
    }
    if let Some(entry) = &program.entry {
        add(entry.as_bytes());
    }
    hex::encode(digest.finalize())
}

struct Job<'a> {
    shared: &'a Shared,
    request: &'a CompileRequest,
    offered: &'a Offered,
    names: &'a [String],
    sources: &'a [String],
    main_file: &'a str,
    key: &'a str,
    began: Instant,
}

impl Job<'_> {
    fn compiled(&self, cached: Arc<Cached>, from_cache: bool) -> CompileReport {
        let is_interpreted = self.offered.entry.artefact() == Made::Sources;
        let companions = if is_interpreted && self.names.len() > 1 {
            self.names.to_vec()
        } else {
            Vec::new()
        };
        let output = cached.output.clone();
        CompileReport {
            outcome: CompileOutcome::Compiled(ProgramHandle {
                language: self.request.program.language.clone(),
                artefact: Arc::new(Program {
                    cached,
                    main_file: self.main_file.to_owned(),
                    companions,
                }),
            }),
            output,
            wall: self.began.elapsed(),
            cached: from_cache,
        }
    }

    fn pack_sources<W: Write>(&self, target: W) -> io::Result<W> {
        let mut packer = Packer::new(target)?;
        for (name, file) in self.names.iter().zip(&self.request.program.files) {
            packer.add(name, file.content.len() as u64, &*file.content)?;
        }
        packer.finish()
    }

    /// For interpreters the sources themselves are the artefact.
    fn store_sources(&self, output: &str) -> Result<Arc<Cached>, SandboxError> {
        let store = || {
            let packed = self.pack_sources(Vec::new())?;
            self.shared.cache.put(self.key, packed.as_slice(), output, |_| None)
        };
        store().or_fault("sandbox.cache_failed", "store the sources")
    }

    fn order(&self, prepared: Option<&Path>) -> Result<RunOrder, SandboxError> {
        let entry = &self.offered.entry;
        let toolchain = self.offered.toolchain()?;
        let what = match entry.artefact() {
            Made::File(name) => Some(CollectWhat::Names(vec![name])),
            Made::Files(names) => Some(CollectWhat::Names(names)),
            Made::Extension(extension) => Some(CollectWhat::Extension(extension)),
            Made::All => Some(CollectWhat::All),
            Made::Sources => None,
        };
        let meaning = Meaning {
            sources: self.sources,
            main_file: self.main_file,
            prepared: prepared.is_some(),
            ..Meaning::default()
        };
        let max_bytes = if entry.is_preparation() {
            MAX_PREPARED_BYTES
        } else {
            MAX_ARTEFACT_BYTES
        };
        let limits = self.request.limits;
        let cpu = limits.cpu.unwrap_or(Duration::from_secs(entry.compile_seconds));
        let memory_bytes = limits.memory_bytes.unwrap_or(entry.compile_memory_mb * MEBIBYTE);
        Ok(RunOrder {
            run: self.shared.next_run(),
            arguments: toolchain.command(&entry.compile, &meaning),
            environment: environment(&entry.compile_environment, |value| toolchain.fill(value)),
            profile: Profile::Compile,
            program: prepared.map(Path::to_path_buf),
            input: None,
            files: Vec::new(),
            unpack: true,
            work_writable: true,
            feedback_bytes: None,
            unpack_feedback: false,
            collect: what.map(|what| Collect {
                folder: WORK.to_owned(),
                what,
                max_file_bytes: max_bytes,
                cut: false,
                max_total_bytes: max_bytes,
                max_files: archive::MAX_FILES,
                only_on_success: true,
            }),
            limits: OrderLimits {
                cpu,
                wall: (cpu * 2).min(cpu + MOST_WAITING),
                memory_bytes,
                file_bytes: max_bytes * 2,
                disk_bytes: DISK_BYTES,
                laid_bytes: 0,
                processes: PROCESSES,
                stack_bytes: 64 * MEBIBYTE,
                limit_data: entry.limit_data,
            },
        })
    }

    fn on_slot(&self, link: &SlotLink, prepared: Option<&Path>, cancelled: &Cancelled) -> Result<CompileReport, SandboxError> {
        let order = self.order(prepared)?;
        let sources = memory_file::sealed(|target| self.pack_sources(target).map(drop)).or_fault("sandbox.no_input", "pack the sources")?;
        let results = match &order.collect {
            Some(_) => Some(tempfile::tempfile_in(self.shared.scratch.path()).or_fault("sandbox.no_scratch", "create a scratch file")?),
            None => None,
        };
        let kept = results
            .as_ref()
            .map(File::try_clone)
            .transpose()
            .or_fault("sandbox.no_scratch", "share a scratch file")?;
        let stdin = crate::input::bytes_in_memory(&Bytes::new()).or_fault("sandbox.no_input", "prepare the standard input")?;
        let (mut stdout, mut stderr) = (Head::new(KEPT_OUTPUT_BYTES), Head::new(KEPT_OUTPUT_BYTES));
        let executed = execute(
            link,
            order,
            Wiring {
                parcels: Parcels {
                    stdin: Some(stdin.into()),
                    sources: Some(sources),
                    feedback: None,
                    results,
                },
                stdout: &mut stdout,
                follower: &mut Follower::Nothing,
                stderr: &mut stderr,
                output_bytes: MAX_OUTPUT_BYTES,
                cancelled: cancelled.as_fd(),
            },
        )?;
        let output = words(stderr.kept(), stdout.kept());
        self.conclude(&executed, output, kept)
    }

    fn conclude(&self, executed: &Executed, output: String, results: Option<File>) -> Result<CompileReport, SandboxError> {
        let finished = &executed.finished;
        let report = |outcome: CompileOutcome, output: String| CompileReport {
            outcome,
            output,
            wall: self.began.elapsed(),
            cached: false,
        };
        let limit = match finished.stopped {
            _ if executed.output_exceeded => Some(LimitHit::Output),
            // A compiler that succeeded in spite of a refused fork has succeeded.
            Some(Stopped::Processes) if finished.status == Status::Code(0) => None,
            Some(stopped) => Some(report::limit(stopped)),
            None if finished.too_large.is_some() => Some(LimitHit::Output),
            // The part of the compiler that wrote too much was ended by SIGXFSZ; the driver above it reports that in these words
            // (of the C library) and fails like for any error.
            None if finished.status != Status::Code(0) && output.contains(FILE_TOO_LARGE) => Some(LimitHit::Output),
            None => None,
        };
        if let Some(limit) = limit {
            return Ok(report(CompileOutcome::Limit(limit), output));
        }
        if finished.status != Status::Code(0) {
            return Ok(report(CompileOutcome::Error, output));
        }
        let cached = match results {
            // What a mere check says of a good program (`syntax OK`) is of no use to anybody.
            None => self.store_sources("")?,
            Some(results) => self.store(results, &output)?,
        };
        if let Some(missing) = self.missing(&cached) {
            return Ok(report(CompileOutcome::Error, format!("{output}{missing}\n")));
        }
        Ok(self.compiled(cached, false))
    }

    /// What a program lacks that the compiler made without an error.
    fn missing(&self, made: &Cached) -> Option<&'static str> {
        const NO_PROGRAM: &str = "the compiler made no program";
        const NO_MAIN: &str = "no class has a method `public static void main(String[])`, and no file a function `main`";
        let entry = &self.offered.entry;
        let lacks = |name: &str| !made.folder.join(name).is_file();
        match entry.artefact() {
            Made::File(name) => lacks(&name).then_some(NO_PROGRAM),
            Made::Files(names) => names.iter().any(|name| lacks(name)).then_some(NO_PROGRAM),
            Made::All => lacks(&entry.file_name).then_some(NO_PROGRAM),
            Made::Extension(_) if entry.runs_a_class() => made.main_class.is_none().then_some(NO_MAIN),
            Made::Extension(_) | Made::Sources => None,
        }
    }

    fn store(&self, mut results: File, output: &str) -> Result<Arc<Cached>, SandboxError> {
        results.rewind().or_fault("sandbox.no_scratch", "read the artefact")?;
        let wants_main = self.offered.entry.runs_a_class();
        let find_main = |bytes: &[u8]| if wants_main { languages::main_class(bytes) } else { None };
        let reader = io::BufReader::new(results);
        let stored = self.shared.cache.put(self.key, reader, output, find_main);
        stored.map_err(|error| match error.kind() {
            io::ErrorKind::InvalidData | io::ErrorKind::UnexpectedEof => fault("sandbox.artefact_damaged", error),
            io::ErrorKind::StorageFull => fault("sandbox.disk_full", error),
            _ => fault("sandbox.cache_failed", error),
        })
    }
}

/// What a program finds in its environment: nothing of ours.
pub(crate) fn environment(extra: &BTreeMap<String, String>, fill: impl Fn(&str) -> String) -> Vec<(String, String)> {
    let usual = [
        ("PATH", "/usr/bin:/bin"),
        ("HOME", WORK),
        ("TMPDIR", "/tmp"),
        ("LANG", "C.UTF-8"),
        ("LC_ALL", "C.UTF-8"),
    ];
    usual
        .into_iter()
        .map(|(name, value)| (name.to_owned(), value.to_owned()))
        .chain(extra.iter().map(|(name, value)| (name.clone(), fill(value))))
        .collect()
}

/// The compiler's words: valid UTF-8, cut at a character, errors first.
fn words(stderr: &[u8], stdout: &[u8]) -> String {
    let mut text = String::from_utf8_lossy(stderr).into_owned();
    text.push_str(&String::from_utf8_lossy(stdout));
    let mut end = text.len().min(KEPT_OUTPUT_BYTES);
    while !text.is_char_boundary(end) {
        end -= 1;
    }
    text.truncate(end);
    text.replace('\0', "\u{fffd}")
}
