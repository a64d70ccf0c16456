//! What the limiter promises beyond its port.

use chrono::Duration;
use codesm_core::kernel::{Clock, RateLimiter, RatePolicy};
use codesm_memory::MemoryRateLimiter;
use codesm_memory::fakes::ManualClock;
use std::sync::Arc;
use std::time::Duration as StdDuration;

fn scratch() -> (Arc<ManualClock>, MemoryRateLimiter) {
    let clock = Arc::new(ManualClock::default());
    (clock.clone(), MemoryRateLimiter::new(clock))
}

const fn policy(capacity: u32, refill: u32, seconds: u64) -> RatePolicy {
    RatePolicy {
        capacity,
        refill,
        per: StdDuration::from_secs(seconds),
    }
}

#[tokio::test]
async fn a_third_of_a_token_is_neither_lost_nor_gained() {
    let (clock, limiter) = scratch();
    // One token every 333.333… ms.
    let policy = policy(3, 3, 1);
    assert!(limiter.take("key", policy, 3).await.allowed);
    // Each round lasts one second and takes three tokens: any rounding would add up to a token.
    for _ in 0..1000 {
        clock.advance(Duration::microseconds(333_333));
        assert!(!limiter.take("key", policy, 1).await.allowed);
        clock.advance(Duration::microseconds(1));
        assert!(limiter.take("key", policy, 1).await.allowed);
        clock.advance(Duration::microseconds(666_666));
        assert!(limiter.take("key", policy, 2).await.allowed);
    }
}

#[tokio::test]
async fn a_clock_that_steps_back_gives_nothing_and_does_not_stop_the_refill() {
    let (clock, limiter) = scratch();
    let policy = policy(2, 2, 2);
    assert!(limiter.take("key", policy, 2).await.allowed);
    clock.advance(-Duration::hours(1));
    assert!(!limiter.take("key", policy, 1).await.allowed);
    clock.advance(Duration::seconds(1));
    assert!(limiter.take("key", policy, 1).await.allowed);
}

#[tokio::test]
async fn a_bucket_without_refill_stays_empty_and_says_never() {
    let (clock, limiter) = scratch();
    let policy = policy(1, 0, 0);
    assert!(limiter.take("key", policy, 1).await.allowed);
    clock.advance(Duration::days(365));
    let refused = limiter.take("key", policy, 1).await;
    assert!(!refused.allowed);
    assert_eq!((refused.reset_seconds, refused.retry_after_seconds), (u64::MAX, u64::MAX));
}

#[tokio::test]
async fn more_than_the_capacity_is_never_allowed() {
    let (_, limiter) = scratch();
    let refused = limiter.take("key", policy(5, 5, 60), u32::MAX).await;
    assert!(!refused.allowed);
    assert_eq!(refused.remaining, 5);
    assert_eq!(limiter.stored(), 0);
    assert!(!limiter.take("key", policy(0, 5, 60), 0).await.allowed);
}

#[tokio::test]
async fn the_largest_numbers_do_not_overflow() {
    let (clock, limiter) = scratch();
    let policy = RatePolicy {
        capacity: u32::MAX,
        refill: u32::MAX,
        per: StdDuration::MAX,
    };
    assert!(limiter.take("key", policy, u32::MAX).await.allowed);
    assert!(!limiter.take("key", policy, u32::MAX).await.allowed);
    clock.set(clock.now() + Duration::days(365 * 1000));
    limiter.take("key", policy, 1).await;
}

#[tokio::test]
async fn a_changed_policy_keeps_what_was_taken() {
    let (_, limiter) = scratch();
    assert!(limiter.take("key", policy(10, 10, 60), 4).await.allowed);
    assert_eq!(limiter.take("key", policy(6, 6, 3600), 0).await.remaining, 2);
    assert_eq!(limiter.take("key", policy(3, 3, 1), 0).await.remaining, 0);
}

#[tokio::test]
async fn a_look_at_an_unknown_bucket_takes_no_memory_and_a_refilled_one_gives_it_back() {
    let (clock, limiter) = scratch();
    let policy = policy(5, 5, 5);
    limiter.take("key", policy, 0).await;
    assert_eq!(limiter.stored(), 0);
    limiter.take("key", policy, 1).await;
    assert_eq!(limiter.stored(), 1);
    clock.advance(Duration::seconds(1));
    limiter.take("key", policy, 0).await;
    assert_eq!(limiter.stored(), 0);
}

#[tokio::test]
async fn buckets_refilled_long_ago_are_swept_by_other_calls() {
    let (clock, limiter) = scratch();
    let policy = policy(5, 5, 5);
    for n in 0..500 {
        limiter.take(&n.to_string(), policy, 1).await;
    }
    clock.advance(Duration::minutes(2));
    for n in 500..700 {
        limiter.take(&n.to_string(), policy, 1).await;
    }
    // Chance decides which of the 16 locks the 200 calls reach; that one is missed is a matter of (15/16)^200.
    assert_eq!(limiter.stored(), 200);
}
