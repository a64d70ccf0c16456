//! Fairness between owners, what a job is about, and pausing queues.

use crate::columns::{drop_tables, index, moment, text, uuid_null};
use sea_orm_migration::prelude::*;
use sea_orm_migration::sea_orm::DbBackend;

#[derive(DeriveMigrationName)]
pub(crate) struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    fn use_transaction(&self) -> Option<bool> {
        Some(true)
    }

    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        // With a default, so that the version before this one goes on adding jobs during a rolling upgrade. SQLite takes constants
        // only, and is not upgraded while it is in use.
        let mut turn_at = moment("turn_at");
        match manager.get_database_backend() {
            DbBackend::Postgres => turn_at.default(Expr::cust("now()")),
            _ => turn_at.default("1970-01-01T00:00:00.000000Z"),
        };
        for column in [turn_at, uuid_null("subject")] {
            manager
                .alter_table(Table::alter().table("jobs").add_column(column).to_owned())
                .await?;
        }
        let known = Query::update().table("jobs").value("turn_at", Expr::col("created_at")).to_owned();
        manager.execute(known).await?;
        // Reserving, as before, in the new order; the condition must stay word for word what the query says.
        let open = index("jobs", &["priority", "turn_at", "id"])
            .and_where(Expr::cust("\"state\" IN ('ready', 'running')"))
            .to_owned();
        manager.create_index(open).await?;
        // Calling a submission off: its open job.
        let about = index("jobs", &["subject"])
            .and_where(Expr::cust("\"state\" IN ('ready', 'running')"))
            .to_owned();
        manager.create_index(about).await?;
        // Lists for operators need no more: nearly all jobs are done, and the others are in the index of depths.
        manager
            .drop_index(Index::drop().name("jobs_priority_run_at_id_idx").table("jobs").to_owned())
            .await?;
        // What ended lately, and what may be forgotten.
        let ended = index("jobs", &["finished_at"])
            .and_where(Expr::cust("\"finished_at\" IS NOT NULL"))
            .to_owned();
        manager.create_index(ended).await?;
        // Sessions that may be forgotten.
        manager.create_index(index("sessions", &["expires_at"])).await?;
        let paused = Table::create()
            .table("paused_queues")
            .col(text("queue").primary_key())
            .col(moment("paused_at"))
            .to_owned();
        manager.create_table(paused).await?;
        // Who does what only one process may do at a time.
        let leases = Table::create()
            .table("leases")
            .col(text("name").primary_key())
            .col(text("holder"))
            .col(moment("expires_at"))
            .to_owned();
        manager.create_table(leases).await
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        drop_tables(manager, &["leases", "paused_queues"]).await?;
        let open = index("jobs", &["priority", "run_at", "id"])
            .and_where(Expr::cust("\"state\" IN ('ready', 'running')"))
            .to_owned();
        manager.create_index(open).await?;
        for name in ["jobs_finished_at_idx", "jobs_subject_idx", "jobs_priority_turn_at_id_idx"] {
            manager.drop_index(Index::drop().name(name).table("jobs").to_owned()).await?;
        }
        manager
            .drop_index(Index::drop().name("sessions_expires_at_idx").table("sessions").to_owned())
            .await?;
        for column in ["subject", "turn_at"] {
            manager
                .alter_table(Table::alter().table("jobs").drop_column(column).to_owned())
                .await?;
        }
        Ok(())
    }
}
