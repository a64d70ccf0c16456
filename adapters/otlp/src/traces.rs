//! From spans to a collector.

use crate::exporter::ReportingExporter;
use opentelemetry::KeyValue;
use opentelemetry::trace::TracerProvider as _;
use opentelemetry_otlp::{ExporterBuildError, Protocol, WithExportConfig as _, WithHttpConfig as _};
use opentelemetry_sdk::Resource;
use opentelemetry_sdk::error::OTelSdkError;
use opentelemetry_sdk::trace::{BatchConfigBuilder, BatchSpanProcessor, Sampler, SdkTracerProvider, SpanLimits};
use std::time::Duration;
use thiserror::Error;
use tracing::Subscriber;
use tracing_subscriber::Layer;
use tracing_subscriber::registry::LookupSpan;

/// Longest time for sending one batch.
const EXPORT_TIMEOUT: Duration = Duration::from_secs(5);
/// How often spans are sent, at the latest.
const SEND_EVERY: Duration = Duration::from_secs(2);
/// Most spans that wait; some kilobytes each. What does not fit is dropped.
const QUEUE: usize = 4096;
/// Most spans in a batch.
const BATCH: usize = 512;

/// How to trace.
#[derive(Clone, Debug)]
pub struct TraceSettings {
    /// Base address of the collector, such as `http://127.0.0.1:4318`; `/v1/traces` is added.
    pub endpoint: String,
    /// Part of the traces that begin here and are kept, 0 to 1. A trace that began elsewhere is kept if it was there.
    pub sample_ratio: f64,
    /// Version of this program.
    pub version: &'static str,
    /// What this process does: `all`, `serve` or `work`.
    pub role: &'static str,
}

/// Traces cannot be sent.
#[derive(Debug, Error)]
pub enum TraceError {
    /// No HTTP client can be made.
    #[error("the HTTP client of the traces cannot be made: {0}")]
    Client(#[from] reqwest::Error),
    /// The exporter refuses its settings.
    #[error("the exporter of the traces cannot be made: {0}")]
    Exporter(#[from] ExporterBuildError),
    /// Not everything was sent in time.
    #[error("the last traces were not sent: {0}")]
    Flush(#[from] OTelSdkError),
}

/// Traces being sent. Cloning shares the queue.
#[derive(Clone, Debug)]
pub struct Traces {
    provider: SdkTracerProvider,
}

impl Traces {
    /// Starts the thread that sends. Must not be called from async code: the client brings its own runtime.
    ///
    /// # Errors
    /// [`TraceError`]. A collector that is away is none: it is said in the log, once.
    pub fn start(settings: &TraceSettings) -> Result<Self, TraceError> {
        // No proxy of the environment and no redirects: spans go where they were told to go.
        let client = reqwest::blocking::Client::builder()
            .timeout(EXPORT_TIMEOUT)
            .no_proxy()
            .redirect(reqwest::redirect::Policy::none())
            .build()?;
        let endpoint = format!("{}/v1/traces", settings.endpoint.trim_end_matches('/'));
        let exporter = opentelemetry_otlp::SpanExporter::builder()
            .with_http()
            .with_http_client(client)
            .with_protocol(Protocol::HttpBinary)
            .with_timeout(EXPORT_TIMEOUT)
            .with_endpoint(&endpoint)
            .build()?;
        let batches = BatchConfigBuilder::default()
            .with_max_queue_size(QUEUE)
            .with_max_export_batch_size(BATCH)
            .with_scheduled_delay(SEND_EVERY)
            .build();
        let processor = BatchSpanProcessor::builder(ReportingExporter::new(exporter, endpoint))
            .with_batch_config(batches)
            .build();
        let resource = Resource::builder_empty().with_service_name("codesm").with_attributes([
            KeyValue::new("service.version", settings.version),
            KeyValue::new("codesm.role", settings.role),
        ]);
        let provider = SdkTracerProvider::builder()
            .with_span_processor(processor)
            .with_resource(resource.build())
            .with_sampler(Sampler::ParentBased(Box::new(Sampler::TraceIdRatioBased(settings.sample_ratio))))
            // Log lines are not for the collector: they may name what only the operator of this process should see.
            .with_span_limits(SpanLimits {
                max_events_per_span: 0,
                ..SpanLimits::default()
            })
            .build();
        Ok(Self { provider })
    }

    /// Takes note of spans.
    #[must_use]
    pub fn layer<S>(&self) -> impl Layer<S> + Send + Sync + use<S>
    where
        S: Subscriber + for<'span> LookupSpan<'span> + Send + Sync,
    {
        tracing_opentelemetry::layer()
            .with_tracer(self.provider.tracer("codesm"))
            .with_location(false)
            .with_threads(false)
            .with_tracked_inactivity(false)
            .with_target(false)
            .with_error_fields_to_exceptions(false)
            .with_error_records_to_exceptions(false)
            .with_error_events_to_exceptions(false)
            .with_error_events_to_status(false)
    }

    /// Sends what waits and ends. Blocks for at most `timeout`.
    ///
    /// # Errors
    /// [`TraceError::Flush`] if not everything was sent by then.
    pub fn stop(&self, timeout: Duration) -> Result<(), TraceError> {
        Ok(self.provider.shutdown_with_timeout(timeout)?)
    }
}
