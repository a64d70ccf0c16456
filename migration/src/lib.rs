//! The schema of the database: one file per step, each up and down, the same for SQLite and PostgreSQL.
//!
//! A published step never changes; that is why names and closed lists are written out here instead of taken from the
//! core, whose present enums say nothing about what an old step created.
//!
//! The migrator takes no lock: run it through `codesm_persistence::Database`, which does.

mod columns;
mod m20261120_000001_accounts;
mod m20261120_000002_problems;
mod m20261120_000003_submissions;
mod m20261120_000004_jobs;
mod m20261120_000005_audit;
mod m20261120_000006_judging;
mod m20261120_000007_queues;
mod m20261120_000010_trace_context;
mod m20261120_000020_uploads;

pub use sea_orm_migration::{MigratorTrait, SchemaManager};

/// All steps, oldest first.
#[derive(Debug)]
pub struct Migrator;

impl MigratorTrait for Migrator {
    fn migrations() -> Vec<Box<dyn sea_orm_migration::MigrationTrait>> {
        vec![
            Box::new(m20261120_000001_accounts::Migration),
            Box::new(m20261120_000002_problems::Migration),
            Box::new(m20261120_000003_submissions::Migration),
            Box::new(m20261120_000004_jobs::Migration),
            Box::new(m20261120_000005_audit::Migration),
            Box::new(m20261120_000006_judging::Migration),
            Box::new(m20261120_000007_queues::Migration),
            Box::new(m20261120_000010_trace_context::Migration),
            Box::new(m20261120_000020_uploads::Migration),
        ]
    }
}
