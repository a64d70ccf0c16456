//! Judging one program against tests: verdicts, the sandbox port, checkers, aggregation.
//!
//! Used by the worker (`submissions::judge`) and by the command line (`codesm judge`, `codesm verify`) alike.

pub mod aggregate;
pub mod checker;
pub mod comparator;
pub mod engine;
pub mod evaluate;
pub mod grading;
mod model;
mod rules;
mod sandbox;

pub use checker::{Checker, CheckerKind, ValidatorConvention};
pub use grading::GroupResult;
pub use model::{
    ComparatorOptions, Language, LanguageCatalogue, Mode, ProgramSource, ResourceLimits, SCRIPT_LANGUAGE, SourceFile, TestResult, Verdict,
};
pub use rules::{Include, Points, Rules};
pub use sandbox::{
    CompileLimits, CompileOutcome, CompileReport, CompileRequest, Exit, FeedbackCollect, FeedbackFolder, Input, InteractReport,
    InteractRequest, LimitHit, ProgramHandle, ProgramRole, RunLimits, RunReport, RunRequest, Sandbox, SandboxDescription, SandboxError,
    SandboxSlot, StdoutOutcome, StdoutPlan,
};
