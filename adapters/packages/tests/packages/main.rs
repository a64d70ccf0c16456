//! The reader through its port, on packages made in temporary folders.

#![expect(clippy::unwrap_used, reason = "tests, also in functions that several of them share")]

mod archives;
mod checkers;
mod hostile;
mod limits;
mod metadata;
mod statements;
mod submissions;
mod support;
mod testdata;
