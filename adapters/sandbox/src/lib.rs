//! Compiles and runs untrusted programs on Linux.

mod accounting;
mod archive;
mod helper;
mod protocol;
mod sys;

pub use helper::sandboxd_main;
