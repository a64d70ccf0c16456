//! Remembers which workers there are.

use super::rows::worker;
use crate::database::{Observed, Writer};
use crate::error::store_error;
use crate::write::all_columns;
use async_trait::async_trait;
use codesm_core::jobs::{WorkerAdvert, WorkerRegistry};
use codesm_core::kernel::Timestamp;
use codesm_core::store::StoreError;
use sea_orm::sea_query::OnConflict;
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter};

/// The registry: the table `workers`.
#[derive(Debug)]
pub(crate) struct SeaWorkerRegistry {
    write: Writer,
    read: Observed,
}

impl SeaWorkerRegistry {
    pub(crate) const fn new(write: Writer, read: Observed) -> Self {
        Self { write, read }
    }
}

#[async_trait]
impl WorkerRegistry for SeaWorkerRegistry {
    async fn advertise(&self, advert: &WorkerAdvert) -> Result<(), StoreError> {
        use worker::Column::{Languages, SeenAt, Slots, Tier, Worker};
        let replace = OnConflict::column(Worker)
            .update_columns([Languages, Slots, Tier, SeenAt])
            .to_owned();
        worker::Entity::insert(all_columns(worker::Model::try_from(advert)?))
            .on_conflict(replace)
            .exec_without_returning(self.write.connection())
            .await
            .map_err(store_error)?;
        Ok(())
    }

    async fn forget_before(&self, moment: Timestamp) -> Result<u64, StoreError> {
        let removed = worker::Entity::delete_many()
            .filter(worker::Column::SeenAt.lt(moment))
            .exec(self.write.connection())
            .await;
        Ok(removed.map_err(store_error)?.rows_affected)
    }

    async fn seen_since(&self, moment: Timestamp) -> Result<Vec<WorkerAdvert>, StoreError> {
        let rows = worker::Entity::find()
            .filter(worker::Column::SeenAt.gte(moment))
            .all(&self.read)
            .await
            .map_err(store_error)?;
        let mut adverts: Vec<WorkerAdvert> = rows.into_iter().map(WorkerAdvert::try_from).collect::<Result<_, _>>()?;
        // Sorted here: the databases' collations differ.
        adverts.sort_by(|a, b| a.worker.cmp(&b.worker));
        Ok(adverts)
    }
}
