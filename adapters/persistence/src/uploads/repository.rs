//! Uploads inside a transaction.

use super::rows::{Column, Entity, Model};
use crate::error::store_error;
use crate::unit_of_work::SeaTx;
use crate::write::{all_columns, insert};
use async_trait::async_trait;
use codesm_core::kernel::{Timestamp, UploadId, UserId};
use codesm_core::store::StoreError;
use codesm_core::uploads::{Upload, UploadRepository, UploadState};
use sea_orm::ActiveValue::NotSet;
use sea_orm::{ColumnTrait, EntityTrait, PaginatorTrait, QueryFilter, QueryOrder, QuerySelect};

#[async_trait]
impl UploadRepository for SeaTx {
    async fn add(&self, upload: &Upload) -> Result<(), StoreError> {
        insert(&self.connection, Model::try_from(upload)?).await
    }

    async fn save(&self, upload: &Upload) -> Result<(), StoreError> {
        let next = Upload {
            version: upload.version + 1,
            ..upload.clone()
        };
        let mut columns = all_columns(Model::try_from(&next)?);
        columns.id = NotSet;
        let written = Entity::update_many()
            .set(columns)
            .filter(Column::Id.eq(upload.id.as_uuid()))
            .filter(Column::Version.eq(upload.version))
            .exec(&self.connection)
            .await
            .map_err(store_error)?;
        if written.rows_affected == 1 {
            Ok(())
        } else {
            Err(StoreError::Stale)
        }
    }

    async fn by_id(&self, id: UploadId) -> Result<Option<Upload>, StoreError> {
        let row = Entity::find_by_id(id.as_uuid()).one(&self.connection).await;
        row.map_err(store_error)?.map(Upload::try_from).transpose()
    }

    async fn unconfirmed(&self, user_id: UserId) -> Result<u64, StoreError> {
        let unconfirmed = Entity::find()
            .filter(Column::UserId.eq(user_id.as_uuid()))
            .filter(Column::State.ne(UploadState::Confirmed.as_str()));
        unconfirmed.count(&self.connection).await.map_err(store_error)
    }

    async fn untidied(&self, offered_before: Timestamp, limit: u32) -> Result<Vec<Upload>, StoreError> {
        let rows = Entity::find()
            .filter(Column::Tidied.eq(false))
            .filter(Column::CreatedAt.lt(offered_before))
            .order_by_asc(Column::CreatedAt)
            .order_by_asc(Column::Id)
            .limit(u64::from(limit))
            .all(&self.connection)
            .await;
        rows.map_err(store_error)?.into_iter().map(Upload::try_from).collect()
    }

    async fn remove(&self, id: UploadId) -> Result<(), StoreError> {
        Entity::delete_by_id(id.as_uuid())
            .exec(&self.connection)
            .await
            .map_err(store_error)?;
        Ok(())
    }
}
