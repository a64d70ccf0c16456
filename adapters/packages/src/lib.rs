//! CodeSM: reads problem packages in the Kattis/ICPC format (`legacy`, `legacy-icpc`, `2025-09` and its drafts).
//!
//! A package is hostile until proven otherwise. Its names never reach the file system: archives are unpacked into numbered
//! files, symbolic links are resolved in memory and never created, and everything after that reads from the resulting tree.
//!
//! Codes of refusals: `package.not_found`, `package.unreadable` (this machine's fault), `package.invalid_archive`,
//! `package.unsafe_path`, `package.too_large`, `package.missing_problem_yaml`, `package.invalid_yaml`,
//! `package.unknown_version`, `package.invalid_value`, `package.absurd_limit`, `package.unsupported_type`,
//! `package.unsupported_feature`, `package.unsupported_validator`, `package.missing_validator`, `package.invalid_flags`,
//! `package.no_tests`, `package.missing_answer`.

mod archive;
mod author;
mod central_directory;
mod constants;
mod content;
mod directory;
mod entry_name;
mod expected_results;
mod fault;
mod field;
mod flags;
mod glob;
mod groups;
mod ini;
mod labels;
mod latex;
mod limits;
mod links;
mod metadata;
mod programs;
mod reader;
mod settings;
mod statement;
mod submissions;
mod submissions_yaml;
mod testdata;
mod tree;
mod validators;
mod version;
mod warnings;
mod yaml;

pub use reader::KattisPackageReader;
pub use settings::{PackageLimits, PackageSettings};
