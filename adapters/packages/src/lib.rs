//! CodeSM: reads problem packages in the Kattis/ICPC format (`legacy`, `legacy-icpc`, `2025-09` and its drafts).
//!
//! A package is hostile until proven otherwise. Its names never reach the file system: archives are unpacked into numbered
//! files, symbolic links are resolved in memory and never created, and everything after that reads from the resulting tree.

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
