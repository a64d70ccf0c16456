//! Opens a session with e-mail and password.

use super::{AccessClaims, AuthDeps, RefreshToken, Session, TokenPair, User};
use crate::audit::AuditEntry;
use crate::kernel::{AppError, AppResult, Email, RatePolicy, RefreshTokenId, RequestContext, Secret, SessionId, Timestamp};
use crate::store::Tx;
use chrono::SubsecRound;
use serde_json::json;
use std::time::Duration;

/// Failures per address: 5, then one more every 30 s. Counted whether the account exists or not, so that the delay
/// says nothing about it.
const FAILURES: RatePolicy = RatePolicy {
    capacity: 5,
    refill: 1,
    per: Duration::from_secs(30),
};

/// What somebody types to log in.
#[derive(Clone, Debug)]
pub struct LoginCommand {
    /// Address.
    pub email: String,
    /// Password.
    pub password: Secret<String>,
}

/// Logs in.
#[derive(Clone)]
pub struct Login {
    deps: AuthDeps,
}

impl Login {
    /// With its ports.
    #[must_use]
    pub const fn new(deps: AuthDeps) -> Self {
        Self { deps }
    }

    /// Opens a session. An unknown address and a wrong password give the same answer after the same work.
    ///
    /// # Errors
    /// `auth.invalid_credentials` (401), `auth.too_many_attempts` (429), `auth.banned` (403, only with the right password),
    /// `auth.busy` (503).
    #[tracing::instrument(target = "codesm_trace", name = "auth.login", skip_all)]
    pub async fn login(&self, context: &RequestContext, command: LoginCommand) -> AppResult<TokenPair> {
        let email = Email::parse(&command.email).ok();
        let bucket = format!("login-failures:{}", self.deps.tokens.hash(&command.email.trim().to_lowercase()));
        self.count(&bucket, 0).await?;
        let user = match &email {
            Some(email) => self.deps.queries.user_by_email(email).await?,
            None => None,
        };
        let hash = user.as_ref().map(|user| user.password_hash.clone());
        let matches = self.deps.hasher.verify(command.password, hash).await?;
        // Asked again, right or wrong: guesses made at the same time have all passed the first question.
        self.count(&bucket, u32::from(!matches)).await?;
        let Some(user) = user.filter(|_| matches) else {
            return Err(AppError::unauthenticated(
                "auth.invalid_credentials",
                "E-mail or password is wrong.",
            ));
        };
        if user.banned_at.is_some() {
            return Err(AppError::forbidden("auth.banned", "This account is locked; ask the operator."));
        }

        let now = self.deps.clock.now();
        let session = Session::begin(&*self.deps.ids, user.id, now, self.deps.settings.refresh_ttl, context);
        let tx = self.deps.uow.begin().await?;
        tx.sessions().add(&session).await?;
        let pair = issue(&self.deps, &*tx, user, session.id, now).await?;
        let entry = AuditEntry::new(
            &*self.deps.ids,
            now,
            context,
            "auth.login",
            ("session", session.id.to_string()),
            json!({ "userId": session.user_id }),
        );
        tx.audit().append(&entry).await?;
        tx.commit().await?;
        Ok(pair)
    }

    /// Counts failures; an error once there were too many.
    async fn count(&self, bucket: &str, failures: u32) -> AppResult<()> {
        let allowance = self.deps.limiter.take(bucket, FAILURES, failures).await;
        if allowance.allowed {
            return Ok(());
        }
        Err(AppError::rate_limited(
            "auth.too_many_attempts",
            "Too many failed logins for this address; wait a little.",
            allowance.retry_after_seconds,
        ))
    }
}

/// Makes the next pair of tokens of a session and stores the refresh token's hash.
pub(super) async fn issue(deps: &AuthDeps, tx: &dyn Tx, user: User, session_id: SessionId, now: Timestamp) -> AppResult<TokenPair> {
    let refresh_token = deps.tokens.generate();
    let token = RefreshToken {
        id: RefreshTokenId::generate(&*deps.ids),
        session_id,
        token_hash: deps.tokens.hash(refresh_token.reveal()),
        created_at: now,
        expires_at: now + deps.settings.refresh_ttl,
        used_at: None,
    };
    tx.sessions().add_token(&token).await?;
    let issued_at = now.trunc_subsecs(0);
    let access_token = deps.signer.sign(&AccessClaims {
        user_id: user.id,
        session_id,
        token_version: user.token_version,
        issued_at,
        expires_at: issued_at + deps.settings.access_ttl,
    })?;
    Ok(TokenPair {
        access_token,
        expires_in: seconds(deps.settings.access_ttl),
        refresh_token,
        refresh_expires_in: seconds(deps.settings.refresh_ttl),
        user,
    })
}

fn seconds(duration: chrono::Duration) -> u64 {
    u64::try_from(duration.num_seconds()).unwrap_or(0)
}
