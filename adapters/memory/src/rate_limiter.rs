//! Token buckets in memory.

use crate::lock::locked;
use async_trait::async_trait;
use chrono::Duration;
use codesm_core::kernel::{Clock, RateDecision, RateLimiter, RatePolicy, Timestamp};
use std::collections::HashMap;
use std::fmt;
use std::hash::{BuildHasher, RandomState};
use std::sync::{Arc, Mutex};

/// Callers of different keys rarely meet at one of so many locks.
const SHARDS: usize = 16;
/// A shard is not swept below this size.
const LEAST_SWEEP: usize = 64;
/// A shard in use is swept at least this often.
const SWEEP_PERIOD: Duration = Duration::seconds(60);

/// Token buckets of one process. Only buckets that are not full take memory.
pub struct MemoryRateLimiter {
    clock: Arc<dyn Clock>,
    hasher: RandomState,
    shards: [Mutex<Shard>; SHARDS],
}

impl fmt::Debug for MemoryRateLimiter {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("MemoryRateLimiter")
            .field("stored", &self.stored())
            .finish_non_exhaustive()
    }
}

impl MemoryRateLimiter {
    /// A limiter whose buckets are all full.
    #[must_use]
    pub fn new(clock: Arc<dyn Clock>) -> Self {
        Self {
            clock,
            hasher: RandomState::new(),
            shards: std::array::from_fn(|_| Mutex::new(Shard::default())),
        }
    }

    /// How many buckets take memory now.
    #[must_use]
    pub fn stored(&self) -> usize {
        self.shards.iter().map(|shard| locked(shard).buckets.len()).sum()
    }

    fn shard(&self, key: &str) -> &Mutex<Shard> {
        let hash = usize::try_from(self.hasher.hash_one(key) % SHARDS as u64).expect("less than 16");
        &self.shards[hash]
    }
}

#[async_trait]
impl RateLimiter for MemoryRateLimiter {
    async fn take(&self, key: &str, policy: RatePolicy, cost: u32) -> RateDecision {
        let now = self.clock.now();
        locked(self.shard(key)).take(key, policy, cost, now)
    }
}

#[derive(Default)]
struct Shard {
    buckets: HashMap<String, Bucket>,
    /// Size at which it is swept next.
    sweep_size: usize,
    swept_at: Timestamp,
}

impl Shard {
    fn take(&mut self, key: &str, policy: RatePolicy, cost: u32, now: Timestamp) -> RateDecision {
        if self.buckets.len() >= self.sweep_size.max(LEAST_SWEEP) || (now - self.swept_at).abs() >= SWEEP_PERIOD {
            self.sweep(now);
        }
        let mut bucket = self.buckets.get(key).copied().unwrap_or_else(|| Bucket::full(policy, now));
        let decision = bucket.take(policy, cost, now);
        if bucket.owed == 0 {
            self.buckets.remove(key);
        } else if let Some(stored) = self.buckets.get_mut(key) {
            *stored = bucket;
        } else {
            self.buckets.insert(key.to_owned(), bucket);
        }
        decision
    }

    /// Waiting for twice the size of what is left makes sweeping cost a constant per call.
    fn sweep(&mut self, now: Timestamp) {
        self.buckets.retain(|_, bucket| {
            bucket.refill(now);
            bucket.owed > 0
        });
        self.buckets.shrink_to(self.buckets.len() * 2);
        self.sweep_size = self.buckets.len() * 2;
        self.swept_at = now;
    }
}

/// Exact arithmetic without fractions: one token is as many units as `per` has nanoseconds, so that each nanosecond gives
/// back `refill` units.
#[derive(Clone, Copy)]
struct Bucket {
    policy: RatePolicy,
    /// Units missing from a full bucket.
    owed: u128,
    at: Timestamp,
}

impl Bucket {
    const fn full(policy: RatePolicy, now: Timestamp) -> Self {
        Self { policy, owed: 0, at: now }
    }

    /// A clock that steps back gives nothing, and does not stop the refill until it has caught up.
    fn refill(&mut self, now: Timestamp) {
        let micros = (now - self.at).num_microseconds().unwrap_or(i64::MAX);
        let nanos = u128::try_from(micros).unwrap_or(0) * 1000;
        self.owed = self.owed.saturating_sub(nanos * u128::from(self.policy.refill));
        self.at = now;
    }

    /// Whoever changes a policy keeps the tokens that were taken, rounded up.
    fn adopt(&mut self, policy: RatePolicy) {
        if self.policy == policy {
            return;
        }
        let tokens = self.owed.div_ceil(units_per_token(self.policy));
        self.policy = policy;
        self.owed = tokens.min(u128::from(policy.capacity)) * units_per_token(policy);
    }

    fn take(&mut self, policy: RatePolicy, cost: u32, now: Timestamp) -> RateDecision {
        self.refill(now);
        self.adopt(policy);
        let token = units_per_token(policy);
        let capacity = u128::from(policy.capacity) * token;
        // A look asks whether a call of cost 1 would pass.
        let owed_then = self.owed + u128::from(cost.max(1)) * token;
        let allowed = owed_then <= capacity;
        if allowed && cost > 0 {
            self.owed = owed_then;
        }
        let remaining = (capacity - self.owed) / token;
        RateDecision {
            allowed,
            limit: policy.capacity,
            remaining: u32::try_from(remaining).expect("at most the capacity"),
            reset_seconds: seconds_to_refill(self.owed, policy),
            retry_after_seconds: if allowed {
                0
            } else {
                seconds_to_refill(owed_then - capacity, policy).max(1)
            },
        }
    }
}

fn units_per_token(policy: RatePolicy) -> u128 {
    policy.per.as_nanos().max(1)
}

fn seconds_to_refill(units: u128, policy: RatePolicy) -> u64 {
    const NANOS: u128 = 1_000_000_000;
    if units == 0 {
        return 0;
    }
    // Without a refill: never.
    let per_second = u128::from(policy.refill) * NANOS;
    units
        .checked_add(per_second.saturating_sub(1))
        .and_then(|rounded_up| rounded_up.checked_div(per_second))
        .and_then(|seconds| u64::try_from(seconds).ok())
        .unwrap_or(u64::MAX)
}
