//! Judging one program against tests: verdicts, the sandbox port, checkers, aggregation.
//!
//! Used by the worker (`submissions::judge`) and by the command line (`codesm judge`, `codesm verify`) alike.

pub mod aggregate;
pub mod comparator;
pub mod engine;
mod model;
mod sandbox;

pub use model::{
    Checker, CheckerKind, ComparatorOptions, Language, LanguageCatalogue, Mode, ProgramSource, ResourceLimits, SourceFile, TestResult,
    Verdict,
};
pub use sandbox::{
    CompileOutcome, CompileReport, CompileRequest, Exit, Input, LimitHit, ProgramHandle, ProgramRole, RunLimits, RunReport, RunRequest,
    Sandbox, SandboxDescription, SandboxError, SandboxSlot, StdoutOutcome, StdoutPlan,
};
