//! A dependency is away: 503 and a log line, and what was promised is kept.

use crate::harness::{Installation, PYTHON_SUM};
use serde_json::json;
use std::process::{Command, Stdio};
use std::time::Duration;

#[tokio::test]
async fn a_locked_database_is_a_503_and_works_again_afterwards() {
    let installation = Installation::new();
    let server = installation.serve("all").await;
    let admin = installation.admin(&server).await;
    admin.sum_problem("sum", 1).await;
    // Another program holds SQLite's write lock until its standard input ends.
    let script = "import sqlite3, sys\n\
        c = sqlite3.connect(sys.argv[1], isolation_level=None)\n\
        c.execute('BEGIN IMMEDIATE')\nprint('locked', flush=True)\nsys.stdin.read()\n";
    let file = installation.data_dir().join("codesm.sqlite");
    let mut locker = Command::new("python3")
        .args(["-c", script])
        .arg(&file)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .expect("python3 runs");
    let mut line = String::new();
    std::io::BufRead::read_line(&mut std::io::BufReader::new(locker.stdout.as_mut().unwrap()), &mut line).unwrap();
    assert_eq!(line.trim(), "locked");

    let body = json!({ "language": "python", "source": PYTHON_SUM });
    admin
        .post("/problems/sum/submissions", body.clone())
        .await
        .problem(503, "database.unavailable");
    server.api.get("/problems/sum").await.data(200);
    drop(locker.stdin.take());
    locker.wait().unwrap();
    assert!(
        server.running.log_text().contains("database.unavailable"),
        "the outage is in the log"
    );
    let judged = admin.post("/problems/sum/submissions?wait=30", body).await.data(201);
    assert_eq!(admin.verdict(judged["id"].as_str().unwrap()).await["verdict"], "accepted");
    let history = admin.get("/submissions").await.data(200);
    assert_eq!(history.as_array().map(Vec::len), Some(1), "the refused one left no row: {history}");
}

#[tokio::test]
async fn test_data_that_cannot_be_read_is_retried_and_then_an_internal_error_with_a_code() {
    let installation = Installation::new();
    let server = installation.serve("all").await;
    let admin = installation.admin(&server).await;
    admin.sum_problem("sum", 1).await;
    for shard in std::fs::read_dir(installation.data_dir().join("storage/blobs")).unwrap() {
        let shard = shard.unwrap().path();
        if shard.file_name().is_some_and(|name| name.len() == 2) {
            std::fs::remove_dir_all(shard).unwrap();
        }
    }
    let judged = admin
        .post("/problems/sum/submissions", json!({ "language": "python", "source": PYTHON_SUM }))
        .await
        .data(201);
    let id = judged["id"].as_str().unwrap().to_owned();
    let judged = admin.verdict(&id).await;
    assert_eq!(
        (judged["verdict"].as_str(), judged["errorCode"].as_str()),
        (Some("internal_error"), Some("blob.missing")),
        "{judged}"
    );
    let problem = admin.get("/problems?q=sum").await.data(200);
    assert!(problem[0]["acceptance"].is_null(), "our fault counts for nobody: {problem}");
    tokio::time::sleep(Duration::from_millis(100)).await;
    assert!(server.running.log_text().contains("blob.missing"));
}
