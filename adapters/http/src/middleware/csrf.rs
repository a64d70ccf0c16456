//! Protection of the session cookie against other people's pages.
//!
//! Browsers send cookies along whoever made them call, but they also say who did: in `Sec-Fetch-Site`, and in `Origin` on every
//! request that can change something. A request that leans on a cookie and changes something must come from the API's own origin,
//! the public address, or an origin of the CORS list. The wildcard counts for nothing here. Clients that are no browsers use the
//! `Authorization` header and never get here. No token is needed on top (OWASP, "verifying origin with standard headers").

use crate::response::Problem;
use crate::settings::{CorsOrigins, HttpSettings};
use poem::Request;
use poem::http::{Method, StatusCode, header};

/// # Errors
/// `auth.csrf_failed` (403).
pub(crate) fn require_own_origin(settings: &HttpSettings, request: &Request) -> Result<(), Problem> {
    if matches!(*request.method(), Method::GET | Method::HEAD | Method::OPTIONS) || is_own(settings, request) {
        return Ok(());
    }
    Err(Problem::new(
        StatusCode::FORBIDDEN,
        "auth.csrf_failed",
        "A request with the session cookie must come from an allowed origin; other clients use the `Authorization` header.",
    ))
}

fn is_own(settings: &HttpSettings, request: &Request) -> bool {
    if request.header("sec-fetch-site") == Some("same-origin") {
        return true;
    }
    let Some(origin) = request.header(header::ORIGIN) else {
        return false;
    };
    let origin = origin.to_ascii_lowercase();
    let host = request.header(header::HOST).map(str::to_ascii_lowercase);
    let authority = origin.split_once("://").map(|(_, authority)| authority);
    if authority.is_some() && authority == host.as_deref() {
        return true;
    }
    let listed = match &settings.cors_origins {
        CorsOrigins::List(list) => list.as_slice(),
        CorsOrigins::Any => &[],
    };
    let mut known = listed.iter().chain(&settings.public_url);
    known.any(|url| origin_of(url) == origin)
}

/// Scheme and authority of an address, in lower case.
fn origin_of(url: &str) -> String {
    let after_scheme = url.find("://").map_or(0, |at| at + 3);
    let end = url[after_scheme..].find('/').map_or(url.len(), |at| after_scheme + at);
    url[..end].to_ascii_lowercase()
}
