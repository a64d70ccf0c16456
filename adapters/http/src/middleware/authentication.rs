//! Finds out who calls.
//!
//! A credential in a header must be right wherever it is sent (but where one logs in): a client that sends one means it. The session cookie comes along by
//! itself, so one that is stale counts as nobody, and public pages keep working.

use super::{Exchange, require_own_origin};
use crate::HttpDeps;
use crate::auth::{ACCESS_COOKIE, cookie};
use crate::response::Problem;
use crate::routes::Class;
use codesm_core::kernel::{Actor, ErrorKind};
use poem::Request;
use poem::http::{StatusCode, header};

/// # Errors
/// `auth.invalid_token`, `auth.invalid_api_key` (401), `auth.banned`, `auth.csrf_failed` (403), `database.unavailable` (503).
pub(super) async fn identify(deps: &HttpDeps, request: &Request, exchange: &Exchange) -> Result<Actor, Problem> {
    // Logging in, registering and refreshing are for nobody in particular; a client refreshes just when the access token that
    // it sends with everything has expired.
    if exchange.route.class() == Class::Login {
        return Ok(Actor::Anonymous);
    }
    let actor = if let Some(value) = request.headers().get(header::AUTHORIZATION) {
        let token = value.to_str().ok().and_then(bearer).ok_or_else(invalid_token)?;
        deps.app.auth.authenticate.authenticate(token).await?
    } else if request.headers().contains_key("x-api-key") {
        return Err(Problem::new(
            StatusCode::UNAUTHORIZED,
            "auth.invalid_api_key",
            "The API key is not valid.",
        ));
    } else if let Some(token) = cookie(request, ACCESS_COOKIE) {
        match deps.app.auth.authenticate.authenticate(&token).await {
            Ok(actor) => {
                require_own_origin(&deps.settings, request)?;
                actor
            }
            Err(error) if error.kind() == ErrorKind::Unauthenticated => Actor::Anonymous,
            Err(error) => return Err(error.into()),
        }
    } else {
        Actor::Anonymous
    };
    if let Some(pseudonym) = deps.app.auth.authenticate.pseudonym(&actor) {
        // Set at most once: a request is authenticated once.
        let _ = exchange.user.set(pseudonym);
    }
    Ok(actor)
}

fn invalid_token() -> Problem {
    Problem::new(
        StatusCode::UNAUTHORIZED,
        "auth.invalid_token",
        "The `Authorization` header must be `Bearer` and an access token.",
    )
}

fn bearer(value: &str) -> Option<&str> {
    let (scheme, token) = value.split_once(' ')?;
    let token = token.trim();
    (scheme.eq_ignore_ascii_case("bearer") && !token.is_empty()).then_some(token)
}
