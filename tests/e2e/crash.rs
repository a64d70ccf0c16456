//! `kill -9` at any moment: every receipt gets one verdict.

use crate::harness::{Installation, PYTHON_SUM, Running};
use serde_json::{Value, json};
use std::time::{Duration, Instant};

/// Moments of a submission's life at which the process is killed.
const KILLS: u32 = 24;

/// Processes whose parent chain or session leads to nowhere: what the sandbox helper of a killed process would leave.
fn helpers_of(pid: u32) -> Vec<u32> {
    let Ok(entries) = std::fs::read_dir("/proc") else {
        return Vec::new();
    };
    let pids = entries.filter_map(|entry| entry.ok()?.file_name().to_str()?.parse::<u32>().ok());
    pids.filter(|candidate| {
        let status = std::fs::read_to_string(format!("/proc/{candidate}/status")).unwrap_or_default();
        status
            .lines()
            .any(|line| line.strip_prefix("PPid:").is_some_and(|parent| parent.trim() == pid.to_string()))
    })
    .collect()
}

fn is_alive(pid: u32) -> bool {
    let status = std::fs::read_to_string(format!("/proc/{pid}/stat")).unwrap_or_default();
    !status.is_empty() && !status.contains(") Z ")
}

async fn assert_ended(pids: &[u32]) {
    let deadline = Instant::now() + Duration::from_secs(5);
    while pids.iter().any(|pid| is_alive(*pid)) {
        assert!(Instant::now() < deadline, "helpers outlive their process: {pids:?}");
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
}

#[tokio::test]
async fn every_receipt_gets_one_verdict_whenever_the_worker_is_killed() {
    let installation = Installation::new();
    let server = installation.serve("serve").await;
    let admin = installation.admin(&server).await;
    admin.sum_problem("sum", 6).await;
    crate::submissions::advertise(&installation, &server).await;
    let submit = || async {
        let body = json!({ "language": "python", "source": PYTHON_SUM });
        admin.post("/problems/sum/submissions", body).await.data(201)["id"]
            .as_str()
            .unwrap()
            .to_owned()
    };
    let mut ids = Vec::new();
    for kill in 0..KILLS {
        ids.push(submit().await);
        let mut worker: Running = installation.start("work");
        worker.wait_for_log("worker started").await;
        // Spread over reserving, compiling, running, recording; a whole life takes about 0.4 s.
        tokio::time::sleep(Duration::from_millis(u64::from(kill) * 17)).await;
        let helpers = helpers_of(worker.pid());
        worker.kill();
        assert_ended(&helpers).await;
    }
    let mut worker = installation.start("work");
    worker.wait_for_log("worker started").await;
    for id in &ids {
        let judged = admin.verdict(id).await;
        assert_eq!(judged["verdict"], "accepted", "{judged}");
        assert_eq!(judged["tests"].as_array().map(Vec::len), Some(7));
    }
    // Once: the counters of the problem count every receipt exactly once.
    let problem: Value = admin.get("/problems/sum").await.data(200);
    assert_eq!(problem["submissionsTotal"].as_u64(), Some(u64::from(KILLS)), "{problem}");
    worker.signal("TERM");
    assert_eq!(worker.wait(Duration::from_secs(20)).await, Some(0));
}

#[tokio::test]
async fn kill_9_of_the_embedded_process_loses_no_receipt() {
    let installation = Installation::new();
    let mut ids = Vec::new();
    for kill in 0..4_u32 {
        let mut server = installation.serve("all").await;
        let admin = installation.admin(&server).await;
        if kill == 0 {
            admin.sum_problem("sum", 4).await;
        }
        for _ in 0..3 {
            let body = json!({ "language": "python", "source": PYTHON_SUM });
            ids.push(
                admin.post("/problems/sum/submissions", body).await.data(201)["id"]
                    .as_str()
                    .unwrap()
                    .to_owned(),
            );
        }
        tokio::time::sleep(Duration::from_millis(u64::from(kill) * 90)).await;
        let helpers = helpers_of(server.running.pid());
        server.running.kill();
        assert_ended(&helpers).await;
    }
    let server = installation.serve("all").await;
    let admin = installation.admin(&server).await;
    for id in &ids {
        assert_eq!(admin.verdict(id).await["verdict"], "accepted");
    }
    let problem = admin.get("/problems/sum").await.data(200);
    assert_eq!(problem["submissionsTotal"].as_u64(), Some(ids.len() as u64));
}

#[tokio::test]
async fn sigterm_gives_back_what_does_not_finish() {
    let installation = Installation::new();
    let server = installation.serve("serve").await;
    let admin = installation.admin(&server).await;
    crate::submissions::advertise(&installation, &server).await;
    let mut worker = installation.start("work");
    worker.wait_for_log("worker started").await;
    let body = json!({ "language": "python", "source": "while True: pass", "limits": { "timeMs": 20000 } });
    let id = admin.post("/runs", body).await.data(201)["id"].as_str().unwrap().to_owned();
    let deadline = Instant::now() + Duration::from_secs(10);
    while admin.get(&format!("/submissions/{id}")).await.data(200)["state"] != "running" {
        assert!(Instant::now() < deadline, "never ran");
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    worker.signal("TERM");
    assert_eq!(worker.wait(Duration::from_secs(20)).await, Some(0));
    assert_eq!(admin.get(&format!("/submissions/{id}")).await.data(200)["state"], "queued");
}
