use crate::harness::{CPP_SUM, Installation, PYTHON_SUM};
use reqwest::Method;
use serde_json::{Value, json};

fn verdicts(submission: &Value) -> Vec<&str> {
    submission["tests"]
        .as_array()
        .expect("tests")
        .iter()
        .filter_map(|test| test["verdict"].as_str())
        .collect()
}

#[tokio::test]
async fn a_stranger_submits_and_gets_true_verdicts() {
    let installation = Installation::new();
    let server = installation.serve("all").await;
    let admin = installation.admin(&server).await;
    admin.sum_problem("sum", 3).await;
    let user = server.api.user("ada").await;

    let accepted = user.submit("sum", "python", PYTHON_SUM).await;
    assert_eq!(
        (accepted["state"].as_str(), accepted["verdict"].as_str()),
        (Some("done"), Some("accepted")),
        "{accepted}"
    );
    assert_eq!(verdicts(&accepted), ["accepted"; 4]);
    assert_eq!((accepted["score"].as_f64(), accepted["maxScore"].as_f64()), (Some(1.0), Some(1.0)));
    assert!(accepted["judgedAt"].is_string() && accepted["measuredBy"].is_string() && accepted["memoryKb"].as_u64() > Some(0));

    let accepted = user.submit("sum", "cpp", CPP_SUM).await;
    assert_eq!(accepted["verdict"], "accepted", "{accepted}");

    let cases = [
        ("python", "print(3)", "wrong_answer"),
        ("python", "print(", "compile_error"),
        ("python", "raise SystemExit(3)", "runtime_error"),
        ("python", "while True: pass", "time_limit"),
        ("python", "import time; time.sleep(60)", "wall_time_limit"),
        ("python", "x = bytearray(1 << 30)", "memory_limit"),
        ("python", "while True: print('x' * 65536)", "output_limit"),
        ("cpp", "int main() { return 0 }", "compile_error"),
        ("cpp", "int main() { int* p = nullptr; *p = 1; }", "runtime_error"),
    ];
    for (language, source, verdict) in cases {
        let judged = user.submit("sum", language, source).await;
        let judged = user.verdict(judged["id"].as_str().unwrap()).await;
        assert_eq!(judged["verdict"], verdict, "{source}: {judged}");
    }
    let problem = server.api.get("/problems/sum").await.data(200);
    assert!(
        problem["acceptance"].as_f64().is_some_and(|share| share > 0.0 && share < 1.0),
        "{problem}"
    );
}

#[tokio::test]
async fn judging_stops_at_the_first_failure_and_hidden_tests_never_leave() {
    let installation = Installation::new();
    let server = installation.serve("all").await;
    let admin = installation.admin(&server).await;
    let body = json!({ "title": "Canary", "slug": "canary", "statement": "?", "difficulty": "easy", "tags": [] });
    admin.post("/problems", body).await.data(201);
    let tests = json!({ "tests": [
        { "input": "sample-in", "answer": "sample-in", "sample": true },
        { "input": "CANARY-INPUT-1", "answer": "CANARY-ANSWER-1", "sample": false },
        { "input": "CANARY-INPUT-2", "answer": "CANARY-ANSWER-2", "sample": false },
    ] });
    admin.put("/problems/canary/tests", tests).await.data(200);
    admin.post("/problems/canary/publish", json!({})).await.data(200);
    let user = server.api.user("mallory").await;

    // Echoes what it reads to both streams: the widest leak there is.
    let echo = "import sys\ndata = sys.stdin.read()\nprint(data)\nsys.stderr.write(data)\n";
    let judged = user.submit("canary", "python", echo).await;
    assert_eq!(verdicts(&judged), ["accepted", "wrong_answer", "skipped"]);
    let id = judged["id"].as_str().unwrap();
    let auditor = installation.create_admin("auditor", &server).await;
    assert_eq!(judged["tests"][0]["stdout"].as_str().map(str::trim), Some("sample-in"));
    for path in [
        format!("/submissions/{id}"),
        format!("/submissions/{id}/events"),
        "/problems/canary".to_owned(),
        "/submissions".to_owned(),
    ] {
        for reader in [&user, &auditor] {
            let answer = reader.get(&path).await;
            assert!(!answer.text.contains("CANARY"), "{path}: {}", answer.text);
        }
    }
    // The author, and only the author, is told where the output differs.
    assert!(admin.get(&format!("/submissions/{id}")).await.text.contains("CANARY-ANSWER-1"));
    assert!(!server.running.log_text().contains("CANARY"));
}

#[tokio::test]
async fn run_mode_shows_samples_or_the_callers_own_input_and_never_counts() {
    let installation = Installation::new();
    let server = installation.serve("all").await;
    let admin = installation.admin(&server).await;
    admin.sum_problem("sum", 2).await;
    let user = server.api.user("ada").await;
    let run = |body: Value| {
        let user = user.clone();
        async move { user.post("/problems/sum/submissions?wait=30", body).await.data(201) }
    };
    let samples = run(json!({ "language": "python", "source": PYTHON_SUM, "mode": "run" })).await;
    assert_eq!((samples["verdict"].as_str(), verdicts(&samples).len()), (Some("accepted"), 1));
    assert_eq!(samples["tests"][0]["input"], "1 2\n");
    let own = run(json!({ "language": "python", "source": PYTHON_SUM, "mode": "run", "stdin": "20 22" })).await;
    assert_eq!(own["tests"][0]["stdout"], "42\n");
    let problem = server.api.get("/problems/sum").await.data(200);
    assert!(problem["acceptance"].is_null(), "{problem}");

    let adhoc = json!({ "language": "python", "source": "import sys; print(sys.argv[1:], input())", "stdin": "hi", "args": ["a b", "c"] });
    let adhoc = user.post("/runs?wait=30", adhoc).await.data(201);
    assert_eq!(
        (adhoc["verdict"].as_str(), adhoc["tests"][0]["stdout"].as_str()),
        (Some("accepted"), Some("['a b', 'c'] hi\n")),
        "{adhoc}"
    );
    let failing = json!({ "language": "python", "source": "raise SystemExit(1)", "limits": { "timeMs": 1000 } });
    let failing = user.post("/runs?wait=30", failing).await.data(201);
    assert_eq!(failing["verdict"], "runtime_error");
}

#[tokio::test]
async fn several_files_are_compiled_together() {
    let installation = Installation::new();
    let server = installation.serve("all").await;
    let admin = installation.admin(&server).await;
    admin.sum_problem("sum", 1).await;
    let files = json!({ "language": "python", "files": [
        { "name": "main.py", "content": "from lib.add import add\nprint(add(*map(int, input().split())))\n" },
        { "name": "lib/add.py", "content": "def add(a, b):\n    return a + b\n" },
    ] });
    let judged = admin.post("/problems/sum/submissions?wait=30", files).await.data(201);
    assert_eq!(judged["verdict"], "accepted", "{judged}");
    let files = json!({ "language": "cpp", "files": [
        { "name": "main.cpp", "content": "#include \"add.h\"\n#include <iostream>\nint main() { int a, b; std::cin >> a >> b; std::cout << add(a, b); }" },
        { "name": "add.h", "content": "int add(int, int);" },
        { "name": "add.cpp", "content": "#include \"add.h\"\nint add(int a, int b) { return a + b; }" },
    ] });
    let judged = admin.post("/problems/sum/submissions?wait=30", files).await.data(201);
    assert_eq!(judged["verdict"], "accepted", "{judged}");
}

#[tokio::test]
async fn the_same_key_gives_the_same_receipt_and_another_body_is_refused() {
    let installation = Installation::new();
    let server = installation.serve("serve").await;
    let admin = installation.admin(&server).await;
    admin.sum_problem("sum", 1).await;
    advertise(&installation, &server).await;
    let send = |source: &'static str, key: &'static str| {
        let request = admin
            .request(Method::POST, "/problems/sum/submissions")
            .header("Idempotency-Key", key);
        async move {
            crate::harness::Answer::of(
                request
                    .json(&json!({ "language": "python", "source": source }))
                    .send()
                    .await
                    .unwrap(),
            )
            .await
        }
    };
    let first = send("print(1)", "key-1").await.data(201);
    let again = send("print(1)", "key-1").await.data(200);
    assert_eq!(first["id"], again["id"]);
    send("print(2)", "key-1").await.problem(422, "idempotency.mismatch");
    assert_ne!(send("print(1)", "key-2").await.data(201)["id"], first["id"]);

    let racers: Vec<_> = (0..8).map(|_| tokio::spawn(send("print(3)", "key-race"))).collect();
    let mut ids = std::collections::BTreeSet::new();
    for racer in racers {
        let answer = racer.await.unwrap();
        assert!(answer.status == 201 || answer.status == 200, "{}", answer.text);
        ids.insert(answer.body["data"]["id"].to_string());
    }
    assert_eq!(ids.len(), 1, "one receipt for all: {ids:?}");
}

/// Lets a worker say what it offers, then ends it, so that submissions are taken in and stay queued.
pub(crate) async fn advertise(installation: &Installation, server: &crate::harness::Server) {
    let mut worker = installation.start("work");
    worker.wait_for_log("worker started").await;
    let deadline = std::time::Instant::now() + crate::harness::PATIENCE;
    loop {
        let languages = server.api.get("/languages").await.data(200);
        if languages
            .as_array()
            .unwrap()
            .iter()
            .any(|language| language["id"] == "python" && language["available"] == true)
        {
            break;
        }
        assert!(std::time::Instant::now() < deadline, "{languages}");
        tokio::time::sleep(std::time::Duration::from_millis(50)).await;
    }
    worker.signal("TERM");
    assert_eq!(worker.wait(std::time::Duration::from_secs(20)).await, Some(0));
}

#[tokio::test]
async fn a_submission_is_its_owners_the_authors_and_the_admins() {
    let installation = Installation::new();
    let server = installation.serve("all").await;
    let admin = installation.admin(&server).await;
    admin.sum_problem("sum", 1).await;
    let (ada, eve) = (server.api.user("ada").await, server.api.user("eve").await);
    let id = ada.submit("sum", "python", PYTHON_SUM).await["id"].as_str().unwrap().to_owned();
    assert_eq!(ada.get(&format!("/submissions/{id}")).await.data(200)["source"], PYTHON_SUM);
    assert_eq!(admin.get(&format!("/submissions/{id}")).await.data(200)["source"], PYTHON_SUM);
    eve.get(&format!("/submissions/{id}")).await.problem(404, "submission.not_found");
    eve.get(&format!("/submissions/{id}/events"))
        .await
        .problem(404, "submission.not_found");
    server.api.get(&format!("/submissions/{id}")).await.problem(401, "auth.required");
    assert_eq!(eve.get("/submissions").await.data(200).as_array().unwrap().len(), 0);
    eve.get(&format!("/submissions?user={}", ada.id))
        .await
        .problem(403, "auth.forbidden");
    assert_eq!(ada.get("/submissions").await.data(200)[0]["id"], id);
    assert_eq!(admin.get("/submissions?problem=sum&verdict=accepted").await.data(200)[0]["id"], id);

    for _ in 0..3 {
        ada.submit("sum", "python", "print(0)").await;
    }
    let mut seen = Vec::new();
    let mut path = "/submissions?limit=2".to_owned();
    loop {
        let answer = ada.get(&path).await;
        seen.extend(
            answer.body["data"]
                .as_array()
                .unwrap()
                .iter()
                .map(|item| item["id"].as_str().unwrap().to_owned()),
        );
        let Some(cursor) = answer.body["meta"]["page"]["nextCursor"].as_str() else {
            break;
        };
        path = format!("/submissions?limit=2&cursor={cursor}");
    }
    assert_eq!(seen.len(), 4);
    assert!(seen.windows(2).all(|pair| pair[0] > pair[1]), "newest first: {seen:?}");
}
