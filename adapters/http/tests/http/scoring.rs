//! Points, groups, attachments, and what is said when there is no verdict on the program.

use crate::harness::Server;
use crate::problems::{form, package};
use crate::submissions::{judge_as, result, wrong_answer};
use codesm_core::judging::{GroupResult, Points, Rules, Verdict};
use codesm_core::kernel::Role;
use codesm_core::submissions::Judgement;
use reqwest::Method;
use serde_json::{Value, json};

fn tests() -> Value {
    let test = |group: Option<&str>| json!({ "input": "1", "answer": "1", "sample": group.is_none(), "group": group });
    json!([test(Some("hard")), test(None), test(Some("easy")), test(Some("easy"))])
}

fn points(name: &str, points: f64) -> Value {
    json!({ "name": name, "points": points })
}

#[tokio::test]
async fn groups_make_a_problem_scored() {
    let server = Server::start().await;
    let author = server.token("ada", Role::Author).await;
    server.problem(&author).await;
    let path = "/api/v1/problems/a-plus-b";
    let plain = server.fetch(path, Some(&author)).await.data();
    assert_eq!((&plain["kind"], &plain["maxScore"]), (&json!(["pass-fail"]), &json!(1.0)));
    let body = json!({ "tests": tests(), "groups": [points("easy", 40.0), points("hard", 60.0)] });
    let set = server
        .json(Method::PUT, &format!("{path}/tests"), Some(&author), &body)
        .await
        .data();
    let group = |name: &str, tests: u32, max_score: f64| json!({ "name": name, "tests": tests, "maxScore": max_score });
    let groups = json!([
        group("sample", 1, 0.0),
        group("secret", 3, 100.0),
        group("secret/easy", 2, 40.0),
        group("secret/hard", 1, 60.0),
    ]);
    assert_eq!((&set["groups"], &set["tests"], &set["samples"]), (&groups, &json!(4), &json!(1)));
    let scored = server.fetch(path, Some(&author)).await.data();
    assert_eq!((&scored["kind"], &scored["maxScore"]), (&json!(["scoring"]), &json!(100.0)));
    // Without `groups` the words of the tests about groups are for people only.
    let body = json!({ "tests": tests() });
    let set = server
        .json(Method::PUT, &format!("{path}/tests"), Some(&author), &body)
        .await
        .data();
    assert_eq!(set["groups"], json!([]));
}

#[tokio::test]
async fn every_fault_of_a_scored_problem_is_named() {
    let server = Server::start().await;
    let author = server.token("ada", Role::Author).await;
    server.problem(&author).await;
    let put = async |groups: Value| {
        let body = json!({ "tests": tests(), "groups": groups });
        let path = "/api/v1/problems/a-plus-b/tests";
        let answer = server.json(Method::PUT, path, Some(&author), &body).await;
        answer.is_problem(422, "validation.failed");
        answer.fields()
    };
    let field = |field: &str, code: &str| (field.to_owned(), code.to_owned());
    assert_eq!(put(json!([points("easy", 1.0)])).await, [field("tests[0].group", "unknown_group")]);
    assert_eq!(
        put(json!([
            points("easy", 0.0),
            points("easy", 1.0),
            points("hard", 2e6),
            points("..", 1.0)
        ]))
        .await,
        [
            field("groups[0].points", "out_of_range"),
            field("groups[1].name", "repeated"),
            field("groups[2].points", "out_of_range"),
            field("groups[3].name", "invalid_group"),
            field("groups[3].name", "no_tests"),
        ]
    );
    assert_eq!(put(json!([])).await[0], field("groups", "empty"));
}

async fn submitted(server: &Server, judgement: Judgement) -> (Value, Value) {
    let author = server.token("ada", Role::Author).await;
    let solver = server.token("bob", Role::User).await;
    server.problem(&author).await;
    let body = json!({ "language": "python", "source": "print(3)" });
    let receipt = server
        .post_json("/api/v1/problems/a-plus-b/submissions", Some(&solver), &body)
        .await
        .data();
    judge_as(server, &receipt["id"], judgement).await;
    let address = format!("/api/v1/submissions/{}", receipt["id"].as_str().unwrap());
    let seen = server.fetch(&address, Some(&solver)).await.data();
    let by_author = server.fetch(&address, Some(&author)).await.data();
    let events = server.send(server.get(&format!("{address}/events")).bearer_auth(&solver)).await;
    let text = String::from_utf8(events.bytes).unwrap();
    let verdict = text.rsplit("data: ").next().and_then(|rest| rest.lines().next()).unwrap();
    let verdict: Value = serde_json::from_str(verdict.trim()).unwrap();
    assert_eq!(verdict["groups"], seen["groups"], "the stream says the same: {text}");
    assert_eq!((&verdict["score"], &verdict["maxScore"]), (&seen["score"], &seen["maxScore"]));
    (seen, by_author)
}

#[tokio::test]
async fn a_submission_shows_its_groups_and_where_it_was_judged() {
    let server = Server::start().await;
    let group = |name: &str, score, max_score| GroupResult {
        name: name.to_owned(),
        verdict: Verdict::Accepted,
        score,
        max_score,
        tests: vec![1, 2],
    };
    let judgement = Judgement {
        verdict: Verdict::Partial,
        score: 40.0,
        max_score: None,
        sandbox_tier: Some("A".to_owned()),
        worker_speed: Some(1.5),
        groups: vec![group("secret", 40.0, None), group("secret/easy", 40.0, Some(40.0))],
        ..wrong_answer()
    };
    let (seen, _) = submitted(&server, judgement).await;
    let groups = json!([
        { "name": "secret", "verdict": "accepted", "score": 40.0, "maxScore": null, "tests": [1, 2] },
        { "name": "secret/easy", "verdict": "accepted", "score": 40.0, "maxScore": 40.0, "tests": [1, 2] },
    ]);
    assert_eq!(seen["groups"], groups);
    assert_eq!(
        (&seen["verdict"], &seen["score"], &seen["maxScore"]),
        (&json!("partial"), &json!(40.0), &Value::Null)
    );
    assert_eq!((&seen["sandboxTier"], &seen["workerSpeed"]), (&json!("A"), &json!(1.5)));
    assert_eq!(seen.get("errorHint"), None);
}

#[tokio::test]
async fn an_internal_error_says_what_to_do() {
    let server = Server::start().await;
    let judgement = Judgement {
        verdict: Verdict::InternalError,
        tests: Vec::new(),
        error_code: Some("sandbox.disk_full".to_owned()),
        ..wrong_answer()
    };
    let (seen, _) = submitted(&server, judgement).await;
    assert_eq!(seen["errorCode"], "sandbox.disk_full");
    assert!(seen["errorHint"].as_str().unwrap().contains("freed space"), "{seen}");
}

#[tokio::test]
async fn only_the_author_sees_how_a_checker_failed() {
    let server = Server::start().await;
    let judgement = Judgement {
        verdict: Verdict::CheckerFailed,
        tests: vec![result(1, true, Verdict::CheckerFailed), result(2, false, Verdict::Skipped)],
        ..wrong_answer()
    };
    let (seen, by_author) = submitted(&server, judgement).await;
    assert!(!seen.to_string().contains("for the author"), "{seen}");
    let neutral = seen["errorHint"].as_str().unwrap();
    assert!(neutral.contains("not this program's fault"), "{neutral}");
    assert_eq!(seen["tests"][0]["message"], neutral);
    assert_eq!(by_author["tests"][0]["judgeMessage"], "for the author");
    assert!(by_author["errorHint"].as_str().unwrap().contains("judgeMessage"));
}

#[tokio::test]
async fn attachments_are_downloaded_by_whoever_sees_the_problem() {
    let server = Server::start().await;
    let author = server.token("ada", Role::Author).await;
    let files = tempfile::tempdir().unwrap();
    server.fakes.packages.give(Ok(package(files.path())));
    let import = server.post("/api/v1/problems/import").bearer_auth(&author);
    server.send(import.multipart(form("false"))).await.data();
    let name = "data/h\u{e4}user.txt";
    let problem = server.fetch("/api/v1/problems/greeting", Some(&author)).await.data();
    assert_eq!(problem["attachments"], json!([{ "name": name, "size": 8 }]));
    let path = "/api/v1/problems/greeting/attachments";
    for spelling in ["data/h%C3%A4user.txt", "data%2Fh%C3%A4user.txt"] {
        let path = format!("{path}/{spelling}");
        server.fetch(&path, None).await.is_problem(404, "problem.not_found");
        let got = server.fetch(&path, Some(&author)).await;
        assert_eq!((got.status.as_u16(), &got.bytes[..]), (200, &b"one\ntwo\n"[..]), "{spelling}");
        assert_eq!(got.header("content-type"), "application/octet-stream");
        assert_eq!(got.header("content-length"), "8");
        assert_eq!(got.header("cache-control"), "private, no-cache");
        assert_eq!(
            got.header("content-disposition"),
            "attachment; filename=\"h_user.txt\"; filename*=UTF-8''h%C3%A4user.txt"
        );
    }
    let unknown = server.fetch(&format!("{path}/data/other"), Some(&author)).await;
    unknown.is_problem(404, "problem.attachment_not_found");

    server
        .post_json("/api/v1/problems/greeting/publish", Some(&author), &json!({}))
        .await
        .data();
    let path = format!("{path}/data/h%C3%A4user.txt");
    let public = server.fetch(&path, None).await;
    assert_eq!(public.header("cache-control"), "public, max-age=15");
    let known = server.get(&path).header("if-none-match", public.header("etag"));
    let known = server.send(known).await;
    assert_eq!((known.status.as_u16(), known.bytes.len()), (304, 0));
}

#[tokio::test]
async fn a_problem_says_which_languages_and_how_much_code_it_takes() {
    let server = Server::start().await;
    let author = server.token("ada", Role::Author).await;
    let files = tempfile::tempdir().unwrap();
    let mut package = package(files.path());
    package.rules = Rules {
        interactive: true,
        passes: Some(2),
        points: Points::None,
        languages: Some(vec!["cpp".to_owned()]),
        code_kb: Some(1),
        ..Rules::default()
    };
    server.fakes.packages.give(Ok(package));
    let import = server.post("/api/v1/problems/import").bearer_auth(&author);
    let problem = server.send(import.multipart(form("true"))).await.data();
    assert_eq!(problem["kind"], json!(["pass-fail", "interactive", "multi-pass"]));
    assert_eq!(problem["report"]["kind"], problem["kind"]);
    assert_eq!((&problem["languages"], &problem["codeLimitKb"]), (&json!(["cpp"]), &json!(1)));
    let body = json!({ "language": "python", "source": "x".repeat(1025) });
    let refused = server
        .post_json("/api/v1/problems/greeting/submissions", Some(&author), &body)
        .await;
    refused.is_problem(422, "submission.language_not_permitted");
    let codes: Vec<String> = refused.fields().into_iter().map(|(_, code)| code).collect();
    assert_eq!(codes, ["language_not_permitted", "code_too_long"]);
}
