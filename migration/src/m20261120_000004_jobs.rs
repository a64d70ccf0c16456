//! Jobs and workers.

use crate::columns::{big_integer, drop_tables, index, moment, moment_null, one_of, pk_uuid, small_integer, text, text_null};
use sea_orm_migration::prelude::*;

#[derive(DeriveMigrationName)]
pub(crate) struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    fn use_transaction(&self) -> Option<bool> {
        Some(true)
    }

    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let jobs = Table::create()
            .table("jobs")
            .col(pk_uuid("id"))
            .col(text("kind"))
            .col(text("queue"))
            .col(small_integer("priority"))
            .col(text("payload"))
            .col(text_null("requirements"))
            .col(one_of("state", &["ready", "running", "done", "dead"]))
            .col(moment("run_at"))
            .col(big_integer("attempt"))
            .col(big_integer("failures"))
            .col(big_integer("lost_leases"))
            .col(text_null("lease_worker"))
            .col(moment_null("lease_expires_at"))
            .col(text_null("last_error"))
            .col(moment("created_at"))
            .col(moment_null("finished_at"))
            .to_owned();
        manager.create_table(jobs).await?;
        // Reserving: the order in which jobs are handed out. Finished jobs, nearly all of them, are not in it. The
        // condition must stay word for word what the query says, or SQLite does not use the index.
        let open = index("jobs", &["priority", "run_at", "id"])
            .and_where(Expr::cust("\"state\" IN ('ready', 'running')"))
            .to_owned();
        manager.create_index(open).await?;
        // Depths: what is not done, by queue.
        let unfinished = index("jobs", &["queue", "state"])
            .and_where(Expr::cust("\"state\" IN ('ready', 'running', 'dead')"))
            .to_owned();
        manager.create_index(unfinished).await?;

        let workers = Table::create()
            .table("workers")
            .col(text("worker").primary_key())
            .col(text("languages"))
            .col(big_integer("slots"))
            .col(text("tier"))
            .col(moment("seen_at"))
            .to_owned();
        manager.create_table(workers).await?;
        // Workers that are alive.
        manager.create_index(index("workers", &["seen_at"])).await
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        drop_tables(manager, &["workers", "jobs"]).await
    }
}
