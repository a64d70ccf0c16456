//! Jobs inside a transaction.

use super::rows::job;
use crate::error::store_error;
use crate::unit_of_work::SeaTx;
use crate::write::{all_columns, insert};
use async_trait::async_trait;
use codesm_core::jobs::{Job, JobRepository, JobState};
use codesm_core::kernel::JobId;
use codesm_core::store::StoreError;
use sea_orm::{ActiveValue, ColumnTrait, EntityTrait, QueryFilter, QuerySelect};

#[async_trait]
impl JobRepository for SeaTx {
    async fn add(&self, job: &Job) -> Result<(), StoreError> {
        insert(&self.connection, job::Model::try_from(job)?).await
    }

    async fn get(&self, id: JobId) -> Result<Option<Job>, StoreError> {
        let row = job::Entity::find_by_id(id.as_uuid()).lock_exclusive().one(&self.connection).await;
        row.map_err(store_error)?.map(Job::try_from).transpose()
    }

    async fn save(&self, job: &Job, attempt: u32) -> Result<(), StoreError> {
        let mut columns = all_columns(job::Model::try_from(job)?);
        columns.id = ActiveValue::NotSet;
        let written = job::Entity::update_many()
            .set(columns)
            .filter(job::Column::Id.eq(job.id.as_uuid()))
            .filter(job::Column::Attempt.eq(i64::from(attempt)))
            .filter(job::Column::State.eq(JobState::Running.as_str()))
            .exec(&self.connection)
            .await
            .map_err(store_error)?;
        if written.rows_affected == 1 {
            Ok(())
        } else {
            Err(StoreError::LeaseLost)
        }
    }
}
