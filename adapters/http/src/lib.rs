//! The inbound HTTP adapter: REST under `/api/v1`, live events, health, metrics, the OpenAPI document and its readable page.
//!
//! A feature is read in one sweep (`auth`, `problems`, `submissions`, `uploads`, `queues`, `health`): `mod.rs` holds the handlers, `dto.rs` what goes
//! over the wire. Everything between the socket and a handler is in `middleware`, whose order `middleware/mod.rs` documents.

mod auth;
mod health;
mod middleware;
mod openapi;
mod problems;
mod queues;
mod request;
mod response;
mod routes;
mod server;
mod settings;
mod submissions;
mod uploads;

pub use health::{HealthCheck, HealthChecks, HealthReport, HealthStatus};
pub use openapi::openapi_json;
pub use server::{metrics_endpoint, serve};
pub use settings::{CorsOrigins, HttpSettings, InvalidIpRange, IpRange, RateLimits};

use codesm_core::app::App;
use codesm_core::kernel::{Clock, IdGenerator, RateLimiter, TraceContext};
use poem::endpoint::BoxEndpoint;
use poem::{EndpointExt, Response};
use std::sync::Arc;
use tokio_util::sync::CancellationToken;

/// Renders the metrics in the Prometheus text format.
pub type MetricsRenderer = Arc<dyn Fn() -> String + Send + Sync>;

/// An endpoint that [`serve`] serves.
pub type HttpEndpoint = BoxEndpoint<'static, Response>;

/// What the API needs.
#[derive(Clone)]
pub struct HttpDeps {
    /// The use cases.
    pub app: Arc<App>,
    /// Counts requests.
    pub limiter: Arc<dyn RateLimiter>,
    /// Time.
    pub clock: Arc<dyn Clock>,
    /// Traces that requests belong to.
    pub traces: Arc<dyn TraceContext>,
    /// Identifiers: of requests, and of uploads while they are read.
    pub ids: Arc<dyn IdGenerator>,
    /// Answers `/health/…`.
    pub health: Arc<dyn HealthChecks>,
    /// Answers `/metrics`; without it that is 404 (metrics have their own listener, or none).
    pub metrics: Option<MetricsRenderer>,
    /// Cancelled when the process stops: event streams and waiting requests then end at once. The same token as [`serve`]'s.
    pub shutdown: CancellationToken,
    /// Settings.
    pub settings: HttpSettings,
}

/// The whole API behind its middleware. Never fails: every error is a response.
#[must_use]
pub fn endpoint(deps: HttpDeps) -> BoxEndpoint<'static, Response> {
    middleware::Pipeline::new(Arc::new(deps)).boxed()
}
