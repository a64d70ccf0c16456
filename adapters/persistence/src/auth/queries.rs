//! Reads of accounts outside transactions.

use super::rows::{session, user};
use crate::database::SeaQueries;
use crate::error::store_error;
use crate::row::named;
use async_trait::async_trait;
use codesm_core::auth::{AuthQueries, Principal, User};
use codesm_core::kernel::{Email, Role, SessionId, Timestamp, UserId, Username};
use codesm_core::store::StoreError;
use sea_orm::{ColumnTrait, EntityTrait, FromQueryResult, JoinType, QueryFilter, QuerySelect, RelationTrait};
use uuid::Uuid;

/// The few columns every request needs.
#[derive(FromQueryResult)]
struct PrincipalRow {
    role: String,
    banned_at: Option<Timestamp>,
    token_version: i32,
    revoked_at: Option<Timestamp>,
    expires_at: Timestamp,
}

impl SeaQueries {
    async fn user_where(&self, condition: sea_orm::sea_query::Expr) -> Result<Option<User>, StoreError> {
        let row = user::Entity::find().filter(condition).one(&self.connection).await;
        row.map_err(store_error)?.map(User::try_from).transpose()
    }
}

#[async_trait]
impl AuthQueries for SeaQueries {
    async fn user_by_email(&self, email: &Email) -> Result<Option<User>, StoreError> {
        self.user_where(user::Column::Email.eq(email.as_str())).await
    }

    async fn user_by_id(&self, id: UserId) -> Result<Option<User>, StoreError> {
        self.user_where(user::Column::Id.eq(id.as_uuid())).await
    }

    async fn user_by_username(&self, username: &Username) -> Result<Option<User>, StoreError> {
        self.user_where(user::Column::Username.eq(username.as_str())).await
    }

    async fn principal(&self, user_id: UserId, session_id: SessionId, now: Timestamp) -> Result<Option<Principal>, StoreError> {
        let row = session::Entity::find_by_id(session_id.as_uuid())
            .join(JoinType::InnerJoin, session::Relation::User.def())
            .filter(session::Column::UserId.eq(user_id.as_uuid()))
            .select_only()
            .column(user::Column::Role)
            .column(user::Column::BannedAt)
            .column(user::Column::TokenVersion)
            .column(session::Column::RevokedAt)
            .column(session::Column::ExpiresAt)
            .into_model::<PrincipalRow>()
            .one(&self.connection)
            .await
            .map_err(store_error)?;
        let Some(row) = row else { return Ok(None) };
        let PrincipalRow {
            role,
            banned_at,
            token_version,
            revoked_at,
            expires_at,
        } = row;
        Ok(Some(Principal {
            role: named(&role, Role::parse, "users", "role", user_id)?,
            banned: banned_at.is_some(),
            token_version,
            // As `Session::is_active` has it.
            session_active: revoked_at.is_none() && now < expires_at,
        }))
    }

    async fn any_user(&self) -> Result<bool, StoreError> {
        let id = user::Entity::find().select_only().column(user::Column::Id).limit(1);
        let id: Option<Uuid> = id.into_tuple().one(&self.connection).await.map_err(store_error)?;
        Ok(id.is_some())
    }
}
