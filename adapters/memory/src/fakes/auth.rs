//! Users and sessions.

use super::store::{FakeStore, FakeTx, State, insert, taken};
use async_trait::async_trait;
use codesm_core::auth::{AuthQueries, Principal, RefreshToken, Session, SessionRepository, User, UserRepository};
use codesm_core::kernel::{Email, RefreshTokenId, SessionId, Timestamp, UserId, Username};
use codesm_core::store::StoreError;

fn require_unique(rows: &State, user: &User) -> Result<(), StoreError> {
    for other in rows.users.values().filter(|other| other.id != user.id) {
        if other.email == user.email {
            return Err(StoreError::Conflict("users.email".to_owned()));
        }
        if other.username == user.username {
            return Err(StoreError::Conflict("users.username".to_owned()));
        }
    }
    Ok(())
}

#[async_trait]
impl UserRepository for FakeTx {
    async fn add(&self, user: &User) -> Result<(), StoreError> {
        let mut rows = self.rows()?;
        require_unique(&rows, user)?;
        insert(&mut rows.users, user.id, user.clone(), "users.id")
    }

    async fn save(&self, user: &User) -> Result<(), StoreError> {
        let mut rows = self.rows()?;
        if rows.users.get(&user.id).is_none_or(|stored| stored.version != user.version) {
            return Err(StoreError::Stale);
        }
        require_unique(&rows, user)?;
        let mut user = user.clone();
        user.version += 1;
        rows.users.insert(user.id, user);
        Ok(())
    }

    async fn by_id(&self, id: UserId) -> Result<Option<User>, StoreError> {
        Ok(self.rows()?.users.get(&id).cloned())
    }
}

#[async_trait]
impl SessionRepository for FakeTx {
    async fn add(&self, session: &Session) -> Result<(), StoreError> {
        insert(&mut self.rows()?.sessions, session.id, session.clone(), "sessions.id")
    }

    async fn by_id(&self, id: SessionId) -> Result<Option<Session>, StoreError> {
        Ok(self.rows()?.sessions.get(&id).cloned())
    }

    async fn touch(&self, id: SessionId, last_used_at: Timestamp, expires_at: Timestamp) -> Result<(), StoreError> {
        if let Some(session) = self.rows()?.sessions.get_mut(&id) {
            session.last_used_at = last_used_at;
            session.expires_at = expires_at;
        }
        Ok(())
    }

    async fn revoke(&self, id: SessionId, now: Timestamp) -> Result<(), StoreError> {
        if let Some(session) = self.rows()?.sessions.get_mut(&id) {
            session.revoked_at.get_or_insert(now);
        }
        Ok(())
    }

    async fn revoke_all(&self, user_id: UserId, now: Timestamp) -> Result<(), StoreError> {
        for session in self.rows()?.sessions.values_mut().filter(|session| session.user_id == user_id) {
            session.revoked_at.get_or_insert(now);
        }
        Ok(())
    }

    async fn add_token(&self, token: &RefreshToken) -> Result<(), StoreError> {
        let mut rows = self.rows()?;
        if rows.refresh_tokens.values().any(|other| other.token_hash == token.token_hash) {
            return Err(taken("refresh_tokens.token_hash"));
        }
        insert(&mut rows.refresh_tokens, token.id, token.clone(), "refresh_tokens.id")
    }

    async fn forget_expired(&self, before: Timestamp, max: u32) -> Result<u64, StoreError> {
        let mut rows = self.rows()?;
        let expired: Vec<SessionId> = rows
            .sessions
            .values()
            .filter(|session| session.expires_at < before)
            .map(|session| session.id)
            .take(max as usize)
            .collect();
        rows.refresh_tokens.retain(|_, token| !expired.contains(&token.session_id));
        rows.sessions.retain(|id, _| !expired.contains(id));
        Ok(expired.len() as u64)
    }

    async fn token_by_hash(&self, hash: &str) -> Result<Option<RefreshToken>, StoreError> {
        let rows = self.rows()?;
        Ok(rows.refresh_tokens.values().find(|token| token.token_hash == hash).cloned())
    }

    async fn use_token(&self, id: RefreshTokenId, now: Timestamp) -> Result<bool, StoreError> {
        match self.rows()?.refresh_tokens.get_mut(&id) {
            Some(token) if token.used_at.is_none() => {
                token.used_at = Some(now);
                Ok(true)
            }
            Some(_) | None => Ok(false),
        }
    }
}

#[async_trait]
impl AuthQueries for FakeStore {
    async fn user_by_email(&self, email: &Email) -> Result<Option<User>, StoreError> {
        self.read(|state| state.users.values().find(|user| user.email == *email).cloned())
    }

    async fn user_by_id(&self, id: UserId) -> Result<Option<User>, StoreError> {
        self.read(|state| state.users.get(&id).cloned())
    }

    async fn user_by_username(&self, username: &Username) -> Result<Option<User>, StoreError> {
        self.read(|state| state.users.values().find(|user| user.username == *username).cloned())
    }

    async fn principal(&self, user_id: UserId, session_id: SessionId, now: Timestamp) -> Result<Option<Principal>, StoreError> {
        self.read(|state| {
            let user = state.users.get(&user_id)?;
            let session = state.sessions.get(&session_id).filter(|session| session.user_id == user_id)?;
            Some(Principal {
                role: user.role,
                banned: user.banned_at.is_some(),
                token_version: user.token_version,
                session_active: session.is_active(now),
            })
        })
    }

    async fn any_user(&self) -> Result<bool, StoreError> {
        self.read(|state| !state.users.is_empty())
    }
}
