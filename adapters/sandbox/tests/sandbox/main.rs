//! The sandbox on this machine, through the core's port. Fails, never skips, where programs cannot be confined.

mod checkers;
mod compiling;
mod confinement;
mod hello;
mod life;
mod limits;
mod support;
