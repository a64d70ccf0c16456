//! Panics and endless requests end here.

use super::Exchange;
use crate::response::Problem;
use crate::routes::Class;
use crate::settings::HttpSettings;
use codesm_core::submissions::MAX_WAIT;
use futures_util::FutureExt;
use poem::Response;
use poem::http::StatusCode;
use std::panic::AssertUnwindSafe;
use std::time::Duration;

/// Uploading, unpacking and storing a package or file of the largest size over a slow line.
const IMPORT_EXTRA: Duration = Duration::from_mins(10);
/// Seconds after which trying again is sensible.
const RETRY_AFTER: u64 = 5;

/// Runs the rest. State shared with other requests is behind locks that survive a panic, hence the assertion.
pub(super) async fn guarded(settings: &HttpSettings, exchange: &Exchange, rest: impl Future<Output = Response>) -> Response {
    let limit = settings.request_timeout
        + match exchange.route.class() {
            Class::Import | Class::Upload | Class::Storage => IMPORT_EXTRA,
            Class::Submission => MAX_WAIT,
            Class::General | Class::Login | Class::Batch | Class::Infrastructure => Duration::ZERO,
        };
    let caught = AssertUnwindSafe(rest).catch_unwind();
    match tokio::time::timeout(limit, caught).await {
        Ok(Ok(response)) => response,
        Ok(Err(_)) => {
            // The panic hook has written the message and the place.
            tracing::error!(
                request_id = exchange.request_id,
                route = exchange.route.label(),
                "a handler panicked"
            );
            Problem::unexpected().respond()
        }
        Err(_) if exchange.body.is_incomplete() => {
            Problem::new(StatusCode::REQUEST_TIMEOUT, "request.timeout", "The body took too long to arrive.").respond()
        }
        Err(_) => {
            tracing::warn!(
                request_id = exchange.request_id,
                route = exchange.route.label(),
                "a request took too long"
            );
            let problem = Problem::new(
                StatusCode::SERVICE_UNAVAILABLE,
                "request.timeout",
                "This took too long; try again shortly.",
            );
            problem.with_retry_after(RETRY_AFTER).respond()
        }
    }
}
