//! `{"data": …, "meta": {"requestId": …, "page": …}}`.

use super::Nullable;
use crate::middleware::current_request_id;
use codesm_core::kernel::Page;
use poem::http::{HeaderValue, StatusCode, header};
use poem::{IntoResponse, Response};
use poem_openapi::registry::{MetaHeader, MetaMediaType, MetaResponse, MetaResponses, MetaSchema, MetaSchemaRef, Registry};
use poem_openapi::types::{Example, ParseFromJSON, ToJSON, Type};
use poem_openapi::{ApiResponse, Object};
use serde_json::Value;

/// Type of every success but event streams.
pub(crate) const JSON: &str = "application/json";

/// What is said about every answer.
#[derive(Clone, Debug, Object)]
#[oai(rename = "Meta", rename_all = "camelCase", example)]
pub(super) struct Meta {
    /// Names this request in logs; also in `X-Request-Id`.
    request_id: String,
}

const EXAMPLE_ID: &str = "019a9c6e-7b1a-7c00-8000-0000000000ff";

impl Example for Meta {
    fn example() -> Self {
        Self {
            request_id: EXAMPLE_ID.to_owned(),
        }
    }
}

/// What is said about a page of a list.
#[derive(Clone, Debug, Object)]
#[oai(rename = "PageMeta", rename_all = "camelCase", example)]
pub(super) struct PageMeta {
    /// Names this request in logs; also in `X-Request-Id`.
    request_id: String,
    /// Where this page ends.
    page: PageInfo,
}

impl Example for PageMeta {
    fn example() -> Self {
        Self {
            request_id: EXAMPLE_ID.to_owned(),
            page: PageInfo {
                next_cursor: Nullable(None),
                limit: 20,
            },
        }
    }
}

/// Where a page ends.
#[derive(Clone, Debug, Object)]
#[oai(rename = "PageInfo", rename_all = "camelCase")]
struct PageInfo {
    /// Give this as `cursor` to get the next page; null on the last.
    next_cursor: Nullable<String>,
    /// The limit that was applied.
    limit: u32,
}

/// One thing and its meta data.
#[derive(Clone, Debug, Object)]
#[oai(rename = "Envelope")]
pub(super) struct Envelope<T: Type + ParseFromJSON + ToJSON> {
    /// The thing.
    pub(super) data: T,
    /// About the answer.
    pub(super) meta: Meta,
}

/// Several things and where the page ends.
#[derive(Clone, Debug, Object)]
#[oai(rename = "PageOf")]
pub(super) struct PageOf<T: Type + ParseFromJSON + ToJSON> {
    /// The things.
    pub(super) data: Vec<T>,
    /// About the page.
    pub(super) meta: PageMeta,
}

impl<T: Type + ParseFromJSON + ToJSON> From<Page<T>> for PageOf<T> {
    fn from(page: Page<T>) -> Self {
        let Page { items, next_cursor, limit } = page;
        let next_cursor = Nullable(next_cursor);
        Self {
            data: items,
            meta: PageMeta {
                request_id: current_request_id(),
                page: PageInfo { next_cursor, limit },
            },
        }
    }
}

impl<T: Type + ParseFromJSON + ToJSON> Envelope<T> {
    pub(super) fn of(data: T) -> Self {
        Self {
            data,
            meta: Meta {
                request_id: current_request_id(),
            },
        }
    }
}

/// A JSON body with its length, by which compression decides and `HEAD` answers.
pub(crate) fn json_response(status: StatusCode, content_type: &'static str, body: &Value) -> Response {
    let bytes = body.to_string().into_bytes();
    Response::builder()
        .status(status)
        .content_type(content_type)
        .header(header::CONTENT_LENGTH, bytes.len())
        .body(bytes)
}

fn json_of(body: &impl ToJSON) -> Value {
    body.to_json().unwrap_or_default()
}

pub(super) fn documented(status: u16, description: &'static str, schema: MetaSchemaRef, headers: Vec<MetaHeader>) -> MetaResponse {
    MetaResponse {
        description,
        status: Some(status),
        status_range: None,
        content: vec![MetaMediaType {
            content_type: JSON,
            schema,
        }],
        headers,
    }
}

pub(super) fn header_meta(name: &str, description: &str) -> MetaHeader {
    MetaHeader {
        name: name.to_owned(),
        description: Some(description.to_owned()),
        required: true,
        deprecated: false,
        schema: MetaSchemaRef::Inline(Box::new(MetaSchema::new("string"))),
    }
}

/// 200 with one thing.
#[derive(Debug)]
pub(crate) struct Data<T>(pub(crate) T);

impl<T: Type + ParseFromJSON + ToJSON> IntoResponse for Data<T> {
    fn into_response(self) -> Response {
        json_response(StatusCode::OK, JSON, &json_of(&Envelope::of(self.0)))
    }
}

impl<T: Type + ParseFromJSON + ToJSON> ApiResponse for Data<T> {
    fn meta() -> MetaResponses {
        MetaResponses {
            responses: vec![documented(200, "Done.", Envelope::<T>::schema_ref(), Vec::new())],
        }
    }

    fn register(registry: &mut Registry) {
        Envelope::<T>::register(registry);
    }
}

/// 200 with a page of a list.
#[derive(Debug)]
pub(crate) struct List<T>(pub(crate) Page<T>);

impl<T: Type + ParseFromJSON + ToJSON> IntoResponse for List<T> {
    fn into_response(self) -> Response {
        json_response(StatusCode::OK, JSON, &json_of(&PageOf::from(self.0)))
    }
}

impl<T: Type + ParseFromJSON + ToJSON> ApiResponse for List<T> {
    fn meta() -> MetaResponses {
        MetaResponses {
            responses: vec![documented(200, "A page of the list.", PageOf::<T>::schema_ref(), Vec::new())],
        }
    }

    fn register(registry: &mut Registry) {
        PageOf::<T>::register(registry);
    }
}

/// 201 with the new thing and where it is, or 200 if an earlier request with the same idempotency key made it.
#[derive(Debug)]
pub(crate) struct Created<T> {
    /// The thing.
    pub(crate) data: T,
    /// Its address.
    pub(crate) location: String,
    /// Whether an earlier request made it.
    pub(crate) replayed: bool,
}

impl<T> Created<T> {
    pub(crate) fn new(data: T, location: String) -> Self {
        Self {
            data,
            location,
            replayed: false,
        }
    }
}

impl<T: Type + ParseFromJSON + ToJSON> IntoResponse for Created<T> {
    fn into_response(self) -> Response {
        let status = if self.replayed { StatusCode::OK } else { StatusCode::CREATED };
        let mut response = json_response(status, JSON, &json_of(&Envelope::of(self.data)));
        if let Ok(location) = HeaderValue::from_str(&self.location) {
            response.headers_mut().insert(header::LOCATION, location);
        }
        response
    }
}

impl<T: Type + ParseFromJSON + ToJSON> ApiResponse for Created<T> {
    fn meta() -> MetaResponses {
        let location = header_meta("Location", "Address of what was made.");
        MetaResponses {
            responses: vec![documented(201, "Made.", Envelope::<T>::schema_ref(), vec![location])],
        }
    }

    fn register(registry: &mut Registry) {
        Envelope::<T>::register(registry);
    }
}

/// 204.
#[derive(Debug)]
pub(crate) struct NoContent;

impl IntoResponse for NoContent {
    fn into_response(self) -> Response {
        StatusCode::NO_CONTENT.into()
    }
}

impl ApiResponse for NoContent {
    fn meta() -> MetaResponses {
        MetaResponses {
            responses: vec![MetaResponse {
                description: "Done; there is nothing to say.",
                status: Some(204),
                status_range: None,
                content: Vec::new(),
                headers: Vec::new(),
            }],
        }
    }

    fn register(_registry: &mut Registry) {}
}
