//! The reader through its port, on packages made in temporary folders.

mod archives;
mod checkers;
mod hostile;
mod limits;
mod metadata;
mod statements;
mod submissions;
mod support;
mod testdata;
