//! Table `uploads`.

use crate::row::{named, number, stored_number};
use codesm_core::kernel::{Timestamp, UploadId, UserId};
use codesm_core::store::StoreError;
use codesm_core::uploads::{Upload, UploadKind, UploadState};
use sea_orm::entity::prelude::*;

#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "uploads")]
pub(crate) struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    pub user_id: Uuid,
    pub kind: String,
    pub file_name: String,
    pub content_type: String,
    pub size: i64,
    pub incoming: String,
    pub name: String,
    pub state: String,
    pub created_at: Timestamp,
    pub expires_at: Timestamp,
    pub changed_at: Timestamp,
    pub tidied: bool,
    pub version: i32,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub(crate) enum Relation {}

impl ActiveModelBehavior for ActiveModel {}

impl TryFrom<&Upload> for Model {
    type Error = StoreError;

    fn try_from(upload: &Upload) -> Result<Self, StoreError> {
        let Upload {
            id,
            user_id,
            kind,
            file_name,
            content_type,
            size,
            incoming,
            name,
            state,
            created_at,
            expires_at,
            changed_at,
            tidied,
            version,
        } = upload;
        Ok(Self {
            id: id.as_uuid(),
            user_id: user_id.as_uuid(),
            kind: kind.as_str().to_owned(),
            file_name: file_name.clone(),
            content_type: content_type.clone(),
            size: stored_number(*size, "uploads.size")?,
            incoming: incoming.clone(),
            name: name.clone(),
            state: state.as_str().to_owned(),
            created_at: *created_at,
            expires_at: *expires_at,
            changed_at: *changed_at,
            tidied: *tidied,
            version: *version,
        })
    }
}

impl TryFrom<Model> for Upload {
    type Error = StoreError;

    fn try_from(row: Model) -> Result<Self, StoreError> {
        let Model {
            id,
            user_id,
            kind,
            file_name,
            content_type,
            size,
            incoming,
            name,
            state,
            created_at,
            expires_at,
            changed_at,
            tidied,
            version,
        } = row;
        Ok(Self {
            id: UploadId::from_uuid(id),
            user_id: UserId::from_uuid(user_id),
            kind: named(&kind, UploadKind::parse, "uploads", "kind", id)?,
            file_name,
            content_type,
            size: number(size, "uploads", "size", id)?,
            incoming,
            name,
            state: named(&state, UploadState::parse, "uploads", "state", id)?,
            created_at,
            expires_at,
            changed_at,
            tidied,
            version,
        })
    }
}
