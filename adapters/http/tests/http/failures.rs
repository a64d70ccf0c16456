//! Every form of error.

use crate::harness::{Answer, ScriptedHealth, Server};
use codesm_core::kernel::Role;
use reqwest::{Method, StatusCode};
use serde_json::json;
use std::sync::atomic::Ordering;
use std::time::Duration;

#[tokio::test]
async fn unknown_addresses_and_wrong_methods_are_problems() {
    let server = Server::start().await;
    for path in [
        "/",
        "/nothing",
        "/api/v1",
        "/api/v1/problems/",
        "/api/v2/problems",
        "/api/v1/problems/x/y/z",
        "/api/v1/auth/%6Cogin",
    ] {
        let missing = server.fetch(path, None).await;
        missing.is_problem(404, "route.not_found");
        assert!(!missing.header("ratelimit-remaining").is_empty(), "{path}");
    }
    for (method, path, allow) in [
        (Method::DELETE, "/api/v1/problems", "GET, HEAD, POST"),
        (Method::GET, "/api/v1/auth/login", "POST"),
        (Method::GET, "/api/v1/problems/import", "POST"),
        (Method::POST, "/docs", "GET, HEAD"),
        (Method::HEAD, "/api/v1/runs", "POST"),
        (Method::OPTIONS, "/api/v1/runs", "POST"),
        (Method::from_bytes(b"BREW").unwrap(), "/api/v1/users/me", "GET, HEAD"),
    ] {
        let refused = server.send(server.request(method.clone(), path)).await;
        assert_eq!((refused.status.as_u16(), refused.header("allow")), (405, allow), "{method} {path}");
        if method != Method::HEAD {
            refused.is_problem(405, "route.method_not_allowed");
        }
    }
}

#[tokio::test]
async fn names_that_are_no_text_name_nothing() {
    let server = Server::start().await;
    let token = server.token("bob", Role::User).await;
    server
        .fetch("/api/v1/problems/%ff%fe", None)
        .await
        .is_problem(404, "route.not_found");
    server
        .fetch("/api/v1/problems/a%2Fb", None)
        .await
        .is_problem(404, "problem.not_found");
    server
        .fetch("/api/v1/problems/UPPER", None)
        .await
        .is_problem(404, "problem.not_found");
    server
        .fetch("/api/v1/submissions/%00", Some(&token))
        .await
        .is_problem(404, "submission.not_found");
    server.fetch("/api/v1/problems?q=%ff&tag=%zz", None).await.data();
    server
        .fetch("/api/v1/problems?q=a%00b", None)
        .await
        .is_problem(400, "request.invalid_parameter");
}

async fn register(server: &Server, body: &'static [u8], content_type: &str) -> Answer {
    let request = server.post("/api/v1/auth/register").header("content-type", content_type);
    server.send(request.body(body)).await
}

#[tokio::test]
async fn bodies_that_cannot_be_understood_say_why() {
    let server = Server::start().await;
    for body in [&b"{"[..], b"", b"{\"email\": \"\xff\"}", b"nonsense", b"{\"a\":1}}"] {
        register(&server, body, "application/json")
            .await
            .is_problem(400, "request.malformed_json");
    }
    let refused = register(&server, b"{\"email\": 1, \"password\": null}", "application/json; charset=UTF-8").await;
    refused.is_problem(400, "request.invalid_body");
    let expected = [("email", "wrong_type"), ("username", "required"), ("password", "wrong_type")];
    assert_eq!(refused.fields(), expected.map(|(field, code)| (field.to_owned(), code.to_owned())));
    // Booleans and lists are no texts and objects, whatever the framework's parser thinks.
    register(&server, br#"{"email": true, "username": "a", "password": "b"}"#, "application/json")
        .await
        .is_problem(400, "request.invalid_body");
    register(&server, br#"["a@example.org", "ada", "password"]"#, "application/json")
        .await
        .is_problem(400, "request.invalid_body");
    let deep = "[".repeat(100_000).into_bytes().leak();
    register(&server, deep, "application/json")
        .await
        .is_problem(400, "request.malformed_json");
    for content_type in [
        "text/plain",
        "application/x-www-form-urlencoded",
        "application/json; charset=latin1",
        "application/jsonp",
        "%%",
    ] {
        register(&server, b"{}", content_type)
            .await
            .is_problem(415, "request.unsupported_media_type");
    }
    let untyped = server.send(server.post("/api/v1/auth/register").body("{}")).await;
    untyped.is_problem(415, "request.unsupported_media_type");
    register(&server, b"{}", "application/merge-patch+json")
        .await
        .is_problem(400, "request.invalid_body");
}

#[tokio::test]
async fn who_may_not_is_told_so_before_the_body_is_looked_at() {
    let server = Server::start().await;
    let request = server.post("/api/v1/problems").header("content-type", "application/json");
    server.send(request.body("{")).await.is_problem(401, "auth.required");
}

#[tokio::test]
async fn a_panic_is_500_without_internals_and_the_next_request_works() {
    let server = Server::start().await;
    server.health.0.store(ScriptedHealth::PANICS, Ordering::SeqCst);
    let failed = server.fetch("/health/ready", None).await;
    failed.is_problem(500, "internal.unexpected");
    assert!(!String::from_utf8_lossy(&failed.bytes).contains("4711"));
    server.health.0.store(ScriptedHealth::UP, Ordering::SeqCst);
    assert_eq!(server.fetch("/health/ready", None).await.status, StatusCode::OK);
}

#[tokio::test]
async fn an_endless_request_is_ended() {
    let server = Server::with(|settings| settings.request_timeout = Duration::from_millis(100)).await;
    server.health.0.store(ScriptedHealth::HANGS, Ordering::SeqCst);
    let late = server.fetch("/health/ready", None).await;
    late.is_problem(503, "request.timeout");
    assert!(!late.header("retry-after").is_empty());
}

#[tokio::test]
async fn a_body_that_never_ends_is_408() {
    let server = Server::with(|settings| settings.request_timeout = Duration::from_millis(200)).await;
    let slow = futures_util::StreamExt::chain(
        futures_util::stream::iter([Ok::<_, std::io::Error>("{")]),
        futures_util::stream::pending(),
    );
    let request = server.post("/api/v1/auth/register").header("content-type", "application/json");
    let late = server.send(request.body(reqwest::Body::wrap_stream(slow))).await;
    late.is_problem(408, "request.timeout");
}

#[tokio::test]
async fn a_broken_dependency_shows_nothing_of_itself() {
    let server = Server::start().await;
    let author = server.token("ada", Role::Author).await;
    server.problem(&author).await;
    server.fakes.blobs.set_down(true);
    let away = server.fetch("/api/v1/problems/a-plus-b", None).await;
    away.is_problem(503, "storage.unavailable");
    let tests = json!({ "tests": [{ "input": "", "answer": "", "sample": true }] });
    let away = server
        .json(Method::PUT, "/api/v1/problems/a-plus-b/tests", Some(&author), &tests)
        .await;
    away.is_problem(503, "storage.unavailable");
}
