//! Audit trail.

use crate::columns::{drop_tables, index, moment, one_of, pk_uuid, text, text_null, uuid_null};
use sea_orm_migration::prelude::*;

#[derive(DeriveMigrationName)]
pub(crate) struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    fn use_transaction(&self) -> Option<bool> {
        Some(true)
    }

    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        // No foreign keys: the trail outlives what it tells about.
        let audit_entries = Table::create()
            .table("audit_entries")
            .col(pk_uuid("id"))
            .col(moment("at"))
            .col(uuid_null("actor_id"))
            .col(one_of("actor_kind", &["user", "system", "anonymous"]))
            .col(text("action"))
            .col(text("subject_kind"))
            .col(text("subject_id"))
            .col(text("request_id"))
            .col(text_null("ip"))
            .col(text("details"))
            .to_owned();
        manager.create_table(audit_entries).await?;
        // What happened to one subject, oldest first.
        manager
            .create_index(index("audit_entries", &["subject_kind", "subject_id", "id"]))
            .await
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        drop_tables(manager, &["audit_entries"]).await
    }
}
