//! What is kept in memory, and the fakes, keep the contracts of their ports.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on fails")]

mod contract;
mod fakes;
mod live_events;
mod rate_limiter;
mod sandbox;
mod store;
mod store_contract;
mod uploads;
