//! Redis: what several processes share. Whatever is kept here may be lost at any time; nothing depends on it.

mod connection;
mod hint;
mod job_signal;
mod live_events;
mod live_message;
mod live_subscriber;
mod rate_limiter;

pub use connection::{RedisConnection, RedisError, RedisSettings};
pub use job_signal::RedisJobSignal;
pub use live_events::RedisLiveEvents;
pub use rate_limiter::RedisRateLimiter;
