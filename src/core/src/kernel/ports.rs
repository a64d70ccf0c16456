//! Ports every feature may use.

use async_trait::async_trait;
use chrono::{DateTime, Timelike, Utc};
use std::time::Duration;

/// A moment in UTC, exact to the microsecond, which is what every database keeps.
pub type Timestamp = DateTime<Utc>;

/// Cuts a moment to what PostgreSQL stores, so that what was written equals what is read.
#[must_use]
pub fn truncate_to_micros(moment: Timestamp) -> Timestamp {
    moment.with_nanosecond(moment.nanosecond() / 1000 * 1000).unwrap_or(moment)
}

/// Tells the time.
///
/// Contract: `now` MUST be exact to the microsecond and no finer.
pub trait Clock: Send + Sync {
    /// The present moment.
    fn now(&self) -> Timestamp;
}

/// A token bucket: `capacity` tokens, refilled evenly over `per`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct RatePolicy {
    /// Most tokens the bucket holds.
    pub capacity: u32,
    /// Tokens added over `per`.
    pub refill: u32,
    /// Period of `refill`.
    pub per: Duration,
}

impl RatePolicy {
    /// A bucket of `count`, refilled within a minute.
    #[must_use]
    pub const fn per_minute(count: u32) -> Self {
        Self {
            capacity: count,
            refill: count,
            per: Duration::from_mins(1),
        }
    }
}

/// What the limiter says.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct RateDecision {
    /// Whether the tokens were taken.
    pub allowed: bool,
    /// Capacity of the bucket.
    pub limit: u32,
    /// Whole tokens left.
    pub remaining: u32,
    /// Seconds (rounded up) until the bucket is full again.
    pub reset_seconds: u64,
    /// Seconds (rounded up, at least 1) until the same call would be allowed; 0 if it was.
    pub retry_after_seconds: u64,
}

/// Limits how often something happens.
///
/// Contract: taking tokens MUST be atomic; a refused call MUST take none; a bucket never seen before MUST be full;
/// `cost` 0 MUST only look (and be allowed while at least one token is left); the state of full buckets MUST NOT accumulate.
#[async_trait]
pub trait RateLimiter: Send + Sync {
    /// Takes `cost` tokens from the bucket `key`.
    async fn take(&self, key: &str, policy: RatePolicy, cost: u32) -> RateDecision;
}
