//! Submissions inside a transaction.

use super::rows::submission;
use crate::error::store_error;
use crate::unit_of_work::SeaTx;
use crate::write::{all_columns, insert};
use async_trait::async_trait;
use codesm_core::kernel::SubmissionId;
use codesm_core::store::StoreError;
use codesm_core::submissions::{Submission, SubmissionRepository};
use sea_orm::ActiveValue::NotSet;
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter, QuerySelect};

#[async_trait]
impl SubmissionRepository for SeaTx {
    async fn add(&self, submission: &Submission) -> Result<(), StoreError> {
        insert(&self.connection, submission::Model::try_from(submission)?).await
    }

    async fn save(&self, submission: &Submission) -> Result<(), StoreError> {
        let mut columns = all_columns(submission::Model::try_from(submission)?);
        // What the receipt was given for never changes; sources can be large, too.
        columns.id = NotSet;
        columns.problem_id = NotSet;
        columns.user_id = NotSet;
        columns.mode = NotSet;
        columns.language = NotSet;
        columns.files = NotSet;
        columns.stdin = NotSet;
        columns.args = NotSet;
        columns.limit_time_ms = NotSet;
        columns.limit_memory_mb = NotSet;
        columns.limit_output_kb = NotSet;
        columns.created_at = NotSet;
        let written = submission::Entity::update_many()
            .set(columns)
            .filter(submission::Column::Id.eq(submission.id.as_uuid()))
            .exec(&self.connection)
            .await
            .map_err(store_error)?;
        if written.rows_affected == 1 {
            Ok(())
        } else {
            Err(StoreError::Internal(format!("submission {} was never added", submission.id).into()))
        }
    }

    async fn by_id(&self, id: SubmissionId) -> Result<Option<Submission>, StoreError> {
        // Locked (on SQLite the transaction itself is the lock): two workers must not both finish it.
        let row = submission::Entity::find_by_id(id.as_uuid())
            .lock_exclusive()
            .one(&self.connection)
            .await;
        row.map_err(store_error)?.map(Submission::try_from).transpose()
    }
}
