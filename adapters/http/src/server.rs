//! Listens, and stops in an orderly way.

use crate::{HttpEndpoint, MetricsRenderer};
use poem::endpoint::make_sync;
use poem::http::{Method, StatusCode, header, uri::Scheme};
use poem::listener::{Acceptor, TcpAcceptor};
use poem::web::{LocalAddr, RemoteAddr};
use poem::{EndpointExt, Response, Server};
use std::io;
use std::time::Duration;
use tokio::net::TcpListener;
use tokio_util::sync::CancellationToken;

/// Connections without any traffic are closed after this: longer than the longest quiet time of an honest client
/// (waiting 30 s for a verdict), short enough that forgotten ones do not pile up.
const IDLE: Duration = Duration::from_secs(75);

/// Serves until `shutdown` is cancelled, then lets open requests finish for at most `grace`.
///
/// # Errors
/// Whatever the listener fails with at the beginning.
pub async fn serve(listener: TcpListener, endpoint: HttpEndpoint, shutdown: CancellationToken, grace: Duration) -> io::Result<()> {
    let acceptor = PatientAcceptor(TcpAcceptor::from_tokio(listener)?);
    Server::new_with_acceptor(acceptor)
        .name("http")
        .idle_timeout(IDLE)
        .run_with_graceful_shutdown(endpoint, shutdown.cancelled_owned(), Some(grace))
        .await
}

/// Answers `GET /metrics` and nothing else: for a listener of its own.
#[must_use]
pub fn metrics_endpoint(render: MetricsRenderer) -> HttpEndpoint {
    make_sync(move |request| {
        if request.uri().path() != "/metrics" {
            return StatusCode::NOT_FOUND.into();
        }
        if request.method() != Method::GET && request.method() != Method::HEAD {
            return Response::builder()
                .status(StatusCode::METHOD_NOT_ALLOWED)
                .header(header::ALLOW, "GET, HEAD")
                .finish();
        }
        metrics_response(&render)
    })
    .boxed()
}

/// The Prometheus text format.
pub(crate) const METRICS_TYPE: &str = "text/plain; version=0.0.4; charset=utf-8";

/// The metrics in the Prometheus text format.
pub(crate) fn metrics_response(render: &MetricsRenderer) -> Response {
    let text = render();
    Response::builder()
        .content_type(METRICS_TYPE)
        .header(header::CACHE_CONTROL, "no-store")
        .header(header::CONTENT_LENGTH, text.len())
        .body(text)
}

/// Waits a moment after a failed `accept`: the framework would ask again at once, and with no file descriptors left that is
/// a busy loop just when the machine needs to recover.
struct PatientAcceptor(TcpAcceptor);

const PAUSE_AFTER_FAILURE: Duration = Duration::from_millis(100);

impl Acceptor for PatientAcceptor {
    type Io = <TcpAcceptor as Acceptor>::Io;

    fn local_addr(&self) -> Vec<LocalAddr> {
        self.0.local_addr()
    }

    async fn accept(&mut self) -> io::Result<(Self::Io, LocalAddr, RemoteAddr, Scheme)> {
        let accepted = self.0.accept().await;
        if let Err(error) = &accepted {
            tracing::warn!(%error, "a connection could not be accepted");
            tokio::time::sleep(PAUSE_AFTER_FAILURE).await;
        }
        accepted
    }
}
