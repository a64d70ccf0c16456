//! Says once that traces are not delivered, and once that they are again.

use opentelemetry_otlp::SpanExporter as OtlpExporter;
use opentelemetry_sdk::Resource;
use opentelemetry_sdk::error::OTelSdkResult;
use opentelemetry_sdk::trace::{SpanData, SpanExporter};
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

#[derive(Debug)]
pub(crate) struct ReportingExporter {
    inner: OtlpExporter,
    endpoint: String,
    is_failing: AtomicBool,
}

impl ReportingExporter {
    pub(crate) const fn new(inner: OtlpExporter, endpoint: String) -> Self {
        Self {
            inner,
            endpoint,
            is_failing: AtomicBool::new(false),
        }
    }
}

impl SpanExporter for ReportingExporter {
    async fn export(&self, batch: Vec<SpanData>) -> OTelSdkResult {
        let spans = batch.len();
        let sent = self.inner.export(batch).await;
        let was_failing = self.is_failing.swap(sent.is_err(), Ordering::Relaxed);
        match &sent {
            Err(error) if !was_failing => {
                tracing::warn!(%error, endpoint = self.endpoint, spans, "traces cannot be delivered and are lost; said once until they can");
            }
            Ok(()) if was_failing => tracing::info!("traces are delivered again"),
            Ok(()) | Err(_) => {}
        }
        sent
    }

    fn shutdown_with_timeout(&self, timeout: Duration) -> OTelSdkResult {
        self.inner.shutdown_with_timeout(timeout)
    }

    fn set_resource(&mut self, resource: &Resource) {
        self.inner.set_resource(resource);
    }
}
