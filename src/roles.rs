//! What a process does: API and worker, only the API, or only a worker.

use crate::config::Settings;
use crate::health::ProcessHealth;
use crate::lifecycle::{Bound, Lifecycle, listen};
use crate::wiring::{self, Wired, WiringError};
use crate::{measures, samples, telemetry};
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

    const fn name(self) -> &'static str {
        match self {
            Self::All => "all",
            Self::Serve => "serve",
            Self::Work => "work",
        }
    }

    const fn works(self) -> bool {
        matches!(self, Self::All | Self::Work)
    }
}

/// Longest time for sending the last traces.
const LAST_TRACES: Duration = Duration::from_secs(1);

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
    // The one TLS provider of the process; a second call only says that it is there already.
    let _ = rustls::crypto::aws_lc_rs::default_provider().install_default();
    let telemetry = telemetry::for_servers(&settings, role.name())?;
    for key in &settings.unknown_keys {
        tracing::warn!(key, "this is no key of CodeSM; `codesm config` lists them all");
    }
    let runtime = runtime()?;
    let outcome = runtime.block_on(run_role(settings, role));
    // After everything that could add to a trace.
    telemetry.send_last_traces(LAST_TRACES);
    // Blocking threads (a password being hashed) must not hold the process back.
    runtime.shutdown_timeout(Duration::from_secs(1));
    outcome?;
    Ok(ExitCode::SUCCESS)
}

async fn run_role(settings: Settings, role: Role) -> Result<(), WiringError> {
    let lifecycle = Lifecycle::start()?;
    let metrics = measures::start()?;
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
    lifecycle.spawn("measuring", measures::look(metrics.clone(), wired.clone()));
    if let Some(listener) = metrics_listener {
        tracing::info!(address = %listener.address, "metrics");
        let endpoint = codesm_http::metrics_endpoint(renderer(&metrics));
        lifecycle.spawn_service("metrics listener", listen_until(listener.listener, endpoint, &lifecycle));
    }
    let name = process_name(&wired);
    if role.serves() {
        let worker = background_worker(&settings, &wired, &name);
        lifecycle.spawn_service("background worker", worker_loop(worker, &lifecycle));
        let tended = codesm_worker::tend(wired.tend.clone(), name.clone(), lifecycle.shutdown());
        lifecycle.spawn_service("maintenance", tended);
    }
    if let Some(sandbox) = &wired.sandbox {
        let worker = judging_worker(&settings, &wired, &name, sandbox);
        lifecycle.spawn_service("worker", worker_loop(worker, &lifecycle));
        if settings.sandbox.prepare {
            lifecycle.spawn("preparation of languages", prepare_languages(sandbox.clone()));
        }
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

/// Name of this process among all.
fn process_name(wired: &Wired) -> String {
    let host = std::fs::read_to_string("/proc/sys/kernel/hostname").unwrap_or_else(|_| "worker".to_owned());
    // The random part tells a restarted process from its predecessor, whose leases it must not take for its own.
    let random = wired.ids.new_uuid().simple().to_string();
    format!("{}:{}:{}", host.trim(), std::process::id(), &random[20..])
}

fn judging_worker(settings: &Settings, wired: &Wired, name: &str, sandbox: &Arc<ProcessSandbox>) -> Worker {
    let policies = settings.queues.policies.clone();
    let chosen = WorkerSettings::judging(name.to_owned(), sandbox.languages(), &sandbox.description(), policies);
    Worker::new(worker_deps(wired), chosen)
}

/// Does what needs no sandbox; beside the API, which has the secrets that some of it needs.
fn background_worker(settings: &Settings, wired: &Wired, name: &str) -> Worker {
    let chosen = WorkerSettings::background(format!("{name}:background"), settings.queues.policies.clone());
    Worker::new(worker_deps(wired), chosen)
}

fn worker_deps(wired: &Wired) -> WorkerDeps {
    WorkerDeps {
        app: wired.app.clone(),
        queue: wired.queue.clone(),
        signal: wired.signal.clone(),
        registry: wired.registry.clone(),
        clock: wired.clock.clone(),
        traces: wired.traces.clone(),
    }
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
        traces: wired.traces.clone(),
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
