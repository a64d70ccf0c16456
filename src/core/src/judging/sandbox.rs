//! The port through which untrusted programs are compiled and run.

use super::comparator::Comparison;
use super::{ComparatorOptions, ProgramSource};
use crate::kernel::LocalFile;
use async_trait::async_trait;
use bytes::Bytes;
use std::any::Any;
use std::sync::Arc;
use std::time::Duration;
use thiserror::Error;

/// Compiles and runs untrusted programs.
///
/// Contract:
/// * A program MUST see nothing of the host but what its language needs, read-only; no network; no other run's data.
/// * Every limit of the request MUST be enforced; the report MUST name the limit that stopped the program.
/// * Compiling is untrusted too and MUST be confined in the same way.
/// * When a call returns, or its future is dropped, no process of the run is left.
/// * A fault of the sandbox itself MUST be an error, never a report.
/// * At most `slots` programs run at once; [`Sandbox::slot`] waits for a free one.
#[async_trait]
pub trait Sandbox: Send + Sync {
    /// Waits for a free slot and takes it until the guard is dropped.
    ///
    /// # Errors
    /// [`SandboxError::Unavailable`] if judging is impossible here.
    async fn slot(&self) -> Result<Box<dyn SandboxSlot>, SandboxError>;

    /// Takes a slot that is free right now and that nobody waits for; `None` if there is none.
    fn idle_slot(&self) -> Option<Box<dyn SandboxSlot>>;

    /// How programs are confined and measured here.
    fn description(&self) -> SandboxDescription;
}

/// A slot taken from the sandbox: one program at a time.
#[async_trait]
#[must_use = "dropping a slot gives it back"]
pub trait SandboxSlot: Send {
    /// Compiles a program once; the handle may then be run any number of times, on any slot of the same sandbox.
    ///
    /// # Errors
    /// [`SandboxError`]: never for what the program or its compiler did.
    async fn compile(&mut self, request: CompileRequest) -> Result<CompileReport, SandboxError>;

    /// Runs a compiled program.
    ///
    /// # Errors
    /// [`SandboxError`]: never for what the program did.
    async fn run(&mut self, request: RunRequest) -> Result<RunReport, SandboxError>;

    /// Runs two programs whose standard outputs are each other's standard input, on this slot's core.
    ///
    /// Contract: each has its own accounting and limits, so that neither pays for the other. When one ends, or closes its
    /// output, the other reads end of file; what is said to one that has ended is dropped, and only who goes on saying much
    /// more than anybody could mean gets a broken pipe (`SIGPIPE`). The interactor's wall clock does not stop the submission:
    /// when the submission's wall limit strikes both are ended. After the submission has ended the interactor may go on until
    /// its own limits.
    ///
    /// # Errors
    /// [`SandboxError`]: never for what the programs did.
    async fn interact(&mut self, request: InteractRequest) -> Result<InteractReport, SandboxError>;
}

/// A fault of the sandbox itself.
#[derive(Debug, Error)]
pub enum SandboxError {
    /// The language is not in the table, or its toolchain is missing on this machine.
    #[error("language `{language}` is not available on this machine: {reason}")]
    LanguageUnavailable {
        /// Language id.
        language: String,
        /// Why, for the operator.
        reason: String,
    },
    /// Judging is impossible or refused here (reduced isolation, helper ended).
    #[error("the sandbox is not available: {0}")]
    Unavailable(String),
    /// Anything else; worth a retry, perhaps elsewhere. The code is stable: `sandbox.<what>`.
    #[error("{code}: {message}")]
    Fault {
        /// Stable code, such as `sandbox.disk_full`.
        code: &'static str,
        /// For the operator.
        message: String,
    },
}

/// How programs are confined and measured.
#[derive(Clone, Debug, PartialEq)]
pub struct SandboxDescription {
    /// `A` (cgroup v2), `B` (cgroup v1), `C` (no cgroups), `D` (reduced isolation).
    pub tier: char,
    /// Speed of this machine's cores on a fixed calculation, in units of the reference machine; `None`: not measured.
    pub speed: Option<f64>,
    /// Programs that run at once.
    pub slots: usize,
    /// How CPU time and memory are measured, such as `cgroup-v1`.
    pub measured_by: String,
    /// Sentence for people.
    pub summary: String,
}

/// Whose program it is; decides the profile it runs under.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ProgramRole {
    /// A solver's program.
    Submission,
    /// The problem's own checker, interactor or grader: untrusted too, but needs its feedback folder.
    Checker,
}

/// What to compile.
#[derive(Clone, Debug)]
pub struct CompileRequest {
    /// Language and files.
    pub program: ProgramSource,
    /// Whose it is. The headers beside a checker's source are on its include path in any case.
    pub role: ProgramRole,
    /// What the compiler may use; `None`: as the language table says.
    pub limits: CompileLimits,
}

/// What a compiler may use, where the problem says it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct CompileLimits {
    /// CPU time.
    pub cpu: Option<Duration>,
    /// Memory in bytes.
    pub memory_bytes: Option<u64>,
}

/// A compiled (or, for interpreters, checked) program.
#[derive(Clone)]
pub struct ProgramHandle {
    /// Language id.
    pub language: String,
    /// What the sandbox needs to run it; keeps the artefact alive.
    pub artefact: Arc<dyn Any + Send + Sync>,
}

impl std::fmt::Debug for ProgramHandle {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("ProgramHandle")
            .field("language", &self.language)
            .finish_non_exhaustive()
    }
}

/// What came of compiling.
#[derive(Clone, Debug)]
pub enum CompileOutcome {
    /// Ready to run.
    Compiled(ProgramHandle),
    /// The compiler refused the program.
    Error,
    /// The compiler hit its time, memory or output cap; says which.
    Limit(LimitHit),
}

/// What came of compiling, and the compiler's words.
#[derive(Clone, Debug)]
pub struct CompileReport {
    /// What came of it.
    pub outcome: CompileOutcome,
    /// What the compiler printed, cut to 64 KiB, made valid UTF-8, without host paths.
    pub output: String,
    /// Wall time of compiling.
    pub wall: Duration,
    /// Whether the artefact came from the cache.
    pub cached: bool,
}

/// Bytes given to a program.
#[derive(Clone, Debug)]
pub enum Input {
    /// Small data in memory.
    Bytes(Bytes),
    /// A file on this machine, shown read-only.
    File(LocalFile),
}

/// What becomes of standard output.
#[derive(Clone, Debug)]
pub enum StdoutPlan {
    /// Keep at most this many bytes; the rest is counted and dropped.
    Capture {
        /// Most bytes kept.
        max_bytes: usize,
    },
    /// Compare with the answer while it is written; keep the first bytes for an excerpt.
    Compare {
        /// The jury's answer.
        answer: Input,
        /// How to compare.
        options: ComparatorOptions,
        /// Most bytes kept for the excerpt.
        excerpt_bytes: usize,
    },
    /// Keep all of it (up to the output limit) in a file that can be another run's input.
    Spool {
        /// Most bytes kept for the excerpt.
        excerpt_bytes: usize,
    },
}

/// What became of standard output.
#[derive(Clone, Debug)]
pub enum StdoutOutcome {
    /// As asked by [`StdoutPlan::Capture`].
    Captured,
    /// As asked by [`StdoutPlan::Compare`].
    Compared(Comparison),
    /// As asked by [`StdoutPlan::Spool`].
    Spooled(Input),
}

/// What one run may use.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct RunLimits {
    /// CPU time of all processes after which the run is killed. The judge gives 1.1 × the problem's limit.
    pub cpu: Duration,
    /// Wall time after which the run is killed.
    pub wall: Duration,
    /// Memory of all processes, in bytes.
    pub memory_bytes: u64,
    /// Bytes to standard output and standard error together, and to any one file.
    pub output_bytes: u64,
    /// Processes and threads at once; `None`: the language's own (Java needs more than C).
    pub processes: Option<u32>,
}

/// What to run.
#[derive(Clone, Debug)]
pub struct RunRequest {
    /// The compiled program.
    pub program: ProgramHandle,
    /// Whose it is.
    pub role: ProgramRole,
    /// Arguments after the program's name. `{files}/NAME` in an argument stands for the place of the extra file NAME,
    /// `{feedback}/` for the place of the feedback folder.
    pub args: Vec<String>,
    /// Standard input.
    pub stdin: Input,
    /// Extra files shown read-only, by plain name.
    pub files: Vec<(String, Input)>,
    /// Files copied into the work folder before the start, by relative path; the program may change its copy.
    pub work_files: Vec<(String, Input)>,
    /// Whether the program may write in its work folder. `/tmp` is writable in any case.
    pub work_writable: bool,
    /// The feedback folder, if it is to have one.
    pub feedback: Option<FeedbackFolder>,
    /// Wait until no other program of this machine runs, for up to some seconds, and let none begin meanwhile: a measurement
    /// without neighbours.
    pub quiet: bool,
    /// What it may use.
    pub limits: RunLimits,
    /// What becomes of standard output.
    pub stdout: StdoutPlan,
    /// Most bytes of standard error kept.
    pub stderr_bytes: usize,
}

impl RunRequest {
    /// A run without arguments, extra files or feedback, in a writable work folder, whose standard output is dropped.
    #[must_use]
    pub const fn new(program: ProgramHandle, role: ProgramRole, stdin: Input, limits: RunLimits) -> Self {
        Self {
            program,
            role,
            args: Vec::new(),
            stdin,
            files: Vec::new(),
            work_files: Vec::new(),
            work_writable: true,
            feedback: None,
            quiet: false,
            limits,
            stdout: StdoutPlan::Capture { max_bytes: 0 },
            stderr_bytes: 0,
        }
    }
}

/// A writable folder of its own for a validator.
#[derive(Clone, Debug, Default)]
pub struct FeedbackFolder {
    /// What lies there at the start, by relative path (multi-pass: what the pass before left).
    pub initial: Vec<(String, Input)>,
    /// What is read from it afterwards.
    pub collect: FeedbackCollect,
}

/// What is read from a feedback folder.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum FeedbackCollect {
    /// Nothing.
    #[default]
    Nothing,
    /// Files of these names, each cut to 64 KiB.
    Named(Vec<String>),
    /// All regular files with plain UTF-8 names, whole, up to 64 MiB and 1000 files together. More is the output limit.
    Everything,
}

/// Two programs that talk to each other. The standard input and the standard output that the requests themselves name are
/// not used; each report has [`StdoutOutcome::Captured`] and the first bytes of what was said, as its
/// [`StdoutPlan::Capture`] asks.
#[derive(Clone, Debug)]
pub struct InteractRequest {
    /// The solver's program.
    pub submission: RunRequest,
    /// The problem's interactor.
    pub interactor: RunRequest,
}

/// What came of a talk.
#[derive(Clone, Debug)]
pub struct InteractReport {
    /// What the solver's program did.
    pub submission: RunReport,
    /// What the interactor did.
    pub interactor: RunReport,
    /// Whether the interactor ended before the submission did.
    pub interactor_ended_first: bool,
}

/// How the program's first process ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Exit {
    /// With this code.
    Code(i32),
    /// By this signal.
    Signal(i32),
}

/// The limit that stopped a run.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum LimitHit {
    /// CPU time.
    Cpu,
    /// Wall time.
    Wall,
    /// Memory.
    Memory,
    /// Output.
    Output,
    /// Processes.
    Processes,
}

impl LimitHit {
    /// The limit's name for people, as in "hit its CPU time limit".
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Cpu => "CPU time",
            Self::Wall => "wall time",
            Self::Memory => "memory",
            Self::Output => "output",
            Self::Processes => "process",
        }
    }
}

/// What a run did.
#[derive(Clone, Debug)]
pub struct RunReport {
    /// How its first process ended.
    pub exit: Exit,
    /// The limit that stopped it, or that it hit and failed by.
    pub limit: Option<LimitHit>,
    /// CPU time of all its processes.
    pub cpu: Duration,
    /// Wall time.
    pub wall: Duration,
    /// Peak memory of all its processes, in bytes.
    pub memory_bytes: u64,
    /// First bytes of standard output.
    pub stdout: Bytes,
    /// All bytes written to standard output.
    pub stdout_total: u64,
    /// What became of standard output.
    pub stdout_outcome: StdoutOutcome,
    /// First bytes of standard error.
    pub stderr: Bytes,
    /// Files found in the feedback folder, of those asked for, by name in byte order.
    pub feedback: Vec<(String, Bytes)>,
    /// How it was measured, such as `cgroup-v1`.
    pub measured_by: String,
}
