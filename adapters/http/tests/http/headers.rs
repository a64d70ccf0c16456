//! Request ids, security headers, CORS.

use crate::harness::{Answer, Server};
use codesm_http::CorsOrigins;
use reqwest::Method;

#[tokio::test]
async fn a_sane_request_id_is_taken_over_and_another_is_replaced() {
    let server = Server::start().await;
    for path in ["/api/v1/problems", "/nothing", "/health/live"] {
        let kept = server.send(server.get(path).header("x-request-id", "Trace_1.a-B")).await;
        assert_eq!(kept.header("x-request-id"), "Trace_1.a-B");
        for bad in ["two words", "a;b", &"x".repeat(65), ""] {
            let made = server.send(server.get(path).header("x-request-id", bad)).await;
            assert!(made.header("x-request-id").len() == 36, "{bad}");
        }
    }
}

#[tokio::test]
async fn every_answer_has_the_security_headers() {
    let server = Server::start().await;
    for path in ["/api/v1/problems", "/nothing", "/health/live", "/docs", "/api/v1/users/me"] {
        let answer = server.fetch(path, None).await;
        assert!(answer.header("strict-transport-security").starts_with("max-age="));
        assert_eq!(answer.header("x-content-type-options"), "nosniff");
        assert_eq!(answer.header("x-frame-options"), "DENY");
        assert_eq!(answer.header("referrer-policy"), "no-referrer");
        assert_eq!(answer.header("cross-origin-opener-policy"), "same-origin");
        assert!(answer.header("permissions-policy").contains("camera=()"));
        let policy = answer.header("content-security-policy");
        assert!(policy.starts_with("default-src 'none'"));
        assert_eq!(policy.contains("script-src 'self'"), path == "/docs", "{path}");
        assert!(!policy.contains("script-src 'self' 'unsafe"));
    }
}

async fn ask(server: &Server, origin: &str) -> Answer {
    server.send(server.get("/api/v1/problems").header("origin", origin)).await
}

async fn preflight(server: &Server, origin: &str) -> Answer {
    let request = server.request(Method::OPTIONS, "/api/v1/runs").header("origin", origin);
    server.send(request.header("access-control-request-method", "POST")).await
}

#[tokio::test]
async fn listed_origins_may_read_with_cookies_and_others_get_no_permission() {
    let server = Server::with(|settings| settings.cors_origins = CorsOrigins::List(vec!["https://app.example.org".to_owned()])).await;
    let listed = ask(&server, "https://app.example.org").await;
    assert_eq!(listed.header("access-control-allow-origin"), "https://app.example.org");
    assert_eq!(listed.header("access-control-allow-credentials"), "true");
    assert!(listed.header("access-control-expose-headers").contains("RateLimit-Remaining"));
    let allowed = preflight(&server, "https://app.example.org").await;
    assert_eq!(allowed.status, 204);
    assert!(allowed.header("access-control-allow-headers").contains("Idempotency-Key"));
    assert!(allowed.header("access-control-allow-methods").contains("PATCH"));

    let foreign = ask(&server, "https://evil.example").await;
    assert_eq!(foreign.status, 200);
    let refused = preflight(&server, "https://evil.example").await;
    for answer in [&foreign, &refused] {
        assert!(!answer.headers.keys().any(|name| name.as_str().starts_with("access-control")));
        let vary: Vec<&str> = answer.headers.get_all("vary").iter().map(|value| value.to_str().unwrap()).collect();
        assert!(vary.contains(&"Origin"));
    }
    // Errors too, or pages could not read them.
    let missing = server
        .send(server.get("/nothing").header("origin", "https://app.example.org"))
        .await;
    assert_eq!(missing.header("access-control-allow-origin"), "https://app.example.org");
}

#[tokio::test]
async fn the_wildcard_never_goes_with_credentials() {
    let server = Server::with(|settings| settings.cors_origins = CorsOrigins::Any).await;
    for answer in [
        ask(&server, "https://any.example").await,
        preflight(&server, "https://any.example").await,
    ] {
        assert_eq!(answer.header("access-control-allow-origin"), "*");
        assert!(!answer.headers.contains_key("access-control-allow-credentials"));
    }
}
