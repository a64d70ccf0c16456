//! Turns an access token into an actor.

use super::AuthDeps;
use crate::kernel::{Actor, AppError, AppResult, Caller};

/// Checks access tokens.
#[derive(Clone)]
pub struct Authenticate {
    deps: AuthDeps,
}

impl Authenticate {
    /// With its ports.
    #[must_use]
    pub const fn new(deps: AuthDeps) -> Self {
        Self { deps }
    }

    /// The actor behind a bearer token. One read of the database, so that logout and a change of role count at once.
    ///
    /// # Errors
    /// `auth.invalid_token` (401), `auth.banned` (403), `database.unavailable` (503).
    #[tracing::instrument(target = "codesm_trace", name = "auth.authenticate", skip_all)]
    pub async fn authenticate(&self, access_token: &str) -> AppResult<Actor> {
        let invalid = || AppError::unauthenticated("auth.invalid_token", "The access token is not valid or has expired.");
        let now = self.deps.clock.now();
        let claims = self.deps.signer.verify(access_token, now).ok_or_else(invalid)?;
        let principal = self
            .deps
            .queries
            .principal(claims.user_id, claims.session_id, now)
            .await?
            .ok_or_else(invalid)?;
        if !principal.session_active || principal.token_version != claims.token_version {
            return Err(invalid());
        }
        if principal.banned {
            return Err(AppError::forbidden("auth.banned", "This account is locked; ask the operator."));
        }
        Ok(Actor::User(Caller {
            user_id: claims.user_id,
            role: principal.role,
            session_id: Some(claims.session_id),
        }))
    }

    /// A keyed pseudonym of the actor for logs.
    #[must_use]
    pub fn pseudonym(&self, actor: &Actor) -> Option<String> {
        actor.user_id().map(|id| self.deps.tokens.pseudonym(id))
    }
}
