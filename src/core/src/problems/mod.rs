//! Problems: statements, limits, tests, checkers, packages.

mod model;
mod package;
mod policy;
mod ports;

pub use model::{
    CheckerFile, Difficulty, Problem, ProblemStatus, StoredChecker, StoredCheckerKind, TestCase, TestSet, problem_limits_ranges,
};
pub use package::{JurySubmission, Label, Package, PackageError, PackageReader, PackageSource, PackageTest};
pub use policy::{may_edit, may_read};
pub use ports::{ProblemDeps, ProblemFilter, ProblemListItem, ProblemQueries, ProblemRef, ProblemRepository, ProblemSort, ProblemView};
