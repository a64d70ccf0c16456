//! What Redis shares keeps the contracts of its ports, and outlives the loss of Redis.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on fails")]

mod deployments;
mod job_signal;
mod live_events;
mod outage;
mod rate_limiter;
mod road;
mod server;
