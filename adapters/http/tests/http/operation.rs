//! Health, metrics, the OpenAPI document, the page.

use crate::harness::{ScriptedHealth, Server};
use codesm_http::{metrics_endpoint, openapi_json, serve};
use serde_json::{Value, json};
use std::collections::BTreeSet;
use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::Duration;
use tokio::net::TcpListener;
use tokio_util::sync::CancellationToken;

#[tokio::test]
async fn health_says_how_things_are() {
    let server = Server::start().await;
    for (mode, ready, status) in [
        (ScriptedHealth::UP, 200, "up"),
        (ScriptedHealth::DEGRADED, 200, "degraded"),
        (ScriptedHealth::DOWN, 503, "down"),
    ] {
        server.health.0.store(mode, Ordering::SeqCst);
        for path in ["/health/ready", "/health/startup"] {
            let answer = server.fetch(path, None).await;
            assert_eq!(answer.status.as_u16(), ready, "{path}");
            let expected = json!({
                "status": status,
                "checks": { "database": { "status": status, "latencyMs": 3, "pendingJobs": 7 } },
                "version": "9.9.9",
                "uptime": 42,
            });
            assert_eq!(answer.json(), expected);
        }
        assert_eq!(server.fetch("/health/live", None).await.status, 200);
    }
}

#[tokio::test]
async fn metrics_are_served_here_or_on_their_own_listener() {
    let server = Server::start().await;
    let answer = server.fetch("/metrics", None).await;
    assert_eq!(answer.bytes, b"codesm_up 1\n");
    assert!(answer.header("content-type").starts_with("text/plain; version=0.0.4"));

    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    let shutdown = CancellationToken::new();
    let endpoint = metrics_endpoint(Arc::new(|| "x 1\n".to_owned()));
    let running = tokio::spawn(serve(listener, endpoint, shutdown.clone(), Duration::from_secs(1)));
    let get = |path: &str| reqwest::get(format!("http://{address}{path}"));
    assert_eq!(get("/metrics").await.unwrap().text().await.unwrap(), "x 1\n");
    assert_eq!(get("/api/v1/problems").await.unwrap().status(), 404);
    shutdown.cancel();
    running.await.unwrap().unwrap();
}

#[tokio::test]
async fn the_document_and_its_page_are_served_from_here_alone() {
    let server = Server::start().await;
    let document = server.fetch("/openapi.json", None).await;
    let shown = document.json();
    assert_eq!(shown["info"]["version"], "9.9.9");
    let printed: Value = serde_json::from_str(&openapi_json()).unwrap();
    assert_eq!(shown["paths"], printed["paths"]);
    let page = server.fetch("/docs", None).await;
    let html = String::from_utf8_lossy(&page.bytes).into_owned();
    assert!(page.header("content-type").starts_with("text/html") && !html.contains("://"));
    for piece in html.split(['"']).filter(|piece| piece.starts_with("/docs/")) {
        let file = server.fetch(piece, None).await;
        assert_eq!(file.status, 200, "{piece}");
        assert!(!file.bytes.is_empty());
        let again = server.send(server.get(piece).header("if-none-match", file.header("etag"))).await;
        assert_eq!(again.status, 304);
    }
}

fn operations() -> Vec<(String, String, Value)> {
    let document: Value = serde_json::from_str(&openapi_json()).unwrap();
    let paths = document["paths"].as_object().unwrap().clone();
    let operations = paths.into_iter().flat_map(|(path, item)| {
        let methods = item.as_object().unwrap().clone();
        methods
            .into_iter()
            .map(move |(method, operation)| (method, path.clone(), operation))
    });
    operations.collect()
}

#[test]
fn the_document_is_the_same_every_time_and_names_no_server() {
    let text = openapi_json();
    assert_eq!(text, openapi_json());
    let document: Value = serde_json::from_str(&text).unwrap();
    assert_eq!(document["openapi"], "3.0.0");
    assert!(document.get("servers").is_none());
    assert!(document["info"]["description"].as_str().unwrap().contains("RFC 9457"));
    for scheme in ["bearer", "session"] {
        assert!(document["components"]["securitySchemes"][scheme].is_object());
    }
}

#[test]
fn the_document_has_every_path_of_the_contract() {
    let has: BTreeSet<String> = operations()
        .into_iter()
        .map(|(method, path, _)| format!("{method} {path}"))
        .collect();
    let wanted = [
        "post /api/v1/auth/register",
        "post /api/v1/auth/login",
        "post /api/v1/auth/refresh",
        "post /api/v1/auth/logout",
        "post /api/v1/auth/logout-all",
        "get /api/v1/users/me",
        "get /api/v1/languages",
        "get /api/v1/problems",
        "get /api/v1/problems/{problem}",
        "get /api/v1/problems/{problem}/attachments/{name}",
        "post /api/v1/problems",
        "patch /api/v1/problems/{problem}",
        "post /api/v1/problems/{problem}/submit-for-review",
        "post /api/v1/problems/{problem}/publish",
        "post /api/v1/problems/{problem}/archive",
        "put /api/v1/problems/{problem}/tests",
        "post /api/v1/problems/import",
        "post /api/v1/problems/{problem}/submissions",
        "get /api/v1/problems/{problem}/export",
        "get /api/v1/submissions/{id}",
        "get /api/v1/submissions/{id}/events",
        "post /api/v1/submissions/{id}/cancel",
        "post /api/v1/submissions/batch",
        "get /api/v1/admin/queues",
        "post /api/v1/admin/queues/{queue}/pause",
        "post /api/v1/admin/queues/{queue}/resume",
        "post /api/v1/admin/queues/{queue}/drain",
        "post /api/v1/admin/queues/{queue}/retry",
        "get /api/v1/admin/jobs",
        "get /api/v1/admin/jobs/{id}",
        "delete /api/v1/admin/jobs/{id}",
        "post /api/v1/admin/jobs/{id}/retry",
        "get /api/v1/submissions",
        "post /api/v1/runs",
        "post /api/v1/uploads/presigned",
        "post /api/v1/uploads/confirm",
        "get /api/v1/uploads/{upload}",
        "put /api/v1/uploads/{upload}/content",
        "get /api/v1/uploads/{upload}/content",
        "get /health/live",
        "get /health/ready",
        "get /health/startup",
        "get /metrics",
    ];
    assert_eq!(has, wanted.map(str::to_owned).into());
}

#[test]
fn every_operation_is_described_with_examples_and_failures() {
    let mut ids = BTreeSet::new();
    for (method, path, operation) in operations() {
        let place = format!("{method} {path}");
        let id = operation["operationId"].as_str().unwrap_or_else(|| panic!("{place}"));
        assert!(ids.insert(id.to_owned()), "{id}");
        for key in ["summary", "description"] {
            assert!(operation[key].as_str().is_some_and(|text| !text.is_empty()), "{place}: {key}");
        }
        assert_eq!(operation["tags"].as_array().unwrap().len(), 1, "{place}");
        for parameter in operation["parameters"].as_array().into_iter().flatten() {
            assert!(parameter["description"].is_string(), "{place}: {parameter}");
        }
        for (media, content) in operation["requestBody"]["content"].as_object().into_iter().flatten() {
            assert!(
                matches!(media.as_str(), "multipart/form-data" | "*/*") || !content["example"].is_null(),
                "{place}: {media}"
            );
        }
        let responses = operation["responses"].as_object().unwrap();
        let mut wanted = vec!["500", "503"];
        if path.starts_with("/api/") {
            wanted.extend(["400", "401", "404", "429"]);
        }
        if operation["requestBody"].is_object() {
            wanted.extend(["408", "413", "415"]);
        }
        for status in wanted {
            let failure = &operation["responses"][status]["content"]["application/problem+json"];
            assert!(
                failure["schema"].is_object() && failure["example"]["code"].is_string(),
                "{place}: {status}"
            );
        }
        for (status, response) in responses {
            assert!(
                response["description"].as_str().is_some_and(|text| !text.is_empty()),
                "{place}: {status}"
            );
            assert!(response["headers"]["X-Request-Id"].is_object(), "{place}: {status}");
            let json = &response["content"]["application/json"];
            assert!(json.is_null() || !json["example"].is_null(), "{place}: {status} has no example");
        }
    }
}
