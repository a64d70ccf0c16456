//! Problems: statements, limits, tests, checkers, packages.

mod create;
mod edit;
mod get;
mod import;
mod lifecycle;
mod list;
mod load_tests;
mod model;
mod package;
mod policy;
mod ports;
mod set_tests;

pub use create::{CreateProblem, CreateProblemCommand};
pub use edit::{EditProblem, EditProblemCommand};
pub use get::{GetProblem, Sample};
pub use import::{ImportOptions, ImportProblem, ImportReport};
pub use lifecycle::{ChangeProblemStatus, StatusChange};
pub use list::{ListProblems, ListProblemsCommand};
pub use load_tests::{JudgingData, LoadTests, default_limits, plan_package};
pub use model::{
    CheckerFile, Difficulty, Problem, ProblemStatus, StoredChecker, StoredCheckerKind, TestCase, TestSet, problem_limits_ranges,
};
pub use package::{JurySubmission, Label, Package, PackageError, PackageReader, PackageSource, PackageTest};
pub use policy::{may_edit, may_read};
pub use ports::{ProblemDeps, ProblemFilter, ProblemListItem, ProblemQueries, ProblemRef, ProblemRepository, ProblemSort, ProblemView};
pub use set_tests::{InlineTest, SetTests, SetTestsCommand};
