//! Submissions and idempotency keys.

use crate::columns::{
    big_integer, big_integer_null, checked_at_commit, double_null, drop_tables, index, moment, moment_null, one_of, one_of_null, pk_uuid,
    reference, text, text_null, uuid, uuid_null,
};
use sea_orm_migration::prelude::*;

#[derive(DeriveMigrationName)]
pub(crate) struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    fn use_transaction(&self) -> Option<bool> {
        Some(true)
    }

    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        create_submissions(manager).await?;
        let idempotency_keys = Table::create()
            .table("idempotency_keys")
            .col(uuid("user_id"))
            .col(text("key"))
            .col(text("fingerprint"))
            // The key may be written before its submission, to fail early.
            .col(checked_at_commit(uuid("submission_id"), "submissions"))
            .col(moment("created_at"))
            .primary_key(Index::create().col("user_id").col("key"))
            .foreign_key(&mut reference("idempotency_keys", "user_id", "users"))
            .to_owned();
        manager.create_table(idempotency_keys).await?;
        // Forgetting old keys.
        manager.create_index(index("idempotency_keys", &["created_at"])).await?;
        // Foreign key: the keys of a submission.
        manager.create_index(index("idempotency_keys", &["submission_id"])).await
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        drop_tables(manager, &["idempotency_keys", "submissions"]).await
    }
}

async fn create_submissions(manager: &SchemaManager<'_>) -> Result<(), DbErr> {
    let verdicts = [
        "accepted",
        "partial",
        "wrong_answer",
        "compile_error",
        "compile_limit",
        "time_limit",
        "wall_time_limit",
        "memory_limit",
        "output_limit",
        "process_limit",
        "runtime_error",
        "checker_failed",
        "internal_error",
        "skipped",
        "cancelled",
    ];
    let submissions = Table::create()
        .table("submissions")
        .col(pk_uuid("id"))
        .col(uuid_null("problem_id"))
        .col(uuid_null("test_set_id"))
        .col(uuid("user_id"))
        .col(one_of("mode", &["run", "submit"]))
        .col(text("language"))
        // JSON, here and below, is stored as text: `jsonb` refuses U+0000, which programs do print.
        .col(text("files"))
        .col(text_null("stdin"))
        .col(text("args"))
        .col(big_integer("limit_time_ms"))
        .col(big_integer("limit_memory_mb"))
        .col(big_integer("limit_output_kb"))
        .col(one_of("state", &["queued", "compiling", "running", "done", "cancelled"]))
        .col(one_of_null("verdict", &verdicts))
        .col(double_null("score"))
        .col(double_null("max_score"))
        .col(text_null("compile_output"))
        .col(big_integer_null("cpu_ms"))
        .col(big_integer_null("wall_ms"))
        .col(big_integer_null("memory_kb"))
        .col(text_null("measured_by"))
        .col(text_null("error_code"))
        .col(big_integer("attempt"))
        .col(text("tests"))
        .col(moment("created_at"))
        .col(moment_null("judged_at"))
        .foreign_key(&mut reference("submissions", "problem_id", "problems"))
        .foreign_key(&mut reference("submissions", "test_set_id", "test_sets"))
        .foreign_key(&mut reference("submissions", "user_id", "users"))
        .to_owned();
    manager.create_table(submissions).await?;
    // The history, newest first (by id, which grows with time): one's own,
    manager.create_index(index("submissions", &["user_id", "id"])).await?;
    // one's own to a problem,
    manager.create_index(index("submissions", &["user_id", "problem_id", "id"])).await?;
    // everybody's to a problem, also with one verdict,
    manager.create_index(index("submissions", &["problem_id", "id"])).await?;
    manager.create_index(index("submissions", &["problem_id", "verdict", "id"])).await?;
    // everybody's with one verdict.
    manager.create_index(index("submissions", &["verdict", "id"])).await?;
    // Foreign key: submissions judged by a test set.
    manager.create_index(index("submissions", &["test_set_id"])).await
}
