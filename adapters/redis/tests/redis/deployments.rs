//! Cluster, Sentinel and users with passwords.

use crate::live_events::Process;
use crate::server::{OwnRedis, until};
use codesm_core::kernel::{RateLimiter as _, RatePolicy};
use codesm_redis::{RedisConnection, RedisRateLimiter, RedisSettings};
use std::sync::Arc;
use std::time::{Duration, Instant};

async fn works_at(url: String) {
    let prefix = "codesm".to_owned();
    let connect = || {
        Arc::new(
            RedisConnection::start(&RedisSettings {
                url: url.clone(),
                prefix: prefix.clone(),
            })
            .unwrap(),
        )
    };
    let (worker, api) = (Process::start(connect()), Process::start(connect()));
    worker.reaches(&api).await;
    api.reaches(&worker).await;
    let connection = connect();
    until(&connection, true).await;
    crate::job_signal::carries_hints(&connection).await;
    let limiter = RedisRateLimiter::new(connection, Arc::new(crate::rate_limiter::NoFallback));
    for key in ["one", "two", "three"] {
        for remaining in [4, 3] {
            assert_eq!(limiter.take(key, RatePolicy::per_minute(5), 1).await.remaining, remaining, "{key}");
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_cluster_shares_buckets_events_and_hints() {
    let bus = OwnRedis::stopped().port();
    let server = OwnRedis::started_with(&format!("cluster-enabled yes\ncluster-port {bus}\ncluster-announce-ip 127.0.0.1\n"));
    assert_eq!(server.ask(&["CLUSTER", "ADDSLOTSRANGE", "0", "16383"]), "OK");
    let deadline = Instant::now() + Duration::from_secs(30);
    while !server.ask(&["CLUSTER", "INFO"]).contains("cluster_state:ok") {
        assert!(Instant::now() < deadline, "the cluster never forms");
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    works_at(format!("redis-cluster://127.0.0.1:{}", server.port())).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_sentinel_says_where_buckets_events_and_hints_are() {
    let server = OwnRedis::started();
    let sentinel = OwnRedis::started_with_arguments(&format!("sentinel monitor codesm 127.0.0.1 {} 1\n", server.port()), &["--sentinel"]);
    let port = sentinel.port();
    works_at(format!("redis-sentinel://127.0.0.1:{port}?sentinelServiceName=codesm")).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_user_with_a_password_may_log_in() {
    let server = OwnRedis::started_with(
        "user judge on >hunter2 ~codesm:* ~{codesm:* &codesm:* +@read +@write +@scripting +@pubsub +@connection +info +time +cluster\n",
    );
    assert_eq!(server.ask(&["ACL", "SETUSER", "default", "off"]), "OK");
    works_at(format!("redis://judge:hunter2@127.0.0.1:{}", server.port())).await;
}
