//! Traces over OTLP: spans of `tracing` become those of OpenTelemetry and are sent in batches, over HTTP, by a thread of their own.
//!
//! Whatever becomes of the collector, nothing waits for it: what does not fit the queue is dropped, a batch that cannot be sent is lost.

mod context;
mod exporter;
mod traces;

pub use context::OtlpTraceContext;
pub use traces::{TraceError, TraceSettings, Traces};
