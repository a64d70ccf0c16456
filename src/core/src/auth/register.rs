//! Opens an account.

use super::{AuthDeps, Password, User};
use crate::audit::AuditEntry;
use crate::kernel::{AppError, AppResult, Email, RequestContext, Role, Secret, UserId, Username, Validation};
use crate::store::StoreError;
use serde_json::json;

/// What somebody types to register.
#[derive(Clone, Debug)]
pub struct RegisterCommand {
    /// Address.
    pub email: String,
    /// Name.
    pub username: String,
    /// Password.
    pub password: Secret<String>,
}

/// No stranger may call themselves the operator.
const RESERVED: &str = "admin";

/// Opens accounts for strangers.
#[derive(Clone)]
pub struct Register {
    deps: AuthDeps,
}

impl Register {
    /// With its ports.
    #[must_use]
    pub const fn new(deps: AuthDeps) -> Self {
        Self { deps }
    }

    /// Opens an account with the role `user`.
    ///
    /// # Errors
    /// `validation.failed` (422) naming `email`, `username`, `password`; `auth.email_taken`, `auth.username_taken` (409).
    #[tracing::instrument(target = "codesm_trace", name = "auth.register", skip_all)]
    pub async fn register(&self, context: &RequestContext, command: RegisterCommand) -> AppResult<User> {
        // The operator's name, under which the sample problems are imported.
        if command.username == RESERVED {
            return Err(AppError::conflict("auth.username_taken", "This username is taken."));
        }
        open_account(&self.deps, context, command, Role::User).await
    }
}

/// Shared by registration and the operator's `admin create`.
pub(super) async fn open_account(deps: &AuthDeps, context: &RequestContext, command: RegisterCommand, role: Role) -> AppResult<User> {
    let mut validation = Validation::new();
    let email = validation.take("email", Email::parse(&command.email));
    let username = validation.take("username", Username::parse(&command.username));
    let password = validation.take("password", Password::parse(command.password));
    validation.finish()?;
    let (Some(email), Some(username), Some(password)) = (email, username, password) else {
        return Err(AppError::internal("a validation passed without its values"));
    };

    let password_hash = deps.hasher.hash(password.secret().clone()).await?;
    let now = deps.clock.now();
    let user = User {
        id: UserId::generate(&*deps.ids),
        email,
        username,
        password_hash,
        role,
        email_verified_at: None,
        banned_at: None,
        token_version: 0,
        created_at: now,
        updated_at: now,
        version: 1,
    };
    let tx = deps.uow.begin().await?;
    tx.users().add(&user).await.map_err(taken)?;
    let details = json!({ "role": role.as_str() });
    let entry = AuditEntry::new(&*deps.ids, now, context, "user.registered", ("user", user.id.to_string()), details);
    tx.audit().append(&entry).await?;
    tx.commit().await.map_err(taken)?;
    Ok(user)
}

fn taken(error: StoreError) -> AppError {
    match &error {
        StoreError::Conflict(rule) if rule == "users.email" => {
            AppError::conflict("auth.email_taken", "There is an account with this e-mail address already.").with_source(error)
        }
        StoreError::Conflict(rule) if rule == "users.username" => {
            AppError::conflict("auth.username_taken", "This username is taken.").with_source(error)
        }
        _ => error.into(),
    }
}
