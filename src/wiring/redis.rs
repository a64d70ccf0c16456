//! What several processes share through Redis, or else each process has by itself.

use super::WiringError;
use crate::config::Settings;
use codesm_core::jobs::JobSignal;
use codesm_core::kernel::{Clock, RateLimiter};
use codesm_core::submissions::LiveEvents;
use codesm_memory::{LocalJobSignal, MemoryLiveEvents, MemoryRateLimiter};
use codesm_redis::{RedisConnection, RedisJobSignal, RedisLiveEvents, RedisRateLimiter, RedisSettings};
use std::sync::Arc;

/// What is shared.
pub(super) struct Shared {
    /// The connection, if Redis is configured.
    pub(super) redis: Option<Arc<RedisConnection>>,
    /// Limits rates.
    pub(super) limiter: Arc<dyn RateLimiter>,
    /// Wakes workers.
    pub(super) signal: Arc<dyn JobSignal>,
    /// Carries progress.
    pub(super) events: Arc<dyn LiveEvents>,
}

/// Connects in the background: a Redis that is away keeps no process from starting, and each then goes on by itself.
///
/// # Errors
/// [`WiringError`] if the client cannot be made.
pub(super) fn shared(settings: &Settings, clock: Arc<dyn Clock>) -> Result<Shared, WiringError> {
    let limiter: Arc<dyn RateLimiter> = Arc::new(MemoryRateLimiter::new(clock));
    let signal: Arc<dyn JobSignal> = Arc::new(LocalJobSignal::new());
    let events: Arc<dyn LiveEvents> = Arc::new(MemoryLiveEvents::new());
    let Some(connection) = connection(settings)? else {
        return Ok(Shared {
            redis: None,
            limiter,
            signal,
            events,
        });
    };
    Ok(Shared {
        limiter: Arc::new(RedisRateLimiter::new(connection.clone(), limiter)),
        signal: Arc::new(RedisJobSignal::new(connection.clone(), signal)),
        events: Arc::new(RedisLiveEvents::start(connection.clone(), events)),
        redis: Some(connection),
    })
}

/// The connection alone.
///
/// # Errors
/// [`WiringError`] if the client cannot be made.
pub(crate) fn connection(settings: &Settings) -> Result<Option<Arc<RedisConnection>>, WiringError> {
    let Some(url) = &settings.redis.url else { return Ok(None) };
    let chosen = RedisSettings {
        url: url.clone(),
        prefix: settings.redis.prefix.clone(),
    };
    let started = RedisConnection::start(&chosen).map_err(|error| WiringError::new("redis.settings", error.to_string()))?;
    Ok(Some(Arc::new(started)))
}
