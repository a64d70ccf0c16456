//! Users, sessions, refresh tokens.

use crate::columns::{drop_tables, index, integer, moment, moment_null, one_of, pk_uuid, reference, text, text_null, unique, uuid};
use sea_orm_migration::prelude::*;

#[derive(DeriveMigrationName)]
pub(crate) struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    fn use_transaction(&self) -> Option<bool> {
        Some(true)
    }

    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let users = Table::create()
            .table("users")
            .col(pk_uuid("id"))
            .col(text("email"))
            .col(text("username"))
            .col(text("password_hash"))
            .col(one_of("role", &["user", "author", "admin"]))
            .col(moment_null("email_verified_at"))
            .col(moment_null("banned_at"))
            .col(integer("token_version"))
            .col(moment("created_at"))
            .col(moment("updated_at"))
            .col(integer("version"))
            .to_owned();
        manager.create_table(users).await?;
        // Login by address; by name; both unique.
        manager.create_index(unique("users", &["email"])).await?;
        manager.create_index(unique("users", &["username"])).await?;

        let sessions = Table::create()
            .table("sessions")
            .col(pk_uuid("id"))
            .col(uuid("user_id"))
            .col(moment("created_at"))
            .col(moment("last_used_at"))
            .col(moment("expires_at"))
            .col(moment_null("revoked_at"))
            .col(text_null("user_agent"))
            .col(text_null("ip"))
            .foreign_key(&mut reference("sessions", "user_id", "users"))
            .to_owned();
        manager.create_table(sessions).await?;
        // Logout everywhere.
        manager.create_index(index("sessions", &["user_id"])).await?;

        let refresh_tokens = Table::create()
            .table("refresh_tokens")
            .col(pk_uuid("id"))
            .col(uuid("session_id"))
            .col(text("token_hash"))
            .col(moment("created_at"))
            .col(moment("expires_at"))
            .col(moment_null("used_at"))
            .foreign_key(&mut reference("refresh_tokens", "session_id", "sessions"))
            .to_owned();
        manager.create_table(refresh_tokens).await?;
        // Refresh: the token as the client sends it, hashed.
        manager.create_index(unique("refresh_tokens", &["token_hash"])).await?;
        // Foreign key: tokens of a session.
        manager.create_index(index("refresh_tokens", &["session_id"])).await
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        drop_tables(manager, &["refresh_tokens", "sessions", "users"]).await
    }
}
