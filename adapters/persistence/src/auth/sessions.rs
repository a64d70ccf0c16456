//! Sessions and refresh tokens inside a transaction.

use super::rows::{refresh_token, session};
use crate::error::store_error;
use crate::unit_of_work::SeaTx;
use crate::write::insert;
use async_trait::async_trait;
use codesm_core::auth::{RefreshToken, Session, SessionRepository};
use codesm_core::kernel::{RefreshTokenId, SessionId, Timestamp, UserId};
use codesm_core::store::StoreError;
use sea_orm::sea_query::Expr;
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter, QueryOrder, QuerySelect};
use uuid::Uuid;

#[async_trait]
impl SessionRepository for SeaTx {
    async fn add(&self, session: &Session) -> Result<(), StoreError> {
        insert(&self.connection, session::Model::from(session)).await
    }

    async fn by_id(&self, id: SessionId) -> Result<Option<Session>, StoreError> {
        let row = session::Entity::find_by_id(id.as_uuid()).one(&self.connection).await;
        Ok(row.map_err(store_error)?.map(Session::from))
    }

    async fn touch(&self, id: SessionId, last_used_at: Timestamp, expires_at: Timestamp) -> Result<(), StoreError> {
        session::Entity::update_many()
            .col_expr(session::Column::LastUsedAt, Expr::value(last_used_at))
            .col_expr(session::Column::ExpiresAt, Expr::value(expires_at))
            .filter(session::Column::Id.eq(id.as_uuid()))
            .exec(&self.connection)
            .await
            .map_err(store_error)?;
        Ok(())
    }

    async fn revoke(&self, id: SessionId, now: Timestamp) -> Result<(), StoreError> {
        session::Entity::update_many()
            .col_expr(session::Column::RevokedAt, Expr::value(now))
            .filter(session::Column::Id.eq(id.as_uuid()))
            .filter(session::Column::RevokedAt.is_null())
            .exec(&self.connection)
            .await
            .map_err(store_error)?;
        Ok(())
    }

    async fn revoke_all(&self, user_id: UserId, now: Timestamp) -> Result<(), StoreError> {
        session::Entity::update_many()
            .col_expr(session::Column::RevokedAt, Expr::value(now))
            .filter(session::Column::UserId.eq(user_id.as_uuid()))
            .filter(session::Column::RevokedAt.is_null())
            .exec(&self.connection)
            .await
            .map_err(store_error)?;
        Ok(())
    }

    async fn add_token(&self, token: &RefreshToken) -> Result<(), StoreError> {
        insert(&self.connection, refresh_token::Model::from(token)).await
    }

    async fn token_by_hash(&self, hash: &str) -> Result<Option<RefreshToken>, StoreError> {
        let row = refresh_token::Entity::find()
            .filter(refresh_token::Column::TokenHash.eq(hash))
            .one(&self.connection)
            .await;
        Ok(row.map_err(store_error)?.map(RefreshToken::from))
    }

    async fn use_token(&self, id: RefreshTokenId, now: Timestamp) -> Result<bool, StoreError> {
        // The condition decides between callers at the same time: the second waits for the first and finds it used.
        let written = refresh_token::Entity::update_many()
            .col_expr(refresh_token::Column::UsedAt, Expr::value(now))
            .filter(refresh_token::Column::Id.eq(id.as_uuid()))
            .filter(refresh_token::Column::UsedAt.is_null())
            .exec(&self.connection)
            .await
            .map_err(store_error)?;
        Ok(written.rows_affected == 1)
    }

    async fn forget_expired(&self, before: Timestamp, max: u32) -> Result<u64, StoreError> {
        let expired = session::Entity::find()
            .select_only()
            .column(session::Column::Id)
            .filter(session::Column::ExpiresAt.lt(before))
            .order_by_asc(session::Column::ExpiresAt)
            .limit(u64::from(max))
            .into_tuple::<Uuid>()
            .all(&self.connection)
            .await
            .map_err(store_error)?;
        refresh_token::Entity::delete_many()
            .filter(refresh_token::Column::SessionId.is_in(expired.iter().copied()))
            .exec(&self.connection)
            .await
            .map_err(store_error)?;
        let removed = session::Entity::delete_many()
            .filter(session::Column::Id.is_in(expired))
            .exec(&self.connection)
            .await;
        Ok(removed.map_err(store_error)?.rows_affected)
    }
}
