//! Queues and jobs for operators, and cancelling.

use crate::harness::Server;
use codesm_core::jobs::{FailureOutcome, Remedy, RetryPolicy};
use codesm_core::kernel::{Clock, Role};
use codesm_core::store::UnitOfWork;
use reqwest::Method;
use serde_json::{Value, json};

/// A run that was sent; its id and its job's.
async fn sent(server: &Server, token: &str) -> (String, String) {
    let body = json!({ "language": "cpp", "source": "int main() {}" });
    let run = server.post_json("/api/v1/runs", Some(token), &body).await;
    let job = server.fakes.store.jobs().pop().unwrap().id;
    (run.data()["id"].as_str().unwrap().to_owned(), job.to_string())
}

async fn give_up(server: &Server) {
    let mut job = server.fakes.store.jobs().pop().unwrap();
    let outcome = job.fail(
        "sandbox.fault: no",
        Remedy::None,
        RetryPolicy::JUDGING,
        0.0,
        server.fakes.clock.now(),
    );
    assert_eq!(outcome, FailureOutcome::Dead);
    let tx = server.fakes.store.begin().await.unwrap();
    tx.jobs().overrule(&job).await.unwrap();
    tx.commit().await.unwrap();
}

async fn queue(server: &Server, token: &str, name: &str) -> Value {
    let queues = server.fetch("/api/v1/admin/queues", Some(token)).await.data();
    queues
        .as_array()
        .unwrap()
        .iter()
        .find(|queue| queue["name"] == name)
        .unwrap()
        .clone()
}

#[tokio::test]
async fn an_admin_sees_pauses_retries_and_removes() {
    let server = Server::start().await;
    let (user, admin) = (server.token("ada", Role::User).await, server.token("root", Role::Admin).await);
    let (_, job) = sent(&server, &user).await;
    assert_eq!(queue(&server, &admin, "run").await["ready"], 1);
    for (action, is_paused) in [("pause", true), ("resume", false)] {
        let answer = server
            .post_json(&format!("/api/v1/admin/queues/run/{action}"), Some(&admin), &json!({}))
            .await;
        assert_eq!(answer.status, 204);
        assert_eq!(queue(&server, &admin, "run").await["pausedAt"].is_string(), is_paused);
    }
    give_up(&server).await;
    let run = queue(&server, &admin, "run").await;
    assert_eq!(
        (&run["dead"], &run["ready"], &run["deadPerMinute"]),
        (&json!(1), &json!(0), &json!(0.2))
    );
    let listed = server.fetch("/api/v1/admin/jobs?state=dead&queue=run", Some(&admin)).await.data();
    assert_eq!(
        (&listed[0]["id"], &listed[0]["lastError"]),
        (&json!(job), &json!("sandbox.fault: no"))
    );
    assert!(listed[0].get("payload").is_none());
    let retried = server
        .post_json(&format!("/api/v1/admin/jobs/{job}/retry"), Some(&admin), &json!({}))
        .await;
    assert_eq!(retried.data()["state"], "ready");
    server
        .post_json(&format!("/api/v1/admin/jobs/{job}/retry"), Some(&admin), &json!({}))
        .await
        .is_problem(409, "job.not_dead");
    let drained = server.post_json("/api/v1/admin/queues/run/drain", Some(&admin), &json!({})).await;
    assert_eq!(drained.data(), json!({ "jobs": 1 }));
    let removed = server
        .json(Method::DELETE, &format!("/api/v1/admin/jobs/{job}"), Some(&admin), &json!({}))
        .await;
    assert_eq!(removed.status, 204);
    server
        .fetch(&format!("/api/v1/admin/jobs/{job}"), Some(&admin))
        .await
        .is_problem(404, "job.not_found");
    server
        .fetch("/api/v1/admin/jobs/nonsense", Some(&admin))
        .await
        .is_problem(404, "job.not_found");
    server
        .post_json("/api/v1/admin/queues/nonsense/pause", Some(&admin), &json!({}))
        .await
        .is_problem(404, "queue.not_found");
}

#[tokio::test]
async fn queues_are_for_admins_only() {
    let server = Server::start().await;
    let user = server.token("ada", Role::User).await;
    for path in ["/api/v1/admin/queues", "/api/v1/admin/jobs"] {
        server.fetch(path, None).await.is_problem(401, "auth.required");
        server.fetch(path, Some(&user)).await.is_problem(403, "auth.forbidden");
    }
}

#[tokio::test]
async fn a_run_is_cancelled_once_and_shown_so() {
    let server = Server::start().await;
    let user = server.token("ada", Role::User).await;
    let (id, _) = sent(&server, &user).await;
    let cancel = format!("/api/v1/submissions/{id}/cancel");
    for _ in 0..2 {
        let cancelled = server.post_json(&cancel, Some(&user), &json!({})).await;
        assert_eq!(cancelled.status, 200);
        assert_eq!(cancelled.data()["state"], "cancelled");
        assert_eq!(cancelled.data()["verdict"], "cancelled");
    }
    let events = server.fetch(&format!("/api/v1/submissions/{id}/events"), Some(&user)).await;
    let events = String::from_utf8(events.bytes).unwrap();
    assert!(events.contains("event: verdict") && events.contains("cancelled"), "{events}");
}

#[tokio::test]
async fn the_page_needs_nobody_else_and_runs_nothing_inline() {
    let server = Server::start().await;
    for (path, kind) in [
        ("/admin/queues", "text/html"),
        ("/admin/queues/page.js", "text/javascript"),
        ("/admin/queues/page.css", "text/css"),
    ] {
        let file = server.fetch(path, None).await;
        assert_eq!(file.status, 200);
        assert!(file.header("content-type").starts_with(kind));
        let policy = file.header("content-security-policy");
        assert!(policy.contains("default-src 'none'") && !policy.contains("unsafe"), "{policy}");
        let text = String::from_utf8(file.bytes).unwrap();
        for unwanted in ["http://", "https://", "innerHTML", " style=", "onclick"] {
            assert!(!text.contains(unwanted), "{path}: {unwanted}");
        }
    }
}
