//! What one process keeps in memory: rate limits, live events, wake-ups; and fakes of every port for tests.

mod job_signal;
mod live_events;
mod lock;
mod rate_limiter;

#[cfg(feature = "fakes")]
pub mod fakes;

pub use job_signal::LocalJobSignal;
pub use live_events::MemoryLiveEvents;
pub use rate_limiter::MemoryRateLimiter;
