//! Inserts and guarded updates, the same for every table.

use crate::error::store_error;
use codesm_core::store::StoreError;
use sea_orm::{ActiveModelBehavior, ActiveModelTrait, ConnectionTrait, EntityTrait, IntoActiveModel, ModelTrait};

/// Every column of a row, to be written.
pub(crate) fn all_columns<M>(row: M) -> <M::Entity as EntityTrait>::ActiveModel
where
    M: ModelTrait + IntoActiveModel<<M::Entity as EntityTrait>::ActiveModel>,
    <M::Entity as EntityTrait>::ActiveModel: ActiveModelBehavior,
{
    row.into_active_model().reset_all()
}

/// Inserts a row.
pub(crate) async fn insert<M>(connection: &impl ConnectionTrait, row: M) -> Result<(), StoreError>
where
    M: ModelTrait + IntoActiveModel<<M::Entity as EntityTrait>::ActiveModel>,
    <M::Entity as EntityTrait>::ActiveModel: ActiveModelBehavior,
{
    M::Entity::insert(all_columns(row))
        .exec_without_returning(connection)
        .await
        .map_err(store_error)?;
    Ok(())
}
