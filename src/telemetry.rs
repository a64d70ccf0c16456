//! Logs and traces.

use crate::config::{LogFormat, LogSection, Settings};
use crate::wiring::WiringError;
use codesm_core::kernel::TRACE_TARGET;
use codesm_otlp::{TraceSettings, Traces};
use std::io::IsTerminal;
use std::time::Duration;
use tracing_appender::non_blocking::WorkerGuard;
use tracing_appender::rolling::{RollingFileAppender, Rotation};
use tracing_subscriber::layer::SubscriberExt;
use tracing_subscriber::util::SubscriberInitExt;
use tracing_subscriber::{EnvFilter, Layer, Registry, fmt};

/// Keeps the log file's writer alive; dropping it writes what is left.
#[must_use]
pub struct TelemetryGuard {
    _file: Option<WorkerGuard>,
    traces: Option<Traces>,
}

impl TelemetryGuard {
    /// Sends the traces that wait, and ends sending. Blocks for at most `timeout`.
    pub fn send_last_traces(&self, timeout: Duration) {
        if let Some(Err(error)) = self.traces.as_ref().map(|traces| traces.stop(timeout)) {
            tracing::warn!(%error, "some traces are lost");
        }
    }
}

type BoxedLayer = Box<dyn Layer<Registry> + Send + Sync>;

/// Starts logging for a server process: JSON, or pretty on a terminal; to daily files too if so configured. Traces go to the
/// collector, if there is one. Must not be called from async code.
///
/// # Errors
/// If the log folder cannot be used, or logging was started before.
pub fn for_servers(settings: &Settings, role: &'static str) -> Result<TelemetryGuard, WiringError> {
    let traces = match &settings.traces.endpoint {
        Some(endpoint) => {
            let chosen = TraceSettings {
                endpoint: endpoint.clone(),
                sample_ratio: settings.traces.sample_ratio,
                version: env!("CARGO_PKG_VERSION"),
                role,
            };
            Some(Traces::start(&chosen).map_err(|error| WiringError::new("traces.start", error.to_string()))?)
        }
        None => None,
    };
    start(&settings.log, &settings.log.level, traces)
}

/// Starts logging for a command: only warnings, unless a level is set.
///
/// # Errors
/// As [`for_servers`].
pub fn for_tools(settings: &LogSection) -> Result<TelemetryGuard, WiringError> {
    let level = if settings.level == "info" { "warn" } else { &settings.level };
    let console_only = LogSection {
        directory: None,
        ..settings.clone()
    };
    start(&console_only, level, None)
}

fn start(settings: &LogSection, level: &str, traces: Option<Traces>) -> Result<TelemetryGuard, WiringError> {
    // One filter for all outputs. A filter per output loses lines: a mere question whether a level is on (sqlx asks) leaves
    // its answer behind, and the next event of that thread is dropped.
    // Spans are for traces alone, so that the level of the log says nothing about them.
    let spans = if traces.is_some() { "info" } else { "off" };
    let filter = EnvFilter::new(format!(
        "sqlx=warn,sea_orm=warn,sea_orm_migration=warn,poem=warn,{level},{TRACE_TARGET}={spans}"
    ));
    let format = settings.format.unwrap_or_else(|| {
        if std::io::stderr().is_terminal() {
            LogFormat::Pretty
        } else {
            LogFormat::Json
        }
    });
    let console: BoxedLayer = match format {
        LogFormat::Pretty => fmt::layer().with_writer(std::io::stderr).with_target(false).boxed(),
        LogFormat::Json => json_layer(std::io::stderr).boxed(),
    };
    let mut layers = vec![console];
    if let Some(traces) = &traces {
        layers.push(traces.layer().boxed());
    }
    let mut guard = None;
    if let Some(directory) = &settings.directory {
        let files = RollingFileAppender::builder()
            .rotation(Rotation::DAILY)
            .filename_prefix("codesm")
            .filename_suffix("jsonl")
            .max_log_files(settings.keep_days)
            .build(directory)
            .map_err(|error| {
                WiringError::new(
                    "log.directory",
                    format!("the log folder {} cannot be used: {error}", directory.display()),
                )
            })?;
        let (writer, file_guard) = tracing_appender::non_blocking(files);
        layers.push(json_layer(writer).boxed());
        guard = Some(file_guard);
    }
    let started = tracing_subscriber::registry().with(layers).with(filter).try_init();
    started.map_err(|error| WiringError::new("log.started_twice", error.to_string()))?;
    Ok(TelemetryGuard { _file: guard, traces })
}

fn json_layer<W: for<'w> fmt::MakeWriter<'w> + Send + Sync + 'static>(writer: W) -> impl Layer<Registry> + Send + Sync {
    fmt::layer()
        .json()
        .flatten_event(true)
        .with_current_span(false)
        .with_span_list(false)
        .with_writer(writer)
}
