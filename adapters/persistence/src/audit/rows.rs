//! Table `audit_entries`.

pub(super) mod audit_entry {
    use crate::text::{load_json, load_text, store_json, store_text};
    use codesm_core::audit::AuditEntry;
    use codesm_core::kernel::{AuditId, Timestamp, UserId};
    use codesm_core::store::StoreError;
    use sea_orm::entity::prelude::*;

    #[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
    #[sea_orm(table_name = "audit_entries")]
    pub(crate) struct Model {
        #[sea_orm(primary_key, auto_increment = false)]
        pub id: Uuid,
        pub at: Timestamp,
        pub actor_id: Option<Uuid>,
        pub actor_kind: String,
        pub action: String,
        pub subject_kind: String,
        pub subject_id: String,
        pub request_id: String,
        pub ip: Option<String>,
        pub details: String,
    }

    #[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
    pub(crate) enum Relation {}

    impl ActiveModelBehavior for ActiveModel {}

    impl TryFrom<&AuditEntry> for Model {
        type Error = StoreError;

        fn try_from(entry: &AuditEntry) -> Result<Self, StoreError> {
            let AuditEntry {
                id,
                at,
                actor_id,
                actor_kind,
                action,
                subject_kind,
                subject_id,
                request_id,
                ip,
                details,
            } = entry;
            Ok(Self {
                id: id.as_uuid(),
                at: *at,
                actor_id: actor_id.map(UserId::as_uuid),
                actor_kind: actor_kind.clone(),
                action: action.clone(),
                subject_kind: subject_kind.clone(),
                subject_id: store_text(subject_id),
                request_id: store_text(request_id),
                ip: ip.clone(),
                details: store_json(details)?,
            })
        }
    }

    impl TryFrom<Model> for AuditEntry {
        type Error = StoreError;

        fn try_from(row: Model) -> Result<Self, StoreError> {
            let Model {
                id,
                at,
                actor_id,
                actor_kind,
                action,
                subject_kind,
                subject_id,
                request_id,
                ip,
                details,
            } = row;
            Ok(Self {
                id: AuditId::from_uuid(id),
                at,
                actor_id: actor_id.map(UserId::from_uuid),
                actor_kind,
                action,
                subject_kind,
                subject_id: load_text(subject_id),
                request_id: load_text(request_id),
                ip,
                details: load_json(&details, "audit_entries", "details", id)?,
            })
        }
    }
}
