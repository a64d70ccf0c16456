//! What this process measures, and what it looks up for it every few seconds.

use crate::wiring::{Wired, WiringError};
use codesm_core::jobs::JobDepth;
use codesm_core::judging::Sandbox as _;
use metrics::{describe_counter, describe_gauge, describe_histogram, gauge};
use metrics_exporter_prometheus::{BuildError, Matcher, PrometheusBuilder, PrometheusHandle};
use std::sync::Arc;
use std::time::Duration;

/// Upper bounds of request times, in seconds.
const REQUEST_BUCKETS: &[f64] = &[0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0, 30.0];
/// Upper bounds of statement times, in seconds.
const STATEMENT_BUCKETS: &[f64] = &[0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0];
/// Upper bounds of judging and run times, in seconds.
const JUDGING_BUCKETS: &[f64] = &[0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1.0, 2.0, 5.0, 10.0, 30.0, 60.0];
/// Upper bounds of the times that jobs wait and take, in seconds.
const JOB_BUCKETS: &[f64] = &[0.01, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0, 30.0, 60.0, 120.0, 300.0, 900.0];
/// How often what is not counted as it happens is looked up.
const LOOK_EVERY: Duration = Duration::from_secs(5);
/// A worker says that it is there once a minute; one that has not for longer is gone.
const WORKER_ALIVE: chrono::Duration = chrono::Duration::seconds(150);

/// Starts measuring.
///
/// # Errors
/// If it was started before.
pub(crate) fn start() -> Result<PrometheusHandle, WiringError> {
    let failed = |error: BuildError| WiringError::new("metrics.start", error.to_string());
    let buckets = [
        (Matcher::Full("codesm_http_request_duration_seconds".to_owned()), REQUEST_BUCKETS),
        (
            Matcher::Full("codesm_database_statement_duration_seconds".to_owned()),
            STATEMENT_BUCKETS,
        ),
        (Matcher::Prefix("codesm_job_".to_owned()), JOB_BUCKETS),
        (Matcher::Suffix("_seconds".to_owned()), JUDGING_BUCKETS),
    ];
    let mut builder = PrometheusBuilder::new();
    for (matcher, bounds) in buckets {
        builder = builder.set_buckets_for_metric(matcher, bounds).map_err(failed)?;
    }
    let handle = builder.install_recorder().map_err(failed)?;
    describe();
    gauge!("codesm_build_info", "version" => env!("CARGO_PKG_VERSION")).set(1.0);
    Ok(handle)
}

/// The table of `docs/operations.md`, as far as scrapers read it.
fn describe() {
    describe_gauge!("codesm_build_info", "Always 1; the version is a label.");
    describe_counter!("codesm_http_requests_total", "Requests.");
    describe_histogram!("codesm_http_request_duration_seconds", "Time until the response begins.");
    describe_gauge!("codesm_database_connections", "Connections to the database, by what they do.");
    describe_gauge!("codesm_database_connections_max", "Most connections to the database.");
    describe_gauge!("codesm_database_waiting", "Statements and transactions that wait for a connection.");
    describe_histogram!(
        "codesm_database_statement_duration_seconds",
        "Time of statements; BEGIN waits for a connection."
    );
    describe_gauge!("codesm_queue_jobs", "Jobs in the database, by state.");
    describe_gauge!(
        "codesm_queue_oldest_age_seconds",
        "Age of the oldest job that could be taken now; 0 without one."
    );
    describe_gauge!("codesm_queue_paused", "1 while an operator has paused the queue.");
    describe_gauge!("codesm_maintenance_leader", "1 in the process that looks after the queues.");
    describe_gauge!("codesm_workers", "Workers that said within 150 s that they are there.");
    describe_gauge!("codesm_worker_jobs", "Jobs that this worker works on.");
    describe_counter!("codesm_jobs_total", "Jobs that this worker ended.");
    describe_histogram!("codesm_job_wait_seconds", "Time from when a job was due until this worker took it.");
    describe_histogram!("codesm_job_duration_seconds", "Time this worker had a job.");
    describe_counter!(
        "codesm_job_leases_expired_total",
        "Jobs this worker took that another had gone silent over."
    );
    describe_gauge!("codesm_redis_connected", "1 while Redis answers.");
    describe_counter!(
        "codesm_redis_fallbacks_total",
        "Times this process went on by itself because Redis was away."
    );
    describe_counter!(
        "codesm_redis_hints_dropped_total",
        "News of jobs that were dropped because Redis was too slow."
    );
    describe_counter!(
        "codesm_redis_events_dropped_total",
        "Progress of submissions that was dropped because Redis was too slow."
    );
    describe_counter!("codesm_verdicts_total", "Verdicts.");
    describe_histogram!("codesm_judging_seconds", "Time of judging, by stage.");
    describe_gauge!(
        "codesm_sandbox_tier",
        "Always 1; how programs are confined and measured are labels."
    );
    describe_gauge!("codesm_sandbox_slots", "Programs this worker runs at once.");
    describe_gauge!("codesm_sandbox_speed", "Speed of the cores, in units of the reference machine.");
    describe_counter!("codesm_sandbox_runs_total", "Compilations and runs.");
    describe_histogram!("codesm_sandbox_run_seconds", "Wall time of compilations and runs.");
}

/// Looks up what is not counted as it happens, again and again.
pub(crate) async fn look(metrics: PrometheusHandle, wired: Arc<Wired>) {
    if let Some(sandbox) = &wired.sandbox {
        let description = sandbox.description();
        let labels = [("tier", description.tier.to_string()), ("measured_by", description.measured_by)];
        gauge!("codesm_sandbox_tier", &labels).set(1.0);
        gauge!("codesm_sandbox_slots").set(number(description.slots as u64));
    }
    loop {
        pools(&wired);
        queues(&wired).await;
        workers(&wired).await;
        metrics.run_upkeep();
        tokio::time::sleep(LOOK_EVERY).await;
    }
}

fn pools(wired: &Wired) {
    for pool in wired.database.pools() {
        let used = pool.open - pool.idle;
        gauge!("codesm_database_connections", "pool" => pool.name, "state" => "idle").set(f64::from(pool.idle));
        gauge!("codesm_database_connections", "pool" => pool.name, "state" => "used").set(f64::from(used));
        gauge!("codesm_database_connections_max", "pool" => pool.name).set(f64::from(pool.most));
        gauge!("codesm_database_waiting", "pool" => pool.name).set(f64::from(pool.wanted.saturating_sub(used)));
    }
}

async fn queues(wired: &Wired) {
    let now = wired.clock.now();
    let depths = match wired.queue.depths(now).await {
        Ok(depths) => depths,
        Err(error) => return tracing::warn!(%error, "the depth of the queues is unknown"),
    };
    for depth in depths {
        let JobDepth {
            queue,
            ready,
            running,
            dead,
            oldest_ready_at,
            paused_at,
        } = depth;
        let queue = queue.as_str();
        for (state, count) in [("ready", ready), ("running", running), ("dead", dead)] {
            gauge!("codesm_queue_jobs", "queue" => queue, "state" => state).set(number(count));
        }
        let age = oldest_ready_at.map_or(Duration::ZERO, |made| (now - made).to_std().unwrap_or_default());
        gauge!("codesm_queue_oldest_age_seconds", "queue" => queue).set(age.as_secs_f64());
        gauge!("codesm_queue_paused", "queue" => queue).set(if paused_at.is_some() { 1.0 } else { 0.0 });
    }
}

async fn workers(wired: &Wired) {
    match wired.registry.seen_since(wired.clock.now() - WORKER_ALIVE).await {
        Ok(seen) => gauge!("codesm_workers").set(number(seen.len() as u64)),
        Err(error) => tracing::warn!(%error, "the number of workers is unknown"),
    }
}

#[expect(clippy::cast_precision_loss, reason = "a gauge for people")]
const fn number(count: u64) -> f64 {
    count as f64
}
