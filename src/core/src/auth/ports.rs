//! Ports of accounts and sessions.

use super::{AccessClaims, RefreshToken, Session, User};
use crate::kernel::{AppResult, Clock, Email, IdGenerator, RateLimiter, RefreshTokenId, Role, Secret, SessionId, Timestamp, UserId};
use crate::store::{StoreError, UnitOfWork};
use async_trait::async_trait;
use std::sync::Arc;

/// Hashes and checks passwords.
///
/// Contract: `verify` MUST take the same time whether the hash is missing, wrong or right; hashing MUST NOT block the
/// async threads and MUST be bounded, so that a login storm cannot starve the rest; when too many wait it MUST be
/// `auth.busy` (kind Unavailable).
#[async_trait]
pub trait PasswordHasher: Send + Sync {
    /// Hashes a password with a fresh salt, in PHC form.
    ///
    /// # Errors
    /// `auth.busy`.
    async fn hash(&self, password: Secret<String>) -> AppResult<Secret<String>>;

    /// Whether the password fits the hash. Without a hash: the same work, then false.
    ///
    /// # Errors
    /// `auth.busy`.
    async fn verify(&self, password: Secret<String>, hash: Option<Secret<String>>) -> AppResult<bool>;
}

/// Makes and checks access tokens.
///
/// Contract: `verify` MUST refuse what was not signed with this key and algorithm, and what has expired at `now`.
pub trait TokenSigner: Send + Sync {
    /// A signed token.
    ///
    /// # Errors
    /// `internal.unexpected` if the key cannot sign.
    fn sign(&self, claims: &AccessClaims) -> AppResult<Secret<String>>;

    /// The claims, if the token is good.
    fn verify(&self, token: &str, now: Timestamp) -> Option<AccessClaims>;
}

/// Makes opaque random tokens and their stored form.
///
/// Contract: a token MUST carry at least 256 random bits; `hash` MUST be one-way and always the same for the same token.
pub trait OpaqueTokens: Send + Sync {
    /// A new token.
    fn generate(&self) -> Secret<String>;
    /// What is stored of a token.
    fn hash(&self, token: &str) -> String;
    /// A keyed pseudonym of an account for logs: always the same, and of no use to somebody without the key.
    fn pseudonym(&self, user_id: UserId) -> String;
}

/// Users inside a transaction.
///
/// Contract: e-mail and username MUST be unique ([`StoreError::Conflict`] with `users.email` or `users.username`);
/// `save` MUST fail with [`StoreError::Stale`] unless the stored version is `user.version`, and then store `version + 1`.
#[async_trait]
pub trait UserRepository: Send + Sync {
    /// Inserts a user.
    ///
    /// # Errors
    /// [`StoreError::Conflict`].
    async fn add(&self, user: &User) -> Result<(), StoreError>;
    /// Writes a changed user.
    ///
    /// # Errors
    /// [`StoreError::Stale`], [`StoreError::Conflict`].
    async fn save(&self, user: &User) -> Result<(), StoreError>;
    /// The user, if there is one.
    ///
    /// # Errors
    /// [`StoreError`].
    async fn by_id(&self, id: UserId) -> Result<Option<User>, StoreError>;
}

/// Sessions inside a transaction.
///
/// Contract: `use_token` MUST succeed for at most one caller per token, also at the same time.
#[async_trait]
pub trait SessionRepository: Send + Sync {
    /// Inserts a session.
    ///
    /// # Errors
    /// [`StoreError`].
    async fn add(&self, session: &Session) -> Result<(), StoreError>;
    /// The session, if there is one.
    ///
    /// # Errors
    /// [`StoreError`].
    async fn by_id(&self, id: SessionId) -> Result<Option<Session>, StoreError>;
    /// Moves the end and last use of a session.
    ///
    /// # Errors
    /// [`StoreError`].
    async fn touch(&self, id: SessionId, last_used_at: Timestamp, expires_at: Timestamp) -> Result<(), StoreError>;
    /// Ends one session, if it was not ended before.
    ///
    /// # Errors
    /// [`StoreError`].
    async fn revoke(&self, id: SessionId, now: Timestamp) -> Result<(), StoreError>;
    /// Ends all sessions of a user.
    ///
    /// # Errors
    /// [`StoreError`].
    async fn revoke_all(&self, user_id: UserId, now: Timestamp) -> Result<(), StoreError>;
    /// Inserts a refresh token.
    ///
    /// # Errors
    /// [`StoreError`].
    async fn add_token(&self, token: &RefreshToken) -> Result<(), StoreError>;
    /// The refresh token with that hash.
    ///
    /// # Errors
    /// [`StoreError`].
    async fn token_by_hash(&self, hash: &str) -> Result<Option<RefreshToken>, StoreError>;
    /// Marks a token used. False: it was used before.
    ///
    /// # Errors
    /// [`StoreError`].
    async fn use_token(&self, id: RefreshTokenId, now: Timestamp) -> Result<bool, StoreError>;
    /// Forgets up to `max` sessions that expired before the moment, with their refresh tokens; says how many sessions.
    ///
    /// # Errors
    /// [`StoreError`].
    async fn forget_expired(&self, before: Timestamp, max: u32) -> Result<u64, StoreError>;
}

/// What every request must know about its caller.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Principal {
    /// Role now.
    pub role: Role,
    /// Whether the account is locked.
    pub banned: bool,
    /// Version that access tokens must have.
    pub token_version: i32,
    /// Whether the session is neither ended nor expired.
    pub session_active: bool,
}

/// Reads outside transactions.
///
/// Contract: a committed write of this process MUST be seen by the next read.
#[async_trait]
pub trait AuthQueries: Send + Sync {
    /// The user with that address.
    ///
    /// # Errors
    /// [`StoreError`].
    async fn user_by_email(&self, email: &Email) -> Result<Option<User>, StoreError>;
    /// The user.
    ///
    /// # Errors
    /// [`StoreError`].
    async fn user_by_id(&self, id: UserId) -> Result<Option<User>, StoreError>;
    /// The user with that name.
    ///
    /// # Errors
    /// [`StoreError`].
    async fn user_by_username(&self, username: &crate::kernel::Username) -> Result<Option<User>, StoreError>;
    /// Account and session state in one read; `None` if either does not exist or they do not belong together.
    ///
    /// # Errors
    /// [`StoreError`].
    async fn principal(&self, user_id: UserId, session_id: SessionId, now: Timestamp) -> Result<Option<Principal>, StoreError>;
    /// Whether there is any account at all.
    ///
    /// # Errors
    /// [`StoreError`].
    async fn any_user(&self) -> Result<bool, StoreError>;
}

/// Lifetimes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct AuthSettings {
    /// Of access tokens; 15 minutes by contract.
    pub access_ttl: chrono::Duration,
    /// Of refresh tokens; 30 days by contract.
    pub refresh_ttl: chrono::Duration,
}

/// What the use cases of this feature need.
#[derive(Clone)]
pub struct AuthDeps {
    /// Transactions.
    pub uow: Arc<dyn UnitOfWork>,
    /// Reads.
    pub queries: Arc<dyn AuthQueries>,
    /// Passwords.
    pub hasher: Arc<dyn PasswordHasher>,
    /// Access tokens.
    pub signer: Arc<dyn TokenSigner>,
    /// Refresh tokens.
    pub tokens: Arc<dyn OpaqueTokens>,
    /// Delays guessing.
    pub limiter: Arc<dyn RateLimiter>,
    /// Time.
    pub clock: Arc<dyn Clock>,
    /// Identifiers.
    pub ids: Arc<dyn IdGenerator>,
    /// Lifetimes.
    pub settings: AuthSettings,
}
