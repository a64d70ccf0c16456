//! Composition root of CodeSM: configuration, wiring of adapters, roles, command line.

pub mod cli;
pub mod config;
mod health;
pub mod lifecycle;
mod measures;
pub mod roles;
mod samples;
mod secrets;
pub mod telemetry;
pub mod wiring;

use std::process::ExitCode;

/// Runs as the sandbox helper; never started by people.
#[must_use]
pub fn sandbox_helper() -> ExitCode {
    u8::try_from(codesm_sandbox::sandboxd_main()).map_or(ExitCode::FAILURE, ExitCode::from)
}
