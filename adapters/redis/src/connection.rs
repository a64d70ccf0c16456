//! The connection: made in the background, kept for as long as the process lives.

use fred::prelude::{Builder, Client, ClientLike as _, Config, Error, PerformanceConfig, ReconnectPolicy};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;
use thiserror::Error;
use tokio::task::JoinHandle;

/// Pause between attempts to connect, and between two looks at the connection.
const PAUSE: Duration = Duration::from_millis(500);
/// Longest time for one attempt to connect, and for an answer to a probe.
const PATIENCE: Duration = Duration::from_secs(2);
/// Commands that may wait for the connection; more are refused rather than kept.
const WAITING_COMMANDS: usize = 10_000;

/// How to reach Redis.
#[derive(Clone)]
pub struct RedisSettings {
    /// `redis://`, `rediss://` (TLS), `redis-sentinel://` or `redis-cluster://`; may hold a user and a password.
    pub url: String,
    /// Beginning of every key and channel.
    pub prefix: String,
}

/// Why the settings cannot be used. Does not repeat them: they may hold a password.
#[derive(Debug, Error)]
pub enum RedisError {
    /// The URL names no Redis.
    #[error("must be a URL such as redis://user:password@host:6379/0, rediss://…, redis-sentinel://… or redis-cluster://…")]
    InvalidUrl,
    /// The client cannot be made, for instance because no TLS roots are to be had.
    #[error("the client cannot be made: {0}")]
    Client(String),
}

/// Whether Redis answers, as the watch over the connection last saw it.
#[derive(Debug, Default)]
struct Watched {
    up: AtomicBool,
}

/// A connection to Redis that is made in the background and made again whenever it breaks. Dropping it closes it.
pub struct RedisConnection {
    client: Client,
    prefix: String,
    watched: Arc<Watched>,
    watch: JoinHandle<()>,
}

impl RedisConnection {
    /// Begins to connect and returns at once; Redis may be away. Needs a running Tokio runtime.
    ///
    /// # Errors
    /// [`RedisError`] if the settings cannot be used, whether Redis is there or not.
    pub fn start(settings: &RedisSettings) -> Result<Self, RedisError> {
        let client = client(&settings.url)?;
        // The task ends with the client; what it reports is what the watch sees.
        drop(client.connect());
        let watched = Arc::new(Watched::default());
        let watch = tokio::spawn(watch(client.clone(), watched.clone()));
        Ok(Self {
            client,
            prefix: settings.prefix.clone(),
            watched,
            watch,
        })
    }

    /// Checks a URL without connecting.
    ///
    /// # Errors
    /// [`RedisError::InvalidUrl`].
    pub fn check_url(url: &str) -> Result<(), RedisError> {
        config(url).map(drop)
    }

    /// Whether Redis answered a moment ago.
    #[must_use]
    pub fn is_up(&self) -> bool {
        self.watched.up.load(Ordering::Relaxed) && self.client.is_connected()
    }

    /// Asks Redis for a sign of life.
    ///
    /// # Errors
    /// What is wrong, within two seconds.
    pub async fn ping(&self) -> Result<(), String> {
        probe(&self.client).await
    }

    /// The client that all short commands share. Blocking reads would hold up the others: they need a client of their own (`Client::clone_new`).
    pub(crate) const fn client(&self) -> &Client {
        &self.client
    }

    /// A connection of its own for questions that Redis holds until there is an answer: how long that may take says each question. The caller must
    /// [`close`] it.
    pub(crate) fn patient_client(&self) -> Result<Client, Error> {
        let config = self.client.client_config();
        let client = Builder::from_config(config)
            .with_connection_config(|connection| {
                connection.connection_timeout = PATIENCE;
                connection.internal_command_timeout = PATIENCE;
                connection.max_command_buffer_len = WAITING_COMMANDS;
                connection.max_command_attempts = 1;
            })
            .set_policy(ReconnectPolicy::new_constant(0, 500))
            .build()?;
        // As of the shared one.
        drop(client.connect());
        Ok(client)
    }

    /// A key below the prefix that lies, in a Cluster, where all others of this kind of key lie.
    pub(crate) fn tagged_key(&self, kind: &str, name: &str) -> String {
        format!("{{{}:{kind}}}:{name}", self.prefix)
    }

    /// Another client of the same Redis, with a connection of its own that begins at once: one that is subscribed can do nothing else.
    /// It holds this many messages until they are read. The caller must [`close`] it.
    pub(crate) fn subscriber(&self, unread_messages: usize) -> Client {
        let performance = PerformanceConfig {
            broadcast_channel_capacity: unread_messages,
            ..self.client.perf_config()
        };
        let client = Client::new(
            self.client.client_config(),
            Some(performance),
            Some(self.client.connection_config().clone()),
            self.client.client_reconnect_policy(),
        );
        drop(client.connect());
        client
    }

    /// A key below the prefix.
    pub(crate) fn key(&self, kind: &str, name: &str) -> String {
        format!("{}:{kind}:{name}", self.prefix)
    }
}

impl Drop for RedisConnection {
    fn drop(&mut self) {
        self.watch.abort();
        close(self.client.clone());
    }
}

/// Closes a client in the background.
pub(crate) fn close(client: Client) {
    // Without a runtime the process is ending, and with it the connection.
    if let Ok(runtime) = tokio::runtime::Handle::try_current() {
        runtime.spawn(async move {
            if let Err(error) = client.quit().await {
                tracing::debug!(%error, "Redis was gone before the connection was closed");
            }
        });
    }
}

fn config(url: &str) -> Result<Config, RedisError> {
    let known = [
        "redis://",
        "rediss://",
        "redis-sentinel://",
        "rediss-sentinel://",
        "redis-cluster://",
        "rediss-cluster://",
    ];
    if !known.iter().any(|scheme| url.starts_with(scheme)) {
        return Err(RedisError::InvalidUrl);
    }
    let mut config = Config::from_url(url).map_err(|_| RedisError::InvalidUrl)?;
    // Otherwise a Redis that is away at the first attempt is never tried again.
    config.fail_fast = false;
    Ok(config)
}

fn client(url: &str) -> Result<Client, RedisError> {
    Builder::from_config(config(url)?)
        .with_connection_config(|connection| {
            connection.connection_timeout = PATIENCE;
            connection.internal_command_timeout = PATIENCE;
            connection.max_command_buffer_len = WAITING_COMMANDS;
            // A command that failed is the caller's to repeat.
            connection.max_command_attempts = 1;
            // A peer that vanished without a word is noticed within this time.
            connection.unresponsive.max_timeout = Some(PATIENCE);
            connection.unresponsive.interval = PAUSE;
        })
        .with_performance_config(|performance| performance.default_command_timeout = PATIENCE)
        .set_policy(ReconnectPolicy::new_constant(0, 500))
        .build()
        .map_err(|error| RedisError::Client(error.to_string()))
}

async fn probe(client: &Client) -> Result<(), String> {
    match tokio::time::timeout(PATIENCE, client.ping::<String>(None)).await {
        Ok(Ok(_)) => Ok(()),
        Ok(Err(error)) => Err(error.to_string()),
        Err(_) => Err(format!("no answer within {PATIENCE:?}")),
    }
}

/// Looks at the connection all the time; says once that it is gone, and once that it is back.
async fn watch(client: Client, watched: Arc<Watched>) {
    let mut last = None;
    loop {
        let outcome = probe(&client).await;
        let up = outcome.is_ok();
        watched.up.store(up, Ordering::Relaxed);
        metrics::gauge!("codesm_redis_connected").set(if up { 1.0 } else { 0.0 });
        if last != Some(up) {
            match outcome {
                Ok(()) => tracing::info!("Redis is connected"),
                Err(reason) => tracing::warn!(reason, "Redis is away; this process goes on by itself"),
            }
            last = Some(up);
        }
        tokio::time::sleep(PAUSE).await;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_url_is_checked_without_being_repeated() {
        for good in [
            "redis://127.0.0.1",
            "rediss://judge:hunter2@redis.example.org:6380/1",
            "redis-cluster://a.example.org:7000?node=b.example.org:7001",
            "redis-sentinel://a.example.org:26379?sentinelServiceName=codesm",
        ] {
            assert!(RedisConnection::check_url(good).is_ok(), "{good}");
        }
        for bad in [
            "",
            "hunter2",
            "http://hunter2@redis",
            "redis-sentinel://hunter2@a:26379",
            "redis://",
        ] {
            let error = RedisConnection::check_url(bad).expect_err(bad).to_string();
            assert!(!error.contains("hunter2"), "{error}");
        }
    }
}
