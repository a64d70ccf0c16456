//! What is wrong is refused with a clear answer, and nothing is half-written.

use crate::harness::{Answer, Installation, PYTHON_SUM};
use reqwest::Method;
use serde_json::{Value, json};

#[tokio::test]
async fn every_way_to_be_wrong_is_a_problem_document() {
    let installation = Installation::new();
    let server = installation.serve("serve").await;
    let api = &server.api;
    api.get("/nowhere").await.problem(404, "route.not_found");
    let answer = Answer::of(api.request(Method::DELETE, "/languages").send().await.unwrap()).await;
    answer.problem(405, "route.method_not_allowed");
    let send = |body: Vec<u8>, content_type: &'static str| {
        let request = api
            .request(Method::POST, "/auth/login")
            .header("content-type", content_type)
            .body(body);
        async move { Answer::of(request.send().await.unwrap()).await }
    };
    send(b"{".to_vec(), "application/json").await.problem(400, "request.malformed_json");
    send(b"{\"email\": \"\xff\"}".to_vec(), "application/json")
        .await
        .problem(400, "request.malformed_json");
    send(b"{}".to_vec(), "text/plain")
        .await
        .problem(415, "request.unsupported_media_type");
    send(vec![b' '; 1_500_000], "application/json")
        .await
        .problem(413, "request.too_large");
    let wrong_type = send(b"{\"email\": 7, \"password\": \"x\"}".to_vec(), "application/json").await;
    assert_eq!(wrong_type.status, 400, "{}", wrong_type.text);
    assert!(wrong_type.body["errors"].to_string().contains("email"), "{}", wrong_type.text);
    api.get("/problems?limit=1&limit=2")
        .await
        .problem(400, "request.duplicate_parameter");
    api.get("/problems?limit=0").await.problem(422, "page.invalid_limit");
    api.get("/problems?cursor=zz").await.problem(400, "page.invalid_cursor");
    api.get("/problems/no-such-problem").await.problem(404, "problem.not_found");
}

#[tokio::test]
async fn wrong_submissions_are_refused_and_leave_no_row() {
    let installation = Installation::new();
    let server = installation.serve("all").await;
    let admin = installation.admin(&server).await;
    admin.sum_problem("sum", 1).await;
    admin
        .post(
            "/problems",
            json!({ "title": "Draft", "slug": "draft", "statement": "", "difficulty": "easy", "tags": [] }),
        )
        .await
        .data(201);
    let user = server.api.user("ada").await;
    let send = |slug: &'static str, body: Value| {
        let user = user.clone();
        async move { user.post(&format!("/problems/{slug}/submissions"), body).await }
    };
    let python = |source: &str| json!({ "language": "python", "source": source });
    send("sum", json!({ "language": "cobol", "source": "x" }))
        .await
        .problem(422, "submission.unknown_language");
    send("sum", python(" \n")).await.problem(422, "submission.source_empty");
    send("sum", python(&"#".repeat(128 * 1024 + 1)))
        .await
        .problem(422, "submission.source_too_large");
    send("sum", python("print(1)\u{0}"))
        .await
        .problem(422, "submission.source_not_text");
    send("sum", json!({ "language": "python" }))
        .await
        .problem(422, "submission.source_missing");
    send("sum", json!({ "language": "python", "source": "x", "stdin": "y" }))
        .await
        .problem(422, "submission.stdin_not_allowed");
    let files = json!({ "language": "python", "files": [{ "name": "../main.py", "content": "x" }] });
    send("sum", files).await.problem(422, "submission.file_name_invalid");
    send("no-such-problem", python("x")).await.problem(404, "problem.not_found");
    send("draft", python("x")).await.problem(404, "problem.not_found");
    admin
        .post("/problems/draft/submissions", python("x"))
        .await
        .problem(409, "problem.not_published");
    server
        .api
        .post("/problems/sum/submissions", python("x"))
        .await
        .problem(401, "auth.required");
    let both = send("sum", json!({ "language": "cobol", "source": "" }))
        .await
        .problem(422, "submission.unknown_language");
    assert_eq!(both["errors"].as_array().map(Vec::len), Some(2), "{both}");
    assert_eq!(user.get("/submissions").await.data(200), json!([]));
    user.post(
        "/problems",
        json!({ "title": "", "statement": "", "difficulty": "easy", "tags": [] }),
    )
    .await
    .problem(403, "auth.forbidden");
}

#[tokio::test]
async fn the_bucket_of_submissions_is_its_own_and_says_how_long_to_wait() {
    let installation = Installation::new().set("CODESM_LIMITS_SUBMISSIONS_PER_MINUTE", "3");
    let server = installation.serve("all").await;
    let admin = installation.admin(&server).await;
    admin.sum_problem("sum", 1).await;
    let user = server.api.user("ada").await;
    for left in [2, 1, 0] {
        let body = json!({ "language": "python", "source": PYTHON_SUM });
        let answer = user.post("/problems/sum/submissions", body).await;
        assert_eq!(answer.headers["ratelimit-limit"], "3");
        assert_eq!(answer.headers["ratelimit-remaining"], left.to_string().as_str());
        answer.data(201);
    }
    let answer = user
        .post("/problems/sum/submissions", json!({ "language": "python", "source": PYTHON_SUM }))
        .await;
    let wait: u64 = answer.headers["retry-after"].to_str().unwrap().parse().unwrap();
    assert!((1..=20).contains(&wait), "{wait}");
    answer.problem(429, "rate.limited");
    user.get("/users/me").await.data(200);
}
