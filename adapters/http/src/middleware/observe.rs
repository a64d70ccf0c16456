//! One log line and two metrics per request.

use super::Exchange;
use crate::routes::Class;
use codesm_core::kernel::TraceParent;
use poem::Response;
use poem::http::Method;
use std::time::Duration;

/// Methods as labels; others would let clients invent time series.
pub(super) fn method_label(method: &Method) -> &'static str {
    match *method {
        Method::GET => "GET",
        Method::HEAD => "HEAD",
        Method::POST => "POST",
        Method::PUT => "PUT",
        Method::PATCH => "PATCH",
        Method::DELETE => "DELETE",
        Method::OPTIONS => "OPTIONS",
        _ => "OTHER",
    }
}

pub(super) fn observe(method: &Method, exchange: &Exchange, response: &Response, duration: Duration, trace: Option<&TraceParent>) {
    let method = method_label(method);
    let route = exchange.route.label();
    let status = response.status().as_u16();
    metrics::counter!(
        "codesm_http_requests_total",
        "method" => method,
        "route" => route.to_owned(),
        "status" => status.to_string(),
    )
    .increment(1);
    metrics::histogram!("codesm_http_request_duration_seconds", "method" => method, "route" => route.to_owned())
        .record(duration.as_secs_f64());
    let duration_ms = u64::try_from(duration.as_millis()).unwrap_or(u64::MAX);
    let request_id = exchange.request_id.as_str();
    let user = exchange.user.get().map_or("-", String::as_str);
    // Leads from the line to the trace; absent where nothing is traced.
    let trace_id = trace.map(TraceParent::trace_id);
    if exchange.route.class() == Class::Infrastructure {
        tracing::debug!(method, route, status, duration_ms, request_id, "request");
    } else {
        tracing::info!(method, route, status, duration_ms, request_id, user, trace_id, "request");
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::routes::Routes;
    use metrics_exporter_prometheus::PrometheusBuilder;
    use poem::http::StatusCode;
    use serde_json::json;

    #[test]
    fn requests_are_counted_by_pattern_and_strange_ones_together() {
        let routes = Routes::new(&json!({ "paths": { "/a/{x}": { "get": { "operationId": "getA" } } } }), &[]);
        let recorder = PrometheusBuilder::new().build_recorder();
        metrics::with_local_recorder(&recorder, || {
            for (method, path, status) in [
                (Method::GET, "/a/1", StatusCode::OK),
                (Method::GET, "/a/2", StatusCode::OK),
                (Method::POST, "/a/3", StatusCode::METHOD_NOT_ALLOWED),
                (Method::from_bytes(b"BREW").unwrap(), "/x/1", StatusCode::NOT_FOUND),
            ] {
                let exchange = Exchange::for_test(routes.find(&method, path));
                observe(&method, &exchange, &status.into(), Duration::from_millis(5), None);
            }
        });
        let text = recorder.handle().render();
        for line in [
            "codesm_http_requests_total{method=\"GET\",route=\"/a/{x}\",status=\"200\"} 2",
            "codesm_http_requests_total{method=\"POST\",route=\"/a/{x}\",status=\"405\"} 1",
            "codesm_http_requests_total{method=\"OTHER\",route=\"unmatched\",status=\"404\"} 1",
            "codesm_http_request_duration_seconds_count{method=\"GET\",route=\"/a/{x}\"} 2",
        ] {
            assert!(text.contains(line), "{line}\n{text}");
        }
    }
}
