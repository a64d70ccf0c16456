//! What only one process may do at a time.

use super::rows::lease;
use crate::database::Writer;
use crate::error::store_error;
use crate::write::all_columns;
use async_trait::async_trait;
use codesm_core::jobs::Leases;
use codesm_core::kernel::Timestamp;
use codesm_core::store::StoreError;
use sea_orm::sea_query::{Expr, ExprTrait, OnConflict};
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter};

/// The table `leases`.
#[derive(Debug)]
pub(crate) struct SeaLeases {
    write: Writer,
}

impl SeaLeases {
    pub(crate) const fn new(write: Writer) -> Self {
        Self { write }
    }
}

#[async_trait]
impl Leases for SeaLeases {
    async fn hold(&self, name: &str, holder: &str, until: Timestamp, now: Timestamp) -> Result<bool, StoreError> {
        use lease::Column::{ExpiresAt, Holder, Name};
        let row = lease::Model {
            name: name.to_owned(),
            holder: holder.to_owned(),
            expires_at: until,
        };
        let of_table = |column| Expr::col((lease::Entity, column));
        let is_free = of_table(Holder).eq(holder).or(of_table(ExpiresAt).lte(now));
        let take_over = OnConflict::column(Name)
            .update_columns([Holder, ExpiresAt])
            .action_and_where(is_free)
            .to_owned();
        let written = lease::Entity::insert(all_columns(row))
            .on_conflict(take_over)
            .exec_without_returning(self.write.connection())
            .await
            .map_err(store_error)?;
        Ok(written == 1)
    }

    async fn give_up(&self, name: &str, holder: &str) -> Result<(), StoreError> {
        lease::Entity::delete_many()
            .filter(lease::Column::Name.eq(name))
            .filter(lease::Column::Holder.eq(holder))
            .exec(self.write.connection())
            .await
            .map_err(store_error)?;
        Ok(())
    }
}
