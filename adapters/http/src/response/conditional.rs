//! Answers with `ETag` and `Cache-Control`, and 304 when the client has the newest already.

use super::envelope::{Envelope, JSON, PageOf, documented, header_meta};
use super::json_response;
use codesm_core::kernel::Page;
use poem::http::{HeaderValue, StatusCode, header};
use poem::{IntoResponse, Response};
use poem_openapi::ApiResponse;
use poem_openapi::registry::{MetaResponse, MetaResponses, Registry};
use poem_openapi::types::{ParseFromJSON, ToJSON, Type};
use serde_json::Value;
use sha2::{Digest, Sha256};

/// What may be kept, by whom and for how long; and what the client has already.
#[derive(Clone, Debug)]
pub(crate) struct Freshness {
    /// `If-None-Match`.
    pub(crate) if_none_match: Option<String>,
    /// Seconds everybody may keep it; `None`: only the caller, asking again each time.
    pub(crate) public_seconds: Option<u32>,
}

impl Freshness {
    fn cache_control(&self) -> HeaderValue {
        let text = match self.public_seconds {
            Some(seconds) => format!("public, max-age={seconds}"),
            None => "private, no-cache".to_owned(),
        };
        HeaderValue::from_str(&text).expect("digits and ASCII words make a header value")
    }

    /// 304 or the whole answer. The tag covers everything but the request id, which is new every time.
    fn answer(&self, body: &Value) -> Response {
        let mut digest = Sha256::new();
        digest.update(body["data"].to_string());
        digest.update(body["meta"]["page"].to_string());
        let tag = format!("\"{}\"", hex::encode(&digest.finalize()[..16]));
        self.with_tag(&tag, || json_response(StatusCode::OK, JSON, body))
    }

    /// 304 if the client has what the tag names, or the whole answer.
    pub(super) fn with_tag(&self, tag: &str, whole: impl FnOnce() -> Response) -> Response {
        let known = self.if_none_match.as_deref().is_some_and(|list| names(list, tag));
        let mut response = if known { StatusCode::NOT_MODIFIED.into() } else { whole() };
        let headers = response.headers_mut();
        headers.insert(
            header::ETAG,
            HeaderValue::from_str(tag).expect("quoted hexadecimal is a header value"),
        );
        headers.insert(header::CACHE_CONTROL, self.cache_control());
        headers.append(header::VARY, HeaderValue::from_static("Authorization, Cookie, X-Api-Key"));
        response
    }
}

/// Whether `If-None-Match` names the tag, by weak comparison (RFC 9110, 13.1.2).
pub(crate) fn names(list: &str, tag: &str) -> bool {
    list.split(',').any(|candidate| {
        let candidate = candidate.trim();
        candidate == "*" || candidate.strip_prefix("W/").unwrap_or(candidate) == tag
    })
}

/// One thing, if the client does not have it.
#[derive(Debug)]
pub(crate) struct Cached<T>(pub(crate) T, pub(crate) Freshness);

impl<T: Type + ParseFromJSON + ToJSON> IntoResponse for Cached<T> {
    fn into_response(self) -> Response {
        let body = Envelope::of(self.0).to_json().unwrap_or_default();
        self.1.answer(&body)
    }
}

impl<T: Type + ParseFromJSON + ToJSON> ApiResponse for Cached<T> {
    fn meta() -> MetaResponses {
        MetaResponses {
            responses: vec![
                documented(200, "The newest.", Envelope::<T>::schema_ref(), validators()),
                not_modified(),
            ],
        }
    }

    fn register(registry: &mut Registry) {
        Envelope::<T>::register(registry);
    }
}

/// A page of a list, if the client does not have it.
#[derive(Debug)]
pub(crate) struct CachedList<T>(pub(crate) Page<T>, pub(crate) Freshness);

impl<T: Type + ParseFromJSON + ToJSON> IntoResponse for CachedList<T> {
    fn into_response(self) -> Response {
        let body = PageOf::from(self.0).to_json().unwrap_or_default();
        self.1.answer(&body)
    }
}

impl<T: Type + ParseFromJSON + ToJSON> ApiResponse for CachedList<T> {
    fn meta() -> MetaResponses {
        MetaResponses {
            responses: vec![
                documented(200, "A page of the list.", PageOf::<T>::schema_ref(), validators()),
                not_modified(),
            ],
        }
    }

    fn register(registry: &mut Registry) {
        PageOf::<T>::register(registry);
    }
}

pub(super) fn validators() -> Vec<poem_openapi::registry::MetaHeader> {
    vec![
        header_meta("ETag", "Names this version; give it back in `If-None-Match`."),
        header_meta("Cache-Control", "Who may keep the answer, and for how long."),
    ]
}

pub(super) fn not_modified() -> MetaResponse {
    MetaResponse {
        description: "The version named by `If-None-Match` is the newest.",
        status: Some(304),
        status_range: None,
        content: Vec::new(),
        headers: validators(),
    }
}

#[cfg(test)]
mod tests {
    use super::names;

    #[test]
    fn tags_are_compared_weakly_and_lists_are_understood() {
        for list in ["\"a\"", "W/\"a\"", "\"b\", \"a\"", "*", " \"a\" "] {
            assert!(names(list, "\"a\""), "{list}");
        }
        for list in ["", "a", "\"b\"", "\"ab\""] {
            assert!(!names(list, "\"a\""), "{list}");
        }
    }
}
