//! The sandbox on this machine, through the core's port. Fails, never skips, where programs cannot be confined.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on shall panic")]

mod aftermath;
mod checkers;
mod compiling;
mod confinement;
mod folders;
mod interactive;
mod languages;
mod life;
mod limits;
mod preparing;
mod reduced;
mod scripts;
mod support;
