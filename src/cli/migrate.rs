//! `codesm migrate`.

use super::outcome::CliError;
use super::print_line;
use crate::config::Settings;
use crate::wiring;
use clap::Subcommand;
use std::process::ExitCode;

#[derive(Clone, Copy, Debug, Subcommand)]
pub(super) enum Direction {
    /// Bring the schema up to this version
    Up,
    /// Take the newest steps back
    Down {
        /// How many
        #[arg(long, default_value_t = 1)]
        steps: u32,
    },
    /// Show every step and whether it is applied
    Status,
}

pub(super) async fn migrate(settings: &Settings, direction: Direction) -> Result<ExitCode, CliError> {
    let database = wiring::database(settings).await?;
    match direction {
        Direction::Up => database.migrate_up().await.map_err(wiring::WiringError::from)?,
        Direction::Down { steps } => database.migrate_down(steps).await.map_err(wiring::WiringError::from)?,
        Direction::Status => {}
    }
    for step in database.migration_status().await.map_err(wiring::WiringError::from)? {
        print_line(&format!("{:<10} {}", if step.applied { "applied" } else { "pending" }, step.name))?;
    }
    Ok(ExitCode::SUCCESS)
}
