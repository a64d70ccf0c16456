//! What a process does: API and worker, only the API, or only a worker.

use crate::config::Settings;
use crate::health::ProcessHealth;
use crate::lifecycle::{Bound, Lifecycle, listen};
use crate::wiring::{self, Wired, WiringError};
use crate::{samples, telemetry};
use codesm_core::judging::{LanguageCatalogue, Sandbox};
use codesm_http::HttpDeps;
use codesm_sandbox::ProcessSandbox;
use codesm_worker::{Worker, WorkerDeps, WorkerSettings};
use metrics_exporter_prometheus::PrometheusHandle;
use std::process::ExitCode;
use std::sync::Arc;
use std::time::Duration;

/// What this process is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Role {
    /// API and worker.
    All,
    /// API.
    Serve,
    /// Worker.
    Work,
}

impl Role {
    const fn serves(self) -> bool {
        matches!(self, Self::All | Self::Serve)
    }

    const fn works(self) -> bool {
        matches!(self, Self::All | Self::Work)
    }
}

/// The async runtime of every role and command.
///
/// # Errors
/// If threads cannot be started.
pub fn runtime() -> Result<tokio::runtime::Runtime, WiringError> {
    let built = tokio::runtime::Builder::new_multi_thread().enable_all().build();
    built.map_err(|error| WiringError::new("start.threads", format!("threads cannot be started: {error}")))
}

/// Runs a role until it is told to stop.
///
/// # Errors
/// [`WiringError`] if it cannot start.
pub(crate) fn run(settings: Settings, role: Role) -> Result<ExitCode, crate::cli::CliError> {
    let _guard = telemetry::for_servers(&settings.log)?;
    // The one TLS provider of the process; a second call only says that it is there already.
    let _ = rustls::crypto::aws_lc_rs::default_provider().install_default();
    for key in &settings.unknown_keys {
        tracing::warn!(key, "this is no key of CodeSM; `codesm config` lists them all");
    }
    let runtime = runtime()?;
    let outcome = runtime.block_on(run_role(settings, role));
    // Blocking threads (a password being hashed) must not hold the process back.
    runtime.shutdown_timeout(Duration::from_secs(1));
    outcome?;
    Ok(ExitCode::SUCCESS)
}

async fn run_role(settings: Settings, role: Role) -> Result<(), WiringError> {
    let lifecycle = Lifecycle::start()?;
    let metrics = telemetry::metrics()?;
    // First of all: a port that is taken must be known before anything is created or any job is reserved.
    let api = if role.serves() {
        Some(listen(settings.http.bind).await?)
    } else {
        None
    };
    let metrics_listener = match settings.general.metrics_bind {
        Some(bind) => Some(listen(bind).await?),
        None => None,
    };
    let shutdown = lifecycle.shutdown();
    // The order to stop counts during a long start, too: a migration that waits for its lock, samples being read.
    let Some(wired) = shutdown.run_until_cancelled(prepare(&settings, role)).await.transpose()? else {
        return Ok(());
    };
    lifecycle.spawn("metrics upkeep", upkeep(metrics.clone(), wired.clone()));
    if let Some(listener) = metrics_listener {
        tracing::info!(address = %listener.address, "metrics");
        let endpoint = codesm_http::metrics_endpoint(renderer(&metrics));
        lifecycle.spawn_service("metrics listener", listen_until(listener.listener, endpoint, &lifecycle));
    }
    if let Some(sandbox) = &wired.sandbox {
        let worker = worker(&wired, sandbox);
        lifecycle.spawn_service("worker", worker_loop(worker, &lifecycle));
        if settings.sandbox.prepare {
            lifecycle.spawn("preparation of languages", prepare_languages(sandbox.clone()));
        }
    }
    if role.serves() {
        lifecycle.spawn("sweep of uploads", sweep_uploads(wired.clone()));
    }
    if let Some(listener) = api {
        let own_metrics = settings.general.metrics_bind.is_none().then(|| renderer(&metrics));
        serve(&settings, role, listener, &wired, own_metrics, &lifecycle)?;
    }
    lifecycle.until_stopped().await;
    if let Some(sandbox) = &wired.sandbox {
        lifecycle.close("sandbox", sandbox.shutdown()).await;
    }
    let closing = async {
        if let Err(error) = wired.database.clone().close().await {
            tracing::warn!(%error, "the database was not closed cleanly");
        }
    };
    lifecycle.close("database", closing).await;
    tracing::info!("stopped");
    Ok(())
}

/// Everything before the first request or job: schema, sandbox, admin, samples.
async fn prepare(settings: &Settings, role: Role) -> Result<Arc<Wired>, WiringError> {
    let database = wiring::ready_database(settings).await?;
    let sandbox = if role.works() { judge_or_not(settings, role).await? } else { None };
    let wired = Arc::new(wiring::build(settings, database, sandbox).await?);
    if role.serves() {
        wiring::sweep_leftovers(settings);
        samples::first_admin(settings, &wired).await?;
        samples::sample_problems(settings, &wired).await?;
    }
    Ok(wired)
}

/// Longest time requests in flight may take after the order to stop.
const GRACE: Duration = Duration::from_secs(8);

/// A worker that cannot judge has no purpose and refuses to start. The API of embedded mode is of use without, and says
/// everywhere that nothing is judged.
async fn judge_or_not(settings: &Settings, role: Role) -> Result<Option<Arc<ProcessSandbox>>, WiringError> {
    match wiring::sandbox(settings).await {
        Ok(sandbox) => Ok(Some(sandbox)),
        Err(error) if role == Role::All => {
            tracing::error!(%error, "nothing can be judged on this machine; submissions will wait for a worker that can");
            Ok(None)
        }
        Err(error) => Err(error),
    }
}

/// Ends with the process, as background tasks do.
async fn prepare_languages(sandbox: Arc<ProcessSandbox>) {
    sandbox.prepare_languages().await;
    std::future::pending::<()>().await;
}

/// Removes uploads that were never confirmed, at start and every hour; several processes may do so at once.
async fn sweep_uploads(wired: Arc<Wired>) {
    loop {
        match wired.app.uploads.sweep.sweep_unconfirmed_uploads(wired.clock.now()).await {
            Ok(0) => {}
            Ok(removed) => tracing::info!(removed, "removed uploads that were never confirmed"),
            Err(error) => tracing::warn!(%error, "uploads that were never confirmed could not be removed; tried again in an hour"),
        }
        tokio::time::sleep(Duration::from_hours(1)).await;
    }
}

fn worker(wired: &Wired, sandbox: &Arc<ProcessSandbox>) -> Worker {
    let host = std::fs::read_to_string("/proc/sys/kernel/hostname").unwrap_or_else(|_| "worker".to_owned());
    // The random part tells a restarted process from its predecessor, whose leases it must not take for its own.
    let name = format!(
        "{}:{}:{}",
        host.trim(),
        std::process::id(),
        &wired.ids.new_uuid().simple().to_string()[20..]
    );
    let deps = WorkerDeps {
        app: wired.app.clone(),
        queue: wired.queue.clone(),
        signal: wired.signal.clone(),
        registry: wired.registry.clone(),
        clock: wired.clock.clone(),
    };
    Worker::new(deps, WorkerSettings::new(name, sandbox.languages(), sandbox.description()))
}

fn worker_loop(worker: Worker, lifecycle: &Lifecycle) -> impl Future<Output = ()> + use<> {
    worker.run(lifecycle.shutdown())
}

fn serve(
    settings: &Settings,
    role: Role,
    listener: Bound,
    wired: &Arc<Wired>,
    metrics: Option<codesm_http::MetricsRenderer>,
    lifecycle: &Lifecycle,
) -> Result<(), WiringError> {
    let deps = HttpDeps {
        app: wired.app.clone(),
        limiter: wired.limiter.clone(),
        clock: wired.clock.clone(),
        ids: wired.ids.clone(),
        health: Arc::new(ProcessHealth::new(wired.clone(), role)),
        metrics,
        shutdown: lifecycle.shutdown(),
        settings: crate::wiring::http_settings(settings)?,
    };
    let address = listener.address;
    lifecycle.spawn_service("API", listen_until(listener.listener, codesm_http::endpoint(deps), lifecycle));
    tracing::info!(%address, "API ready");
    announce(settings, address);
    Ok(())
}

/// For people at a terminal.
fn announce(settings: &Settings, address: std::net::SocketAddr) {
    use std::io::IsTerminal as _;
    if !std::io::stdout().is_terminal() {
        return;
    }
    let base = settings.http.public_url.clone().unwrap_or_else(|| format!("http://{address}"));
    println!(
        "\n  CodeSM {} is ready.\n    API      {base}/api/v1\n    Docs     {base}/docs\n    OpenAPI  {base}/openapi.json\n",
        env!("CARGO_PKG_VERSION")
    );
}

/// Serves until the process is to stop.
fn listen_until(
    listener: tokio::net::TcpListener,
    endpoint: codesm_http::HttpEndpoint,
    lifecycle: &Lifecycle,
) -> impl Future<Output = ()> + Send + use<> {
    let shutdown = lifecycle.shutdown();
    async move {
        if let Err(error) = codesm_http::serve(listener, endpoint, shutdown, GRACE).await {
            tracing::error!(%error, "the listener failed");
        }
    }
}

fn renderer(metrics: &PrometheusHandle) -> codesm_http::MetricsRenderer {
    let metrics = metrics.clone();
    Arc::new(move || metrics.render())
}

/// Says how programs are confined here, and how many at once.
fn say_sandbox(sandbox: &ProcessSandbox) {
    let description = sandbox.description();
    let labels = [("tier", description.tier.to_string()), ("measured_by", description.measured_by)];
    ::metrics::gauge!("codesm_sandbox_tier", &labels).set(1.0);
    #[expect(clippy::cast_precision_loss, reason = "a gauge for people")]
    ::metrics::gauge!("codesm_sandbox_slots").set(description.slots as f64);
}

/// Keeps the metrics tidy and the queue's depth current.
async fn upkeep(metrics: PrometheusHandle, wired: Arc<Wired>) {
    if let Some(sandbox) = &wired.sandbox {
        say_sandbox(sandbox);
    }
    loop {
        match wired.queue.depths(wired.clock.now()).await {
            Ok(depths) => {
                for depth in depths {
                    let counts = [("ready", depth.ready), ("running", depth.running), ("dead", depth.dead)];
                    for (state, count) in counts {
                        #[expect(clippy::cast_precision_loss, reason = "a gauge for people")]
                        ::metrics::gauge!("codesm_jobs", "queue" => depth.queue.as_str(), "state" => state).set(count as f64);
                    }
                }
            }
            Err(error) => tracing::warn!(%error, "the depth of the queues is unknown"),
        }
        metrics.run_upkeep();
        tokio::time::sleep(Duration::from_secs(5)).await;
    }
}
