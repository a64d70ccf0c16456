//! The reader through its port, on packages made in temporary folders.

#![expect(clippy::unwrap_used, reason = "tests, also in functions that several of them share")]

mod archives;
mod checkers;
mod drafts;
mod hostile;
mod includes;
mod legacy_scoring;
mod limits;
mod metadata;
mod modern_scoring;
mod polygon;
mod polygon_programs;
mod statements;
mod submissions;
mod submissions_yaml;
mod support;
mod tags;
mod testdata;
mod writer;
mod writer_scoring;
