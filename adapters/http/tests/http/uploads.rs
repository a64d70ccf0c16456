//! Uploads that come through the API.

use crate::harness::{Answer, Server};
use codesm_core::kernel::Role;
use reqwest::Method;
use serde_json::{Value, json};

const PDF: &[u8] = b"%PDF-1.7\n% a short one\n";

async fn offered(server: &Server, token: &str) -> Value {
    let body = json!({ "kind": "document", "fileName": "cv.pdf", "contentType": "application/pdf", "size": PDF.len() });
    let answer = server.post_json("/api/v1/uploads/presigned", Some(token), &body).await;
    assert_eq!(answer.status, 201);
    let offer = answer.data();
    assert_eq!(
        answer.header("location"),
        format!("/api/v1/uploads/{}", offer["uploadId"].as_str().unwrap())
    );
    offer
}

async fn put(server: &Server, url: &str, content_type: &str, bytes: &[u8]) -> Answer {
    let path = url.strip_prefix(&server.base).unwrap_or(url);
    let request = server
        .request(Method::PUT, path)
        .header("content-type", content_type)
        .body(bytes.to_vec());
    server.send(request).await
}

async fn confirm(server: &Server, token: &str, offer: &Value) -> Answer {
    let body = json!({ "uploadId": offer["uploadId"] });
    server.post_json("/api/v1/uploads/confirm", Some(token), &body).await
}

#[tokio::test]
async fn a_file_is_sent_confirmed_and_fetched_where_the_answers_say() {
    let server = Server::start().await;
    let ada = server.token("ada", Role::User).await;
    let offer = offered(&server, &ada).await;
    let url = offer["url"].as_str().unwrap();
    assert!(url.starts_with(&server.base), "{url}");
    assert_eq!(
        (&offer["method"], &offer["headers"]["content-type"]),
        (&json!("PUT"), &json!("application/pdf"))
    );
    assert_eq!(put(&server, url, "application/pdf", PDF).await.status, 204);
    assert_eq!(confirm(&server, &ada, &offer).await.data()["state"], "confirmed");
    let path = format!("/api/v1/uploads/{}", offer["uploadId"].as_str().unwrap());
    let upload = server.fetch(&path, Some(&ada)).await.data();
    let link = upload["download"]["url"].as_str().unwrap();
    let file = server.send(server.get(link.strip_prefix(&server.base).unwrap())).await;
    assert_eq!((file.status.as_u16(), file.bytes.as_slice()), (200, PDF));
    assert_eq!(file.header("content-type"), "application/octet-stream");
    assert_eq!(file.header("cache-control"), "no-store");
    assert_eq!(file.header("content-disposition"), "attachment; filename=\"cv.pdf\"");
}

#[tokio::test]
async fn with_a_public_address_that_is_the_one_given() {
    let server = Server::with(|settings| settings.public_url = Some("https://judge.example.org".to_owned())).await;
    let ada = server.token("ada", Role::User).await;
    let offer = offered(&server, &ada).await;
    assert!(
        offer["url"]
            .as_str()
            .unwrap()
            .starts_with("https://judge.example.org/api/v1/uploads/")
    );
}

#[tokio::test]
async fn what_was_not_announced_is_refused_and_leaves_no_file() {
    let server = Server::start().await;
    let ada = server.token("ada", Role::User).await;
    let offer = offered(&server, &ada).await;
    let url = offer["url"].as_str().unwrap();
    put(&server, url, "text/html", PDF).await.is_problem(422, "upload.wrong_type");
    put(&server, url, "application/pdf", &PDF[1..])
        .await
        .is_problem(422, "upload.wrong_size");
    let long = vec![b'x'; 3_000_000];
    put(&server, url, "application/pdf", &long)
        .await
        .is_problem(422, "upload.wrong_size");
    put(&server, &url.replace("good", "bad"), "application/pdf", PDF)
        .await
        .is_problem(403, "upload.ticket_invalid");
    // Without a declared size the bytes are counted.
    let stream = futures_util::stream::iter(
        long.chunks(1000)
            .map(|chunk| Ok::<_, std::io::Error>(chunk.to_vec()))
            .collect::<Vec<_>>(),
    );
    let request = server.request(Method::PUT, url.strip_prefix(&server.base).unwrap());
    let chunked = request
        .header("content-type", "application/pdf")
        .body(reqwest::Body::wrap_stream(stream));
    server.send(chunked).await.is_problem(422, "upload.wrong_size");
    assert_eq!(server.fakes.uploads.stored(), 0);
    assert_eq!(std::fs::read_dir(server.scratch.path()).unwrap().count(), 0);
}

#[tokio::test]
async fn every_wrong_field_is_named_and_odd_identifiers_do_not_exist() {
    let server = Server::start().await;
    let ada = server.token("ada", Role::User).await;
    let body = json!({ "kind": "video", "fileName": "", "contentType": "image/png", "size": 0 });
    let refused = server.post_json("/api/v1/uploads/presigned", Some(&ada), &body).await;
    let fields: Vec<String> = refused
        .is_problem(422, "validation.failed")
        .fields()
        .into_iter()
        .map(|(field, _)| field)
        .collect();
    assert_eq!(fields, ["fileName", "contentType", "size"]);
    let malformed = json!({ "kind": "malware", "fileName": "x", "contentType": "x", "size": -1 });
    let refused = server.post_json("/api/v1/uploads/presigned", Some(&ada), &malformed).await;
    refused.is_problem(400, "request.invalid_body");
    for id in ["x", "00000000-0000-0000-0000-000000000000"] {
        let path = format!("/api/v1/uploads/{id}");
        server.fetch(&path, Some(&ada)).await.is_problem(404, "upload.not_found");
        let content = format!("{path}/content?expires=9999999999&signature=good");
        server.fetch(&content, None).await.is_problem(404, "upload.not_found");
    }
    server
        .post_json("/api/v1/uploads/presigned", None, &body)
        .await
        .is_problem(401, "auth.required");
}

#[tokio::test]
async fn an_import_names_an_upload_in_few_words() {
    let server = Server::start().await;
    let bob = server.token("bob", Role::Author).await;
    let import = |body: Value| {
        let (server, bob) = (&server, &bob);
        async move { server.post_json("/api/v1/problems/import", Some(bob), &body).await }
    };
    let nobody = json!({ "uploadId": "00000000-0000-0000-0000-000000000000" });
    import(nobody).await.is_problem(404, "upload.not_found");
    import(json!({ "uploadId": 7 })).await.is_problem(400, "request.invalid_body");
    import(json!({ "x": "y".repeat(20_000) }))
        .await
        .is_problem(413, "request.too_large");
    let offer = offered(&server, &bob).await;
    import(json!({ "uploadId": offer["uploadId"] }))
        .await
        .is_problem(409, "upload.wrong_kind");
}
