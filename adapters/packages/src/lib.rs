//! CodeSM: reads problem packages in the Kattis/ICPC format (`legacy`, `legacy-icpc`, `2025-09` and its drafts) and those of
//! Codeforces' Polygon; writes packages of version `2025-09`.
//!
//! A package is hostile until proven otherwise. Its names never reach the file system: archives are unpacked into numbered
//! files, symbolic links are resolved in memory and never created, and everything after that reads from the resulting tree.
//!
//! Codes of refusals: `package.not_found`, `package.unreadable` (this machine's fault), `package.invalid_archive`,
//! `package.unsafe_path`, `package.too_large`, `package.missing_problem_yaml`, `package.invalid_yaml`,
//! `package.unknown_version`, `package.invalid_value`, `package.absurd_limit`, `package.unsupported_type`,
//! `package.unsupported_feature`, `package.unsupported_validator`, `package.missing_validator`, `package.missing_grader`,
//! `package.invalid_flags`, `package.no_tests`, `package.missing_answer`; of Polygon's also `package.invalid_xml`,
//! `package.missing_input`. The writer refuses with `package.cannot_express`.

mod archive;
mod author;
mod central_directory;
mod comparators;
mod constants;
mod content;
mod demands;
mod directory;
mod domjudge_tree;
mod entry_name;
mod entry_points;
mod fault;
mod field;
mod flags;
mod glob;
mod groups;
mod includes;
mod ini;
mod kind;
mod labels;
mod latex;
mod layout;
mod legacy_keys;
mod legacy_tree;
mod limits;
mod links;
mod metadata;
mod modern_tree;
mod own_programs;
mod polygon;
mod programs;
mod prolog;
mod reader;
mod scoring;
mod settings;
mod source;
mod statement;
mod submissions;
mod submissions_yaml;
mod tags;
mod testdata;
mod tree;
mod validators;
mod version;
mod warnings;
mod writer;
mod yaml;

pub use reader::KattisPackageReader;
pub use settings::{PackageLimits, PackageSettings};
pub use writer::KattisPackageWriter;
