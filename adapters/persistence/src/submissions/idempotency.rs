//! Idempotency keys inside a transaction.

use super::rows::idempotency_key;
use crate::error::store_error;
use crate::text::store_text;
use crate::unit_of_work::SeaTx;
use crate::write::insert;
use async_trait::async_trait;
use codesm_core::kernel::{Timestamp, UserId};
use codesm_core::store::StoreError;
use codesm_core::submissions::{IdempotencyRecord, IdempotencyRepository};
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter};

#[async_trait]
impl IdempotencyRepository for SeaTx {
    async fn find(&self, user_id: UserId, key: &str) -> Result<Option<IdempotencyRecord>, StoreError> {
        let row = idempotency_key::Entity::find_by_id((user_id.as_uuid(), store_text(key)))
            .one(&self.connection)
            .await;
        Ok(row.map_err(store_error)?.map(IdempotencyRecord::from))
    }

    async fn add(&self, record: &IdempotencyRecord) -> Result<(), StoreError> {
        insert(&self.connection, idempotency_key::Model::from(record)).await
    }

    async fn forget_before(&self, moment: Timestamp) -> Result<u64, StoreError> {
        let deleted = idempotency_key::Entity::delete_many()
            .filter(idempotency_key::Column::CreatedAt.lt(moment))
            .exec(&self.connection)
            .await
            .map_err(store_error)?;
        Ok(deleted.rows_affected)
    }
}
