//! Who is acting.

use super::{AppError, AppResult, Permission, Role, SessionId, UserId};

/// The authenticated user behind a call.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Caller {
    /// The account.
    pub user_id: UserId,
    /// Its role now, not when the token was made.
    pub role: Role,
    /// The session the access token belongs to; `None` for the command line.
    pub session_id: Option<SessionId>,
}

/// Who acts: anybody, a user, or CodeSM itself.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Actor {
    /// Nobody is logged in.
    Anonymous,
    /// A logged-in user.
    User(Caller),
    /// The operator on the command line, start-up, or a background job.
    System,
}

impl Actor {
    /// # Errors
    /// `auth.required` (401) unless a user acts.
    pub fn require_user(&self) -> AppResult<&Caller> {
        match self {
            Self::User(caller) => Ok(caller),
            Self::Anonymous | Self::System => Err(AppError::unauthenticated("auth.required", "Log in first.")),
        }
    }

    /// # Errors
    /// `auth.required` (401) if nobody is logged in, `auth.forbidden` (403) if the role lacks the permission.
    pub fn require(&self, permission: Permission) -> AppResult<()> {
        match self {
            Self::System => Ok(()),
            Self::User(caller) if caller.role.allows(permission) => Ok(()),
            Self::User(_) => Err(AppError::forbidden(
                "auth.forbidden",
                format!("This needs the permission `{}`.", permission.as_str()),
            )),
            Self::Anonymous => Err(AppError::unauthenticated("auth.required", "Log in first.")),
        }
    }

    /// Whether the actor's role includes the permission.
    #[must_use]
    pub fn may(&self, permission: Permission) -> bool {
        match self {
            Self::System => true,
            Self::User(caller) => caller.role.allows(permission),
            Self::Anonymous => false,
        }
    }

    /// The account, if a user acts.
    #[must_use]
    pub const fn user_id(&self) -> Option<UserId> {
        match self {
            Self::User(caller) => Some(caller.user_id),
            Self::Anonymous | Self::System => None,
        }
    }
}

/// Who acts and from where; goes into audit entries.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RequestContext {
    /// Who acts.
    pub actor: Actor,
    /// Request id, or the job's id.
    pub request_id: String,
    /// Address of the client, if there is one.
    pub ip: Option<String>,
    /// What the client calls itself, cut to 256 characters.
    pub user_agent: Option<String>,
}

impl RequestContext {
    /// The context of start-up, the command line and jobs.
    #[must_use]
    pub fn system(request_id: impl Into<String>) -> Self {
        Self {
            actor: Actor::System,
            request_id: request_id.into(),
            ip: None,
            user_agent: None,
        }
    }
}
