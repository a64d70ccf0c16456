//! A collector of traces: takes OTLP over HTTP and keeps what it is sent.

use opentelemetry_proto::tonic::collector::trace::v1::ExportTraceServiceRequest;
use opentelemetry_proto::tonic::common::v1::KeyValue;
use opentelemetry_proto::tonic::common::v1::any_value::Value;
use prost::Message as _;
use std::collections::BTreeMap;
use std::sync::{Arc, Mutex};
use tokio::io::{AsyncBufReadExt as _, AsyncReadExt as _, AsyncWriteExt as _, BufReader};
use tokio::net::{TcpListener, TcpStream};
use tokio::task::JoinHandle;

/// How it answers.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Manner {
    /// As it should.
    Obliging,
    /// 503.
    Refusing,
    /// Never.
    Silent,
}

/// A span, as far as tests look at it.
#[derive(Clone, Debug)]
pub(crate) struct Received {
    pub(crate) trace: String,
    pub(crate) id: String,
    pub(crate) parent: String,
    pub(crate) name: String,
    /// Which process it is of.
    pub(crate) role: String,
    pub(crate) attributes: BTreeMap<String, String>,
    /// Log lines in it.
    pub(crate) events: usize,
}

pub(crate) struct Collector {
    pub(crate) endpoint: String,
    spans: Arc<Mutex<Vec<Received>>>,
    listening: JoinHandle<()>,
}

impl Drop for Collector {
    fn drop(&mut self) {
        self.listening.abort();
    }
}

impl Collector {
    pub(crate) async fn start(manner: Manner) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let endpoint = format!("http://{}", listener.local_addr().unwrap());
        let spans = Arc::new(Mutex::new(Vec::new()));
        let kept = spans.clone();
        let listening = tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                tokio::spawn(take(stream, manner, kept.clone()));
            }
        });
        Self {
            endpoint,
            spans,
            listening,
        }
    }

    pub(crate) fn spans(&self) -> Vec<Received> {
        self.spans.lock().unwrap().clone()
    }

    /// The spans of one trace.
    pub(crate) fn trace(&self, id: &str) -> Vec<Received> {
        self.spans().into_iter().filter(|span| span.trace == id).collect()
    }
}

/// Takes one request.
async fn take(mut stream: TcpStream, manner: Manner, spans: Arc<Mutex<Vec<Received>>>) {
    let (reading, mut writing) = stream.split();
    let mut reading = BufReader::new(reading);
    let (mut head, mut length) = (String::new(), 0);
    while reading.read_line(&mut head).await.unwrap() > 2 {
        let line = head.lines().last().unwrap_or_default().to_ascii_lowercase();
        if let Some(value) = line.strip_prefix("content-length:") {
            length = value.trim().parse().unwrap();
        }
    }
    let mut body = vec![0; length];
    reading.read_exact(&mut body).await.unwrap();
    assert!(head.starts_with("POST /v1/traces HTTP/1.1"), "{head}");
    assert!(head.to_ascii_lowercase().contains("content-type: application/x-protobuf"), "{head}");
    let status = match manner {
        Manner::Silent => return std::future::pending().await,
        Manner::Refusing => "503 Service Unavailable",
        Manner::Obliging => {
            spans.lock().unwrap().extend(decode(&body));
            "200 OK"
        }
    };
    let answer = format!("HTTP/1.1 {status}\r\ncontent-type: application/x-protobuf\r\ncontent-length: 0\r\nconnection: close\r\n\r\n");
    writing.write_all(answer.as_bytes()).await.unwrap();
}

fn decode(body: &[u8]) -> Vec<Received> {
    let request = ExportTraceServiceRequest::decode(body).expect("OTLP");
    let mut received = Vec::new();
    for resource_spans in request.resource_spans {
        let resource = attributes(resource_spans.resource.unwrap_or_default().attributes);
        assert_eq!(resource["service.name"], "codesm");
        for span in resource_spans.scope_spans.into_iter().flat_map(|scope| scope.spans) {
            received.push(Received {
                trace: hex::encode(&span.trace_id),
                id: hex::encode(&span.span_id),
                parent: hex::encode(&span.parent_span_id),
                name: span.name,
                role: resource["codesm.role"].clone(),
                attributes: attributes(span.attributes),
                events: span.events.len(),
            });
        }
    }
    received
}

fn attributes(pairs: Vec<KeyValue>) -> BTreeMap<String, String> {
    let text = |pair: KeyValue| {
        let value = match pair.value.and_then(|value| value.value) {
            Some(Value::StringValue(text)) => text,
            Some(Value::IntValue(number)) => number.to_string(),
            other => format!("{other:?}"),
        };
        (pair.key, value)
    };
    pairs.into_iter().map(text).collect()
}
