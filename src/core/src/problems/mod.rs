//! Problems: statements, limits, tests, checkers, packages.

mod package;

pub use package::{JurySubmission, Label, Package, PackageError, PackageReader, PackageSource, PackageTest};
