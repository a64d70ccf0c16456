//! Uploads.

use crate::columns::{big_integer, boolean, drop_tables, index, integer, moment, one_of, pk_uuid, reference, text, uuid};
use sea_orm_migration::prelude::*;

#[derive(DeriveMigrationName)]
pub(crate) struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    fn use_transaction(&self) -> Option<bool> {
        Some(true)
    }

    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let uploads = Table::create()
            .table("uploads")
            .col(pk_uuid("id"))
            .col(uuid("user_id"))
            .col(one_of("kind", &["profile_image", "document", "video", "test_data"]))
            .col(text("file_name"))
            .col(text("content_type"))
            .col(big_integer("size"))
            .col(text("incoming"))
            .col(text("name"))
            .col(one_of("state", &["pending", "checking", "confirmed", "refused"]))
            .col(moment("created_at"))
            .col(moment("expires_at"))
            .col(moment("changed_at"))
            .col(boolean("tidied"))
            .col(integer("version"))
            .foreign_key(&mut reference("uploads", "user_id", "users"))
            .to_owned();
        manager.create_table(uploads).await?;
        // How many a user has that are not confirmed.
        manager.create_index(index("uploads", &["user_id", "state"])).await?;
        // What the sweep looks for.
        manager.create_index(index("uploads", &["tidied", "created_at"])).await
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        drop_tables(manager, &["uploads"]).await
    }
}
