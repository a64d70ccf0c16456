//! Rate limits.

use crate::harness::Server;
use codesm_core::kernel::Role;
use serde_json::json;

fn left(answer: &crate::harness::Answer) -> (u32, u32) {
    let number = |name: &str| answer.header(name).parse().unwrap();
    (number("ratelimit-limit"), number("ratelimit-remaining"))
}

#[tokio::test]
async fn anonymous_calls_are_limited_by_address_and_recover() {
    let server = Server::with(|settings| settings.limits.anonymous_per_minute = 3).await;
    for expected in [2, 1, 0] {
        assert_eq!(left(&server.fetch("/api/v1/problems", None).await), (3, expected));
    }
    let refused = server.fetch("/api/v1/problems", None).await;
    refused.is_problem(429, "rate.limited");
    assert_eq!((left(&refused), refused.header("retry-after")), ((3, 0), "20"));
    assert_eq!(refused.header("ratelimit-reset"), "60");
    // A refused call takes nothing.
    server.fakes.clock.advance(chrono::Duration::seconds(20));
    server.fetch("/api/v1/problems", None).await.data();
    // Wrong credentials are paid for by the address.
    server
        .send(server.get("/api/v1/problems").bearer_auth("rubbish"))
        .await
        .is_problem(429, "rate.limited");
    // Health and metrics are free.
    assert_eq!(server.fetch("/health/live", None).await.status, 200);
    assert_eq!(server.fetch("/metrics", None).await.status, 200);
}

#[tokio::test]
async fn users_have_buckets_of_their_own_and_submissions_another() {
    let server = Server::with(|settings| settings.limits.submissions_per_minute = 2).await;
    let bob = server.token("bob", Role::User).await;
    let eve = server.token("eve", Role::User).await;
    let run = json!({ "language": "python", "source": "1" });
    assert_eq!(left(&server.post_json("/api/v1/runs", Some(&bob), &run).await), (2, 1));
    assert_eq!(
        left(&server.post_json("/api/v1/problems/x/submissions", Some(&bob), &run).await),
        (2, 0)
    );
    server
        .post_json("/api/v1/runs", Some(&bob), &run)
        .await
        .is_problem(429, "rate.limited");
    assert_eq!(left(&server.post_json("/api/v1/runs", Some(&eve), &run).await), (2, 1));
    assert_eq!(left(&server.fetch("/api/v1/users/me", Some(&bob)).await), (600, 599));
}

#[tokio::test]
async fn logins_are_limited_by_address_whoever_tries() {
    let server = Server::with(|settings| settings.limits.login_per_minute = 2).await;
    let body = json!({ "email": "a@example.org", "password": "x" });
    server
        .post_json("/api/v1/auth/login", None, &body)
        .await
        .is_problem(401, "auth.invalid_credentials");
    server
        .send(server.post("/api/v1/auth/refresh"))
        .await
        .is_problem(401, "auth.invalid_refresh_token");
    server
        .post_json("/api/v1/auth/register", None, &body)
        .await
        .is_problem(429, "rate.limited");
}

#[tokio::test]
async fn forwarded_addresses_count_only_behind_trusted_proxies() {
    for (trusted, separate) in [(vec!["127.0.0.0/8".parse().unwrap()], true), (Vec::new(), false)] {
        let server = Server::with(|settings| {
            settings.trusted_proxies = trusted;
            settings.limits.anonymous_per_minute = 1;
        })
        .await;
        let from = |address: &str| {
            server
                .get("/api/v1/problems")
                .header("x-forwarded-for", format!("6.6.6.6, {address}"))
        };
        assert_eq!(server.send(from("203.0.113.1")).await.status, 200);
        let second = server.send(from("203.0.113.2")).await;
        assert_eq!(second.status.is_success(), separate);
        assert_eq!(server.send(from("203.0.113.1")).await.status, 429);
    }
}
