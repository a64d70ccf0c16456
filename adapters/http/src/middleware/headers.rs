//! Headers on every response.

use super::Exchange;
use poem::Response;
use poem::http::header::{self, Entry, HeaderName, HeaderValue};

/// The API shows nothing, so its answers may load nothing. The documentation page sets its own policy.
const NOTHING: &str = "default-src 'none'; frame-ancestors 'none'; base-uri 'none'; form-action 'none'";

/// `Strict-Transport-Security` is always sent: TLS ends at a proxy in front of us, and browsers ignore it over plain HTTP.
/// 31536000 s is a year, the least that preload lists take.
const ALWAYS: [(HeaderName, &str); 6] = [
    (header::STRICT_TRANSPORT_SECURITY, "max-age=31536000; includeSubDomains"),
    (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
    (header::REFERRER_POLICY, "no-referrer"),
    (header::X_FRAME_OPTIONS, "DENY"),
    (
        HeaderName::from_static("permissions-policy"),
        "camera=(), geolocation=(), microphone=(), payment=(), usb=()",
    ),
    (HeaderName::from_static("cross-origin-opener-policy"), "same-origin"),
];

pub(super) fn say(response: &mut Response, exchange: &Exchange) {
    let headers = response.headers_mut();
    for (name, value) in ALWAYS {
        headers.insert(name, HeaderValue::from_static(value));
    }
    if let Entry::Vacant(entry) = headers.entry(header::CONTENT_SECURITY_POLICY) {
        entry.insert(HeaderValue::from_static(NOTHING));
    }
    // Answers are about their caller unless a handler says otherwise.
    if let Entry::Vacant(entry) = headers.entry(header::CACHE_CONTROL) {
        entry.insert(HeaderValue::from_static("no-store"));
    }
    if let Ok(id) = HeaderValue::from_str(&exchange.request_id) {
        headers.insert(HeaderName::from_static("x-request-id"), id);
    }
}
