//! What [`RateLimiter`] promises.

use async_trait::async_trait;
use codesm_core::kernel::{RateLimiter, RatePolicy};
use std::sync::Arc;
use std::time::Duration;

/// What the suite needs of an adapter.
#[async_trait]
pub trait RateLimiterFixture: Send + Sync {
    /// A limiter without any state.
    fn limiter(&self) -> Arc<dyn RateLimiter>;
    /// Lets time pass for the limiter: moves its clock, or really waits.
    async fn advance(&self, by: Duration);
    /// For how many buckets the limiter of [`Self::limiter`] keeps state.
    async fn stored(&self) -> usize;
}

/// Five tokens, one every ten seconds: slow enough that a real clock adds none during a test.
const FIVE: RatePolicy = RatePolicy {
    capacity: 5,
    refill: 6,
    per: Duration::from_mins(1),
};

/// A bucket never seen before MUST be full.
pub async fn a_new_bucket_is_full(fixture: &impl RateLimiterFixture) {
    let decision = fixture.limiter().take("new", FIVE, 1).await;
    assert!(decision.allowed);
    assert_eq!((decision.limit, decision.remaining, decision.retry_after_seconds), (5, 4, 0));
    assert_eq!(decision.reset_seconds, 10);
}

/// A call that finds too few tokens is refused and told when to come back.
pub async fn an_empty_bucket_refuses(fixture: &impl RateLimiterFixture) {
    let limiter = fixture.limiter();
    for remaining in (0..5).rev() {
        assert_eq!(limiter.take("key", FIVE, 1).await.remaining, remaining);
    }
    let refused = limiter.take("key", FIVE, 1).await;
    assert!(!refused.allowed);
    assert_eq!((refused.limit, refused.remaining), (5, 0));
    assert!((9..=10).contains(&refused.retry_after_seconds), "{refused:?}");
    assert!((49..=50).contains(&refused.reset_seconds), "{refused:?}");
}

/// A refused call MUST take no tokens.
pub async fn a_refused_call_takes_nothing(fixture: &impl RateLimiterFixture) {
    let limiter = fixture.limiter();
    assert!(limiter.take("key", FIVE, 3).await.allowed);
    for _ in 0..10 {
        let refused = limiter.take("key", FIVE, 3).await;
        assert!(!refused.allowed);
        assert_eq!(refused.remaining, 2);
    }
    assert!(limiter.take("key", FIVE, 2).await.allowed);
}

/// `cost` 0 MUST only look, and be allowed while at least one token is left.
pub async fn looking_takes_nothing(fixture: &impl RateLimiterFixture) {
    let limiter = fixture.limiter();
    for _ in 0..10 {
        let looked = limiter.take("key", FIVE, 0).await;
        assert!(looked.allowed);
        assert_eq!((looked.remaining, looked.reset_seconds), (5, 0));
    }
    assert!(limiter.take("key", FIVE, 5).await.allowed);
    let looked = limiter.take("key", FIVE, 0).await;
    assert!(!looked.allowed);
    assert_eq!(looked.remaining, 0);
    assert!((9..=10).contains(&looked.retry_after_seconds), "{looked:?}");
}

/// Tokens come back evenly over the period, up to the capacity.
pub async fn tokens_come_back_evenly_and_never_above_the_capacity(fixture: &impl RateLimiterFixture) {
    // One token every 200 ms, so that fixtures with a real clock finish soon.
    let policy = RatePolicy {
        capacity: 5,
        refill: 5,
        per: Duration::from_secs(1),
    };
    let limiter = fixture.limiter();
    assert!(limiter.take("key", policy, 5).await.allowed);
    assert!(!limiter.take("key", policy, 1).await.allowed);
    fixture.advance(Duration::from_millis(210)).await;
    assert!(limiter.take("key", policy, 1).await.allowed);
    fixture.advance(Duration::from_secs(3)).await;
    assert_eq!(limiter.take("key", policy, 0).await.remaining, 5);
    assert!(limiter.take("key", policy, 5).await.allowed);
    assert!(!limiter.take("key", policy, 5).await.allowed);
}

/// Whoever waits as long as it was told is let in.
pub async fn waiting_as_long_as_told_is_enough(fixture: &impl RateLimiterFixture) {
    let policy = RatePolicy {
        capacity: 3,
        refill: 3,
        per: Duration::from_secs(2),
    };
    let limiter = fixture.limiter();
    assert!(limiter.take("key", policy, 3).await.allowed);
    let refused = limiter.take("key", policy, 1).await;
    assert!(refused.retry_after_seconds >= 1, "{refused:?}");
    fixture.advance(Duration::from_secs(refused.retry_after_seconds)).await;
    assert!(limiter.take("key", policy, 1).await.allowed);
    let reset = limiter.take("key", policy, 0).await.reset_seconds;
    fixture.advance(Duration::from_secs(reset)).await;
    assert_eq!(limiter.take("key", policy, 0).await.remaining, 3);
}

/// Keys do not share tokens.
pub async fn buckets_are_separate(fixture: &impl RateLimiterFixture) {
    let limiter = fixture.limiter();
    assert!(limiter.take("one", FIVE, 5).await.allowed);
    assert_eq!(limiter.take("two", FIVE, 0).await.remaining, 5);
}

/// Taking tokens MUST be atomic.
pub async fn callers_at_the_same_time_get_no_more_than_there_is(fixture: &impl RateLimiterFixture) {
    let policy = RatePolicy {
        capacity: 50,
        refill: 1,
        per: Duration::from_hours(1),
    };
    let calls: Vec<_> = (0..200)
        .map(|_| {
            let limiter = fixture.limiter();
            tokio::spawn(async move { limiter.take("key", policy, 1).await.allowed })
        })
        .collect();
    let mut allowed = 0;
    for call in calls {
        allowed += u32::from(call.await.expect("no panic"));
    }
    assert_eq!(allowed, 50);
}

/// The state of full buckets MUST NOT accumulate.
pub async fn full_buckets_are_forgotten(fixture: &impl RateLimiterFixture) {
    let policy = RatePolicy {
        capacity: 2,
        refill: 2,
        per: Duration::from_secs(1),
    };
    let limiter = fixture.limiter();
    for round in 0..10 {
        for n in 0..1000 {
            limiter.take(&format!("{round}-{n}"), policy, 1).await;
        }
        fixture.advance(Duration::from_secs(2)).await;
    }
    let stored = fixture.stored().await;
    assert!(stored <= 3000, "{stored} of 10,000 buckets are kept though all are full");
}

crate::suite::suite! {
    ($)
    /// Runs the clauses of `RateLimiter`.
    rate_limiter_suite, rate_limiter, [
        a_new_bucket_is_full,
        an_empty_bucket_refuses,
        a_refused_call_takes_nothing,
        looking_takes_nothing,
        tokens_come_back_evenly_and_never_above_the_capacity,
        waiting_as_long_as_told_is_enough,
        buckets_are_separate,
        callers_at_the_same_time_get_no_more_than_there_is,
        full_buckets_are_forgotten,
    ]
}
