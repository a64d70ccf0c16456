//! Token buckets that all processes share.

use crate::RedisConnection;
use async_trait::async_trait;
use codesm_core::kernel::{RateDecision, RateLimiter, RatePolicy};
use fred::types::scripts::Script;
use std::sync::Arc;
use std::time::Duration;

/// Longest time a request waits for its decision.
const PATIENCE: Duration = Duration::from_millis(100);
/// Rounding of fractions of tokens, as in the script.
const TOLERANCE: f64 = 0.000_001;

/// Token buckets in Redis, by the clock of Redis. While Redis is away, or too slow, another limiter decides: its buckets are
/// of this process alone and begin full, so that for this time each process admits what all should share.
pub struct RedisRateLimiter {
    connection: Arc<RedisConnection>,
    fallback: Arc<dyn RateLimiter>,
    script: Script,
}

impl RedisRateLimiter {
    /// With the limiter that decides while Redis is away.
    #[must_use]
    pub fn new(connection: Arc<RedisConnection>, fallback: Arc<dyn RateLimiter>) -> Self {
        Self {
            connection,
            fallback,
            script: Script::from_lua(include_str!("take.lua")),
        }
    }

    async fn take_in_redis(&self, key: &str, policy: RatePolicy, cost: u32) -> Option<RateDecision> {
        if !self.connection.is_up() {
            return None;
        }
        let arguments = vec![
            policy.capacity.to_string(),
            policy.refill.to_string(),
            policy.per.as_micros().max(1).to_string(),
            cost.to_string(),
        ];
        let bucket = self.connection.key("rate", key);
        // The script is loaded again if Redis forgot it.
        let call = self
            .script
            .evalsha_with_reload::<(i64, String), _, _>(self.connection.client(), bucket, arguments);
        let (allowed, owed) = match tokio::time::timeout(PATIENCE, call).await {
            Ok(Ok(answer)) => answer,
            Ok(Err(error)) => {
                tracing::debug!(%error, "Redis gave no decision about a rate");
                return None;
            }
            Err(_) => return None,
        };
        Some(decision(allowed == 1, owed.parse().ok()?, policy, cost))
    }
}

#[async_trait]
impl RateLimiter for RedisRateLimiter {
    async fn take(&self, key: &str, policy: RatePolicy, cost: u32) -> RateDecision {
        if let Some(decision) = self.take_in_redis(key, policy, cost).await {
            return decision;
        }
        metrics::counter!("codesm_redis_fallbacks_total", "what" => "rate_limit").increment(1);
        self.fallback.take(key, policy, cost).await
    }
}

fn decision(allowed: bool, owed: f64, policy: RatePolicy, cost: u32) -> RateDecision {
    let capacity = f64::from(policy.capacity);
    let missing = owed + f64::from(cost.max(1)) - capacity;
    RateDecision {
        allowed,
        limit: policy.capacity,
        remaining: whole_tokens(capacity - owed),
        reset_seconds: seconds_to_refill(owed, policy),
        retry_after_seconds: if allowed { 0 } else { seconds_to_refill(missing, policy).max(1) },
    }
}

#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "casts from floating point saturate, and whole tokens are meant"
)]
fn whole_tokens(tokens: f64) -> u32 {
    (tokens + TOLERANCE).floor() as u32
}

#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "casts from floating point saturate: without a refill it takes for ever"
)]
fn seconds_to_refill(tokens: f64, policy: RatePolicy) -> u64 {
    if tokens <= TOLERANCE {
        return 0;
    }
    (tokens * policy.per.as_secs_f64() / f64::from(policy.refill)).ceil() as u64
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn waits_are_rounded_up_and_endless_without_a_refill() {
        let policy = RatePolicy::per_minute(10);
        let refused = decision(false, 9.5, policy, 2);
        assert_eq!((refused.remaining, refused.reset_seconds, refused.retry_after_seconds), (0, 57, 9));
        let never = RatePolicy { refill: 0, ..policy };
        assert_eq!(decision(false, 10.0, never, 1).retry_after_seconds, u64::MAX);
        assert_eq!(decision(true, 0.0, never, 0).reset_seconds, 0);
    }
}
