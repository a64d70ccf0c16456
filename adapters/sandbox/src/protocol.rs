//! What the worker, `sandboxd`, its slot processes and the init of a run say to each other.

use crate::sys::process::Status;
use serde::{Deserialize, Serialize};
use std::path::PathBuf;
use std::time::Duration;

/// Where sources are compiled and programs run: the only place (with `/tmp`) that can be written.
pub(crate) const WORK: &str = "/work";
/// Where the compiled program is shown.
pub(crate) const PROGRAM: &str = "/program";
/// Where a checker's extra files are shown.
pub(crate) const FILES: &str = "/files";
/// Where a checker leaves its feedback.
pub(crate) const FEEDBACK: &str = "/feedback";

/// Where groups for accounting are made.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) enum AccountingPlan {
    /// cgroup v2: this delegated group; a leaf per run.
    V2 { parent: PathBuf },
    /// cgroup v1: one group per controller, in which the slot process lives.
    V1 { memory: PathBuf, pids: PathBuf, cpuacct: PathBuf },
    /// No groups: resource limits and polling.
    Polling,
}

/// Asks `sandboxd` for a slot process. Comes with the slot's socket.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) struct SlotSetup {
    /// Number unique on this machine, taken by lock file.
    pub(crate) seat: usize,
    /// Whether it is the second process of the slot, for the other program of a talk.
    pub(crate) peer: bool,
    /// User the programs run as.
    pub(crate) user: u32,
    /// CPU the programs are pinned to.
    pub(crate) cpu: Option<usize>,
    pub(crate) accounting: AccountingPlan,
    /// Host folders shown read-only besides `/usr` and the like.
    pub(crate) binds: Vec<PathBuf>,
    /// Without namespaces: the folder below which runs get theirs.
    pub(crate) reduced: Option<PathBuf>,
    /// An empty folder on which the slot's root is mounted (seen by nobody else).
    pub(crate) mount_point: PathBuf,
}

/// First word of a slot process on its socket.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) enum SlotGreeting {
    /// Ready for orders; pid as the worker sees it.
    Ready { pid: u32 },
    /// It cannot work here.
    Failed { step: String, message: String },
}

/// From the worker to a slot process.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) enum SlotCommand {
    /// Begin a run.
    Start(Box<RunOrder>),
    /// End the run with this number at once: for this limit, or because nobody wants it any more.
    Kill { run: u64, limit: Option<Stopped> },
    /// Measure the speed of the slot's core.
    Measure,
}

/// Answer to [`SlotCommand::Measure`]: how long the fixed calculation took.
#[derive(Clone, Copy, Debug, Serialize, Deserialize)]
pub(crate) struct Measured {
    pub(crate) took: Duration,
}

/// Which system calls are refused.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) enum Profile {
    /// A compiler: starts processes, writes many files.
    Compile,
    /// A program.
    Run,
}

/// One run. Descriptors come along in this order: standard output, standard error, one that is closed when the program's
/// first process has ended, then those announced here.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) struct RunOrder {
    pub(crate) run: u64,
    pub(crate) arguments: Vec<String>,
    pub(crate) environment: Vec<(String, String)>,
    pub(crate) profile: Profile,
    /// Host folder shown at [`PROGRAM`].
    pub(crate) program: Option<PathBuf>,
    /// Host file used as standard input; `None`: a descriptor comes along.
    pub(crate) input: Option<PathBuf>,
    /// Host files shown below [`FILES`].
    pub(crate) files: Vec<(String, PathBuf)>,
    /// Whether an archive comes along that is unpacked into [`WORK`] first.
    pub(crate) unpack: bool,
    /// Whether the program may write in [`WORK`].
    pub(crate) work_writable: bool,
    /// Size of the feedback folder, if there is one.
    pub(crate) feedback_bytes: Option<u64>,
    /// Whether an archive comes along that is unpacked into [`FEEDBACK`].
    pub(crate) unpack_feedback: bool,
    /// What is packed afterwards into a file that comes along.
    pub(crate) collect: Option<Collect>,
    pub(crate) limits: OrderLimits,
}

/// Limits as the helper enforces them.
#[derive(Clone, Copy, Debug, Serialize, Deserialize)]
pub(crate) struct OrderLimits {
    pub(crate) cpu: Duration,
    pub(crate) wall: Duration,
    pub(crate) memory_bytes: u64,
    /// Largest single file.
    pub(crate) file_bytes: u64,
    /// Size of each writable file system.
    pub(crate) disk_bytes: u64,
    /// What we ourselves lay into them, beside the program's memory.
    pub(crate) laid_bytes: u64,
    pub(crate) processes: u32,
    pub(crate) stack_bytes: u64,
    /// Whether data memory may be limited by the kernel where there is no cgroup (breaks Java, Go, Node).
    pub(crate) limit_data: bool,
}

/// Regular files taken out of a folder after every untrusted process is dead.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) struct Collect {
    /// [`WORK`] or [`FEEDBACK`].
    pub(crate) folder: String,
    pub(crate) what: CollectWhat,
    /// Most bytes of one file.
    pub(crate) max_file_bytes: u64,
    /// Whether longer files are cut (feedback) or end the collecting (artefacts).
    pub(crate) cut: bool,
    /// Most bytes together.
    pub(crate) max_total_bytes: u64,
    /// Most files; more end the collecting.
    pub(crate) max_files: usize,
    /// Only after the program succeeded.
    pub(crate) only_on_success: bool,
}

/// Which files.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) enum CollectWhat {
    /// These names, if they exist.
    Names(Vec<String>),
    /// Every file with this extension, in sub-folders too.
    Extension(String),
    /// Every file, in sub-folders too.
    All,
}

/// From the init of a run to its slot process.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) enum InitWord {
    /// The program starts now. Without cgroups the folder `/proc` of the run comes along.
    Started,
    /// The program ended, everything else was killed, files are collected.
    Ended {
        status: Status,
        /// When, on the machine's monotonic clock.
        at: Duration,
        wall: Duration,
        cpu: Duration,
        max_resident_bytes: u64,
        /// Threads that the program left behind.
        left_behind: u64,
        disk_full: bool,
        too_large: Option<String>,
    },
    /// The sandbox itself failed.
    Failed { step: String, message: String },
}

/// From a slot process to the init of a run: what was used so far is noted, the program may start.
#[derive(Clone, Copy, Debug, Serialize, Deserialize)]
pub(crate) struct Go;

/// The limit that stopped a run.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) enum Stopped {
    Memory,
    Cpu,
    Wall,
    Output,
    Processes,
}

/// From a slot process to the worker, once per run.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) struct RunReply {
    pub(crate) run: u64,
    pub(crate) outcome: RunOutcome,
}

/// What came of an order.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) enum RunOutcome {
    /// The program ran.
    Finished(Finished),
    /// The sandbox itself failed.
    Fault { step: String, message: String },
}

/// What a run used.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) struct Finished {
    pub(crate) status: Status,
    /// When its first process ended, on the machine's monotonic clock.
    pub(crate) at: Duration,
    pub(crate) stopped: Option<Stopped>,
    pub(crate) cpu: Duration,
    pub(crate) wall: Duration,
    pub(crate) memory_bytes: u64,
    /// A collected file that was larger than allowed.
    pub(crate) too_large: Option<String>,
}
