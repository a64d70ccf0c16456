//! The contract of the rate limiter.

use crate::server::{OwnRedis, until};
use async_trait::async_trait;
use codesm_contract::rate_limiter::RateLimiterFixture;
use codesm_core::kernel::{RateDecision, RateLimiter, RatePolicy};
use codesm_redis::RedisRateLimiter;
use std::sync::Arc;
use std::time::Duration;

/// Redis alone is to keep the contract.
pub(crate) struct NoFallback;

#[async_trait]
impl RateLimiter for NoFallback {
    async fn take(&self, key: &str, _: RatePolicy, _: u32) -> RateDecision {
        panic!("Redis did not decide about {key}")
    }
}

struct Fixture {
    server: OwnRedis,
    limiter: Arc<RedisRateLimiter>,
}

#[async_trait]
impl RateLimiterFixture for Fixture {
    fn limiter(&self) -> Arc<dyn RateLimiter> {
        self.limiter.clone()
    }

    async fn advance(&self, by: Duration) {
        tokio::time::sleep(by).await;
    }

    async fn stored(&self) -> usize {
        self.server.ask(&["--scan", "--pattern", "codesm:rate:*"]).lines().count()
    }
}

async fn fixture() -> Fixture {
    let server = OwnRedis::started();
    let connection = server.connect();
    until(&connection, true).await;
    Fixture {
        server,
        limiter: Arc::new(RedisRateLimiter::new(connection, Arc::new(NoFallback))),
    }
}

codesm_contract::rate_limiter_suite!(super::rate_limiter::fixture);
