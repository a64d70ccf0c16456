//! Accounts and sessions.

mod cookies;
mod dto;

pub(crate) use cookies::{ACCESS_COOKIE, cookie};

use crate::HttpDeps;
use crate::middleware::require_own_origin;
use crate::openapi::ApiTags;
use crate::request::{Anyone, Body, LoggedIn, OptionalBody};
use crate::response::{Created, Data, NoContent, Problem};
use crate::routes::operation;
use codesm_core::kernel::Secret;
use cookies::{REFRESH_COOKIE, SessionCookies, WithCookies};
use dto::{LoginBody, RefreshBody, RegisterBody, TokensDto, UserDto};
use poem::Request;
use poem::http::StatusCode;
use poem_openapi::OpenApi;
use std::sync::Arc;

/// Failures by operation, besides those that every operation has.
pub(crate) const ERRORS: &[(&str, &[&str])] = &[
    (
        operation::REGISTER,
        &["validation.failed", "auth.email_taken", "auth.username_taken", "auth.busy"],
    ),
    (
        operation::LOGIN,
        &["auth.invalid_credentials", "auth.banned", "auth.too_many_attempts", "auth.busy"],
    ),
    (
        operation::REFRESH,
        &[
            "auth.invalid_refresh_token",
            "auth.refresh_token_reused",
            "auth.banned",
            "auth.csrf_failed",
        ],
    ),
    ("logout", &[]),
    ("logoutAll", &["store.stale"]),
    ("getMe", &[]),
];

/// The handlers.
#[derive(Clone)]
pub(crate) struct AuthApi(pub(crate) Arc<HttpDeps>);

#[OpenApi(prefix_path = "/api/v1", tag = "ApiTags::Accounts")]
impl AuthApi {
    /// Open an account
    ///
    /// Anybody may. Limited per address.
    #[oai(path = "/auth/register", method = "post", operation_id = "register")]
    async fn register(&self, caller: Anyone, body: Body<RegisterBody>) -> Result<Created<UserDto>, Problem> {
        let user = self.0.app.auth.register.register(&caller.0.context, body.0.into()).await?;
        Ok(Created::new(user.into(), "/api/v1/users/me".to_owned()))
    }

    /// Log in
    ///
    /// Answers with a short-lived access token for the `Authorization` header and a refresh token that is good once; browsers get
    /// both as `HttpOnly` cookies besides. An unknown address and a wrong password are the same to the caller. After five failures
    /// for an address logging in to it is delayed.
    #[oai(path = "/auth/login", method = "post", operation_id = "login")]
    async fn login(&self, caller: Anyone, body: Body<LoginBody>) -> Result<WithCookies<Data<TokensDto>>, Problem> {
        let pair = self.0.app.auth.login.login(&caller.0.context, body.0.into()).await?;
        let cookies = SessionCookies::of(&pair, &self.0.settings);
        Ok(WithCookies(Data(pair.into()), cookies))
    }

    /// Exchange a refresh token
    ///
    /// The token of the body, or of the session cookie if the body has none. It is good once: whoever presents it again ends the
    /// whole session.
    #[oai(path = "/auth/refresh", method = "post", operation_id = "refresh")]
    async fn refresh(
        &self,
        caller: Anyone,
        request: &Request,
        body: OptionalBody<RefreshBody>,
    ) -> Result<WithCookies<Data<TokensDto>>, Problem> {
        let token = match body.0.refresh_token.0 {
            Some(token) => token,
            None => self.refresh_cookie(request)?,
        };
        let pair = self.0.app.auth.refresh.refresh(&caller.0.context, &Secret::new(token)).await?;
        let cookies = SessionCookies::of(&pair, &self.0.settings);
        Ok(WithCookies(Data(pair.into()), cookies))
    }

    /// Log out
    ///
    /// Ends this session: its access and refresh tokens are void at once.
    #[oai(path = "/auth/logout", method = "post", operation_id = "logout")]
    async fn logout(&self, caller: LoggedIn) -> Result<WithCookies<NoContent>, Problem> {
        self.0.app.auth.logout.logout(&caller.0.context).await?;
        Ok(WithCookies(NoContent, SessionCookies::cleared(&self.0.settings)))
    }

    /// Log out everywhere
    ///
    /// Ends all sessions of the caller.
    #[oai(path = "/auth/logout-all", method = "post", operation_id = "logoutAll")]
    async fn logout_all(&self, caller: LoggedIn) -> Result<WithCookies<NoContent>, Problem> {
        self.0.app.auth.logout.logout_all(&caller.0.context).await?;
        Ok(WithCookies(NoContent, SessionCookies::cleared(&self.0.settings)))
    }

    /// Show the caller's account
    ///
    /// With role and whether the address was proved.
    #[oai(path = "/users/me", method = "get", operation_id = "getMe")]
    async fn me(&self, caller: LoggedIn) -> Result<Data<UserDto>, Problem> {
        let user = self.0.app.auth.me.me(caller.0.actor()).await?;
        Ok(Data(user.into()))
    }
}

impl AuthApi {
    /// A cookie comes along by itself, so here too the request must come from our own pages.
    fn refresh_cookie(&self, request: &Request) -> Result<String, Problem> {
        let missing = || {
            Problem::new(
                StatusCode::UNAUTHORIZED,
                "auth.invalid_refresh_token",
                "Give a refresh token, or log in again.",
            )
        };
        let token = cookie(request, REFRESH_COOKIE).ok_or_else(missing)?;
        require_own_origin(&self.0.settings, request)?;
        Ok(token)
    }
}
