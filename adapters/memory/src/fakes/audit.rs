//! The audit trail.

use super::store::{FakeTx, insert};
use async_trait::async_trait;
use codesm_core::audit::{AuditEntry, AuditRepository};
use codesm_core::store::StoreError;

/// Most entries given at once.
const MOST_ENTRIES: usize = 1000;

#[async_trait]
impl AuditRepository for FakeTx {
    async fn append(&self, entry: &AuditEntry) -> Result<(), StoreError> {
        insert(&mut self.rows()?.audit, entry.id, entry.clone(), "audit_entries.id")
    }

    async fn about(&self, subject_kind: &str, subject_id: &str) -> Result<Vec<AuditEntry>, StoreError> {
        let rows = self.rows()?;
        let about = rows
            .audit
            .values()
            .filter(|entry| entry.subject_kind == subject_kind && entry.subject_id == subject_id);
        Ok(about.take(MOST_ENTRIES).cloned().collect())
    }
}
