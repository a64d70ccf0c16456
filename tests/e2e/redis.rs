//! Several processes that share a Redis, which may go at any time.

use crate::databases::OwnDatabase;
use crate::harness::{CPP_SUM, Installation, PATIENCE, PYTHON_SUM, Server, User};
use crate::own_redis::OwnRedis;
use serde_json::{Value, json};
use std::time::{Duration, Instant};

/// Waits until the API says so of Redis.
async fn until_ready_says(server: &Server, status: &str) -> Value {
    let deadline = Instant::now() + PATIENCE;
    loop {
        let ready = server.api.get("/health/ready").await;
        assert_eq!(ready.status, 200, "it serves without Redis: {}", ready.text);
        if ready.body["checks"]["redis"]["status"] == status {
            return ready.body;
        }
        assert!(Instant::now() < deadline, "never {status}: {}", ready.text);
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
}

/// Sends a program and waits for its verdict.
async fn judged(sender: &User, reader: &User, language: &str, source: &str) {
    let body = json!({ "language": language, "source": source });
    let receipt = sender.post("/problems/sum/submissions", body).await.data(201);
    let done = reader.verdict(receipt["id"].as_str().unwrap()).await;
    assert_eq!(done["verdict"], "accepted", "{done}");
}

#[tokio::test]
async fn submissions_are_judged_while_redis_comes_is_emptied_goes_and_comes_back() {
    let (database, mut redis) = (OwnDatabase::new(), OwnRedis::stopped());
    let installation = Installation::new()
        .set("CODESM_DATABASE_URL", &database.url())
        .set("CODESM_REDIS_URL", &redis.url())
        .set("CODESM_REDIS_PREFIX", "codesm-e2e");
    // Redis is away at the start.
    let (first, second) = (installation.serve("serve").await, installation.serve("serve").await);
    let mut workers = [installation.start("work"), installation.start("work")];
    for worker in &mut workers {
        worker.wait_for_log("worker started").await;
    }
    let admin = installation.admin(&first).await;
    let elsewhere = User {
        api: second.api.clone(),
        ..admin.clone()
    };
    admin.sum_problem("sum", 2).await;
    assert_eq!(until_ready_says(&first, "degraded").await["status"], "degraded");
    judged(&admin, &elsewhere, "python", PYTHON_SUM).await;

    redis.start();
    assert_eq!(until_ready_says(&first, "up").await["status"], "up");
    until_ready_says(&second, "up").await;
    for _ in 0..3 {
        judged(&admin, &elsewhere, "cpp", CPP_SUM).await;
        judged(&elsewhere, &admin, "python", PYTHON_SUM).await;
    }
    redis.ask("FLUSHALL");
    judged(&admin, &elsewhere, "python", PYTHON_SUM).await;
    // While hints are on their way.
    let body = json!({ "language": "python", "source": PYTHON_SUM });
    let mut ids = Vec::new();
    for round in 0..12 {
        let receipt = admin.post("/problems/sum/submissions", body.clone()).await.data(201);
        ids.push(receipt["id"].as_str().unwrap().to_owned());
        if round == 6 {
            redis.kill();
        }
    }
    for id in &ids {
        assert_eq!(elsewhere.verdict(id).await["verdict"], "accepted");
    }
    until_ready_says(&first, "degraded").await;
    redis.start();
    until_ready_says(&first, "up").await;
    judged(&admin, &elsewhere, "python", PYTHON_SUM).await;
    for worker in &mut workers {
        worker.signal("TERM");
        assert_eq!(worker.wait(Duration::from_secs(20)).await, Some(0));
        assert!(!worker.log_text().contains("\"ERROR\""), "{}", worker.log_text());
    }
}

#[tokio::test]
async fn processes_share_their_rate_limits() {
    let (database, redis) = (OwnDatabase::new(), OwnRedis::started());
    let installation = Installation::new()
        .set("CODESM_DATABASE_URL", &database.url())
        .set("CODESM_REDIS_URL", &redis.url())
        .set("CODESM_LIMITS_ANONYMOUS_PER_MINUTE", "6");
    let (first, second) = (installation.serve("serve").await, installation.serve("serve").await);
    until_ready_says(&first, "up").await;
    until_ready_says(&second, "up").await;
    let mut remaining = Vec::new();
    for server in [&first, &second, &first, &second, &first, &second] {
        let answer = server.api.get("/languages").await;
        assert_eq!(answer.status, 200, "{}", answer.text);
        remaining.push(answer.headers["ratelimit-remaining"].to_str().unwrap().to_owned());
    }
    assert_eq!(remaining, ["5", "4", "3", "2", "1", "0"]);
    for server in [&first, &second] {
        let answer = server.api.get("/languages").await;
        assert_eq!((answer.status.as_u16(), answer.body["code"].as_str()), (429, Some("rate.limited")));
    }
}
