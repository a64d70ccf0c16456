//! Live events: order, resume, end.

use crate::harness::{Installation, PATIENCE, PYTHON_SUM, User};
use reqwest::Method;
use serde_json::{Value, json};
use std::time::Duration;

#[derive(Debug, Clone, PartialEq)]
struct Event {
    id: u64,
    name: String,
    data: Value,
}

/// Reads a stream to its end.
async fn read(user: &User, id: &str, last: Option<u64>) -> Vec<Event> {
    let mut request = user.request(Method::GET, &format!("/submissions/{id}/events"));
    if let Some(last) = last {
        request = request.header("Last-Event-ID", last.to_string());
    }
    let response = request.send().await.expect("an answer");
    assert_eq!(response.status(), 200);
    assert_eq!(response.headers()["content-type"], "text/event-stream");
    let text = tokio::time::timeout(PATIENCE, response.text())
        .await
        .expect("the stream ends after the verdict")
        .expect("text");
    text.split("\n\n").filter_map(parse).collect()
}

fn parse(block: &str) -> Option<Event> {
    let field = |name: &str| {
        let prefix = format!("{name}:");
        block.lines().find_map(|line| line.strip_prefix(&prefix)).map(str::trim)
    };
    Some(Event {
        id: field("id")?.parse().ok()?,
        name: field("event")?.to_owned(),
        data: serde_json::from_str(field("data")?).ok()?,
    })
}

fn names(events: &[Event]) -> Vec<String> {
    events
        .iter()
        .map(|event| {
            if event.name == "state" {
                event.data["state"].as_str().unwrap().to_owned()
            } else {
                event.name.clone()
            }
        })
        .collect()
}

#[tokio::test]
async fn a_watcher_sees_every_step_in_order_and_may_resume_anywhere() {
    let installation = Installation::new();
    let server = installation.serve("all").await;
    let admin = installation.admin(&server).await;
    admin.sum_problem("sum", 3).await;
    let body = json!({ "language": "python", "source": PYTHON_SUM });
    let id = admin.post("/problems/sum/submissions", body).await.data(201)["id"]
        .as_str()
        .unwrap()
        .to_owned();
    let live = read(&admin, &id, None).await;
    let expected = ["queued", "compiling", "running", "test", "test", "test", "test", "verdict"];
    assert_eq!(names(&live), expected);
    assert!(live.windows(2).all(|pair| pair[0].id < pair[1].id), "{live:?}");
    assert_eq!(live.last().unwrap().data["verdict"], "accepted");
    assert_eq!(live[3].data["index"], 1);

    // Afterwards the rows tell the same story, from any place.
    assert_eq!(read(&admin, &id, None).await, live);
    for (at, event) in live.iter().enumerate() {
        assert_eq!(read(&admin, &id, Some(event.id)).await, live[at + 1..], "after {event:?}");
    }
}

#[tokio::test]
async fn a_watcher_of_another_process_sees_the_verdict() {
    let installation = Installation::new();
    let server = installation.serve("serve").await;
    let admin = installation.admin(&server).await;
    admin.sum_problem("sum", 2).await;
    crate::submissions::advertise(&installation, &server).await;
    let body = json!({ "language": "python", "source": PYTHON_SUM });
    let id = admin.post("/problems/sum/submissions", body).await.data(201)["id"]
        .as_str()
        .unwrap()
        .to_owned();
    let watcher = {
        let (admin, id) = (admin.clone(), id.clone());
        tokio::spawn(async move { read(&admin, &id, None).await })
    };
    tokio::time::sleep(Duration::from_millis(200)).await;
    let _worker = installation.start("work");
    let events = watcher.await.unwrap();
    let names = names(&events);
    assert_eq!(
        (names.first().map(String::as_str), names.last().map(String::as_str)),
        (Some("queued"), Some("verdict"))
    );
    assert_eq!(names.iter().filter(|name| *name == "test").count(), 3, "{names:?}");
}

#[tokio::test]
async fn a_stream_ends_when_the_process_stops_and_a_new_process_continues_it() {
    let installation = Installation::new();
    let mut server = installation.serve("serve").await;
    let admin = installation.admin(&server).await;
    admin.sum_problem("sum", 1).await;
    crate::submissions::advertise(&installation, &server).await;
    let body = json!({ "language": "python", "source": PYTHON_SUM });
    let id = admin.post("/problems/sum/submissions", body).await.data(201)["id"]
        .as_str()
        .unwrap()
        .to_owned();
    let watcher = {
        let (admin, id) = (admin.clone(), id.clone());
        tokio::spawn(async move { read(&admin, &id, None).await })
    };
    tokio::time::sleep(Duration::from_millis(300)).await;
    server.running.signal("TERM");
    assert_eq!(server.running.wait(Duration::from_secs(20)).await, Some(0));
    let first = watcher.await.unwrap();
    assert_eq!(names(&first), ["queued"]);

    let server = installation.serve("all").await;
    let admin = installation.admin(&server).await;
    let rest = read(&admin, &id, Some(first[0].id)).await;
    assert_eq!(names(&rest), ["compiling", "running", "test", "test", "verdict"]);
}
