//! The sandbox on this machine, through the core's port. Fails, never skips, where programs cannot be confined.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on shall panic")]

mod checkers;
mod compiling;
mod confinement;
mod hello;
mod hostile;
mod life;
mod limits;
mod support;
