//! Problems, their tags, test sets and tests.

use crate::columns::{
    big_integer, boolean, checked_at_commit, drop_tables, index, integer, moment, one_of, pk_uuid, reference, small_integer, sorted_text,
    text, text_null, unique, uuid, uuid_null,
};
use sea_orm_migration::prelude::*;
use sea_orm_migration::sea_orm::prelude::Uuid;

#[derive(DeriveMigrationName)]
pub(crate) struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    fn use_transaction(&self) -> Option<bool> {
        Some(true)
    }

    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        create_problems(manager).await?;
        create_tags(manager).await?;
        create_tests(manager).await?;
        // Problem and test set refer to each other; the problem's side is checked at commit.
        let present_tests = Table::alter()
            .table("problems")
            .add_column(checked_at_commit(uuid_null("test_set_id"), "test_sets"))
            .to_owned();
        manager.alter_table(present_tests).await
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        // Dropping a table deletes its rows first, and SQLite then checks the references to them.
        let detach = Query::update()
            .table("problems")
            .value("test_set_id", Option::<Uuid>::None)
            .to_owned();
        manager.execute(detach).await?;
        drop_tables(manager, &["test_cases", "test_sets", "problem_tags", "problems"]).await
    }
}

async fn create_problems(manager: &SchemaManager<'_>) -> Result<(), DbErr> {
    let problems = Table::create()
        .table("problems")
        .col(pk_uuid("id"))
        .col(text("slug"))
        .col(text("title"))
        // The title in lower case, by which the list is sorted.
        .col(sorted_text(manager, "title_key"))
        // Title, slug and tags in lower case, in which the search looks. Both are computed in Rust: the databases
        // disagree about the lower case of anything but ASCII.
        .col(text("search_text"))
        .col(text("statement"))
        .col(one_of("difficulty", &["easy", "medium", "hard", "expert"]))
        .col(small_integer("difficulty_rank"))
        .col(text("tags"))
        .col(one_of("status", &["draft", "in_review", "published", "archived"]))
        .col(uuid("author_id"))
        .col(big_integer("limit_time_ms"))
        .col(big_integer("limit_memory_mb"))
        .col(big_integer("limit_output_kb"))
        .col(big_integer("submissions_total"))
        .col(big_integer("submissions_accepted"))
        .col(moment("created_at"))
        .col(moment("updated_at"))
        .col(integer("version"))
        .foreign_key(&mut reference("problems", "author_id", "users"))
        .to_owned();
    manager.create_table(problems).await?;
    // Addresses by slug; unique.
    manager.create_index(unique("problems", &["slug"])).await?;
    // Sorts `newest` and `oldest`.
    manager.create_index(index("problems", &["created_at", "id"])).await?;
    // Sort `title`.
    manager.create_index(index("problems", &["title_key", "id"])).await?;
    // Sort `difficulty`; with one difficulty as filter also `newest` and `oldest`.
    manager
        .create_index(index("problems", &["difficulty_rank", "created_at", "id"]))
        .await?;
    // Filter by status: the few that are not published.
    manager.create_index(index("problems", &["status", "created_at", "id"])).await?;
    // An author's own problems.
    manager.create_index(index("problems", &["author_id", "created_at", "id"])).await
}

async fn create_tags(manager: &SchemaManager<'_>) -> Result<(), DbErr> {
    // `problems.tags` is what is read; these rows only serve the filter.
    let problem_tags = Table::create()
        .table("problem_tags")
        .col(uuid("problem_id"))
        .col(text("tag"))
        .primary_key(Index::create().col("problem_id").col("tag"))
        .foreign_key(&mut reference("problem_tags", "problem_id", "problems"))
        .to_owned();
    manager.create_table(problem_tags).await?;
    // Filter by tag.
    manager.create_index(index("problem_tags", &["tag", "problem_id"])).await
}

async fn create_tests(manager: &SchemaManager<'_>) -> Result<(), DbErr> {
    let test_sets = Table::create()
        .table("test_sets")
        .col(pk_uuid("id"))
        .col(uuid("problem_id"))
        .col(text("checker"))
        .col(moment("created_at"))
        .foreign_key(&mut reference("test_sets", "problem_id", "problems"))
        .to_owned();
    manager.create_table(test_sets).await?;
    // Foreign key: the revisions of a problem.
    manager.create_index(index("test_sets", &["problem_id"])).await?;

    let test_cases = Table::create()
        .table("test_cases")
        .col(uuid("test_set_id"))
        .col(big_integer("position"))
        .col(text("name"))
        .col(boolean("sample"))
        .col(text_null("group_name"))
        .col(text("input_sha256"))
        .col(big_integer("input_size"))
        .col(text("answer_sha256"))
        .col(big_integer("answer_size"))
        .col(text_null("explanation"))
        // All tests of a set, in judging order.
        .primary_key(Index::create().col("test_set_id").col("position"))
        .foreign_key(&mut reference("test_cases", "test_set_id", "test_sets"))
        .to_owned();
    manager.create_table(test_cases).await?;
    // The samples of a set, which every reader of a problem gets, among hundreds of hidden tests.
    manager
        .create_index(index("test_cases", &["test_set_id", "sample", "position"]))
        .await
}
