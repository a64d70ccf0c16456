//! Passwords and tokens: quick, predictable, and of no use outside tests.

use crate::lock::locked;
use async_trait::async_trait;
use codesm_core::auth::{AccessClaims, OpaqueTokens, PasswordHasher, TokenSigner};
use codesm_core::kernel::{AppError, AppResult, Secret, SessionId, Timestamp, UserId};
use sha2::{Digest, Sha256};
use std::sync::Mutex;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use uuid::Uuid;

fn digest(parts: &[&str]) -> String {
    hex::encode(Sha256::digest(parts.join("\0")))
}

/// Hashes by SHA-256, at once, in the caller's thread.
#[derive(Debug, Default)]
pub struct FakePasswordHasher {
    salts: AtomicU64,
    is_busy: AtomicBool,
    checks: AtomicU64,
}

impl FakePasswordHasher {
    /// A hasher that is not busy.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Makes every call `auth.busy`, or ends that.
    pub fn set_busy(&self, is_busy: bool) {
        self.is_busy.store(is_busy, Ordering::Release);
    }

    /// How often `verify` did its work, so that a test sees that a missing account costs as much as any.
    #[must_use]
    pub fn checks(&self) -> u64 {
        self.checks.load(Ordering::Acquire)
    }

    fn require_idle(&self) -> AppResult<()> {
        if self.is_busy.load(Ordering::Acquire) {
            return Err(AppError::unavailable("auth.busy", "Too many logins at once; try again shortly."));
        }
        Ok(())
    }
}

#[async_trait]
impl PasswordHasher for FakePasswordHasher {
    async fn hash(&self, password: Secret<String>) -> AppResult<Secret<String>> {
        self.require_idle()?;
        let salt = self.salts.fetch_add(1, Ordering::Relaxed).to_string();
        let hash = digest(&[&salt, password.reveal()]);
        Ok(Secret::new(format!("$fake${salt}${hash}")))
    }

    async fn verify(&self, password: Secret<String>, hash: Option<Secret<String>>) -> AppResult<bool> {
        self.require_idle()?;
        self.checks.fetch_add(1, Ordering::AcqRel);
        let Some(stored) = hash else {
            return Ok(false);
        };
        let parts = stored.reveal().strip_prefix("$fake$").and_then(|rest| rest.split_once('$'));
        Ok(parts.is_some_and(|(salt, hash)| digest(&[salt, password.reveal()]) == hash))
    }
}

/// Signs by SHA-256 over key and claims. A fixed key makes the same token for the same claims.
#[derive(Debug)]
pub struct FakeTokenSigner {
    key: String,
    is_broken: AtomicBool,
}

impl FakeTokenSigner {
    /// With a key of any kind.
    #[must_use]
    pub fn new(key: impl Into<String>) -> Self {
        Self {
            key: key.into(),
            is_broken: AtomicBool::new(false),
        }
    }

    /// Makes every signing fail, or ends that.
    pub fn set_broken(&self, is_broken: bool) {
        self.is_broken.store(is_broken, Ordering::Release);
    }
}

impl Default for FakeTokenSigner {
    fn default() -> Self {
        Self::new("key")
    }
}

impl TokenSigner for FakeTokenSigner {
    fn sign(&self, claims: &AccessClaims) -> AppResult<Secret<String>> {
        if self.is_broken.load(Ordering::Acquire) {
            return Err(AppError::internal("the fake key does not sign"));
        }
        let AccessClaims {
            user_id,
            session_id,
            token_version,
            issued_at,
            expires_at,
        } = claims;
        let body = serde_json::json!([user_id, session_id, token_version, issued_at.timestamp(), expires_at.timestamp()]);
        let body = hex::encode(body.to_string());
        let signature = digest(&[&self.key, &body]);
        Ok(Secret::new(format!("fake.{body}.{signature}")))
    }

    fn verify(&self, token: &str, now: Timestamp) -> Option<AccessClaims> {
        let (body, signature) = token.strip_prefix("fake.")?.split_once('.')?;
        if digest(&[&self.key, body]) != signature {
            return None;
        }
        let (user, session, token_version, issued_at, expires_at): (Uuid, Uuid, i32, i64, i64) =
            serde_json::from_slice(&hex::decode(body).ok()?).ok()?;
        let claims = AccessClaims {
            user_id: UserId::from_uuid(user),
            session_id: SessionId::from_uuid(session),
            token_version,
            issued_at: Timestamp::from_timestamp(issued_at, 0)?,
            expires_at: Timestamp::from_timestamp(expires_at, 0)?,
        };
        (now < claims.expires_at).then_some(claims)
    }
}

/// Tokens that look random and are the same in every run: digests of a counter.
#[derive(Debug)]
pub struct FakeTokens {
    key: String,
    made: Mutex<u64>,
}

impl FakeTokens {
    /// With a key of any kind for the pseudonyms.
    #[must_use]
    pub fn new(key: impl Into<String>) -> Self {
        Self {
            key: key.into(),
            made: Mutex::new(0),
        }
    }
}

impl Default for FakeTokens {
    fn default() -> Self {
        Self::new("key")
    }
}

impl OpaqueTokens for FakeTokens {
    fn generate(&self) -> Secret<String> {
        let mut made = locked(&self.made);
        *made += 1;
        Secret::new(digest(&["token", &made.to_string()]))
    }

    fn hash(&self, token: &str) -> String {
        digest(&["hash", token])
    }

    fn pseudonym(&self, user_id: UserId) -> String {
        digest(&["pseudonym", &self.key, &user_id.to_string()])[..16].to_owned()
    }
}
