//! Exchanges a refresh token for its successor.

use super::login::issue;
use super::{AuthDeps, TokenPair};
use crate::audit::AuditEntry;
use crate::kernel::{AppError, AppResult, RequestContext, Secret};
use serde_json::json;

/// Rotates refresh tokens; a token used twice ends its whole session.
#[derive(Clone)]
pub struct Refresh {
    deps: AuthDeps,
}

impl Refresh {
    /// With its ports.
    #[must_use]
    pub const fn new(deps: AuthDeps) -> Self {
        Self { deps }
    }

    /// Exchanges the token. Whoever presents a token that was exchanged before either stole it or was stolen from:
    /// nobody can tell, so the session ends for both.
    ///
    /// # Errors
    /// `auth.invalid_refresh_token` (401), `auth.refresh_token_reused` (401), `auth.banned` (403).
    #[tracing::instrument(target = "codesm_trace", name = "auth.refresh", skip_all)]
    pub async fn refresh(&self, context: &RequestContext, token: &Secret<String>) -> AppResult<TokenPair> {
        let invalid = || AppError::unauthenticated("auth.invalid_refresh_token", "This refresh token is not valid; log in again.");
        let deps = &self.deps;
        let hash = deps.tokens.hash(token.reveal());
        let tx = deps.uow.begin().await?;
        // Read after `begin`: on SQLite and PostgreSQL alike a replay that waited for the first use is then seen as one.
        let now = deps.clock.now();
        let stored = tx.sessions().token_by_hash(&hash).await?.ok_or_else(invalid)?;
        let session = tx.sessions().by_id(stored.session_id).await?.ok_or_else(invalid)?;
        if !session.is_active(now) || stored.expires_at <= now {
            return Err(invalid());
        }
        let subject = ("session", session.id.to_string());
        if stored.used_at.is_some() || !tx.sessions().use_token(stored.id, now).await? {
            tx.sessions().revoke(session.id, now).await?;
            let details = json!({ "userId": session.user_id });
            tx.audit()
                .append(&AuditEntry::new(
                    &*deps.ids,
                    now,
                    context,
                    "auth.refresh_token_reused",
                    subject,
                    details,
                ))
                .await?;
            tx.commit().await?;
            return Err(AppError::unauthenticated(
                "auth.refresh_token_reused",
                "This refresh token was used before; the session is ended for safety. Log in again.",
            ));
        }
        let user = tx.users().by_id(session.user_id).await?.ok_or_else(invalid)?;
        if user.banned_at.is_some() {
            return Err(AppError::forbidden("auth.banned", "This account is locked; ask the operator."));
        }
        let pair = issue(deps, &*tx, user, session.id, now).await?;
        tx.sessions().touch(session.id, now, now + deps.settings.refresh_ttl).await?;
        tx.commit().await?;
        Ok(pair)
    }
}
