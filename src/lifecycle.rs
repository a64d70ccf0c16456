//! Start, signals, orderly end.

use crate::wiring::WiringError;
use std::net::SocketAddr;
use std::time::Duration;
use tokio::net::TcpListener;
use tokio::signal::unix::{SignalKind, signal};
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;

/// The contract: exit within 20 s of SIGTERM. What has not ended by then is left behind; closing sandbox and database
/// takes [`CLOSING`] more each, the last traces and threads a second each.
const DEADLINE: Duration = Duration::from_secs(15);
/// Longest time for closing one thing.
const CLOSING: Duration = Duration::from_millis(1_200);

/// The running tasks of a process and the order to stop.
#[derive(Clone)]
pub struct Lifecycle {
    shutdown: CancellationToken,
    services: TaskTracker,
}

/// A bound listener.
pub struct Bound {
    /// The listener.
    pub listener: TcpListener,
    /// Its address, with the port that was picked.
    pub address: SocketAddr,
}

/// Binds a listener.
///
/// # Errors
/// `http.bind`, naming the address.
pub async fn listen(address: SocketAddr) -> Result<Bound, WiringError> {
    let failed = |error: std::io::Error| WiringError::new("http.bind", format!("cannot listen on {address}: {error}"));
    let listener = TcpListener::bind(address).await.map_err(failed)?;
    let address = listener.local_addr().map_err(failed)?;
    Ok(Bound { listener, address })
}

impl Lifecycle {
    /// Begins to listen for SIGTERM and SIGINT. A second signal ends the process at once.
    ///
    /// # Errors
    /// If signals cannot be caught.
    pub fn start() -> Result<Self, WiringError> {
        let failed = |error: std::io::Error| WiringError::new("start.signals", error.to_string());
        let mut terminate = signal(SignalKind::terminate()).map_err(failed)?;
        let mut interrupt = signal(SignalKind::interrupt()).map_err(failed)?;
        let lifecycle = Self {
            shutdown: CancellationToken::new(),
            services: TaskTracker::new(),
        };
        let shutdown = lifecycle.shutdown.clone();
        tokio::spawn(async move {
            loop {
                let name = tokio::select! {
                    _ = terminate.recv() => "SIGTERM",
                    _ = interrupt.recv() => "SIGINT",
                };
                if shutdown.is_cancelled() {
                    tracing::warn!(signal = name, "second signal: ending at once");
                    std::process::exit(130);
                }
                tracing::info!(signal = name, "stopping");
                shutdown.cancel();
            }
        });
        Ok(lifecycle)
    }

    /// Cancelled when the process is to stop.
    #[must_use]
    pub fn shutdown(&self) -> CancellationToken {
        self.shutdown.clone()
    }

    /// Starts a task that ends with the process.
    pub fn spawn(&self, name: &'static str, task: impl Future<Output = ()> + Send + 'static) {
        let shutdown = self.shutdown.clone();
        tokio::spawn(async move {
            if shutdown.run_until_cancelled(task).await.is_some() {
                tracing::error!(task = name, "a background task ended by itself");
            }
        });
    }

    /// Starts a task that ends by itself after the order to stop. If it ends before, the process stops.
    pub fn spawn_service(&self, name: &'static str, task: impl Future<Output = ()> + Send + 'static) {
        let shutdown = self.shutdown.clone();
        self.services.spawn(async move {
            // An own task, so that a panic is seen here.
            if let Err(error) = tokio::spawn(task).await {
                tracing::error!(service = name, %error, "a service panicked");
            }
            if !shutdown.is_cancelled() {
                tracing::error!(service = name, "a service ended; the process stops");
                shutdown.cancel();
            }
        });
    }

    /// Waits for the order to stop, then for the services to end.
    pub async fn until_stopped(&self) {
        self.shutdown.cancelled().await;
        self.services.close();
        if tokio::time::timeout(DEADLINE, self.services.wait()).await.is_err() {
            tracing::warn!(left = self.services.len(), "some services did not end in time");
        }
    }

    /// Closes something, but does not wait for what hangs.
    pub async fn close(&self, name: &'static str, closing: impl Future<Output = ()>) {
        if tokio::time::timeout(CLOSING, closing).await.is_err() {
            tracing::warn!(name, "was not closed in time");
        }
    }
}
