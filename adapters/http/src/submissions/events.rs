//! Live events as a `text/event-stream`.

use super::dto::{StateDto, VerdictDto};
use super::results::{GroupDto, TestDto};
use crate::response::{Nullable, Time};
use codesm_core::submissions::{EventFeed, SubmissionEvent};
use futures_util::stream::unfold;
use poem::http::{HeaderValue, header};
use poem::web::sse::{Event, SSE};
use poem::{IntoResponse, Response};
use poem_openapi::registry::{MetaMediaType, MetaResponse, MetaResponses, MetaSchema, MetaSchemaRef, Registry};
use poem_openapi::types::ToJSON;
use poem_openapi::{ApiResponse, Object};
use std::time::Duration;
use tokio_util::sync::CancellationToken;

/// The contract: a comment line every 15 s.
const KEEP_ALIVE: Duration = Duration::from_secs(15);

/// The events of one submission.
pub(super) struct Events {
    feed: EventFeed,
    shutdown: CancellationToken,
}

impl Events {
    pub(super) fn new(feed: EventFeed, shutdown: CancellationToken) -> Self {
        Self { feed, shutdown }
    }

    /// The next event; `None` at the end, at shutdown, and when the database is away: the client then comes back with the last id.
    async fn next(mut self) -> Option<(Event, Self)> {
        let event = tokio::select! {
            next = self.feed.next() => match next {
                Ok(event) => event?,
                Err(error) => {
                    tracing::warn!(code = error.code(), %error, "an event stream ended early");
                    return None;
                }
            },
            () = self.shutdown.cancelled() => return None,
        };
        Some((to_sse(event), self))
    }
}

/// Data of a `state` event.
#[derive(Object)]
#[oai(rename_all = "camelCase")]
struct StateEventDto {
    /// The new state.
    state: StateDto,
}

/// Data of a `verdict` event.
#[derive(Object)]
#[oai(rename_all = "camelCase")]
struct VerdictEventDto {
    /// `done` or `cancelled`.
    state: StateDto,
    /// The verdict.
    verdict: Nullable<VerdictDto>,
    /// Points.
    score: Nullable<f64>,
    /// Most points possible.
    max_score: Nullable<f64>,
    /// Results of the groups of tests.
    groups: Vec<GroupDto>,
    /// When.
    judged_at: Nullable<Time>,
}

fn to_sse(event: SubmissionEvent) -> Event {
    let id = event.cursor().number().to_string();
    let (name, data) = match event {
        SubmissionEvent::State { cursor: _, state } => ("state", StateEventDto { state: state.into() }.to_json_string()),
        SubmissionEvent::Test { cursor: _, result } => ("test", TestDto::new(*result, None).to_json_string()),
        SubmissionEvent::Verdict {
            cursor: _,
            state,
            verdict,
            score,
            max_score,
            groups,
            judged_at,
        } => {
            let data = VerdictEventDto {
                state: state.into(),
                verdict: verdict.map(Into::into).into(),
                score: score.into(),
                max_score: max_score.into(),
                groups: groups.into_iter().map(Into::into).collect(),
                judged_at: judged_at.map(Into::into).into(),
            };
            ("verdict", data.to_json_string())
        }
    };
    Event::message(data).event_type(name).id(id)
}

impl IntoResponse for Events {
    fn into_response(self) -> Response {
        let mut response = SSE::new(unfold(self, Self::next)).keep_alive(KEEP_ALIVE).into_response();
        // `no-transform`: nobody on the way may hold events back to compress them.
        let cache = HeaderValue::from_static("no-cache, no-transform");
        response.headers_mut().insert(header::CACHE_CONTROL, cache);
        response
    }
}

impl ApiResponse for Events {
    fn meta() -> MetaResponses {
        let text = |description| {
            MetaSchemaRef::Inline(Box::new(MetaSchema {
                description: Some(description),
                ..MetaSchema::new("string")
            }))
        };
        let event = MetaSchema {
            enum_items: vec!["state".into(), "test".into(), "verdict".into()],
            ..MetaSchema::new("string")
        };
        // OpenAPI 3.0 has no words for a stream; by custom the schema is that of one event.
        let schema = MetaSchema {
            description: Some("One event of the stream; the stream ends after `verdict`."),
            example: Some(serde_json::json!({ "id": "1", "event": "state", "data": "{\"state\":\"queued\"}" })),
            properties: vec![
                ("id", text("Position; send the last one as `Last-Event-ID` to resume.")),
                ("event", MetaSchemaRef::Inline(Box::new(event))),
                (
                    "data",
                    text("JSON: `{state}`, a test as in the submission, or the verdict with score and time."),
                ),
            ],
            required: vec!["id", "event", "data"],
            ..MetaSchema::new("object")
        };
        MetaResponses {
            responses: vec![MetaResponse {
                description: "The stream.",
                status: Some(200),
                status_range: None,
                content: vec![MetaMediaType {
                    content_type: "text/event-stream",
                    schema: MetaSchemaRef::Inline(Box::new(schema)),
                }],
                headers: Vec::new(),
            }],
        }
    }

    fn register(_registry: &mut Registry) {}
}
