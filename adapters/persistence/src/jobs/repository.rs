//! Jobs inside a transaction.

use super::rows::{job, paused_queue};
use crate::error::store_error;
use crate::unit_of_work::SeaTx;
use crate::write::{all_columns, insert};
use async_trait::async_trait;
use codesm_core::jobs::{Job, JobRepository, JobState, Queue};
use codesm_core::kernel::{JobId, Timestamp};
use codesm_core::store::StoreError;
use sea_orm::sea_query::{Expr, LockBehavior, LockType, OnConflict};
use sea_orm::{ActiveValue, ColumnTrait, EntityTrait, QueryFilter, QueryOrder, QuerySelect, QueryTrait};
use uuid::Uuid;

/// Word for word the conditions of the partial indexes.
const OPEN: &str = "\"state\" IN ('ready', 'running')";
const NOT_DONE: &str = "\"state\" IN ('ready', 'running', 'dead')";

#[async_trait]
impl JobRepository for SeaTx {
    async fn add(&self, job: &Job) -> Result<(), StoreError> {
        insert(&self.connection, job::Model::try_from(job)?).await
    }

    async fn add_once(&self, job: &Job) -> Result<bool, StoreError> {
        let added = job::Entity::insert(all_columns(job::Model::try_from(job)?))
            .on_conflict(OnConflict::column(job::Column::Id).do_nothing().to_owned())
            .exec_without_returning(&self.connection)
            .await
            .map_err(store_error)?;
        Ok(added == 1)
    }

    async fn get(&self, id: JobId) -> Result<Option<Job>, StoreError> {
        let row = job::Entity::find_by_id(id.as_uuid()).lock_exclusive().one(&self.connection).await;
        row.map_err(store_error)?.map(Job::try_from).transpose()
    }

    async fn open_about(&self, subject: Uuid) -> Result<Option<Job>, StoreError> {
        let row = job::Entity::find()
            .filter(Expr::cust(OPEN))
            .filter(job::Column::Subject.eq(subject))
            .lock_exclusive()
            .one(&self.connection)
            .await;
        row.map_err(store_error)?.map(Job::try_from).transpose()
    }

    async fn some_of(&self, queue: Queue, state: JobState, max: u32) -> Result<Vec<Job>, StoreError> {
        let rows = job::Entity::find()
            .filter(Expr::cust(NOT_DONE))
            .filter(job::Column::Queue.eq(queue.as_str()))
            .filter(job::Column::State.eq(state.as_str()))
            .order_by_asc(job::Column::Id)
            .limit(u64::from(max))
            .lock_with_behavior(LockType::Update, LockBehavior::SkipLocked)
            .all(&self.connection)
            .await
            .map_err(store_error)?;
        rows.into_iter().map(Job::try_from).collect()
    }

    async fn overrule(&self, job: &Job) -> Result<(), StoreError> {
        let mut columns = all_columns(job::Model::try_from(job)?);
        columns.id = ActiveValue::NotSet;
        job::Entity::update_many()
            .set(columns)
            .filter(job::Column::Id.eq(job.id.as_uuid()))
            .exec(&self.connection)
            .await
            .map_err(store_error)?;
        Ok(())
    }

    async fn remove(&self, id: JobId) -> Result<bool, StoreError> {
        let removed = job::Entity::delete_many()
            .filter(job::Column::Id.eq(id.as_uuid()))
            .exec(&self.connection)
            .await;
        Ok(removed.map_err(store_error)?.rows_affected == 1)
    }

    async fn forget_ended(&self, state: JobState, before: Timestamp, max: u32) -> Result<u64, StoreError> {
        let old = job::Entity::find()
            .select_only()
            .column(job::Column::Id)
            .filter(job::Column::State.eq(state.as_str()))
            .filter(job::Column::FinishedAt.lt(before))
            .order_by_asc(job::Column::FinishedAt)
            .limit(u64::from(max))
            .into_query();
        let removed = job::Entity::delete_many()
            .filter(job::Column::Id.in_subquery(old))
            .exec(&self.connection)
            .await;
        Ok(removed.map_err(store_error)?.rows_affected)
    }

    async fn pause(&self, queue: Queue, since: Option<Timestamp>) -> Result<(), StoreError> {
        let Some(paused_at) = since else {
            let resumed = paused_queue::Entity::delete_by_id(queue.as_str().to_owned());
            resumed.exec(&self.connection).await.map_err(store_error)?;
            return Ok(());
        };
        let row = paused_queue::Model {
            queue: queue.as_str().to_owned(),
            paused_at,
        };
        paused_queue::Entity::insert(all_columns(row))
            .on_conflict(OnConflict::column(paused_queue::Column::Queue).do_nothing().to_owned())
            .exec_without_returning(&self.connection)
            .await
            .map_err(store_error)?;
        Ok(())
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
