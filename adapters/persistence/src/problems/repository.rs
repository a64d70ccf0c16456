//! Problems inside a transaction.

use super::rows::{problem, problem_tag};
use super::test_sets;
use crate::error::store_error;
use crate::text::store_text;
use crate::unit_of_work::SeaTx;
use crate::write::{all_columns, insert};
use async_trait::async_trait;
use codesm_core::kernel::ProblemId;
use codesm_core::problems::{Problem, ProblemRef, ProblemRepository, TestSet};
use codesm_core::store::StoreError;
use sea_orm::sea_query::{Expr, ExprTrait, OnConflict};
use sea_orm::{ActiveValue, ColumnTrait, EntityTrait, QueryFilter};

impl SeaTx {
    async fn add_tags(&self, problem: &Problem) -> Result<(), StoreError> {
        if problem.tags.is_empty() {
            return Ok(());
        }
        let rows = problem.tags.iter().map(|tag| {
            all_columns(problem_tag::Model {
                problem_id: problem.id.as_uuid(),
                tag: store_text(tag),
            })
        });
        let known = OnConflict::columns([problem_tag::Column::ProblemId, problem_tag::Column::Tag])
            .do_nothing()
            .to_owned();
        problem_tag::Entity::insert_many(rows)
            .on_conflict(known)
            .exec_without_returning(&self.connection)
            .await
            .map_err(store_error)?;
        Ok(())
    }
}

/// The condition that names one problem.
pub(super) fn named_by(problem: &ProblemRef) -> Expr {
    match problem {
        ProblemRef::Id(id) => problem::Column::Id.eq(id.as_uuid()),
        ProblemRef::Slug(slug) => problem::Column::Slug.eq(slug.as_str()),
    }
}

#[async_trait]
impl ProblemRepository for SeaTx {
    async fn add(&self, problem: &Problem) -> Result<(), StoreError> {
        insert(&self.connection, problem::Model::try_from(problem)?).await?;
        self.add_tags(problem).await
    }

    async fn save(&self, problem: &Problem) -> Result<(), StoreError> {
        let mut columns = all_columns(problem::Model::try_from(problem)?);
        columns.id = ActiveValue::NotSet;
        columns.version = ActiveValue::Set(problem.version + 1);
        // Counted by `count_verdict` alone, which may have counted since the problem was read.
        columns.submissions_total = ActiveValue::NotSet;
        columns.submissions_accepted = ActiveValue::NotSet;
        let written = problem::Entity::update_many()
            .set(columns)
            .filter(problem::Column::Id.eq(problem.id.as_uuid()))
            .filter(problem::Column::Version.eq(problem.version))
            .exec(&self.connection)
            .await
            .map_err(store_error)?;
        if written.rows_affected != 1 {
            return Err(StoreError::Stale);
        }
        problem_tag::Entity::delete_many()
            .filter(problem_tag::Column::ProblemId.eq(problem.id.as_uuid()))
            .exec(&self.connection)
            .await
            .map_err(store_error)?;
        self.add_tags(problem).await
    }

    async fn find(&self, problem: &ProblemRef) -> Result<Option<Problem>, StoreError> {
        let row = problem::Entity::find().filter(named_by(problem)).one(&self.connection).await;
        row.map_err(store_error)?.map(Problem::try_from).transpose()
    }

    async fn add_test_set(&self, test_set: &TestSet) -> Result<(), StoreError> {
        test_sets::add(&self.connection, test_set).await
    }

    async fn count_verdict(&self, problem_id: ProblemId, accepted: bool) -> Result<(), StoreError> {
        let one_more = |column: problem::Column, by: i64| Expr::col(column).add(by);
        problem::Entity::update_many()
            .col_expr(problem::Column::SubmissionsTotal, one_more(problem::Column::SubmissionsTotal, 1))
            .col_expr(
                problem::Column::SubmissionsAccepted,
                one_more(problem::Column::SubmissionsAccepted, i64::from(accepted)),
            )
            .filter(problem::Column::Id.eq(problem_id.as_uuid()))
            .exec(&self.connection)
            .await
            .map_err(store_error)?;
        Ok(())
    }
}
