//! What decides whether an output is right.

use super::{ComparatorOptions, ProgramSource};
use serde::{Deserialize, Serialize};

/// How a validator is called and answers.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ValidatorConvention {
    /// Package format: `validator input answer feedback/ [args] < output`; exit 42 accepts, 43 refuses.
    #[default]
    Kattis,
    /// testlib: `checker input output answer [args]`; exit 0 accepts, 1 refuses, 2 is a malformed output, 3 the problem's
    /// own failure, 7 partial points. An interactor is called `interactor input output [args]`; what it writes to its output
    /// file is then checked.
    Testlib,
}

/// What decides whether an output is right. `P` is how programs are held: [`ProgramSource`] in memory, or stored.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum CheckerKind<P = ProgramSource> {
    /// Compare tokens.
    Default {
        /// How, unless a test says otherwise.
        options: ComparatorOptions,
    },
    /// The problem's own output validators, of which all must accept. Interactive and multi-pass problems have one.
    Custom {
        /// The first, usually the only one.
        #[serde(flatten)]
        program: P,
        /// The others.
        #[serde(default = "Vec::new")]
        more: Vec<P>,
        /// How they are called.
        #[serde(default)]
        convention: ValidatorConvention,
    },
}

/// A checker and its limits.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Checker<P = ProgramSource> {
    /// What decides.
    pub kind: CheckerKind<P>,
    /// Arguments of a custom validator after the standard ones, unless a test has its own.
    pub args: Vec<String>,
    /// CPU time of one validation, in milliseconds.
    pub time_limit_ms: u32,
    /// Memory of one validation, in MiB.
    pub memory_limit_mb: u32,
    /// What one validation may write, in KiB.
    #[serde(default = "default_output_limit")]
    pub output_limit_kb: u32,
}

const fn default_output_limit() -> u32 {
    DEFAULT_OUTPUT_LIMIT_KB
}

/// 60 s: the package format's usual `validation_time`.
pub const DEFAULT_TIME_LIMIT_MS: u32 = 60_000;
/// 2048 MiB: the package format's usual `validation_memory`.
pub const DEFAULT_MEMORY_LIMIT_MB: u32 = 2048;
/// 8 MiB: the package format's usual `validation_output`.
pub const DEFAULT_OUTPUT_LIMIT_KB: u32 = 8 * 1024;

impl<P> Checker<P> {
    /// This kind with the usual limits and no arguments.
    #[must_use]
    pub const fn new(kind: CheckerKind<P>) -> Self {
        Self {
            kind,
            args: Vec::new(),
            time_limit_ms: DEFAULT_TIME_LIMIT_MS,
            memory_limit_mb: DEFAULT_MEMORY_LIMIT_MB,
            output_limit_kb: DEFAULT_OUTPUT_LIMIT_KB,
        }
    }

    /// Compares tokens with the usual limits.
    #[must_use]
    pub const fn tokens(options: ComparatorOptions) -> Self {
        Self::new(CheckerKind::Default { options })
    }

    /// One validator of the package format with the usual limits.
    #[must_use]
    pub const fn validator(program: P) -> Self {
        Self::new(CheckerKind::Custom {
            program,
            more: Vec::new(),
            convention: ValidatorConvention::Kattis,
        })
    }

    /// Programs of a custom checker, the first first.
    #[must_use]
    pub fn programs(&self) -> Vec<&P> {
        match &self.kind {
            CheckerKind::Default { .. } => Vec::new(),
            CheckerKind::Custom { program, more, .. } => std::iter::once(program).chain(more).collect(),
        }
    }
}
