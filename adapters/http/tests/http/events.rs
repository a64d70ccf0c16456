//! Live events.

use crate::harness::Server;
use crate::submissions::{judge, result};
use codesm_core::judging::Verdict;
use codesm_core::kernel::Role;
use codesm_core::store::UnitOfWork;
use codesm_core::submissions::{LiveEvents, Progress, ProgressStep, SubmissionState};
use serde_json::{Value, json};
use std::time::Duration;

/// `(id, event, data)` of everything in a stream.
fn parse(text: &str) -> Vec<(u64, String, Value)> {
    let blocks = text.split("\n\n").filter(|block| block.contains("event:"));
    let field = |block: &str, name: &str| {
        let line = block
            .lines()
            .find(|line| line.starts_with(name))
            .unwrap_or_else(|| panic!("{name} in {block}"));
        line[name.len() + 1..].trim().to_owned()
    };
    blocks
        .map(|block| {
            let data = serde_json::from_str(&field(block, "data")).unwrap();
            (field(block, "id").parse().unwrap(), field(block, "event"), data)
        })
        .collect()
}

async fn receipt(server: &Server) -> (String, Value) {
    let token = server.token("bob", Role::Author).await;
    server.problem(&token).await;
    let body = json!({ "language": "python", "source": "print(3)" });
    let submission = server
        .post_json("/api/v1/problems/a-plus-b/submissions", Some(&token), &body)
        .await
        .data();
    (token, submission["id"].clone())
}

fn events(id: &Value) -> String {
    format!("/api/v1/submissions/{}/events", id.as_str().unwrap())
}

#[tokio::test]
async fn a_judged_submission_tells_its_whole_story_and_resumes_anywhere_in_it() {
    let server = Server::start().await;
    let (token, id) = receipt(&server).await;
    judge(&server, &id).await;
    let whole = server.fetch(&events(&id), Some(&token)).await;
    assert_eq!(whole.header("content-type"), "text/event-stream");
    assert!(whole.header("cache-control").contains("no-cache"));
    let story = parse(&String::from_utf8_lossy(&whole.bytes));
    let names: Vec<&str> = story.iter().map(|(_, name, _)| name.as_str()).collect();
    assert_eq!(names, ["state", "state", "state", "test", "test", "verdict"]);
    assert!(story.is_sorted_by(|a, b| a.0 < b.0));
    assert_eq!(story[0].2, json!({ "state": "queued" }));
    assert_eq!((&story[3].2["index"], &story[3].2["verdict"]), (&json!(1), &json!("accepted")));
    let verdict = json!({
        "state": "done", "verdict": "wrong_answer", "score": 0.0, "maxScore": 1.0, "groups": [], "judgedAt": "2026-01-01T00:00:00.123456Z"
    });
    assert_eq!(story[5].2, verdict);

    for seen in 0..story.len() {
        let request = server
            .get(&events(&id))
            .bearer_auth(&token)
            .header("last-event-id", story[seen].0.to_string());
        let rest = server.send(request).await;
        assert_eq!(parse(&String::from_utf8_lossy(&rest.bytes)), story[seen + 1..], "{seen}");
    }
}

#[tokio::test]
async fn events_come_while_things_happen() {
    let server = Server::start().await;
    let (token, id) = receipt(&server).await;
    let request = server.get(&events(&id)).bearer_auth(&token).header("accept-encoding", "gzip, zstd");
    let mut response = request.send().await.unwrap();
    assert!(!response.headers().contains_key("content-encoding"));
    let first = response.chunk().await.unwrap().unwrap();
    assert_eq!(parse(&String::from_utf8_lossy(&first))[0].2, json!({ "state": "queued" }));

    let submission = id.as_str().unwrap().parse().unwrap();
    let tell = |step| server.fakes.events.publish(submission, Progress { attempt: 1, step });
    tell(ProgressStep::State(SubmissionState::Compiling));
    tell(ProgressStep::State(SubmissionState::Running));
    tell(ProgressStep::Test(Box::new(result(1, true, Verdict::Accepted))));
    let mut text = String::new();
    while parse(&text).len() < 3 {
        let chunk = tokio::time::timeout(Duration::from_secs(5), response.chunk()).await.unwrap();
        text += &String::from_utf8_lossy(&chunk.unwrap().unwrap());
    }
    assert_eq!(parse(&text)[2].1, "test");
    judge(&server, &id).await;
    while let Some(chunk) = response.chunk().await.unwrap() {
        text += &String::from_utf8_lossy(&chunk);
    }
    assert_eq!(parse(&text).last().unwrap().1, "verdict");
}

#[tokio::test]
async fn streams_end_when_the_server_stops() {
    let server = Server::start().await;
    let (token, id) = receipt(&server).await;
    let mut response = server.get(&events(&id)).bearer_auth(&token).send().await.unwrap();
    response.chunk().await.unwrap().unwrap();
    server.shutdown.cancel();
    let end = tokio::time::timeout(Duration::from_secs(2), response.chunk()).await.unwrap();
    assert!(end.unwrap().is_none());
    tokio::time::timeout(Duration::from_secs(3), server.running)
        .await
        .unwrap()
        .unwrap()
        .unwrap();
}

#[tokio::test]
async fn a_stream_that_cannot_begin_is_a_problem() {
    let server = Server::start().await;
    let (token, id) = receipt(&server).await;
    server.fetch(&events(&id), None).await.is_problem(401, "auth.required");
    server
        .fetch(&events(&json!("x")), Some(&token))
        .await
        .is_problem(404, "submission.not_found");
    let stranger = server.token("eve", Role::User).await;
    server
        .fetch(&events(&id), Some(&stranger))
        .await
        .is_problem(404, "submission.not_found");
    let request = server.get(&events(&id)).bearer_auth(&token).header("last-event-id", "yesterday");
    server.send(request).await.is_problem(400, "request.invalid_parameter");
}

#[tokio::test]
async fn a_lost_database_ends_the_stream_without_a_verdict() {
    let server = Server::start().await;
    let (token, id) = receipt(&server).await;
    let mut response = server.get(&events(&id)).bearer_auth(&token).send().await.unwrap();
    response.chunk().await.unwrap().unwrap();
    server.fakes.store.set_down(true);
    let submission = id.as_str().unwrap().parse().unwrap();
    server.fakes.events.publish(
        submission,
        Progress {
            attempt: 1,
            step: ProgressStep::Finished,
        },
    );
    assert!(response.chunk().await.unwrap().is_none());
    assert!(server.fakes.store.begin().await.is_err());
}
