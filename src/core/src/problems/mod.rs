//! Problems: statements, limits, tests, checkers, packages.

mod attachment;
mod create;
mod edit;
mod export;
mod get;
mod import;
mod inline_groups;
mod kind;
mod label;
mod lifecycle;
mod list;
mod load_tests;
mod measure;
mod model;
mod package;
mod policy;
mod ports;
mod ranges;
mod set_tests;
mod store_package;

pub use attachment::{Attachment, GetAttachment};
pub use create::{CreateProblem, CreateProblemCommand};
pub use edit::{EditProblem, EditProblemCommand};
pub use export::ExportProblem;
pub use get::{GetProblem, Sample};
pub use import::{ImportOptions, ImportProblem, ImportReport};
pub use kind::{GroupSummary, ProblemKind};
pub use label::{Constraint, Label};
pub use lifecycle::{ChangeProblemStatus, StatusChange};
pub use list::{ListProblems, ListProblemsCommand};
pub use load_tests::{JudgingData, LoadTests, default_limits, plan_package};
pub use measure::{MeasureTimeLimit, MeasuredLimit};
pub use model::{
    Difficulty, Problem, ProblemStatus, StoredChecker, StoredCheckerKind, StoredFile, StoredJurySubmission, StoredProgram, StoredRules,
    TestCase, TestExtras, TestSet, TestSetDetails, own_languages, problem_limits_ranges,
};
pub use package::{JurySubmission, Package, PackageError, PackageReader, PackageSource, PackageTest, PackageWriter, TimeRule, Timing};
pub use policy::{may_edit, may_read};
pub use ports::{ProblemDeps, ProblemFilter, ProblemListItem, ProblemQueries, ProblemRef, ProblemRepository, ProblemSort, ProblemView};
pub use ranges::out_of_range;
pub use set_tests::{InlineGroup, InlineTest, SetTests, SetTestsCommand};
