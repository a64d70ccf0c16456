//! Whether the process lives, is ready, has started; and the metrics' place in the OpenAPI document.

use crate::HttpDeps;
use crate::openapi::ApiTags;
use crate::response::{Maybe, Problem, json_response};
use crate::routes::operation;
use crate::server::{METRICS_TYPE, metrics_response};
use async_trait::async_trait;
use poem::http::StatusCode;
use poem::{IntoResponse, Response};
use poem_openapi::registry::{MetaMediaType, MetaResponse, MetaResponses, Registry};
use poem_openapi::types::{Any, Example, ToJSON, Type};
use poem_openapi::{ApiResponse, Enum, Object, OpenApi};
use serde_json::{Map, Value};
use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

/// How something is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum HealthStatus {
    /// Well.
    Up,
    /// Away, but CodeSM works without it.
    Degraded,
    /// Away, and CodeSM does not work without it.
    Down,
}

/// How one thing is that CodeSM depends on.
#[derive(Clone, Debug, PartialEq)]
pub struct HealthCheck {
    /// `database`, `queue`, `storage`, `sandbox` …
    pub name: String,
    /// How it is.
    pub status: HealthStatus,
    /// Milliseconds the check took, if it asked something.
    pub latency_ms: Option<u64>,
    /// More about it, such as `pendingJobs`. Everybody can read this.
    pub details: Map<String, Value>,
}

/// How the process is.
#[derive(Clone, Debug, PartialEq)]
pub struct HealthReport {
    /// Everything that was looked at. The worst status counts.
    pub checks: Vec<HealthCheck>,
    /// Time since the process started.
    pub uptime: Duration,
}

/// Looks at what CodeSM depends on.
///
/// Contract: `live` MUST be cheap and MUST NOT ask anything outside the process; every method MUST answer within a few seconds
/// whatever is away; no answer may hold secrets or addresses of machines.
#[async_trait]
pub trait HealthChecks: Send + Sync {
    /// Whether the process runs at all. Its answer is 200 whatever it says.
    async fn live(&self) -> HealthReport;
    /// Whether requests can be served now.
    async fn ready(&self) -> HealthReport;
    /// Whether the start is over.
    async fn startup(&self) -> HealthReport;
}

/// How something is.
#[derive(Clone, Copy, Enum)]
#[oai(rename = "HealthStatus", remote = "HealthStatus", rename_all = "snake_case")]
enum StatusDto {
    /// Well.
    Up,
    /// Away, but CodeSM works without it.
    Degraded,
    /// Away, and CodeSM does not work without it.
    Down,
}

/// How one thing is; more keys say more about it, such as `pendingJobs`.
#[derive(Object)]
#[oai(rename = "HealthCheck", rename_all = "camelCase")]
struct CheckDto {
    /// How it is.
    status: StatusDto,
    /// Milliseconds the check took.
    #[oai(skip_serializing_if_is_none)]
    latency_ms: Maybe<u64>,
    #[oai(flatten)]
    details: BTreeMap<String, Any<Value>>,
}

/// How the process is.
#[derive(Object)]
#[oai(rename = "Health", rename_all = "camelCase", example)]
struct HealthDto {
    /// The worst of the checks.
    status: StatusDto,
    /// What was looked at, by name.
    checks: BTreeMap<String, CheckDto>,
    /// Version of CodeSM.
    version: String,
    /// Seconds since the process started.
    uptime: u64,
}

impl HealthDto {
    fn new(report: HealthReport, version: &str) -> Self {
        let HealthReport { checks, uptime } = report;
        let worst = checks.iter().map(|check| check.status).max().unwrap_or(HealthStatus::Up);
        let checks = checks.into_iter().map(|check| {
            let HealthCheck {
                name,
                status,
                latency_ms,
                details,
            } = check;
            let check = CheckDto {
                status: status.into(),
                latency_ms: latency_ms.into(),
                details: details.into_iter().map(|(key, value)| (key, Any(value))).collect(),
            };
            (name, check)
        });
        Self {
            status: worst.into(),
            checks: checks.collect(),
            version: version.to_owned(),
            uptime: uptime.as_secs(),
        }
    }
}

impl Example for HealthDto {
    fn example() -> Self {
        let check = |latency_ms: Option<u64>, details: &[(&str, u64)]| CheckDto {
            status: StatusDto::Up,
            latency_ms: latency_ms.into(),
            details: details
                .iter()
                .map(|(key, value)| ((*key).to_owned(), Any((*value).into())))
                .collect(),
        };
        Self {
            status: StatusDto::Up,
            checks: BTreeMap::from([
                ("database".to_owned(), check(Some(1), &[])),
                ("queue".to_owned(), check(None, &[("pendingJobs", 0)])),
            ]),
            version: "0.1.0".to_owned(),
            uptime: 42,
        }
    }
}

/// 200, or 503 if something needed is down.
struct HealthAnswer(StatusCode, HealthDto);

impl IntoResponse for HealthAnswer {
    fn into_response(self) -> Response {
        json_response(self.0, "application/json", &self.1.to_json().unwrap_or_default())
    }
}

impl ApiResponse for HealthAnswer {
    fn meta() -> MetaResponses {
        let answer = |status, description| MetaResponse {
            description,
            status: Some(status),
            status_range: None,
            content: vec![MetaMediaType {
                content_type: "application/json",
                schema: HealthDto::schema_ref(),
            }],
            headers: Vec::new(),
        };
        MetaResponses {
            responses: vec![answer(200, "Well enough to work."), answer(503, "Something needed is down.")],
        }
    }

    fn register(registry: &mut Registry) {
        HealthDto::register(registry);
    }
}

/// Failures by operation, besides those that every operation has.
pub(crate) const ERRORS: &[(&str, &[&str])] = &[(operation::METRICS, &["route.not_found"])];

/// Metrics in the Prometheus text format.
struct Metrics(Response);

impl IntoResponse for Metrics {
    fn into_response(self) -> Response {
        self.0
    }
}

impl ApiResponse for Metrics {
    fn meta() -> MetaResponses {
        MetaResponses {
            responses: vec![MetaResponse {
                description: "All metrics.",
                status: Some(200),
                status_range: None,
                content: vec![MetaMediaType {
                    content_type: METRICS_TYPE,
                    schema: String::schema_ref(),
                }],
                headers: Vec::new(),
            }],
        }
    }

    fn register(_registry: &mut Registry) {}
}

/// The handlers.
#[derive(Clone)]
pub(crate) struct HealthApi(pub(crate) Arc<HttpDeps>);

#[OpenApi(tag = "ApiTags::Operation")]
impl HealthApi {
    /// Is the process alive
    ///
    /// Always 200 as long as it can answer. Not limited, and without the envelope, like all of `/health`.
    #[oai(path = "/health/live", method = "get", operation_id = "healthLive")]
    async fn live(&self) -> HealthAnswer {
        HealthAnswer(StatusCode::OK, self.dto(self.0.health.live().await))
    }

    /// Can it serve requests
    ///
    /// 503 while something needed is down; 200 with `degraded` while something useful is.
    #[oai(path = "/health/ready", method = "get", operation_id = "healthReady")]
    async fn ready(&self) -> HealthAnswer {
        self.answer(self.0.health.ready().await)
    }

    /// Has it started
    ///
    /// 503 until the start is over.
    #[oai(path = "/health/startup", method = "get", operation_id = "healthStartup")]
    async fn startup(&self) -> HealthAnswer {
        self.answer(self.0.health.startup().await)
    }

    /// Metrics
    ///
    /// In the Prometheus text format; 404 when they have their own listener.
    #[oai(path = "/metrics", method = "get", operation_id = "metrics")]
    #[expect(clippy::unused_async, reason = "the framework wants it")]
    async fn metrics(&self) -> Result<Metrics, Problem> {
        let render = self.0.metrics.as_ref().ok_or_else(Problem::unknown_route)?;
        Ok(Metrics(metrics_response(render)))
    }
}

impl HealthApi {
    fn dto(&self, report: HealthReport) -> HealthDto {
        HealthDto::new(report, &self.0.settings.version)
    }

    fn answer(&self, report: HealthReport) -> HealthAnswer {
        let is_down = report.checks.iter().any(|check| check.status == HealthStatus::Down);
        let status = if is_down { StatusCode::SERVICE_UNAVAILABLE } else { StatusCode::OK };
        HealthAnswer(status, self.dto(report))
    }
}
