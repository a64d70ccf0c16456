//! What the operator may choose.

use std::path::PathBuf;

/// How programs are confined and measured, best first.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Tier {
    /// cgroup v2, delegated: a leaf per run.
    A,
    /// cgroup v1 as root: a group per slot.
    B,
    /// No cgroups: namespaces, resource limits and polling.
    C,
    /// Reduced isolation without namespaces: an own user, Landlock, seccomp and resource limits. Refused unless allowed.
    D,
}

impl Tier {
    /// The letter shown to people.
    #[must_use]
    pub const fn letter(self) -> char {
        match self {
            Self::A => 'A',
            Self::B => 'B',
            Self::C => 'C',
            Self::D => 'D',
        }
    }

    /// The tier of that letter.
    #[must_use]
    pub const fn parse(letter: char) -> Option<Self> {
        match letter.to_ascii_uppercase() {
            'A' => Some(Self::A),
            'B' => Some(Self::B),
            'C' => Some(Self::C),
            'D' => Some(Self::D),
            _ => None,
        }
    }

    /// How CPU time and memory are measured.
    #[must_use]
    pub const fn measured_by(self) -> &'static str {
        match self {
            Self::A => "cgroup-v2",
            Self::B => "cgroup-v1",
            Self::C | Self::D => "rusage",
        }
    }

    /// A sentence for people.
    pub(crate) const fn summary(self) -> &'static str {
        match self {
            Self::A => "namespaces, Landlock and seccomp; a cgroup v2 leaf per run",
            Self::B => "namespaces, Landlock and seccomp; a cgroup v1 group per slot",
            Self::C => "namespaces, Landlock and seccomp; no cgroups: resource limits and polling every 10 ms",
            Self::D => "REDUCED ISOLATION: no namespaces; only an own user, Landlock, seccomp, resource limits and polling",
        }
    }
}

/// How the helper process is started.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct HelperCommand {
    /// The program; it must call [`sandboxd_main`](crate::sandboxd_main) before it starts any thread.
    pub program: PathBuf,
    /// Its arguments.
    pub args: Vec<String>,
}

impl Default for HelperCommand {
    /// This very program with the argument `sandboxd`, even if its file was replaced by an upgrade in the meantime.
    fn default() -> Self {
        Self {
            program: PathBuf::from("/proc/self/exe"),
            args: vec!["sandboxd".to_owned()],
        }
    }
}

/// Settings of a [`ProcessSandbox`](crate::ProcessSandbox).
#[derive(Clone, Debug)]
pub struct SandboxSettings {
    /// Programs that run at once; `None`: one per core this process may use.
    pub slots: Option<usize>,
    /// Use this tier or none; `None`: the best there is.
    pub tier: Option<Tier>,
    /// Whether judging below tier C, with reduced isolation, is acceptable.
    pub allow_reduced: bool,
    /// Folder for the compile cache and scratch files; created if missing.
    pub data_dir: PathBuf,
    /// A language table instead of the built-in one.
    pub languages_override: Option<PathBuf>,
    /// How the helper process is started.
    pub helper: HelperCommand,
    /// Programs run as this user plus twice the number of their seat, or plus one more (used as root only). These users must
    /// own nothing.
    pub user_base: u32,
    /// Most bytes in the compile cache.
    pub compile_cache_bytes: u64,
    /// Folder of the lock files by which workers of one machine share its cores; `None`: `/run/lock`, else the
    /// temporary folder.
    pub lock_dir: Option<PathBuf>,
}

impl SandboxSettings {
    /// The usual settings with this data folder.
    #[must_use]
    pub fn new(data_dir: impl Into<PathBuf>) -> Self {
        Self {
            slots: None,
            tier: None,
            allow_reduced: false,
            data_dir: data_dir.into(),
            languages_override: None,
            helper: HelperCommand::default(),
            user_base: 60_000,
            compile_cache_bytes: 1024 * 1024 * 1024,
            lock_dir: None,
        }
    }
}
