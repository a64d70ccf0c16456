//! Ends one session, or all of them.

use super::AuthDeps;
use crate::audit::AuditEntry;
use crate::kernel::{AppError, AppResult, RequestContext};
use serde_json::json;

/// Logs out.
#[derive(Clone)]
pub struct Logout {
    deps: AuthDeps,
}

impl Logout {
    /// With its ports.
    #[must_use]
    pub const fn new(deps: AuthDeps) -> Self {
        Self { deps }
    }

    /// Ends the caller's session: its access and refresh tokens are void at once.
    ///
    /// # Errors
    /// `auth.required` (401).
    #[tracing::instrument(target = "codesm_trace", name = "auth.logout", skip_all)]
    pub async fn logout(&self, context: &RequestContext) -> AppResult<()> {
        let caller = context.actor.require_user()?;
        let Some(session_id) = caller.session_id else { return Ok(()) };
        let now = self.deps.clock.now();
        let tx = self.deps.uow.begin().await?;
        tx.sessions().revoke(session_id, now).await?;
        let subject = ("session", session_id.to_string());
        tx.audit()
            .append(&AuditEntry::new(&*self.deps.ids, now, context, "auth.logout", subject, json!({})))
            .await?;
        tx.commit().await?;
        Ok(())
    }

    /// Ends all sessions of the caller and voids every access token by raising the token version.
    ///
    /// # Errors
    /// `auth.required` (401).
    #[tracing::instrument(target = "codesm_trace", name = "auth.logout_all", skip_all)]
    pub async fn logout_all(&self, context: &RequestContext) -> AppResult<()> {
        let caller = context.actor.require_user()?;
        let now = self.deps.clock.now();
        let tx = self.deps.uow.begin().await?;
        let mut user = tx
            .users()
            .by_id(caller.user_id)
            .await?
            .ok_or_else(|| AppError::internal("the caller's account is gone"))?;
        user.token_version += 1;
        user.updated_at = now;
        tx.users().save(&user).await?;
        tx.sessions().revoke_all(user.id, now).await?;
        let subject = ("user", user.id.to_string());
        tx.audit()
            .append(&AuditEntry::new(
                &*self.deps.ids,
                now,
                context,
                "auth.logout_all",
                subject,
                json!({}),
            ))
            .await?;
        tx.commit().await?;
        Ok(())
    }
}
