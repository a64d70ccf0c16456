//! The trace context of `tracing`'s spans, as W3C writes it.

use codesm_core::kernel::{TraceContext, TraceParent};
use opentelemetry::Context;
use opentelemetry::trace::{SpanContext, SpanId, TraceContextExt as _, TraceFlags, TraceId, TraceState};
use tracing::Span;
use tracing_opentelemetry::OpenTelemetrySpanExt as _;

/// Asks the layer that [`crate::Traces::start`] made.
#[derive(Clone, Copy, Debug)]
pub struct OtlpTraceContext;

impl TraceContext for OtlpTraceContext {
    fn current(&self) -> Option<TraceParent> {
        let context = Span::current().context();
        let span = context.span();
        let known = span.span_context();
        if !known.is_valid() {
            return None;
        }
        TraceParent::parse(&format!(
            "00-{}-{}-{:02x}",
            known.trace_id(),
            known.span_id(),
            known.trace_flags().to_u8()
        ))
    }

    fn join(&self, span: &Span, parent: &TraceParent) {
        let Some(remote) = remote(parent) else { return };
        // Fails for a span that is filtered away or has begun already: it is then the root of a trace of its own.
        if let Err(error) = span.set_parent(Context::new().with_remote_span_context(remote)) {
            tracing::debug!(%error, "a span could not join the trace it belongs to");
        }
    }
}

fn remote(parent: &TraceParent) -> Option<SpanContext> {
    let trace = TraceId::from_hex(parent.trace_id()).ok()?;
    let span = SpanId::from_hex(parent.span_id()).ok()?;
    let flags = if parent.is_sampled() {
        TraceFlags::SAMPLED
    } else {
        TraceFlags::NOT_SAMPLED
    };
    Some(SpanContext::new(trace, span, flags, true, TraceState::NONE))
}
