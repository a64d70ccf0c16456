//! Redis goes, comes back, and forgets.

use crate::server::{OwnRedis, until};
use async_trait::async_trait;
use codesm_core::kernel::{RateDecision, RateLimiter, RatePolicy};
use codesm_redis::RedisRateLimiter;
use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::{Duration, Instant};

const TEN: RatePolicy = RatePolicy {
    capacity: 10,
    refill: 1,
    per: Duration::from_hours(1),
};

/// Says yes and counts.
#[derive(Default)]
struct Counting(AtomicU32);

impl Counting {
    fn asked(&self) -> u32 {
        self.0.load(Ordering::Relaxed)
    }
}

#[async_trait]
impl RateLimiter for Counting {
    async fn take(&self, _: &str, policy: RatePolicy, _: u32) -> RateDecision {
        self.0.fetch_add(1, Ordering::Relaxed);
        RateDecision {
            allowed: true,
            limit: policy.capacity,
            remaining: 0,
            reset_seconds: 0,
            retry_after_seconds: 0,
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_process_starts_without_redis_and_uses_it_when_it_comes() {
    let mut server = OwnRedis::stopped();
    let connection = server.connect();
    let fallback = Arc::new(Counting::default());
    let limiter = RedisRateLimiter::new(connection.clone(), fallback.clone());
    let begun = Instant::now();
    assert!(limiter.take("key", TEN, 1).await.allowed);
    assert!(begun.elapsed() < Duration::from_secs(1), "nobody waits for a Redis that is away");
    assert_eq!(fallback.asked(), 1);
    server.start();
    until(&connection, true).await;
    assert_eq!(limiter.take("key", TEN, 1).await.remaining, 9);
    assert_eq!(fallback.asked(), 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn the_other_limiter_decides_while_redis_is_away_and_no_longer() {
    let mut server = OwnRedis::started();
    let connection = server.connect();
    until(&connection, true).await;
    let fallback = Arc::new(Counting::default());
    let limiter = RedisRateLimiter::new(connection.clone(), fallback.clone());
    assert_eq!(limiter.take("key", TEN, 1).await.remaining, 9);
    server.kill();
    limiter.take("key", TEN, 1).await;
    assert_eq!(fallback.asked(), 1);
    until(&connection, false).await;
    assert!(connection.ping().await.is_err());
    server.start();
    until(&connection, true).await;
    assert!(connection.ping().await.is_ok());
    // The server kept nothing, the script neither: the bucket is full again.
    assert_eq!(limiter.take("key", TEN, 1).await.remaining, 9);
    assert_eq!(fallback.asked(), 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_forgotten_script_is_loaded_again() {
    let server = OwnRedis::started();
    let connection = server.connect();
    until(&connection, true).await;
    let fallback = Arc::new(Counting::default());
    let limiter = RedisRateLimiter::new(connection, fallback.clone());
    for remaining in [9, 8, 7] {
        assert_eq!(limiter.take("key", TEN, 1).await.remaining, remaining);
        assert_eq!(server.ask(&["SCRIPT", "FLUSH"]), "OK");
    }
    assert_eq!(server.ask(&["FLUSHALL"]), "OK");
    assert_eq!(limiter.take("key", TEN, 1).await.remaining, 9);
    assert_eq!(fallback.asked(), 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn two_processes_share_their_buckets() {
    let server = OwnRedis::started();
    let limiter = || async {
        let connection = server.connect();
        until(&connection, true).await;
        RedisRateLimiter::new(connection, Arc::new(Counting::default()))
    };
    let (first, second) = (limiter().await, limiter().await);
    assert_eq!(first.take("key", TEN, 4).await.remaining, 6);
    assert_eq!(second.take("key", TEN, 6).await.remaining, 0);
    assert!(!first.take("key", TEN, 1).await.allowed);
}
