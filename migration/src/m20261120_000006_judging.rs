//! What the whole package format needs besides: rules of judging, extras of tests, results by group, and where a
//! submission was judged; and who failed over a job. Every column may be missing, so that earlier versions go on working on the new schema.

use crate::columns::{double_null, text_null};
use sea_orm_migration::prelude::*;

#[derive(DeriveMigrationName)]
pub(crate) struct Migration;

/// New columns: table and name. All hold text, but the one number.
const COLUMNS: [(&str, &str); 6] = [
    // Rules, attachments and jury submissions as JSON; read with the test set only.
    ("test_sets", "details"),
    // Arguments, files and comparison of a test that has its own, as JSON.
    ("test_cases", "extras"),
    ("submissions", "sandbox_tier"),
    // Results by group of tests, as JSON.
    ("submissions", "groups"),
    ("submissions", "worker_speed"),
    // Worker whose failure the last one was: others go first then.
    ("jobs", "failed_on"),
];

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    fn use_transaction(&self) -> Option<bool> {
        Some(true)
    }

    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        // SQLite adds one column at a time.
        for (table, name) in COLUMNS {
            let column = if name == "worker_speed" {
                double_null(name)
            } else {
                text_null(name)
            };
            manager
                .alter_table(Table::alter().table(table).add_column(column).to_owned())
                .await?;
        }
        Ok(())
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        for (table, name) in COLUMNS {
            manager
                .alter_table(Table::alter().table(table).drop_column(name).to_owned())
                .await?;
        }
        Ok(())
    }
}
