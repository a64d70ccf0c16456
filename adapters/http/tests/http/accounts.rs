//! Registration, login, sessions, cookies.

use crate::harness::{Answer, PASSWORD, Server};
use codesm_core::kernel::Role;
use reqwest::RequestBuilder;
use serde_json::json;

fn cookies(answer: &Answer) -> Vec<String> {
    let set = answer.headers.get_all("set-cookie").iter();
    set.map(|value| value.to_str().unwrap().to_owned()).collect()
}

/// What a browser would send back.
fn session(answer: &Answer) -> String {
    let pairs: Vec<String> = cookies(answer)
        .iter()
        .map(|cookie| cookie.split(';').next().unwrap().to_owned())
        .collect();
    pairs.join("; ")
}

fn by_cookie(request: RequestBuilder, session: &str) -> RequestBuilder {
    request.header("cookie", session)
}

#[tokio::test]
async fn somebody_registers_logs_in_and_sees_the_account() {
    let server = Server::start().await;
    let body = json!({ "email": "Ada@Example.org", "username": "ada", "password": PASSWORD });
    let registered = server.post_json("/api/v1/auth/register", None, &body).await;
    assert_eq!(registered.status, 201);
    assert_eq!(registered.header("location"), "/api/v1/users/me");
    let user = registered.data();
    assert_eq!(
        (&user["email"], &user["role"], &user["emailVerified"]),
        (&json!("ada@example.org"), &json!("user"), &json!(false))
    );
    assert_eq!(user["createdAt"], "2026-01-01T00:00:00.123456Z");

    let login = server.login("ada").await;
    let tokens = login.data();
    assert_eq!((&tokens["tokenType"], &tokens["expiresIn"]), (&json!("Bearer"), &json!(900)));
    assert_eq!(tokens["user"], user);
    assert_eq!(login.header("cache-control"), "no-store");
    let me = server.fetch("/api/v1/users/me", tokens["accessToken"].as_str()).await;
    assert_eq!(me.data(), user);
    assert_eq!(me.json()["meta"]["requestId"], me.header("x-request-id"));
}

#[tokio::test]
async fn a_taken_name_and_bad_fields_are_named() {
    let server = Server::start().await;
    server.token("ada", Role::User).await;
    let taken = json!({ "email": "ada@example.org", "username": "other", "password": PASSWORD });
    server
        .post_json("/api/v1/auth/register", None, &taken)
        .await
        .is_problem(409, "auth.email_taken");
    let bad = json!({ "email": "nobody", "username": "A", "password": "x" });
    let refused = server.post_json("/api/v1/auth/register", None, &bad).await;
    refused.is_problem(422, "validation.failed");
    let fields: Vec<String> = refused.fields().into_iter().map(|(field, _)| field).collect();
    assert_eq!(fields, ["email", "username", "password"]);
}

#[tokio::test]
async fn wrong_credentials_are_uniform_and_then_delayed() {
    let server = Server::start().await;
    server.token("ada", Role::User).await;
    for email in ["ada@example.org", "nobody@example.org"] {
        let body = json!({ "email": email, "password": "wrong", "totp": null });
        for _ in 0..5 {
            let refused = server.post_json("/api/v1/auth/login", None, &body).await;
            refused.is_problem(401, "auth.invalid_credentials");
            assert_eq!(refused.header("www-authenticate"), "Bearer realm=\"codesm\"");
        }
        let delayed = server.post_json("/api/v1/auth/login", None, &body).await;
        delayed.is_problem(429, "auth.too_many_attempts");
        assert_eq!(delayed.header("retry-after"), "30");
    }
}

#[tokio::test]
async fn a_refresh_token_is_good_once() {
    let server = Server::start().await;
    server.token("ada", Role::User).await;
    let first = server.login("ada").await.data();
    let body = json!({ "refreshToken": first["refreshToken"] });
    let second = server.post_json("/api/v1/auth/refresh", None, &body).await.data();
    assert_ne!(first["refreshToken"], second["refreshToken"]);
    let replayed = server.post_json("/api/v1/auth/refresh", None, &body).await;
    replayed.is_problem(401, "auth.refresh_token_reused");
    // The replay ended the session for both.
    let me = server.fetch("/api/v1/users/me", second["accessToken"].as_str()).await;
    me.is_problem(401, "auth.invalid_token");
    let missing = server.send(server.post("/api/v1/auth/refresh")).await;
    missing.is_problem(401, "auth.invalid_refresh_token");
}

#[tokio::test]
async fn logging_out_ends_the_session_at_once() {
    let server = Server::start().await;
    let token = server.token("ada", Role::User).await;
    let other = server.login("ada").await.data()["accessToken"].as_str().unwrap().to_owned();
    let out = server.send(server.post("/api/v1/auth/logout").bearer_auth(&token)).await;
    assert_eq!(out.status, 204);
    assert!(
        cookies(&out)
            .iter()
            .all(|cookie| cookie.contains("=; ") && cookie.contains("Max-Age=0"))
    );
    server
        .fetch("/api/v1/users/me", Some(&token))
        .await
        .is_problem(401, "auth.invalid_token");
    server.fetch("/api/v1/users/me", Some(&other)).await.data();
    let all = server.send(server.post("/api/v1/auth/logout-all").bearer_auth(&other)).await;
    assert_eq!(all.status, 204);
    server
        .fetch("/api/v1/users/me", Some(&other))
        .await
        .is_problem(401, "auth.invalid_token");
}

#[tokio::test]
async fn wrong_credentials_in_headers_are_refused_even_where_none_are_needed() {
    let server = Server::start().await;
    for value in ["Bearer rubbish", "Bearer", "Basic YTpi", "bearer  "] {
        let refused = server.send(server.get("/api/v1/problems").header("authorization", value)).await;
        refused.is_problem(401, "auth.invalid_token");
        assert!(refused.header("www-authenticate").contains("invalid_token"));
    }
    let refused = server.send(server.get("/api/v1/problems").header("x-api-key", "k")).await;
    refused.is_problem(401, "auth.invalid_api_key");
    server.fetch("/api/v1/users/me", None).await.is_problem(401, "auth.required");
}

#[tokio::test]
async fn an_absent_database_is_503_not_a_logout() {
    let server = Server::start().await;
    let token = server.token("ada", Role::User).await;
    server.fakes.store.set_down(true);
    let away = server.fetch("/api/v1/users/me", Some(&token)).await;
    away.is_problem(503, "database.unavailable");
    assert!(!away.header("retry-after").is_empty());
}

#[tokio::test]
async fn browsers_get_cookies_that_scripts_cannot_read() {
    let server = Server::with(|settings| settings.production = true).await;
    server.token("ada", Role::User).await;
    let set = cookies(&server.login("ada").await);
    assert_eq!(set.len(), 2);
    for (cookie, name, path) in [
        (&set[0], "codesm_access=", "Path=/api/v1;"),
        (&set[1], "codesm_refresh=", "Path=/api/v1/auth;"),
    ] {
        assert!(cookie.starts_with(name) && cookie.contains(path), "{cookie}");
        for part in ["HttpOnly", "SameSite=Lax", "Secure", "Max-Age="] {
            assert!(cookie.contains(part), "{part}: {cookie}");
        }
    }
}

#[tokio::test]
async fn a_session_cookie_only_works_from_our_own_pages() {
    let server = Server::with(|settings| {
        settings.cors_origins = codesm_http::CorsOrigins::List(vec!["https://app.example.org".to_owned()]);
        settings.public_url = Some("http://judge.example.org/".to_owned());
    })
    .await;
    server.token("ada", Role::User).await;
    let session = session(&server.login("ada").await);

    let reads = server.send(by_cookie(server.get("/api/v1/users/me"), &session)).await;
    assert_eq!(reads.data()["username"], "ada");
    let host = server.base.clone();
    let run = || by_cookie(server.post("/api/v1/runs"), &session).json(&json!({ "language": "python", "source": "1" }));
    let foreign = [
        ("origin", "https://evil.example"),
        ("sec-fetch-site", "cross-site"),
        ("origin", "null"),
    ];
    for (name, value) in foreign {
        server.send(run().header(name, value)).await.is_problem(403, "auth.csrf_failed");
    }
    server.send(run()).await.is_problem(403, "auth.csrf_failed");
    let own = [
        ("origin", host.as_str()),
        ("origin", "https://app.example.org"),
        ("origin", "http://judge.example.org"),
        ("sec-fetch-site", "same-origin"),
    ];
    for (name, value) in own {
        assert_eq!(server.send(run().header(name, value)).await.status, 201, "{name}: {value}");
    }
}

#[tokio::test]
async fn the_refresh_cookie_is_protected_too_and_works_with_a_stale_access_cookie() {
    let server = Server::start().await;
    server.token("ada", Role::User).await;
    let session = session(&server.login("ada").await);
    server.fakes.clock.advance(chrono::Duration::hours(1));
    let refresh = || by_cookie(server.post("/api/v1/auth/refresh"), &session);
    server
        .send(refresh().header("origin", "https://evil.example"))
        .await
        .is_problem(403, "auth.csrf_failed");
    let renewed = server.send(refresh().header("sec-fetch-site", "same-origin")).await;
    assert_eq!(cookies(&renewed).len(), 2);
    renewed.data();
    // The stale access cookie counts as nobody.
    server.send(by_cookie(server.get("/api/v1/problems"), &session)).await.data();
    server
        .send(by_cookie(server.get("/api/v1/users/me"), &session))
        .await
        .is_problem(401, "auth.required");
}
