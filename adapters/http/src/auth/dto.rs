//! What goes over the wire about accounts.

use crate::response::{Maybe, Time};
use codesm_core::auth::{LoginCommand, RegisterCommand, TokenPair, User};
use codesm_core::kernel::{Role, Secret};
use poem_openapi::types::Example;
use poem_openapi::{Enum, Object};
use uuid::Uuid;

/// A new account.
#[derive(Object)]
#[oai(rename = "Register", rename_all = "camelCase", example)]
pub(super) struct RegisterBody {
    /// E-mail address; case does not matter.
    email: String,
    /// 3 to 32 of the characters `a-z`, `0-9`, `_` and `-`, beginning with a letter or digit.
    username: String,
    /// At least 8 characters, at most 256 bytes.
    password: String,
}

impl Example for RegisterBody {
    fn example() -> Self {
        Self {
            email: "ada@example.org".to_owned(),
            username: "ada".to_owned(),
            password: "correct horse battery staple".to_owned(),
        }
    }
}

impl From<RegisterBody> for RegisterCommand {
    fn from(body: RegisterBody) -> Self {
        let RegisterBody { email, username, password } = body;
        let password = Secret::new(password);
        Self { email, username, password }
    }
}

/// Credentials.
#[derive(Object)]
#[oai(rename = "Login", rename_all = "camelCase", example)]
pub(super) struct LoginBody {
    /// E-mail address.
    email: String,
    /// Password.
    password: String,
    /// Second factor. Accepted for the sake of newer clients and not looked at: accounts have no second factor yet.
    totp: Maybe<String>,
}

impl Example for LoginBody {
    fn example() -> Self {
        Self {
            email: "ada@example.org".to_owned(),
            password: "correct horse battery staple".to_owned(),
            totp: Maybe(None),
        }
    }
}

impl From<LoginBody> for LoginCommand {
    fn from(body: LoginBody) -> Self {
        let LoginBody { email, password, totp: _ } = body;
        let password = Secret::new(password);
        Self { email, password }
    }
}

/// A refresh token, unless the session cookie has it.
#[derive(Object)]
#[oai(rename = "Refresh", rename_all = "camelCase", example)]
pub(super) struct RefreshBody {
    /// From the last login or refresh.
    pub(super) refresh_token: Maybe<String>,
}

impl Example for RefreshBody {
    fn example() -> Self {
        Self {
            refresh_token: Maybe(Some("uPbYxg0Y0xZ8kW0q0f1v3m7n9c2b4d6e8r0t2y4u6i8".to_owned())),
        }
    }
}

/// Platform role.
#[derive(Clone, Copy, Enum)]
#[oai(rename = "Role", remote = "Role", rename_all = "snake_case")]
pub(super) enum RoleDto {
    /// Solves problems.
    User,
    /// Also writes problems.
    Author,
    /// May do everything.
    Admin,
}

/// An account.
#[derive(Object)]
#[oai(rename = "User", rename_all = "camelCase", example)]
pub(super) struct UserDto {
    /// Identifier.
    id: Uuid,
    /// E-mail address.
    email: String,
    /// Account name.
    username: String,
    /// Platform role.
    role: RoleDto,
    /// Whether the address was proved.
    email_verified: bool,
    /// When the account was opened.
    created_at: Time,
}

impl From<User> for UserDto {
    fn from(user: User) -> Self {
        let User {
            id,
            email,
            username,
            password_hash: _,
            role,
            email_verified_at,
            banned_at: _,
            token_version: _,
            created_at,
            updated_at: _,
            version: _,
        } = user;
        Self {
            id: id.as_uuid(),
            email: email.to_string(),
            username: username.to_string(),
            role: role.into(),
            email_verified: email_verified_at.is_some(),
            created_at: created_at.into(),
        }
    }
}

impl Example for UserDto {
    fn example() -> Self {
        Self {
            id: Uuid::from_u128(0x019a_9c6e_7b1a_7c00_8000_0000_0000_0001),
            email: "ada@example.org".to_owned(),
            username: "ada".to_owned(),
            role: RoleDto::User,
            email_verified: false,
            created_at: Time(chrono::DateTime::UNIX_EPOCH),
        }
    }
}

/// What a login or refresh gives.
#[derive(Object)]
#[oai(rename = "Tokens", rename_all = "camelCase", example)]
pub(super) struct TokensDto {
    /// For the `Authorization` header.
    access_token: String,
    /// Always `Bearer`.
    token_type: String,
    /// Seconds until the access token ends.
    expires_in: u64,
    /// For the next refresh; good once.
    refresh_token: String,
    /// The account.
    user: UserDto,
}

impl From<TokenPair> for TokensDto {
    fn from(pair: TokenPair) -> Self {
        let TokenPair {
            access_token,
            expires_in,
            refresh_token,
            refresh_expires_in: _,
            user,
        } = pair;
        Self {
            access_token: access_token.into_inner(),
            token_type: "Bearer".to_owned(),
            expires_in,
            refresh_token: refresh_token.into_inner(),
            user: user.into(),
        }
    }
}

impl Example for TokensDto {
    fn example() -> Self {
        Self {
            access_token: "eyJhbGciOiJFZERTQSJ9.e30.c2lnbmF0dXJl".to_owned(),
            token_type: "Bearer".to_owned(),
            expires_in: 900,
            refresh_token: "uPbYxg0Y0xZ8kW0q0f1v3m7n9c2b4d6e8r0t2y4u6i8".to_owned(),
            user: UserDto::example(),
        }
    }
}
