//! Users inside a transaction.

use super::rows::user;
use crate::error::store_error;
use crate::unit_of_work::SeaTx;
use crate::write::{all_columns, insert};
use async_trait::async_trait;
use codesm_core::auth::{User, UserRepository};
use codesm_core::kernel::UserId;
use codesm_core::store::StoreError;
use sea_orm::{ActiveValue, ColumnTrait, EntityTrait, QueryFilter};

#[async_trait]
impl UserRepository for SeaTx {
    async fn add(&self, user: &User) -> Result<(), StoreError> {
        insert(&self.connection, user::Model::from(user)).await
    }

    async fn save(&self, user: &User) -> Result<(), StoreError> {
        let mut columns = all_columns(user::Model::from(user));
        columns.id = ActiveValue::NotSet;
        columns.version = ActiveValue::Set(user.version + 1);
        let written = user::Entity::update_many()
            .set(columns)
            .filter(user::Column::Id.eq(user.id.as_uuid()))
            .filter(user::Column::Version.eq(user.version))
            .exec(&self.connection)
            .await
            .map_err(store_error)?;
        if written.rows_affected == 1 {
            Ok(())
        } else {
            Err(StoreError::Stale)
        }
    }

    async fn by_id(&self, id: UserId) -> Result<Option<User>, StoreError> {
        let row = user::Entity::find_by_id(id.as_uuid()).one(&self.connection).await;
        row.map_err(store_error)?.map(User::try_from).transpose()
    }
}
