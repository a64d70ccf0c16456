//! Traces across processes.

use std::fmt;
use tracing::Span;

/// Target of every span that belongs to a trace. Spans are for traces only, so one filter turns all of them on or off, whatever
/// the log says.
pub const TRACE_TARGET: &str = "codesm_trace";

/// A place in a trace, as the header `traceparent` of W3C Trace Context names it: `00-`, trace, span and flags in hexadecimal.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TraceParent(String);

impl TraceParent {
    /// Parses version 00, the only one there is. `None` for everything else, and for ids of zeros, which are not allowed.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        let mut parts = text.split('-');
        let (version, trace, span, flags) = (parts.next()?, parts.next()?, parts.next()?, parts.next()?);
        let is_hex = |part: &str, length: usize| part.len() == length && part.bytes().all(|byte| matches!(byte, b'0'..=b'9' | b'a'..=b'f'));
        let is_id = |part: &str, length: usize| is_hex(part, length) && part.bytes().any(|byte| byte != b'0');
        let is_valid = version == "00" && is_id(trace, 32) && is_id(span, 16) && is_hex(flags, 2) && parts.next().is_none();
        is_valid.then(|| Self(text.to_owned()))
    }

    /// The whole text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// Identifier of the trace: 32 hexadecimal digits.
    #[must_use]
    pub fn trace_id(&self) -> &str {
        &self.0[3..35]
    }

    /// Identifier of the span: 16 hexadecimal digits.
    #[must_use]
    pub fn span_id(&self) -> &str {
        &self.0[36..52]
    }

    /// Whether the trace is kept.
    #[must_use]
    pub fn is_sampled(&self) -> bool {
        u8::from_str_radix(&self.0[53..], 16).is_ok_and(|flags| flags & 1 == 1)
    }
}

impl fmt::Display for TraceParent {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// Carries traces from process to process.
///
/// Contract: neither method may wait or fail; where nothing is traced `current` MUST be `None` and `join` MUST do nothing.
pub trait TraceContext: Send + Sync {
    /// Where the present work is, to be handed on with what is done about it elsewhere.
    fn current(&self) -> Option<TraceParent>;

    /// Makes the span, which must not have been entered yet, part of the trace that the work came with.
    fn join(&self, span: &Span, parent: &TraceParent);
}

/// Traces nothing.
#[derive(Clone, Copy, Debug)]
pub struct Untraced;

impl TraceContext for Untraced {
    fn current(&self) -> Option<TraceParent> {
        None
    }

    fn join(&self, _span: &Span, _parent: &TraceParent) {}
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_traceparent_is_taken_apart() {
        let parent = TraceParent::parse("00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01").unwrap();
        assert_eq!(parent.trace_id(), "4bf92f3577b34da6a3ce929d0e0e4736");
        assert_eq!(parent.span_id(), "00f067aa0ba902b7");
        assert!(parent.is_sampled());
        let unsampled = TraceParent::parse("00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-02").unwrap();
        assert!(!unsampled.is_sampled());
    }

    #[test]
    fn anything_else_is_none() {
        for text in [
            "",
            "00",
            "01-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01",
            "00-4BF92F3577B34DA6A3CE929D0E0E4736-00f067aa0ba902b7-01",
            "00-00000000000000000000000000000000-00f067aa0ba902b7-01",
            "00-4bf92f3577b34da6a3ce929d0e0e4736-0000000000000000-01",
            "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-1",
            "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01-x",
            "00-4bf92f3577b34da6a3ce929d0e0e473é-00f067aa0ba902b7-01",
        ] {
            assert_eq!(TraceParent::parse(text), None, "{text}");
        }
    }
}
