//! Errors as RFC 9457 problems. The only place where kinds of failures become statuses.

use super::json_response;
use crate::middleware::current_request_id;
use codesm_core::kernel::{AppError, ErrorKind, FieldError};
use poem::error::{MethodNotAllowedError, NotFoundError, ParsePathError, ResponseError};
use poem::http::{HeaderValue, StatusCode, header};
use poem::{Error, Response};
use poem_openapi::error::{ParseParamError, ParsePathError as ParseApiPathError};
use poem_openapi::registry::{MetaResponses, Registry};
use poem_openapi::types::ToJSON;
use poem_openapi::{ApiResponse, Object};
use serde_json::Value;
use std::borrow::Cow;
use thiserror::Error as ThisError;

/// Media type of problems.
pub(crate) const PROBLEM_JSON: &str = "application/problem+json";

/// RFC 9457 problem.
#[derive(Clone, Debug, Object)]
#[oai(rename = "Problem", rename_all = "camelCase")]
pub(crate) struct ProblemDetails {
    /// A URN that names the code.
    #[oai(rename = "type")]
    kind: String,
    /// What the status means.
    title: String,
    /// HTTP status.
    status: u16,
    /// What went wrong, for people.
    detail: String,
    /// Stable `feature.reason`; match on this.
    code: String,
    /// Names this request in logs; also in `X-Request-Id`.
    request_id: String,
    /// Offending fields; empty if no field is to blame.
    errors: Vec<ProblemField>,
}

/// One offending field.
#[derive(Clone, Debug, Object)]
#[oai(rename = "ProblemField")]
struct ProblemField {
    /// Path of the field, such as `tests[2].input`, or name of the parameter.
    field: String,
    /// Stable reason.
    code: String,
    /// Sentence for people.
    message: String,
}

/// A failure on its way to the client.
#[derive(Clone, Debug, ThisError)]
#[error("{code}: {detail}")]
pub(crate) struct Problem {
    status: StatusCode,
    code: Cow<'static, str>,
    detail: String,
    errors: Vec<FieldError>,
    retry_after_seconds: Option<u64>,
    allow: Option<String>,
}

impl Problem {
    /// A failure of this adapter.
    pub(crate) fn new(status: StatusCode, code: &'static str, detail: impl Into<String>) -> Self {
        Self {
            status,
            code: Cow::Borrowed(code),
            detail: detail.into(),
            errors: Vec::new(),
            retry_after_seconds: None,
            allow: None,
        }
    }

    /// 400.
    pub(crate) fn bad_request(code: &'static str, detail: impl Into<String>) -> Self {
        Self::new(StatusCode::BAD_REQUEST, code, detail)
    }

    /// 400: a query parameter, header or form field cannot be understood.
    pub(crate) fn invalid_parameter(name: &str, message: impl Into<String>) -> Self {
        Self::bad_request("request.invalid_parameter", format!("The parameter `{name}` is not valid.")).with_field(name, "invalid", message)
    }

    /// 413.
    pub(crate) fn too_large(limit: u64) -> Self {
        Self::new(
            StatusCode::PAYLOAD_TOO_LARGE,
            "request.too_large",
            format!("The body is larger than {limit} bytes."),
        )
    }

    /// 415.
    pub(crate) fn unsupported_media_type(detail: impl Into<String>) -> Self {
        Self::new(StatusCode::UNSUPPORTED_MEDIA_TYPE, "request.unsupported_media_type", detail)
    }

    /// 404: no such address.
    pub(crate) fn unknown_route() -> Self {
        Self::new(StatusCode::NOT_FOUND, "route.not_found", "There is nothing at this address.")
    }

    /// 405, with what is allowed.
    pub(crate) fn method_not_allowed(allow: String) -> Self {
        let mut problem = Self::new(
            StatusCode::METHOD_NOT_ALLOWED,
            "route.method_not_allowed",
            format!("This address answers {allow}."),
        );
        problem.allow = Some(allow);
        problem
    }

    /// 500 without internals.
    pub(crate) fn unexpected() -> Self {
        Self::new(
            StatusCode::INTERNAL_SERVER_ERROR,
            "internal.unexpected",
            "Something went wrong on our side.",
        )
    }

    /// Names an offending field.
    pub(crate) fn with_field(mut self, field: &str, code: &'static str, message: impl Into<String>) -> Self {
        self.errors.push(FieldError {
            field: field.to_owned(),
            code,
            message: message.into(),
        });
        self
    }

    /// Names offending fields.
    pub(crate) fn with_fields(mut self, fields: Vec<FieldError>) -> Self {
        self.errors.extend(fields);
        self
    }

    /// Says when to try again.
    pub(crate) fn with_retry_after(mut self, seconds: u64) -> Self {
        self.retry_after_seconds = Some(seconds);
        self
    }

    /// Stable code.
    #[cfg(test)]
    pub(crate) fn code(&self) -> &str {
        &self.code
    }

    /// Offending fields.
    #[cfg(test)]
    pub(crate) fn fields(&self) -> &[FieldError] {
        &self.errors
    }

    /// The answer.
    pub(crate) fn respond(&self) -> Response {
        let errors = self.errors.iter().map(|error| {
            let FieldError { field, code, message } = error;
            ProblemField {
                field: field.clone(),
                code: (*code).to_owned(),
                message: message.clone(),
            }
        });
        let details = ProblemDetails {
            kind: format!("urn:codesm:problem:{}", self.code),
            title: self.status.canonical_reason().unwrap_or("Error").to_owned(),
            status: self.status.as_u16(),
            detail: self.detail.clone(),
            code: self.code.clone().into_owned(),
            request_id: current_request_id(),
            errors: errors.collect(),
        };
        let mut response = json_response(self.status, PROBLEM_JSON, &details.to_json().unwrap_or_default());
        let headers = response.headers_mut();
        if let Some(seconds) = self.retry_after_seconds {
            headers.insert(header::RETRY_AFTER, HeaderValue::from(seconds));
        }
        if let Some(Ok(allow)) = self.allow.as_deref().map(HeaderValue::from_str) {
            headers.insert(header::ALLOW, allow);
        }
        if self.status == StatusCode::UNAUTHORIZED {
            let challenge = match &*self.code {
                "auth.invalid_token" => "Bearer realm=\"codesm\", error=\"invalid_token\"",
                _ => "Bearer realm=\"codesm\"",
            };
            headers.insert(header::WWW_AUTHENTICATE, HeaderValue::from_static(challenge));
        }
        response
    }
}

/// The only mapping of kinds to statuses.
const fn status_of(kind: ErrorKind) -> StatusCode {
    match kind {
        ErrorKind::Malformed => StatusCode::BAD_REQUEST,
        ErrorKind::Invalid => StatusCode::UNPROCESSABLE_ENTITY,
        ErrorKind::Unauthenticated => StatusCode::UNAUTHORIZED,
        ErrorKind::Forbidden => StatusCode::FORBIDDEN,
        ErrorKind::NotFound => StatusCode::NOT_FOUND,
        ErrorKind::Conflict => StatusCode::CONFLICT,
        ErrorKind::TooLarge => StatusCode::PAYLOAD_TOO_LARGE,
        ErrorKind::RateLimited => StatusCode::TOO_MANY_REQUESTS,
        ErrorKind::Unavailable => StatusCode::SERVICE_UNAVAILABLE,
        ErrorKind::Internal => StatusCode::INTERNAL_SERVER_ERROR,
    }
}

/// Seconds after which trying again is sensible when something is away.
const RETRY_WHEN_UNAVAILABLE: u64 = 5;

impl From<AppError> for Problem {
    /// Failures on our side are logged here, once, with their causes.
    fn from(error: AppError) -> Self {
        let request_id = current_request_id();
        match error.kind() {
            ErrorKind::Internal => tracing::error!(request_id, code = error.code(), %error, "request failed"),
            ErrorKind::Unavailable => tracing::warn!(request_id, code = error.code(), %error, "request failed"),
            _ => {}
        }
        let retry = (error.kind() == ErrorKind::Unavailable).then_some(RETRY_WHEN_UNAVAILABLE);
        Self {
            status: status_of(error.kind()),
            code: Cow::Owned(error.code().to_owned()),
            detail: error.public_message().to_owned(),
            errors: error.fields().to_vec(),
            retry_after_seconds: error.retry_after_seconds().or(retry),
            allow: None,
        }
    }
}

impl ResponseError for Problem {
    fn status(&self) -> StatusCode {
        self.status
    }

    fn as_response(&self) -> Response {
        self.respond()
    }
}

impl ApiResponse for Problem {
    /// Empty: `openapi::errors` documents failures per operation.
    fn meta() -> MetaResponses {
        MetaResponses { responses: Vec::new() }
    }

    fn register(_registry: &mut Registry) {}
}

/// How a problem looks, for the OpenAPI document.
pub(crate) fn problem_example(status: u16, code: &str, meaning: &str) -> Value {
    let status = StatusCode::from_u16(status).unwrap_or_default();
    let details = ProblemDetails {
        kind: format!("urn:codesm:problem:{code}"),
        title: status.canonical_reason().unwrap_or("Error").to_owned(),
        status: status.as_u16(),
        detail: meaning.to_owned(),
        code: code.to_owned(),
        request_id: "019a9c6e-7b1a-7c00-8000-0000000000ff".to_owned(),
        errors: Vec::new(),
    };
    details.to_json().unwrap_or_default()
}

/// What the framework itself refuses, in our words.
pub(crate) fn framework_problem(error: &Error) -> Problem {
    if let Some(problem) = error.downcast_ref::<Problem>() {
        return problem.clone();
    }
    if let Some(ParseParamError { name, reason }) = error.downcast_ref() {
        return Problem::invalid_parameter(name, reason_for_people(reason));
    }
    // A piece of the address that is not even text names nothing.
    if error.is::<ParseApiPathError>() || error.is::<ParsePathError>() || error.is::<NotFoundError>() {
        return Problem::unknown_route();
    }
    if error.is::<MethodNotAllowedError>() {
        return Problem::method_not_allowed(String::new());
    }
    if error.status().is_client_error() {
        return Problem::bad_request("request.invalid", "The request cannot be understood.");
    }
    tracing::error!(request_id = current_request_id(), %error, "the framework failed");
    Problem::unexpected()
}

/// The framework's reason without the names of Rust types before and behind it, which say nothing to clients.
fn reason_for_people(reason: &str) -> &str {
    let reason = reason.split(" (occurred while").next().unwrap_or_default();
    let reason = reason
        .strip_prefix("failed to parse \"")
        .and_then(|rest| rest.split_once("\": "))
        .map_or(reason, |(_, reason)| reason);
    match reason {
        "Expect a valid enumeration value." => "Must be one of the values that the OpenAPI document lists.",
        other => other,
    }
}
