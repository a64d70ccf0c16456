//! Reads of problems outside transactions.

use super::repository::named_by;
use super::rows::problem;
use super::{list, test_sets};
use crate::database::SeaQueries;
use crate::error::store_error;
use crate::row::broken;
use async_trait::async_trait;
use codesm_core::kernel::{Page, PageRequest, TestSetId};
use codesm_core::problems::{Problem, ProblemFilter, ProblemListItem, ProblemQueries, ProblemRef, ProblemView, TestSet, TestSetDetails};
use codesm_core::store::StoreError;
use sea_orm::sea_query::{Expr, ExprTrait, Query};
use sea_orm::{EntityTrait, FromQueryResult, QueryFilter, QuerySelect};

/// A problem's row with its author's name.
#[derive(FromQueryResult)]
struct ViewRow {
    #[sea_orm(nested)]
    problem: problem::Model,
    author_username: Option<String>,
}

#[async_trait]
impl ProblemQueries for SeaQueries {
    async fn view(&self, problem: &ProblemRef) -> Result<Option<ProblemView>, StoreError> {
        let author = Query::select()
            .column(("users", "username"))
            .from("users")
            .and_where(Expr::col(("users", "id")).equals((problem::Entity, problem::Column::AuthorId)))
            .take();
        let row = problem::Entity::find()
            .expr_as(author, "author_username")
            .filter(named_by(problem))
            .into_model::<ViewRow>()
            .one(&self.connection)
            .await
            .map_err(store_error)?;
        let Some(ViewRow { problem, author_username }) = row else {
            return Ok(None);
        };
        let problem = Problem::try_from(problem)?;
        // Test sets never change, so what is read of one belongs to the row read before.
        let (samples, test_count, (own_languages, details)) = match problem.test_set_id.map(TestSetId::as_uuid) {
            Some(set) => (
                test_sets::samples(&self.connection, set).await?,
                test_sets::count(&self.connection, set).await?,
                test_sets::summary(&self.connection, set).await?,
            ),
            None => (Vec::new(), 0, (Vec::new(), TestSetDetails::default())),
        };
        Ok(Some(ProblemView {
            author_username: author_username.ok_or_else(|| broken("problems", "author_id", problem.id, "there is no such user"))?,
            problem,
            samples,
            test_count,
            own_languages,
            details,
        }))
    }

    async fn list(&self, filter: &ProblemFilter, page: &PageRequest) -> Result<Page<ProblemListItem>, StoreError> {
        list::page(&self.connection, filter, page).await
    }

    async fn test_set(&self, id: TestSetId) -> Result<Option<TestSet>, StoreError> {
        test_sets::find(&self.connection, id).await
    }
}
