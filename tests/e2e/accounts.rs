use crate::harness::{Answer, Installation};
use reqwest::Method;
use serde_json::json;
use std::time::Instant;

#[tokio::test]
async fn an_account_is_opened_used_and_left() {
    let installation = Installation::new();
    let server = installation.serve("serve").await;
    let user = server.api.user("ada").await;
    let me = user.get("/users/me").await.data(200);
    assert_eq!(
        (me["username"].as_str(), me["role"].as_str(), me["emailVerified"].as_bool()),
        (Some("ada"), Some("user"), Some(false))
    );
    assert!(!me.to_string().to_lowercase().contains("password"));

    let taken = json!({ "email": "ADA@example.org", "username": "other", "password": "correct horse" });
    server.api.post("/auth/register", taken).await.problem(409, "auth.email_taken");
    let taken = json!({ "email": "other@example.org", "username": "ada", "password": "correct horse" });
    server.api.post("/auth/register", taken).await.problem(409, "auth.username_taken");

    assert_eq!(user.post("/auth/logout", json!({})).await.status, 204);
    user.get("/users/me").await.problem(401, "auth.invalid_token");
    server
        .api
        .post("/auth/refresh", json!({ "refreshToken": user.refresh }))
        .await
        .problem(401, "auth.invalid_refresh_token");
    server.api.get("/users/me").await.problem(401, "auth.required");
}

#[tokio::test]
async fn every_offending_field_of_a_registration_is_named() {
    let installation = Installation::new();
    let server = installation.serve("serve").await;
    let body = json!({ "email": "nobody", "username": "A", "password": "short" });
    let problem = server.api.post("/auth/register", body).await.problem(422, "validation.failed");
    let fields: Vec<&str> = problem["errors"]
        .as_array()
        .unwrap()
        .iter()
        .filter_map(|error| error["field"].as_str())
        .collect();
    assert_eq!(fields, ["email", "username", "password"]);
}

#[tokio::test]
async fn a_replayed_refresh_token_ends_the_session_for_thief_and_owner() {
    let installation = Installation::new();
    let server = installation.serve("serve").await;
    let user = server.api.user("ada").await;
    let other_device = server.api.login("ada@example.org", "correct horse").await;
    let refresh = |token: String| {
        let api = server.api.clone();
        async move { api.post("/auth/refresh", json!({ "refreshToken": token })).await }
    };
    let second = refresh(user.refresh.clone()).await.data(200);
    let second_token = second["refreshToken"].as_str().unwrap().to_owned();
    assert_ne!(second_token, user.refresh);

    refresh(user.refresh.clone()).await.problem(401, "auth.refresh_token_reused");
    refresh(second_token).await.problem(401, "auth.invalid_refresh_token");
    user.get("/users/me").await.problem(401, "auth.invalid_token");
    other_device.get("/users/me").await.data(200);
}

#[tokio::test]
async fn logout_everywhere_ends_every_session() {
    let installation = Installation::new();
    let server = installation.serve("serve").await;
    let phone = server.api.user("ada").await;
    let laptop = server.api.login("ada@example.org", "correct horse").await;
    assert_eq!(phone.post("/auth/logout-all", json!({})).await.status, 204);
    laptop.get("/users/me").await.problem(401, "auth.invalid_token");
    server
        .api
        .post("/auth/refresh", json!({ "refreshToken": laptop.refresh }))
        .await
        .problem(401, "auth.invalid_refresh_token");
    server
        .api
        .login("ada@example.org", "correct horse")
        .await
        .get("/users/me")
        .await
        .data(200);
}

#[tokio::test]
async fn an_unknown_address_and_a_wrong_password_are_the_same_answer_after_the_same_work() {
    let installation = Installation::new();
    let server = installation.serve("serve").await;
    server.api.user("ada").await;
    let mut times = [Vec::new(), Vec::new()];
    let mut answers = Vec::new();
    // Four each: one more failure would be delayed.
    for _ in 0..4 {
        for (kind, email) in ["ada@example.org", "nobody@example.org"].into_iter().enumerate() {
            let begun = Instant::now();
            let answer = server
                .api
                .post("/auth/login", json!({ "email": email, "password": "wrong horse" }))
                .await;
            times[kind].push(begun.elapsed());
            let mut body = answer.problem(401, "auth.invalid_credentials");
            body["requestId"] = json!(null);
            answers.push(body);
        }
    }
    assert!(answers.windows(2).all(|pair| pair[0] == pair[1]), "{answers:?}");
    let best = |times: &[std::time::Duration]| times.iter().min().copied().unwrap();
    // Skipping the hash would be a hundred times quicker; noise is not.
    let (known, unknown) = (best(&times[0]), best(&times[1]));
    assert!(unknown * 3 > known && known * 3 > unknown, "known {known:?}, unknown {unknown:?}");
}

#[tokio::test]
async fn the_sixth_failed_login_is_delayed_for_known_and_unknown_addresses_alike() {
    let installation = Installation::new();
    let server = installation.serve("serve").await;
    server.api.user("ada").await;
    for email in ["ada@example.org", "nobody@example.org"] {
        for _ in 0..5 {
            server
                .api
                .post("/auth/login", json!({ "email": email, "password": "wrong horse" }))
                .await
                .problem(401, "auth.invalid_credentials");
        }
        let answer = server
            .api
            .post("/auth/login", json!({ "email": email, "password": "wrong horse" }))
            .await;
        assert!(answer.headers.contains_key("retry-after"));
        answer.problem(429, "auth.too_many_attempts");
    }
}

#[tokio::test]
async fn passwords_and_tokens_are_never_logged_or_stored_readable() {
    let installation = Installation::new().set("CODESM_LOG_LEVEL", "debug");
    let server = installation.serve("serve").await;
    let user = server.api.user("ada").await;
    let request = user.request(Method::GET, "/users/me?token=visible-in-query").send().await.unwrap();
    Answer::of(request).await;
    let log = server.running.log_text();
    let database = std::fs::read(installation.data_dir().join("codesm.sqlite")).unwrap();
    let wal = std::fs::read(installation.data_dir().join("codesm.sqlite-wal")).unwrap_or_default();
    for secret in ["correct horse", &user.access, &user.refresh, "visible-in-query"] {
        assert!(!log.contains(secret), "{secret} is in the log");
        for bytes in [&database, &wal] {
            assert!(
                !bytes.windows(secret.len()).any(|window| window == secret.as_bytes()),
                "{secret} is in the database"
            );
        }
    }
    assert!(!log.contains(&user.id), "the log has pseudonyms, not account ids");
}
