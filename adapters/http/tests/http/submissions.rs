//! Submissions, runs, history, languages, idempotency.

use crate::harness::{Answer, Server};
use codesm_core::judging::{TestResult, Verdict};
use codesm_core::kernel::{Role, SubmissionId};
use codesm_core::store::UnitOfWork;
use codesm_core::submissions::{Judgement, LiveEvents, Progress, ProgressStep};
use reqwest::RequestBuilder;
use serde_json::{Value, json};
use std::time::{Duration, Instant};

pub(crate) fn result(index: u32, sample: bool, verdict: Verdict) -> TestResult {
    TestResult {
        index,
        name: format!("secret/{index}"),
        sample,
        verdict,
        score: 1.0,
        cpu_ms: 10 * index,
        wall_ms: 12 * index,
        memory_kb: 1000,
        exit_code: Some(0),
        signal: None,
        message: Some("for you".to_owned()),
        judge_message: Some("for the author".to_owned()),
        stdout: Some("3\n".to_owned()),
        stderr: Some(String::new()),
    }
}

pub(crate) fn wrong_answer() -> Judgement {
    Judgement {
        verdict: Verdict::WrongAnswer,
        score: 0.0,
        max_score: Some(1.0),
        compile_output: Some("warning".to_owned()),
        tests: vec![result(1, true, Verdict::Accepted), result(2, false, Verdict::WrongAnswer)],
        measured_by: Some("fake".to_owned()),
        sandbox_tier: Some("B".to_owned()),
        worker_speed: None,
        groups: Vec::new(),
        error_code: None,
    }
}

/// What a worker would do.
pub(crate) async fn judge(server: &Server, id: &Value) {
    judge_as(server, id, wrong_answer()).await;
}

pub(crate) async fn judge_as(server: &Server, id: &Value, judgement: Judgement) {
    let id: SubmissionId = id.as_str().unwrap().parse().unwrap();
    let tx = server.fakes.store.begin().await.unwrap();
    let mut submission = tx.submissions().by_id(id).await.unwrap().unwrap();
    assert!(submission.begin(1) && submission.running(1));
    assert!(submission.finish(1, judgement, codesm_core::kernel::Clock::now(&*server.fakes.clock)));
    tx.submissions().save(&submission).await.unwrap();
    tx.commit().await.unwrap();
    server.fakes.events.publish(
        id,
        Progress {
            attempt: 1,
            step: ProgressStep::Finished,
        },
    );
}

fn source() -> Value {
    json!({ "language": "python", "source": "print(3)" })
}

#[tokio::test]
async fn a_submission_is_received_judged_and_shown_to_whom_it_concerns() {
    let server = Server::start().await;
    let author = server.token("ada", Role::Author).await;
    let solver = server.token("bob", Role::User).await;
    let stranger = server.token("eve", Role::User).await;
    let problem = server.problem(&author).await;
    let receipt = server
        .post_json("/api/v1/problems/a-plus-b/submissions", Some(&solver), &source())
        .await;
    assert_eq!(receipt.status, 201);
    let submission = receipt.data();
    let address = format!("/api/v1/submissions/{}", submission["id"].as_str().unwrap());
    assert_eq!(receipt.header("location"), address);
    assert_eq!(
        (&submission["state"], &submission["verdict"], &submission["tests"]),
        (&json!("queued"), &Value::Null, &json!([]))
    );
    assert_eq!((&submission["problemId"], &submission["mode"]), (&problem["id"], &json!("submit")));
    assert_eq!(
        (&submission["source"], &submission["files"][0]["name"]),
        (&json!("print(3)"), &json!("main.py"))
    );

    judge(&server, &submission["id"]).await;
    let own = server.fetch(&address, Some(&solver)).await.data();
    assert_eq!(
        (&own["state"], &own["verdict"], &own["score"]),
        (&json!("done"), &json!("wrong_answer"), &json!(0.0))
    );
    assert_eq!(
        (&own["cpuMs"], &own["memoryKb"], &own["compileOutput"]),
        (&json!(20), &json!(1000), &json!("warning"))
    );
    let [sample, hidden] = &own["tests"].as_array().unwrap()[..] else {
        panic!("two tests")
    };
    assert_eq!(
        (&sample["input"], &sample["answer"], &sample["stdout"]),
        (&json!("1 2\n"), &json!("3\n"), &json!("3\n"))
    );
    for key in ["input", "answer", "stdout", "stderr", "name", "judgeMessage"] {
        assert!(hidden.get(key).is_none(), "{key}: {hidden}");
    }
    let authors = server.fetch(&address, Some(&author)).await.data();
    let hidden = &authors["tests"][1];
    assert_eq!(
        (&hidden["name"], &hidden["judgeMessage"]),
        (&json!("secret/2"), &json!("for the author"))
    );
    for key in ["input", "answer", "stdout", "stderr"] {
        assert!(hidden.get(key).is_none(), "{key}: {hidden}");
    }
    server
        .fetch(&address, Some(&stranger))
        .await
        .is_problem(404, "submission.not_found");
    server.fetch(&address, None).await.is_problem(401, "auth.required");
    server
        .fetch("/api/v1/submissions/rubbish", Some(&solver))
        .await
        .is_problem(404, "submission.not_found");
}

#[tokio::test]
async fn waiting_gives_the_verdict_as_soon_as_it_is_there() {
    let server = Server::start().await;
    let author = server.token("ada", Role::Author).await;
    server.problem(&author).await;
    let begun = Instant::now();
    let body = source();
    let waiting = server.post_json("/api/v1/problems/a-plus-b/submissions?wait=30", Some(&author), &body);
    let judging = async {
        while server.fakes.store.submissions().is_empty() {
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
        tokio::time::sleep(Duration::from_millis(50)).await;
        let id = server.fakes.store.submissions()[0].id;
        judge(&server, &json!(id)).await;
    };
    let (answer, ()) = tokio::join!(waiting, judging);
    assert_eq!(answer.status, 201);
    assert_eq!(answer.data()["verdict"], "wrong_answer");
    assert!(begun.elapsed() < Duration::from_secs(10));
    for wait in ["31", "4000000000"] {
        let refused = server
            .post_json(&format!("/api/v1/runs?wait={wait}"), Some(&author), &source())
            .await;
        refused.is_problem(422, "request.invalid_wait");
    }
    let refused = server.post_json("/api/v1/runs?wait=soon", Some(&author), &source()).await;
    refused.is_problem(400, "request.invalid_parameter");
}

#[tokio::test]
async fn waiting_lasts_no_longer_than_asked_even_if_the_clock_stands_still() {
    let server = Server::start().await;
    let token = server.token("bob", Role::User).await;
    let begun = Instant::now();
    let answer = server.post_json("/api/v1/runs?wait=1", Some(&token), &source()).await;
    assert_eq!(answer.data()["state"], "queued");
    assert!((1..5).contains(&begun.elapsed().as_secs()));
}

#[tokio::test]
async fn waiting_ends_when_the_server_stops_and_the_receipt_still_comes() {
    let server = Server::start().await;
    let author = server.token("ada", Role::Author).await;
    let body = source();
    let waiting = server.post_json("/api/v1/runs?wait=30", Some(&author), &body);
    let stopping = async {
        while server.fakes.store.submissions().is_empty() {
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
        server.shutdown.cancel();
    };
    let (answer, ()) = tokio::join!(waiting, stopping);
    assert_eq!(answer.data()["state"], "queued");
    server.running.await.unwrap().unwrap();
}

fn keyed(request: RequestBuilder, key: &str) -> RequestBuilder {
    request.header("idempotency-key", key)
}

#[tokio::test]
async fn a_repeated_key_gives_the_first_receipt_and_another_body_is_refused() {
    let server = Server::start().await;
    let author = server.token("ada", Role::Author).await;
    let other = server.token("bob", Role::Author).await;
    server.problem(&author).await;
    let submit = |token: &str, body: &Value| {
        let request = server.post("/api/v1/problems/a-plus-b/submissions").bearer_auth(token);
        keyed(request.json(body), "k-1")
    };
    let first = server.send(submit(&author, &source())).await;
    assert_eq!(first.status, 201);
    // Unknown fields, order and explicit nulls make no other request.
    let same = json!({ "source": "print(3)", "stdin": null, "language": "python", "future": 1 });
    let again = server.send(submit(&author, &same)).await;
    assert_eq!((again.status.as_u16(), &again.data()["id"]), (200, &first.data()["id"]));
    assert_eq!(again.header("location"), first.header("location"));
    let mismatch = json!({ "language": "python", "source": "print(4)" });
    server
        .send(submit(&author, &mismatch))
        .await
        .is_problem(422, "idempotency.mismatch");
    let run = keyed(server.post("/api/v1/runs").bearer_auth(&author).json(&source()), "k-1");
    server.send(run).await.is_problem(422, "idempotency.mismatch");
    // Keys belong to their user.
    assert_eq!(server.send(submit(&other, &source())).await.status, 201);
    assert_eq!(server.fakes.store.submissions().len(), 2);
}

#[tokio::test]
async fn bad_idempotency_keys_are_never_ignored() {
    let server = Server::start().await;
    let token = server.token("bob", Role::User).await;
    let run = || server.post("/api/v1/runs").bearer_auth(&token).json(&source());
    let long = "x".repeat(256);
    for key in ["", "a b", long.as_str()] {
        server
            .send(keyed(run(), key))
            .await
            .is_problem(422, "submission.invalid_idempotency_key");
    }
    let refused = server.send(run().header("idempotency-key", &b"\xff\xfe"[..])).await;
    refused.is_problem(400, "request.invalid_parameter");
    assert_eq!(refused.fields()[0].0, "Idempotency-Key");
    server
        .send(keyed(keyed(run(), "a"), "b"))
        .await
        .is_problem(400, "request.invalid_parameter");
    assert!(server.fakes.store.submissions().is_empty());
}

#[tokio::test]
async fn every_offence_of_a_program_is_listed() {
    let server = Server::start().await;
    let token = server.token("bob", Role::User).await;
    let body =
        json!({ "language": "cobol", "files": [{ "name": "../x", "content": "a\u{0}b" }], "args": ["a\u{0}"], "limits": { "timeMs": 0 } });
    let refused = server.post_json("/api/v1/runs", Some(&token), &body).await;
    assert_eq!(refused.status, 422);
    let fields: Vec<String> = refused.fields().into_iter().map(|(field, _)| field).collect();
    for field in ["language", "files[0].content", "files[0].name", "args", "limits.timeMs"] {
        assert!(fields.contains(&field.to_owned()), "{field}: {fields:?}");
    }
    for (body, code) in [
        (json!({ "language": "python" }), "submission.source_missing"),
        (
            json!({ "language": "python", "source": "a", "files": [] }),
            "submission.source_ambiguous",
        ),
        (json!({ "language": "python", "source": "  " }), "submission.source_empty"),
        (json!({ "language": "java", "source": "a" }), "submission.language_unavailable"),
        (
            json!({ "language": "python", "source": "a".repeat(200_000) }),
            "submission.source_too_large",
        ),
    ] {
        server.post_json("/api/v1/runs", Some(&token), &body).await.is_problem(422, code);
    }
}

#[tokio::test]
async fn a_run_keeps_its_input_arguments_and_limits() {
    let server = Server::start().await;
    let token = server.token("bob", Role::User).await;
    let body = json!({ "language": "python", "source": "x", "stdin": "5", "args": ["-v"], "limits": { "timeMs": 500 } });
    let run = server.post_json("/api/v1/runs", Some(&token), &body).await.data();
    assert_eq!(
        (&run["problemId"], &run["mode"], &run["stdin"], &run["args"]),
        (&Value::Null, &json!("run"), &json!("5"), &json!(["-v"]))
    );
    assert_eq!(run["limits"], json!({ "timeMs": 500, "memoryMb": 256, "outputKb": 1024 }));
}

#[tokio::test]
async fn the_history_is_ones_own_unless_one_is_an_admin() {
    let server = Server::start().await;
    let admin = server.token("root", Role::Admin).await;
    let bob = server.token("bob", Role::User).await;
    let eve = server.token("eve", Role::User).await;
    server.problem(&admin).await;
    for token in [&bob, &bob, &eve] {
        server
            .post_json("/api/v1/problems/a-plus-b/submissions", Some(token), &source())
            .await
            .data();
    }
    let count = |answer: &Answer| answer.data().as_array().unwrap().len();
    let own = server.fetch("/api/v1/submissions?limit=1", Some(&bob)).await;
    assert_eq!(count(&own), 1);
    let cursor = own.json()["meta"]["page"]["nextCursor"].as_str().unwrap().to_owned();
    let rest = server.fetch(&format!("/api/v1/submissions?cursor={cursor}"), Some(&bob)).await;
    assert_eq!(count(&rest), 1);
    assert!(rest.data()[0].get("source").is_none());
    assert_eq!(count(&server.fetch("/api/v1/submissions?problem=a-plus-b", Some(&admin)).await), 3);
    let eves_id = server.fetch("/api/v1/users/me", Some(&eve)).await.data()["id"]
        .as_str()
        .unwrap()
        .to_owned();
    assert_eq!(
        count(&server.fetch(&format!("/api/v1/submissions?user={eves_id}"), Some(&admin)).await),
        1
    );
    server
        .fetch(&format!("/api/v1/submissions?user={eves_id}"), Some(&bob))
        .await
        .is_problem(403, "auth.forbidden");
    assert_eq!(count(&server.fetch("/api/v1/submissions?verdict=accepted", Some(&admin)).await), 0);
    for (query, name) in [("verdict=perfect", "verdict"), ("user=bob", "user")] {
        let refused = server.fetch(&format!("/api/v1/submissions?{query}"), Some(&admin)).await;
        refused.is_problem(400, "request.invalid_parameter");
        assert_eq!(refused.fields()[0].0, name);
    }
    server
        .fetch("/api/v1/submissions?problem=nothing", Some(&admin))
        .await
        .is_problem(404, "problem.not_found");
}

#[tokio::test]
async fn languages_say_whether_they_can_be_submitted() {
    let server = Server::start().await;
    let languages = server.fetch("/api/v1/languages", None).await.data();
    let python = languages
        .as_array()
        .unwrap()
        .iter()
        .find(|language| language["id"] == "python")
        .unwrap()
        .clone();
    let expected = json!({
        "id": "python", "name": "Python 3", "version": "3.13.5", "available": true, "fileName": "main.py", "extensions": ["py"], "compiled": false,
    });
    assert_eq!(python, expected);
    let java = languages
        .as_array()
        .unwrap()
        .iter()
        .find(|language| language["id"] == "java")
        .unwrap()
        .clone();
    assert_eq!((&java["available"], &java["version"]), (&json!(false), &Value::Null));
}
