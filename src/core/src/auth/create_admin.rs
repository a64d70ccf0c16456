//! Opens an account on behalf of the operator.

use super::register::open_account;
use super::{AuthDeps, RegisterCommand, User};
use crate::kernel::{AppError, AppResult, RequestContext, Role, Secret};

/// What the operator gives.
#[derive(Clone, Debug)]
pub struct CreateAccountCommand {
    /// Address.
    pub email: String,
    /// Name.
    pub username: String,
    /// Password.
    pub password: Secret<String>,
    /// Role.
    pub role: Role,
}

/// Opens accounts with any role; only for the command line and start-up.
#[derive(Clone)]
pub struct CreateAccount {
    deps: AuthDeps,
}

impl CreateAccount {
    /// With its ports.
    #[must_use]
    pub const fn new(deps: AuthDeps) -> Self {
        Self { deps }
    }

    /// Opens the account.
    ///
    /// # Errors
    /// As [`super::Register::register`]; `auth.forbidden` unless the system itself acts.
    #[tracing::instrument(target = "codesm_trace", name = "auth.create_account", skip_all)]
    pub async fn create(&self, context: &RequestContext, command: CreateAccountCommand) -> AppResult<User> {
        if context.actor != crate::kernel::Actor::System {
            return Err(AppError::forbidden(
                "auth.forbidden",
                "Only the operator may create accounts with a role.",
            ));
        }
        let CreateAccountCommand {
            email,
            username,
            password,
            role,
        } = command;
        open_account(&self.deps, context, RegisterCommand { email, username, password }, role).await
    }

    /// Whether there is any account yet.
    ///
    /// # Errors
    /// `database.unavailable`.
    pub async fn any_account(&self) -> AppResult<bool> {
        Ok(self.deps.queries.any_user().await?)
    }
}
