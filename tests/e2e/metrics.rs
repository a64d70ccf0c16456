//! The metrics are those that are documented, and nothing else.

use crate::harness::{CPP_SUM, Installation, PATIENCE};
use serde_json::json;
use std::collections::BTreeSet;
use std::path::Path;
use std::time::{Duration, Instant};

/// Names in the tables of the section on metrics: those that are always there, and all.
fn documented() -> (BTreeSet<String>, BTreeSet<String>) {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("docs/operations.md");
    let text = std::fs::read_to_string(path).unwrap();
    let section = text.split("\n## ").find(|section| section.starts_with("Metrics\n")).unwrap();
    let rows = |text: &str| {
        let names = text.lines().filter_map(|line| line.strip_prefix("| `codesm_"));
        let names = names.filter_map(|rest| rest.split_once('`'));
        names.map(|(name, _)| format!("codesm_{name}")).collect::<BTreeSet<String>>()
    };
    // Tables after the first are of what is there only if it was configured.
    let first = section.split("| name |").nth(1).unwrap().split("\n\n").next().unwrap();
    (rows(first), rows(section))
}

#[tokio::test]
async fn every_documented_metric_is_there_and_no_other() {
    let (always, all) = documented();
    assert!(always.len() > 20, "{always:?}");
    let installation = Installation::new().set("CODESM_METRICS_BIND", "127.0.0.1:0");
    let mut server = installation.serve("all").await;
    let address = server.running.wait_for_log("metrics").await["address"].as_str().unwrap().to_owned();
    let admin = installation.admin(&server).await;
    admin.sum_problem("sum", 1).await;
    admin.submit("sum", "cpp", CPP_SUM).await;
    admin
        .post("/submissions", json!({ "language": "python", "source": "print(1)" }))
        .await
        .problem(405, "route.method_not_allowed");
    let deadline = Instant::now() + PATIENCE;
    loop {
        let text = reqwest::get(format!("http://{address}/metrics"))
            .await
            .unwrap()
            .text()
            .await
            .unwrap();
        let types = text.lines().filter_map(|line| line.strip_prefix("# TYPE "));
        let there: BTreeSet<(String, String)> = types
            .filter_map(|line| line.split_once(' '))
            .map(|(name, kind)| (name.to_owned(), kind.to_owned()))
            .collect();
        let names: BTreeSet<String> = there.iter().map(|(name, _)| name.clone()).collect();
        let unknown: Vec<&String> = names.difference(&all).collect();
        assert!(unknown.is_empty(), "not in docs/operations.md: {unknown:?}");
        let missing: Vec<&String> = always.difference(&names).collect();
        if missing.is_empty() {
            for (name, kind) in &there {
                assert_eq!(name.ends_with("_total"), kind == "counter", "{name} is a {kind}");
                assert_ne!(kind, "summary", "{name} has no buckets");
                assert!(kind != "histogram" || name.ends_with("_seconds"), "{name} is a {kind}");
                assert!(text.contains(&format!("# HELP {name} ")), "{name} is not explained");
            }
            return;
        }
        assert!(Instant::now() < deadline, "documented, but not there: {missing:?}");
        tokio::time::sleep(Duration::from_millis(500)).await;
    }
}
