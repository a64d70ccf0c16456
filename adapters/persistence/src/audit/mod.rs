//! The audit trail.

mod rows;

use crate::error::store_error;
use crate::text::store_text;
use crate::unit_of_work::SeaTx;
use crate::write::insert;
use async_trait::async_trait;
use codesm_core::audit::{AuditEntry, AuditRepository};
use codesm_core::store::StoreError;
use rows::audit_entry;
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter, QueryOrder, QuerySelect};

/// Most entries about one subject that are read, as the port says.
const MOST_ENTRIES: u64 = 1000;

#[async_trait]
impl AuditRepository for SeaTx {
    async fn append(&self, entry: &AuditEntry) -> Result<(), StoreError> {
        insert(&self.connection, audit_entry::Model::try_from(entry)?).await
    }

    async fn about(&self, subject_kind: &str, subject_id: &str) -> Result<Vec<AuditEntry>, StoreError> {
        let rows = audit_entry::Entity::find()
            .filter(audit_entry::Column::SubjectKind.eq(subject_kind))
            .filter(audit_entry::Column::SubjectId.eq(store_text(subject_id)))
            .order_by_asc(audit_entry::Column::Id)
            .limit(MOST_ENTRIES)
            .all(&self.connection)
            .await
            .map_err(store_error)?;
        rows.into_iter().map(AuditEntry::try_from).collect()
    }
}
