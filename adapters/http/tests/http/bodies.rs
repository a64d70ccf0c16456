//! Limits of request bodies, draining, compression of responses, `HEAD`.

use crate::harness::{Answer, Server};
use codesm_core::kernel::Role;
use reqwest::Method;
use serde_json::json;
use std::time::{Duration, Instant};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

const REGISTER: &str = "/api/v1/auth/register";

#[tokio::test]
async fn declared_and_counted_size_are_both_limited() {
    let server = Server::with(|settings| settings.body_limit_bytes = 1000).await;
    let request = || server.post(REGISTER).header("content-type", "application/json");
    server
        .send(request().body(" ".repeat(1001)))
        .await
        .is_problem(413, "request.too_large");
    let chunks = || futures_util::stream::iter((0..11).map(|_| Ok::<_, std::io::Error>(" ".repeat(100))));
    let chunked = server.send(request().body(reqwest::Body::wrap_stream(chunks()))).await;
    chunked.is_problem(413, "request.too_large");
    assert!(!chunked.header("ratelimit-limit").is_empty());
    // Exactly the limit is fine, as far as its size goes.
    server
        .send(request().body(" ".repeat(1000)))
        .await
        .is_problem(400, "request.malformed_json");
}

/// Sends all of it before reading anything, as simple clients do.
async fn write_then_read(server: &Server, head: &str, body: &[u8]) -> String {
    let mut socket = TcpStream::connect(server.base.trim_start_matches("http://")).await.unwrap();
    socket.write_all(head.as_bytes()).await.unwrap();
    socket.write_all(body).await.unwrap();
    let mut text = Vec::new();
    let read = tokio::time::timeout(Duration::from_secs(10), socket.read_to_end(&mut text))
        .await
        .unwrap();
    read.unwrap();
    String::from_utf8_lossy(&text).into_owned()
}

#[tokio::test]
async fn a_client_that_sends_everything_first_still_reads_the_answer() {
    let server = Server::start().await;
    let body = vec![b' '; 8_000_000];
    let kinds = [
        (REGISTER, "content-type: application/json\r\n", "request.too_large"),
        ("/api/v1/problems", "content-type: application/json\r\n", "request.too_large"),
        ("/api/v1/problems", "authorization: Bearer x\r\n", "auth.invalid_token"),
        ("/nothing", "", "route.not_found"),
    ];
    for (path, headers, code) in kinds {
        let length = body.len();
        let head = format!("POST {path} HTTP/1.1\r\nhost: x\r\nconnection: close\r\n{headers}content-length: {length}\r\n\r\n");
        let answer = write_then_read(&server, &head, &body).await;
        assert!(answer.contains(code), "{path}: {answer}");
    }
}

#[tokio::test]
async fn a_client_that_asks_first_is_not_made_to_send() {
    let server = Server::start().await;
    let mut socket = TcpStream::connect(server.base.trim_start_matches("http://")).await.unwrap();
    let head = format!(
        "POST {REGISTER} HTTP/1.1\r\nhost: x\r\nconnection: close\r\nexpect: 100-continue\r\ncontent-type: application/json\r\ncontent-length: 9000000\r\n\r\n"
    );
    let begun = Instant::now();
    socket.write_all(head.as_bytes()).await.unwrap();
    let mut text = String::new();
    socket.read_to_string(&mut text).await.unwrap();
    assert!(text.starts_with("HTTP/1.1 413"), "{text}");
    assert!(begun.elapsed() < Duration::from_secs(3));
}

#[tokio::test]
async fn compressed_bodies_are_refused() {
    let server = Server::start().await;
    let request = server
        .post(REGISTER)
        .header("content-type", "application/json")
        .header("content-encoding", "gzip");
    server
        .send(request.body("x"))
        .await
        .is_problem(415, "request.unsupported_media_type");
    let request = server
        .post(REGISTER)
        .header("content-type", "application/json")
        .header("content-encoding", "identity");
    server.send(request.body("{}")).await.is_problem(400, "request.invalid_body");
}

async fn long_problem(server: &Server) {
    let author = server.token("ada", Role::Author).await;
    server.problem(&author).await;
    let body = json!({ "statement": "Add the numbers. ".repeat(500) });
    server
        .json(Method::PATCH, "/api/v1/problems/a-plus-b", Some(&author), &body)
        .await
        .data();
}

async fn unpacked(answer: &Answer) -> Vec<u8> {
    let mut plain = Vec::new();
    match answer.header("content-encoding") {
        "gzip" => {
            let mut decoder = async_compression::tokio::bufread::GzipDecoder::new(answer.bytes.as_slice());
            decoder.read_to_end(&mut plain).await.unwrap();
        }
        "zstd" => {
            let mut decoder = async_compression::tokio::bufread::ZstdDecoder::new(answer.bytes.as_slice());
            decoder.read_to_end(&mut plain).await.unwrap();
        }
        other => panic!("{other}"),
    }
    plain
}

#[tokio::test]
async fn large_answers_are_compressed_as_the_client_likes() {
    let server = Server::start().await;
    long_problem(&server).await;
    let path = "/api/v1/problems/a-plus-b";
    let plain = server.fetch(path, None).await;
    assert!(!plain.headers.contains_key("content-encoding") && !plain.header("etag").starts_with("W/"));
    for (accept, encoding) in [
        ("gzip", "gzip"),
        ("zstd", "zstd"),
        ("gzip, zstd", "zstd"),
        ("zstd;q=0.1, gzip", "gzip"),
    ] {
        let packed = server.send(server.get(path).header("accept-encoding", accept)).await;
        assert_eq!(packed.header("content-encoding"), encoding);
        assert_eq!(packed.header("etag"), format!("W/{}", plain.header("etag")));
        let vary: Vec<&str> = packed.headers.get_all("vary").iter().map(|value| value.to_str().unwrap()).collect();
        assert!(vary.contains(&"Accept-Encoding"), "{vary:?}");
        assert!(packed.bytes.len() < plain.bytes.len() / 4);
        let body: serde_json::Value = serde_json::from_slice(&unpacked(&packed).await).unwrap();
        assert_eq!(body["data"], plain.data());
        let again = server
            .send(
                server
                    .get(path)
                    .header("accept-encoding", accept)
                    .header("if-none-match", packed.header("etag")),
            )
            .await;
        assert_eq!(again.status, 304);
    }
    let small = server
        .send(server.get("/api/v1/problems/nothing").header("accept-encoding", "gzip"))
        .await;
    small.is_problem(404, "problem.not_found");
    assert!(!small.headers.contains_key("content-encoding"));
}

#[tokio::test]
async fn head_is_get_without_the_body() {
    let server = Server::start().await;
    long_problem(&server).await;
    for path in [
        "/api/v1/problems/a-plus-b",
        "/api/v1/languages",
        "/health/live",
        "/openapi.json",
        "/docs",
        "/metrics",
    ] {
        let get = server.fetch(path, None).await;
        let head = server.send(server.request(Method::HEAD, path)).await;
        assert_eq!((head.status, head.bytes.len()), (get.status, 0), "{path}");
        for name in ["content-type", "content-length", "etag", "cache-control"] {
            assert_eq!(head.header(name), get.header(name), "{path}: {name}");
        }
    }
}
