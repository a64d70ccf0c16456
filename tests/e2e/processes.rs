//! API and workers as separate processes, on SQLite and PostgreSQL.

use crate::databases::OwnDatabase;
use crate::harness::{CPP_SUM, Installation, PYTHON_SUM};
use serde_json::json;
use std::time::Duration;

#[tokio::test]
async fn two_apis_and_two_workers_share_postgresql() {
    let database = OwnDatabase::new();
    let installation = Installation::new().set("CODESM_DATABASE_URL", &database.url());
    let first = installation.serve("serve").await;
    let second = installation.serve("serve").await;
    let mut workers = [installation.start("work"), installation.start("work")];
    for worker in &mut workers {
        worker.wait_for_log("worker started").await;
    }
    let admin = installation.admin(&first).await;
    admin.sum_problem("sum", 3).await;
    let elsewhere = crate::harness::User {
        api: second.api.clone(),
        ..admin.clone()
    };
    let mut ids = Vec::new();
    for n in 0..10 {
        let (language, source) = if n % 5 == 0 { ("cpp", CPP_SUM) } else { ("python", PYTHON_SUM) };
        let sender = if n % 2 == 0 { &admin } else { &elsewhere };
        let body = json!({ "language": language, "source": source });
        ids.push(
            sender.post("/problems/sum/submissions", body).await.data(201)["id"]
                .as_str()
                .unwrap()
                .to_owned(),
        );
    }
    for id in &ids {
        assert_eq!(elsewhere.verdict(id).await["verdict"], "accepted");
    }
    let problem = admin.get("/problems/sum").await.data(200);
    assert_eq!(problem["submissionsTotal"], 10);
    for worker in &mut workers {
        worker.signal("TERM");
        assert_eq!(worker.wait(Duration::from_secs(20)).await, Some(0));
    }
    let ready = first.api.get("/health/ready").await;
    assert_eq!(ready.status, 200, "the API is ready without workers: {}", ready.text);
    drop((first, second));
}

#[tokio::test]
async fn health_metrics_and_documents_are_served() {
    let installation = Installation::new();
    let server = installation.serve("all").await;
    for probe in ["live", "ready", "startup"] {
        let answer = server.api.get(&format!("/health/{probe}")).await;
        assert_eq!(
            (answer.status.as_u16(), answer.body["status"].as_str()),
            (200, Some("up")),
            "{probe}: {}",
            answer.text
        );
    }
    let ready = server.api.get("/health/ready").await.body;
    for check in ["database", "queue", "storage", "sandbox"] {
        assert_eq!(ready["checks"][check]["status"], "up", "{ready}");
    }
    assert!(
        ready["checks"]["database"]["latencyMs"].is_number() && ready["checks"]["queue"]["pendingJobs"].is_number(),
        "{ready}"
    );
    let admin = installation.admin(&server).await;
    admin.sum_problem("sum", 1).await;
    admin.submit("sum", "python", PYTHON_SUM).await;
    tokio::time::sleep(Duration::from_secs(6)).await;
    let metrics = server.api.get("/metrics").await.text;
    for name in [
        "codesm_http_requests_total{",
        "codesm_http_request_duration_seconds_bucket{",
        "codesm_queue_jobs{",
        "codesm_jobs_total{",
        "codesm_judging_seconds_bucket{",
        "codesm_sandbox_runs_total{",
        "codesm_verdicts_total{",
    ] {
        assert!(metrics.contains(name), "{name} is missing in\n{metrics}");
    }
    assert!(!metrics.contains(&admin.id));
    assert_eq!(server.api.get("/openapi.json").await.body["openapi"], "3.0.0");
    let docs = server.api.get("/docs").await;
    assert_eq!(docs.status, 200);
    for outside in ["https://cdn", "//unpkg", "googleapis"] {
        assert!(!docs.text.contains(outside), "the page loads nothing from {outside}");
    }
}
