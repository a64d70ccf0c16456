//! What [`TraceContext`] promises.

use codesm_core::kernel::{TRACE_TARGET, TraceContext, TraceParent};
use std::sync::Arc;
use tracing::Span;

/// What the suite needs of an adapter.
pub trait TraceContextFixture: Send + Sync {
    /// The adapter.
    fn traces(&self) -> Arc<dyn TraceContext>;

    /// Runs the work where spans are traced.
    fn traced(&self, work: &mut dyn FnMut());
}

fn span() -> Span {
    tracing::info_span!(target: TRACE_TARGET, parent: None, "work")
}

fn parent(flags: &str) -> TraceParent {
    let text = format!("00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-{flags}");
    TraceParent::parse(&text).expect("a valid one")
}

/// Where nothing is traced `current` MUST be `None` and `join` MUST do nothing.
pub async fn where_nothing_is_traced_there_is_no_trace(fixture: &impl TraceContextFixture) {
    let traces = fixture.traces();
    assert_eq!(traces.current(), None);
    let span = span();
    traces.join(&span, &parent("01"));
    assert_eq!(span.in_scope(|| traces.current()), None);
    fixture.traced(&mut || assert_eq!(traces.current(), None, "outside every span"));
}

/// Work has a place of its own in a trace of its own.
pub async fn work_that_joined_nothing_begins_a_trace(fixture: &impl TraceContextFixture) {
    let traces = fixture.traces();
    fixture.traced(&mut || {
        let [first, second] = [span(), span()].map(|span| span.in_scope(|| traces.current()).expect("a place"));
        assert_ne!(first.trace_id(), second.trace_id());
        assert!(first.is_sampled());
    });
}

/// `join` makes the span part of the trace that the work came with.
pub async fn work_that_joined_a_trace_hands_it_on(fixture: &impl TraceContextFixture) {
    let traces = fixture.traces();
    fixture.traced(&mut || {
        let parent = parent("01");
        let span = span();
        traces.join(&span, &parent);
        let place = span.in_scope(|| traces.current()).expect("a place");
        assert_eq!(place.trace_id(), parent.trace_id());
        assert_ne!(place.span_id(), parent.span_id());
        assert!(place.is_sampled());
        let inner = span.in_scope(|| tracing::info_span!(target: TRACE_TARGET, "inner"));
        let inner = inner.in_scope(|| traces.current()).expect("a place");
        assert_eq!(inner.trace_id(), parent.trace_id());
        assert_ne!(inner.span_id(), place.span_id());
    });
}

/// A trace that is not kept where it began is not kept here.
pub async fn a_trace_that_is_not_kept_stays_so(fixture: &impl TraceContextFixture) {
    let traces = fixture.traces();
    fixture.traced(&mut || {
        let span = span();
        traces.join(&span, &parent("00"));
        let place = span.in_scope(|| traces.current()).expect("a place");
        assert_eq!((place.trace_id(), place.is_sampled()), (parent("00").trace_id(), false));
    });
}

/// A span that was entered has its trace: joining another comes too late, and changes nothing.
pub async fn joining_too_late_changes_nothing(fixture: &impl TraceContextFixture) {
    let traces = fixture.traces();
    fixture.traced(&mut || {
        let span = span();
        let before = span.in_scope(|| traces.current());
        traces.join(&span, &parent("01"));
        assert_eq!(span.in_scope(|| traces.current()), before);
    });
}

crate::suite::suite! {
    ($)
    /// Runs the clauses of `TraceContext`.
    trace_context_suite, trace_context, [
        where_nothing_is_traced_there_is_no_trace,
        work_that_joined_nothing_begins_a_trace,
        work_that_joined_a_trace_hands_it_on,
        a_trace_that_is_not_kept_stays_so,
        joining_too_late_changes_nothing,
    ]
}
