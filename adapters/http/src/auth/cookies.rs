//! The session as cookies, for browsers.

use crate::settings::HttpSettings;
use codesm_core::auth::TokenPair;
use poem::http::header::{self, HeaderValue};
use poem::{IntoResponse, Request, Response};
use poem_openapi::ApiResponse;
use poem_openapi::registry::{MetaHeader, MetaResponses, MetaSchema, MetaSchemaRef, Registry};

/// Holds the access token.
pub(crate) const ACCESS_COOKIE: &str = "codesm_access";
/// Holds the refresh token; only sent where it is needed.
pub(super) const REFRESH_COOKIE: &str = "codesm_refresh";
const ACCESS_PATH: &str = "/api/v1";
const REFRESH_PATH: &str = "/api/v1/auth";

/// The value of a cookie of the request.
pub(crate) fn cookie(request: &Request, name: &str) -> Option<String> {
    let headers = request.headers().get_all(header::COOKIE).iter();
    let mut pairs = headers.filter_map(|value| value.to_str().ok()).flat_map(|value| value.split(';'));
    pairs.find_map(|pair| {
        let (key, value) = pair.trim().split_once('=')?;
        (key == name && !value.is_empty()).then(|| value.to_owned())
    })
}

/// `Set-Cookie` of a login, refresh or logout.
pub(super) struct SessionCookies([HeaderValue; 2]);

impl SessionCookies {
    pub(super) fn of(pair: &TokenPair, settings: &HttpSettings) -> Self {
        let access = set(settings, ACCESS_COOKIE, ACCESS_PATH, pair.access_token.reveal(), pair.expires_in);
        let refresh = set(
            settings,
            REFRESH_COOKIE,
            REFRESH_PATH,
            pair.refresh_token.reveal(),
            pair.refresh_expires_in,
        );
        Self([access, refresh])
    }

    pub(super) fn cleared(settings: &HttpSettings) -> Self {
        let clear = |name, path| set(settings, name, path, "", 0);
        Self([clear(ACCESS_COOKIE, ACCESS_PATH), clear(REFRESH_COOKIE, REFRESH_PATH)])
    }
}

/// `SameSite=Lax`: links to the application keep working, foreign forms carry no session.
fn set(settings: &HttpSettings, name: &str, path: &str, value: &str, seconds: u64) -> HeaderValue {
    let secure = if settings.secure_cookies() { "; Secure" } else { "" };
    let text = format!("{name}={value}; Path={path}; Max-Age={seconds}; HttpOnly; SameSite=Lax{secure}");
    let mut header = HeaderValue::from_str(&text).unwrap_or(HeaderValue::from_static("invalid="));
    header.set_sensitive(true);
    header
}

/// An answer that sets cookies.
pub(super) struct WithCookies<T>(pub(super) T, pub(super) SessionCookies);

impl<T: IntoResponse> IntoResponse for WithCookies<T> {
    fn into_response(self) -> Response {
        let mut response = self.0.into_response();
        for cookie in self.1.0 {
            response.headers_mut().append(header::SET_COOKIE, cookie);
        }
        response
    }
}

impl<T: ApiResponse> ApiResponse for WithCookies<T> {
    fn meta() -> MetaResponses {
        let mut meta = T::meta();
        for response in &mut meta.responses {
            response.headers.push(MetaHeader {
                name: "Set-Cookie".to_owned(),
                description: Some(format!(
                    "`{ACCESS_COOKIE}` and `{REFRESH_COOKIE}`: `HttpOnly`, `SameSite=Lax`, and `Secure` in production."
                )),
                required: true,
                deprecated: false,
                schema: MetaSchemaRef::Inline(Box::new(MetaSchema::new("string"))),
            });
        }
        meta
    }

    fn register(registry: &mut Registry) {
        T::register(registry);
    }
}
