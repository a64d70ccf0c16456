//! One trace over all processes, and collectors that are away.

use crate::collector::{Collector, Manner, Received};
use crate::databases::OwnDatabase;
use crate::harness::{Answer, Installation, PYTHON_SUM, Server, User};
use reqwest::Method;
use serde_json::json;
use std::collections::BTreeSet;
use std::time::Duration;

const TRACE: &str = "4bf92f3577b34da6a3ce929d0e0e4736";
const CALLER: &str = "00f067aa0ba902b7";

async fn submit(user: &User, flags: &str) -> Answer {
    let request = user.request(Method::POST, "/problems/sum/submissions");
    let request = request
        .header("traceparent", format!("00-{TRACE}-{CALLER}-{flags}"))
        .json(&json!({ "language": "python", "source": PYTHON_SUM }));
    Answer::of(request.send().await.unwrap()).await
}

async fn stop(mut server: Server) {
    server.running.signal("TERM");
    assert_eq!(server.running.wait(Duration::from_secs(20)).await, Some(0));
}

/// The one span of this name.
fn one<'a>(spans: &'a [Received], name: &str) -> &'a Received {
    let mut found = spans.iter().filter(|span| span.name == name);
    let first = found.next().unwrap_or_else(|| panic!("no span {name} in {spans:#?}"));
    assert!(found.next().is_none(), "more than one span {name}");
    first
}

#[tokio::test]
async fn one_trace_leads_from_the_request_over_the_job_to_every_test() {
    let collector = Collector::start(Manner::Obliging).await;
    let database = OwnDatabase::new();
    let installation = Installation::new()
        .set("CODESM_DATABASE_URL", &database.url())
        .set("CODESM_OTLP_ENDPOINT", &collector.endpoint)
        // Spans do not depend on the level of the log.
        .set("CODESM_LOG_LEVEL", "warn,codesm=info,codesm_http=info,codesm_worker=info");
    let server = installation.serve("serve").await;
    let mut worker = installation.start("work");
    worker.wait_for_log("worker started").await;
    let admin = installation.admin(&server).await;
    admin.sum_problem("sum", 2).await;
    let answer = submit(&admin, "01").await;
    let named = answer.headers["traceparent"].to_str().unwrap().to_owned();
    let id = answer.data(201)["id"].as_str().unwrap().to_owned();
    assert_eq!(admin.verdict(&id).await["verdict"], "accepted");
    let log = server.running.log_text();
    assert!(
        log.contains(&format!("\"trace_id\":\"{TRACE}\"")),
        "the line of the request names the trace"
    );
    worker.signal("TERM");
    assert_eq!(worker.wait(Duration::from_secs(20)).await, Some(0));
    stop(server).await;

    let spans = collector.trace(TRACE);
    let request = one(&spans, "POST /api/v1/problems/{problem}/submissions");
    assert_eq!((request.parent.as_str(), request.role.as_str()), (CALLER, "serve"));
    assert_eq!(request.attributes["http.response.status_code"], "201");
    assert_eq!(named, format!("00-{TRACE}-{}-01", request.id));
    let submit = one(&spans, "submissions.submit");
    assert_eq!(submit.parent, request.id);
    let insert = one(&spans, "INSERT jobs");
    assert_eq!((insert.parent.as_str(), insert.role.as_str()), (submit.id.as_str(), "serve"));
    assert_eq!(insert.attributes["db.system.name"], "postgresql");
    let job = one(&spans, "job submission.judge.v1");
    assert_eq!((job.parent.as_str(), job.role.as_str()), (submit.id.as_str(), "work"));
    assert_eq!(job.attributes["job.verdict"], "accepted");
    let judge = one(&spans, "submissions.judge");
    assert_eq!(judge.parent, job.id);
    assert_eq!(one(&spans, "judging.compile").parent, judge.id);
    let tests: Vec<&Received> = spans.iter().filter(|span| span.name == "judging.test").collect();
    let indices: BTreeSet<&str> = tests.iter().map(|test| test.attributes["index"].as_str()).collect();
    assert_eq!(indices, BTreeSet::from(["1", "2", "3"]));
    assert!(
        tests
            .iter()
            .all(|test| test.parent == judge.id && test.attributes["verdict"] == "accepted")
    );
    assert!(spans.iter().any(|span| span.role == "work" && span.name == "UPDATE submissions"));

    // Nothing is missing between the caller and the last span.
    let ids: BTreeSet<&str> = spans.iter().map(|span| span.id.as_str()).collect();
    for span in &spans {
        assert!(
            span.parent == CALLER || ids.contains(span.parent.as_str()),
            "{span:?} has no parent"
        );
    }
    // A worker that looks for jobs, and probes, make no traces.
    let roots: Vec<Received> = collector.spans().into_iter().filter(|span| span.parent.is_empty()).collect();
    assert!(roots.iter().all(|span| !span.name.starts_with("SELECT")), "{roots:#?}");
    for span in collector.spans() {
        let shown = format!("{span:?}");
        for secret in ["split()", admin.access.as_str(), "1001", "admin@localhost", "password"] {
            assert!(!shown.contains(secret), "{secret} in {shown}");
        }
        assert_eq!(span.events, 0);
    }
}

#[tokio::test]
async fn what_is_not_sampled_is_not_sent_but_what_the_caller_keeps_is() {
    let collector = Collector::start(Manner::Obliging).await;
    let installation = Installation::new()
        .set("CODESM_OTLP_ENDPOINT", &collector.endpoint)
        .set("CODESM_OTLP_SAMPLE_RATIO", "0");
    let server = installation.serve("all").await;
    let admin = installation.admin(&server).await;
    // More tests than a trace shows.
    admin.sum_problem("sum", 105).await;
    let id = submit(&admin, "01").await.data(201)["id"].as_str().unwrap().to_owned();
    admin.verdict(&id).await;
    stop(server).await;
    let spans = collector.spans();
    assert!(spans.iter().all(|span| span.trace == TRACE), "{spans:#?}");
    one(&spans, "job submission.judge.v1");
    assert_eq!(spans.iter().filter(|span| span.name == "judging.test").count(), 100);
}

#[tokio::test]
async fn a_collector_that_refuses_costs_one_line_and_nothing_else() {
    let collector = Collector::start(Manner::Refusing).await;
    let installation = Installation::new().set("CODESM_OTLP_ENDPOINT", &collector.endpoint);
    let mut server = installation.serve("all").await;
    let admin = installation.admin(&server).await;
    let said = "traces cannot be delivered and are lost; said once until they can";
    server.running.wait_for_log(said).await;
    for _ in 0..3 {
        admin.sum_problem(&format!("p{}", uuid_like()), 1).await;
        tokio::time::sleep(Duration::from_secs(2)).await;
    }
    assert_eq!(server.running.log_text().matches(said).count(), 1);
    stop(server).await;
}

fn uuid_like() -> u128 {
    std::time::UNIX_EPOCH.elapsed().unwrap().as_nanos()
}

#[tokio::test]
async fn a_collector_that_never_answers_holds_nobody_up() {
    let collector = Collector::start(Manner::Silent).await;
    let installation = Installation::new().set("CODESM_OTLP_ENDPOINT", &collector.endpoint);
    let mut server = installation.serve("all").await;
    let admin = installation.admin(&server).await;
    admin.sum_problem("sum", 1).await;
    let id = submit(&admin, "01").await.data(201)["id"].as_str().unwrap().to_owned();
    assert_eq!(admin.verdict(&id).await["verdict"], "accepted");
    // In the middle of an attempt to send.
    tokio::time::sleep(Duration::from_secs(3)).await;
    server.running.signal("TERM");
    let asked = std::time::Instant::now();
    assert_eq!(server.running.wait(Duration::from_secs(20)).await, Some(0));
    assert!(asked.elapsed() < Duration::from_secs(10), "it took {:?}", asked.elapsed());
}
