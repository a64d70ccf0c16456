//! Users, sessions, tokens.

use crate::kernel::{Email, IdGenerator, RefreshTokenId, RequestContext, Role, Secret, SessionId, Timestamp, UserId, Username};

/// A user account.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct User {
    /// Identifier.
    pub id: UserId,
    /// Address, unique.
    pub email: Email,
    /// Name, unique.
    pub username: Username,
    /// Argon2id in PHC form.
    pub password_hash: Secret<String>,
    /// Platform role.
    pub role: Role,
    /// When the address was proved.
    pub email_verified_at: Option<Timestamp>,
    /// When an admin locked the account.
    pub banned_at: Option<Timestamp>,
    /// Access tokens of another version are void: raised by logout everywhere.
    pub token_version: i32,
    /// When it was made.
    pub created_at: Timestamp,
    /// When it was last changed.
    pub updated_at: Timestamp,
    /// For optimistic locking; 1 when new.
    pub version: i32,
}

/// A login: one family of rotating refresh tokens.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Session {
    /// Identifier.
    pub id: SessionId,
    /// Whose.
    pub user_id: UserId,
    /// When it began.
    pub created_at: Timestamp,
    /// When it was last refreshed.
    pub last_used_at: Timestamp,
    /// When it ends unless refreshed.
    pub expires_at: Timestamp,
    /// When it was ended, by logout or because a token was replayed.
    pub revoked_at: Option<Timestamp>,
    /// What the client calls itself.
    pub user_agent: Option<String>,
    /// Address of the client at login.
    pub ip: Option<String>,
}

impl Session {
    /// A new session.
    #[must_use]
    pub fn begin(ids: &dyn IdGenerator, user_id: UserId, now: Timestamp, ttl: chrono::Duration, context: &RequestContext) -> Self {
        Self {
            id: SessionId::generate(ids),
            user_id,
            created_at: now,
            last_used_at: now,
            expires_at: now + ttl,
            revoked_at: None,
            user_agent: context.user_agent.clone(),
            ip: context.ip.clone(),
        }
    }

    /// Whether its tokens are good now.
    #[must_use]
    pub fn is_active(&self, now: Timestamp) -> bool {
        self.revoked_at.is_none() && now < self.expires_at
    }
}

/// One refresh token; only its hash is stored.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RefreshToken {
    /// Identifier.
    pub id: RefreshTokenId,
    /// Its session.
    pub session_id: SessionId,
    /// SHA-256 of the token, hexadecimal.
    pub token_hash: String,
    /// When it was made.
    pub created_at: Timestamp,
    /// When it ends.
    pub expires_at: Timestamp,
    /// When it was exchanged for its successor. A second use is a replay.
    pub used_at: Option<Timestamp>,
}

/// What an access token says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AccessClaims {
    /// Whose.
    pub user_id: UserId,
    /// Of which session.
    pub session_id: SessionId,
    /// Must equal the account's.
    pub token_version: i32,
    /// When it was made, to the second.
    pub issued_at: Timestamp,
    /// When it ends, to the second.
    pub expires_at: Timestamp,
}

/// What a login or refresh gives.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TokenPair {
    /// For the `Authorization` header.
    pub access_token: Secret<String>,
    /// Seconds until the access token ends.
    pub expires_in: u64,
    /// For the next refresh; good once.
    pub refresh_token: Secret<String>,
    /// Seconds until the refresh token ends.
    pub refresh_expires_in: u64,
    /// The account.
    pub user: User,
}
