//! Several submissions in one request.

use crate::harness::Server;
use codesm_core::kernel::Role;
use serde_json::{Value, json};

fn item(slug: &str, language: &str) -> Value {
    json!({ "problem": slug, "language": language, "source": "int main() {}" })
}

#[tokio::test]
async fn a_batch_gives_its_receipts_in_order_and_costs_a_whole_bucket() {
    let server = Server::with(|settings| settings.limits.submissions_per_minute = 10).await;
    let author = server.token("author", Role::Author).await;
    let slug = server.problem(&author).await["slug"].as_str().unwrap().to_owned();
    let user = server.token("ada", Role::User).await;
    let body = json!({ "submissions": [item(&slug, "cpp"), item(&slug, "python")] });
    let answer = server.post_json("/api/v1/submissions/batch", Some(&user), &body).await;
    assert_eq!(answer.status, 201, "{}", String::from_utf8_lossy(&answer.bytes));
    assert_eq!(
        (answer.header("location"), answer.header("ratelimit-remaining")),
        ("/api/v1/submissions", "0")
    );
    let data = answer.data();
    let languages: Vec<&Value> = data.as_array().unwrap().iter().map(|it| &it["language"]).collect();
    assert_eq!(languages, ["cpp", "python"]);
    assert_eq!(server.fakes.store.jobs().len(), 2);
    server
        .post_json("/api/v1/submissions/batch", Some(&user), &body)
        .await
        .is_problem(429, "rate.limited");
}

#[tokio::test]
async fn what_is_wrong_with_which_is_named_and_nothing_is_taken() {
    let server = Server::start().await;
    let author = server.token("author", Role::Author).await;
    let slug = server.problem(&author).await["slug"].as_str().unwrap().to_owned();
    let user = server.token("ada", Role::User).await;
    let body = json!({ "submissions": [item(&slug, "cpp"), item(&slug, "klingon"), item("nowhere", "cpp")] });
    let answer = server.post_json("/api/v1/submissions/batch", Some(&user), &body).await;
    answer.is_problem(422, "submission.unknown_language");
    let fields: Vec<String> = answer.fields().into_iter().map(|(field, _)| field).collect();
    assert_eq!(fields, ["submissions[1].language", "submissions[2]"]);
    assert!(server.fakes.store.jobs().is_empty());
}

#[tokio::test]
async fn a_batch_needs_a_login_and_submissions() {
    let server = Server::start().await;
    let empty = json!({ "submissions": [] });
    let anonymous = server.post_json("/api/v1/submissions/batch", None, &empty).await;
    anonymous.is_problem(401, "auth.required");
    let left: u32 = anonymous.header("ratelimit-remaining").parse().unwrap();
    assert!(left > 1, "everybody at the address would have to wait: {left}");
    let user = server.token("ada", Role::User).await;
    server
        .post_json("/api/v1/submissions/batch", Some(&user), &empty)
        .await
        .is_problem(422, "submission.batch_size");
    let other = server.token("bob", Role::User).await;
    server
        .post_json("/api/v1/submissions/batch", Some(&other), &json!({}))
        .await
        .is_problem(400, "request.invalid_body");
}
