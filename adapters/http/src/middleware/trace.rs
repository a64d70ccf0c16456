//! The span of a request: part of the caller's trace if it names one, and named in the answer.

use super::Exchange;
use super::observe::method_label;
use crate::HttpDeps;
use crate::routes::Class;
use codesm_core::kernel::{TRACE_TARGET, TraceParent};
use poem::http::{HeaderName, HeaderValue};
use poem::{Request, Response};
use tracing::Span;
use tracing::field::Empty;

/// As W3C Trace Context names it.
const TRACEPARENT: HeaderName = HeaderName::from_static("traceparent");

/// Begins the span. Probes and metrics have none: nobody looks for these.
pub(super) fn begin(deps: &HttpDeps, exchange: &Exchange, request: &Request) -> Span {
    if exchange.route.class() == Class::Infrastructure {
        return Span::none();
    }
    let (method, route) = (method_label(request.method()), exchange.route.label());
    let span = tracing::info_span!(
        target: TRACE_TARGET,
        parent: None,
        "request",
        otel.name = %format_args!("{method} {route}"),
        otel.kind = "server",
        otel.status_code = Empty,
        http.request.method = method,
        http.route = route,
        http.response.status_code = Empty,
        request_id = exchange.request_id,
    );
    // The names of the path and the query are not recorded: they may hold what is secret.
    if !span.is_disabled()
        && let Some(parent) = request.header(TRACEPARENT).and_then(TraceParent::parse)
    {
        deps.traces.join(&span, &parent);
    }
    span
}

/// Ends the span of the response and names it there. To be called inside the span.
pub(super) fn end(current: Option<&TraceParent>, response: &mut Response) {
    let span = Span::current();
    let status = response.status();
    span.record("http.response.status_code", status.as_u16());
    if status.is_server_error() {
        span.record("otel.status_code", "ERROR");
    }
    if let Some(value) = current.and_then(|current| HeaderValue::from_str(current.as_str()).ok()) {
        response.headers_mut().insert(TRACEPARENT, value);
    }
}
