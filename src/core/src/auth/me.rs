//! The caller's own account.

use super::{AuthDeps, User};
use crate::kernel::{Actor, AppError, AppResult};

/// Reads the caller's account.
#[derive(Clone)]
pub struct Me {
    deps: AuthDeps,
}

impl Me {
    /// With its ports.
    #[must_use]
    pub const fn new(deps: AuthDeps) -> Self {
        Self { deps }
    }

    /// The account.
    ///
    /// # Errors
    /// `auth.required` (401).
    #[tracing::instrument(target = "codesm_trace", name = "auth.me", skip_all)]
    pub async fn me(&self, actor: &Actor) -> AppResult<User> {
        let caller = actor.require_user()?;
        let user = self.deps.queries.user_by_id(caller.user_id).await?;
        user.ok_or_else(|| AppError::unauthenticated("auth.invalid_token", "The account does not exist any more."))
    }
}
