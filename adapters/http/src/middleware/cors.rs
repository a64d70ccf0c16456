//! Whose pages may call the API from a browser, and read its answers.
//!
//! A foreign origin is not refused: it just gets no CORS headers, and its browser keeps the answer from it.

use crate::settings::CorsOrigins;
use poem::http::header::{self, HeaderName, HeaderValue};
use poem::http::{Method, StatusCode};
use poem::{Request, Response};

const METHODS: &str = "GET, HEAD, POST, PUT, PATCH, DELETE";
/// Listed one by one: browsers do not take `*` together with credentials.
const REQUEST_HEADERS: &str =
    "Authorization, Content-Type, Idempotency-Key, If-None-Match, Last-Event-ID, Traceparent, X-Api-Key, X-Request-Id";
const EXPOSED: &str = "ETag, Location, RateLimit-Limit, RateLimit-Remaining, RateLimit-Reset, Retry-After, Traceparent, X-Request-Id";
/// 2 h: the longest time Chromium keeps a preflight.
const MAX_AGE_SECONDS: &str = "7200";

/// Answers a preflight.
pub(super) fn preflight(origins: &CorsOrigins, request: &Request) -> Option<Response> {
    let asks = request.method() == Method::OPTIONS && request.headers().contains_key(header::ACCESS_CONTROL_REQUEST_METHOD);
    let origin = request.header(header::ORIGIN).filter(|_| asks)?;
    let mut response: Response = StatusCode::NO_CONTENT.into();
    if permits(origins, origin) {
        let headers = response.headers_mut();
        headers.insert(header::ACCESS_CONTROL_ALLOW_METHODS, HeaderValue::from_static(METHODS));
        headers.insert(header::ACCESS_CONTROL_ALLOW_HEADERS, HeaderValue::from_static(REQUEST_HEADERS));
        headers.insert(header::ACCESS_CONTROL_MAX_AGE, HeaderValue::from_static(MAX_AGE_SECONDS));
    }
    Some(response)
}

/// Says who may read the answer. With a list the answer depends on the origin, so it says so to caches even if there is none.
pub(super) fn say(origins: &CorsOrigins, origin: Option<&str>, response: &mut Response) {
    let headers = response.headers_mut();
    let allowed = match origins {
        CorsOrigins::Any => origin.map(|_| HeaderValue::from_static("*")),
        CorsOrigins::List(_) => {
            headers.append(header::VARY, HeaderValue::from_static("Origin"));
            let known = origin.filter(|origin| permits(origins, origin));
            known.and_then(|origin| HeaderValue::from_str(origin).ok())
        }
    };
    let Some(allowed) = allowed else { return };
    if matches!(origins, CorsOrigins::List(_)) {
        headers.insert(header::ACCESS_CONTROL_ALLOW_CREDENTIALS, HeaderValue::from_static("true"));
    }
    headers.insert(header::ACCESS_CONTROL_ALLOW_ORIGIN, allowed);
    headers.insert(header::ACCESS_CONTROL_EXPOSE_HEADERS, HeaderValue::from_static(EXPOSED));
    headers.insert(
        HeaderName::from_static("cross-origin-resource-policy"),
        HeaderValue::from_static("cross-origin"),
    );
}

fn permits(origins: &CorsOrigins, origin: &str) -> bool {
    match origins {
        CorsOrigins::Any => true,
        CorsOrigins::List(list) => list.iter().any(|known| known.trim_end_matches('/').eq_ignore_ascii_case(origin)),
    }
}
