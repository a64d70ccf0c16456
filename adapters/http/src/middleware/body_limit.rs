//! Bounds request bodies by what they declare and by what really comes, and drains what nobody wants.

use crate::response::Problem;
use bytes::Bytes;
use futures_util::stream::{BoxStream, Stream, StreamExt};
use poem::http::{StatusCode, header};
use poem::{Body, Request, Response};
use std::io;
use std::pin::Pin;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::task::{Context, Poll};
use std::time::Duration;

/// The contract: refused bodies are drained up to 16 MB or 5 s.
const DRAIN_BYTES: u64 = 16_000_000;
const DRAIN_TIME: Duration = Duration::from_secs(5);

/// How the body of a request fares.
#[derive(Clone, Debug, Default)]
pub(crate) struct BodyMeter(Arc<Flags>);

#[derive(Debug, Default)]
struct Flags {
    begun: AtomicBool,
    exceeded: AtomicBool,
    ended: AtomicBool,
}

impl BodyMeter {
    /// Whether somebody is still waiting for the rest.
    pub(super) fn is_incomplete(&self) -> bool {
        self.0.begun.load(Ordering::Relaxed) && !self.0.ended.load(Ordering::Relaxed)
    }
}

type Source = Arc<Mutex<Option<BoxStream<'static, io::Result<Bytes>>>>>;

/// The body of a request, shared between its reader and the one who drains it afterwards.
pub(super) struct MeteredBody {
    source: Source,
    meter: BodyMeter,
    limit: u64,
    declared: Option<u64>,
    awaits_go_ahead: bool,
}

/// What handlers read.
struct Reader {
    source: Source,
    meter: BodyMeter,
    left: u64,
    /// What is still to come by `Content-Length`.
    declared_left: Option<u64>,
}

impl Stream for Reader {
    type Item = io::Result<Bytes>;

    fn poll_next(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        let flags = self.meter.0.clone();
        if flags.exceeded.load(Ordering::Relaxed) {
            return Poll::Ready(None);
        }
        flags.begun.store(true, Ordering::Relaxed);
        let polled = match self.source.lock().unwrap_or_else(PoisonError::into_inner).as_mut() {
            Some(source) => source.poll_next_unpin(context),
            None => Poll::Ready(None),
        };
        if let Poll::Ready(None | Some(Err(_))) = polled {
            flags.ended.store(true, Ordering::Relaxed);
        }
        if let Poll::Ready(Some(Ok(bytes))) = &polled {
            let count = bytes.len() as u64;
            let Some(left) = self.left.checked_sub(count) else {
                flags.exceeded.store(true, Ordering::Relaxed);
                return Poll::Ready(Some(Err(io::Error::other("the body is too large"))));
            };
            self.left = left;
            self.declared_left = self.declared_left.map(|declared| declared.saturating_sub(count));
            if self.declared_left == Some(0) {
                flags.ended.store(true, Ordering::Relaxed);
            }
        }
        polled
    }
}

impl MeteredBody {
    /// Puts a counting body in the place of the request's.
    pub(super) fn take(request: &mut Request, limit: u64, meter: &BodyMeter) -> Self {
        let body = request.take_body();
        let declared = request.header(header::CONTENT_LENGTH).and_then(|text| text.parse().ok());
        let expects = request
            .header(header::EXPECT)
            .is_some_and(|text| text.eq_ignore_ascii_case("100-continue"));
        let source: Source = Arc::new(Mutex::new(if body.is_empty() {
            None
        } else {
            Some(body.into_bytes_stream().boxed())
        }));
        let reader = Reader {
            source: source.clone(),
            meter: meter.clone(),
            left: limit,
            declared_left: declared,
        };
        request.set_body(Body::from_bytes_stream(reader));
        Self {
            source,
            meter: meter.clone(),
            limit,
            declared,
            awaits_go_ahead: expects,
        }
    }

    /// # Errors
    /// `request.too_large` (413) by declared size, `request.unsupported_media_type` (415) for compressed bodies: unpacking them here
    /// would let a small request fill the memory.
    pub(super) fn check(&self, request: &Request) -> Result<(), Problem> {
        let mut encodings = request.headers().get_all(header::CONTENT_ENCODING).iter();
        if encodings.any(|encoding| !encoding.as_bytes().eq_ignore_ascii_case(b"identity")) {
            return Err(Problem::unsupported_media_type("Send the body without `Content-Encoding`."));
        }
        if self.declared.is_some_and(|declared| declared > self.limit) {
            return Err(Problem::too_large(self.limit));
        }
        Ok(())
    }

    /// The answer, 413 if the body turned out too large; and the rest of the body drained, since a client that is still sending
    /// when the connection closes never gets to read the answer.
    pub(super) async fn finish(self, response: Response) -> Response {
        let exceeded = self.meter.0.exceeded.load(Ordering::Relaxed);
        let response = if exceeded && response.status() != StatusCode::PAYLOAD_TOO_LARGE {
            Problem::too_large(self.limit).respond()
        } else {
            response
        };
        self.drain().await;
        response
    }

    async fn drain(self) {
        let flags = &self.meter.0;
        // A client that waits for `100 Continue` has sent nothing, and will not once it sees the answer.
        let never_sent = self.awaits_go_ahead && !flags.begun.load(Ordering::Relaxed);
        let source = self.source.lock().unwrap_or_else(PoisonError::into_inner).take();
        let Some(mut source) = source.filter(|_| !never_sent && !flags.ended.load(Ordering::Relaxed)) else {
            return;
        };
        let all = async {
            let mut drained = 0;
            while let Some(Ok(bytes)) = source.next().await {
                drained += bytes.len() as u64;
                if drained > DRAIN_BYTES {
                    return;
                }
            }
        };
        // Out of time is as good as done: the connection is then closed.
        let _ = tokio::time::timeout(DRAIN_TIME, all).await;
    }
}
