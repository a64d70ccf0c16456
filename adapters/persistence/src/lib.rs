//! Accounts, problems, submissions, jobs and the audit trail in SQLite or PostgreSQL.
//!
//! [`Database::connect`] opens either; [`Database`] then hands out the ports of the core. The repositories are the same
//! for both databases: what differs is in `database/` (connections), `error.rs` (error codes) and the migrations.
//!
//! Conventions of this crate: times come from the caller and are kept to the microsecond; JSON and free text are stored
//! as text that both databases accept (see `text.rs`); statements that serve one port method are next to it.

#[cfg(test)]
mod plan;

mod audit;
mod auth;
mod database;
mod error;
mod jobs;
mod problems;
mod row;
mod submissions;
mod text;
mod unit_of_work;
mod uploads;
mod write;

pub use database::{Database, DatabaseError, DatabaseSettings, MigrationStep, PoolState, without_secrets};
