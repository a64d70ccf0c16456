//! Health of this process and of what it depends on.

use crate::roles::Role;
use crate::wiring::Wired;
use async_trait::async_trait;
use codesm_core::judging::Sandbox;
use codesm_http::{HealthCheck, HealthChecks, HealthReport, HealthStatus};
use serde_json::{Map, Value, json};
use std::sync::Arc;
use std::time::{Duration, Instant};
use tokio::sync::Mutex;

/// Asks every dependency.
pub(crate) struct ProcessHealth {
    wired: Arc<Wired>,
    role: Role,
    started: Instant,
    /// The last answer: anybody may ask as often as they like, the dependencies are asked once a second.
    last: Mutex<Option<(Instant, Vec<HealthCheck>)>>,
}

/// How long an answer is good.
const GOOD_FOR: Duration = Duration::from_secs(1);
/// Longest time a dependency may take to answer a probe.
const PATIENCE: Duration = Duration::from_secs(3);

impl ProcessHealth {
    pub(crate) fn new(wired: Arc<Wired>, role: Role) -> Self {
        Self {
            wired,
            role,
            started: Instant::now(),
            last: Mutex::new(None),
        }
    }

    fn report(&self, checks: Vec<HealthCheck>) -> HealthReport {
        HealthReport {
            checks,
            uptime: self.started.elapsed(),
        }
    }

    async fn database(&self) -> HealthCheck {
        timed("database", async {
            self.wired
                .database
                .ping()
                .await
                .map(|_| Map::new())
                .map_err(|error| error.to_string())
        })
        .await
    }

    async fn queue(&self) -> HealthCheck {
        timed("queue", async {
            let depths = self
                .wired
                .queue
                .depths(self.wired.clock.now())
                .await
                .map_err(|error| error.to_string())?;
            let sum = |count: fn(&codesm_core::jobs::JobDepth) -> u64| depths.iter().map(count).sum::<u64>();
            Ok(details(json!({
                "pendingJobs": sum(|depth| depth.ready),
                "runningJobs": sum(|depth| depth.running),
                "deadJobs": sum(|depth| depth.dead),
            })))
        })
        .await
    }

    async fn storage(&self) -> HealthCheck {
        timed("storage", async {
            self.wired
                .blobs
                .check()
                .await
                .map(|()| Map::new())
                .map_err(|error| error.to_string())
        })
        .await
    }

    /// Away, it costs what it shares and nothing else.
    fn redis(&self) -> Option<HealthCheck> {
        let redis = self.wired.redis.as_ref()?;
        Some(HealthCheck {
            name: "redis".to_owned(),
            status: if redis.is_up() { HealthStatus::Up } else { HealthStatus::Degraded },
            latency_ms: None,
            details: Map::new(),
        })
    }

    /// An API without workers is ready: submissions wait. Embedded mode that cannot judge says so without refusing to serve.
    fn sandbox(&self) -> HealthCheck {
        let (status, details) = match (&self.wired.sandbox, self.role) {
            (Some(sandbox), _) => {
                let description = sandbox.description();
                let tier = description.tier.to_string();
                (
                    HealthStatus::Up,
                    json!({
                        "tier": tier,
                        "slots": description.slots,
                        "measuredBy": description.measured_by,
                        "speed": description.speed,
                    }),
                )
            }
            (None, Role::Serve) => (HealthStatus::Up, json!({ "judging": "by workers" })),
            (None, Role::All | Role::Work) => (HealthStatus::Degraded, json!({ "judging": "impossible on this machine" })),
        };
        HealthCheck {
            name: "sandbox".to_owned(),
            status,
            latency_ms: None,
            details: self::details(details),
        }
    }
}

#[async_trait]
impl HealthChecks for ProcessHealth {
    async fn live(&self) -> HealthReport {
        self.report(Vec::new())
    }

    async fn ready(&self) -> HealthReport {
        // Whoever comes while the dependencies are being asked waits for the same answer.
        let mut last = self.last.lock().await;
        if let Some((asked, checks)) = last.as_ref()
            && asked.elapsed() < GOOD_FOR
        {
            return self.report(checks.clone());
        }
        let (database, queue, storage) = tokio::join!(self.database(), self.queue(), self.storage());
        let mut checks = vec![database, queue, storage, self.sandbox()];
        checks.extend(self.redis());
        *last = Some((Instant::now(), checks.clone()));
        self.report(checks)
    }

    async fn startup(&self) -> HealthReport {
        // The listener is bound only after schema, admin and samples are there.
        self.report(Vec::new())
    }
}

/// Times a check. What is wrong goes to the log; everybody can read the answer.
async fn timed(name: &'static str, check: impl Future<Output = Result<Map<String, Value>, String>>) -> HealthCheck {
    let begun = Instant::now();
    let outcome = tokio::time::timeout(PATIENCE, check)
        .await
        .unwrap_or_else(|_| Err(format!("no answer within {PATIENCE:?}")));
    let latency_ms = u64::try_from(begun.elapsed().as_millis()).ok();
    let (status, details) = match outcome {
        Ok(details) => (HealthStatus::Up, details),
        Err(reason) => {
            tracing::warn!(check = name, reason, "a health check failed");
            (HealthStatus::Down, Map::new())
        }
    };
    HealthCheck {
        name: name.to_owned(),
        status,
        latency_ms,
        details,
    }
}

fn details(value: Value) -> Map<String, Value> {
    match value {
        Value::Object(details) => details,
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) | Value::Array(_) => Map::new(),
    }
}
