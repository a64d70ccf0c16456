//! What is kept in memory, and the fakes, keep the contracts of their ports.

mod contract;
mod fakes;
mod live_events;
mod rate_limiter;
mod sandbox;
