//! Uploads, in a folder and in a bucket: the same for clients.

use crate::bucket::TestBucket;
use crate::harness::{Answer, Installation, User};
use crate::problems::zip;
use crate::storage::in_bucket;
use reqwest::{Client, StatusCode};
use serde_json::{Value, json};
use std::path::Path;

const PNG: &[u8] = b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR and so on";

async fn presigned(user: &User, kind: &str, content_type: &str, size: usize) -> Value {
    let body = json!({ "kind": kind, "fileName": "my \u{e4} file.x", "contentType": content_type, "size": size });
    user.post("/uploads/presigned", body).await.data(201)
}

/// Does what the answer says, but perhaps with another type.
async fn put(offer: &Value, bytes: &[u8], content_type: Option<&str>) -> StatusCode {
    assert_eq!(offer["method"], "PUT");
    let mut request = Client::new().put(offer["url"].as_str().unwrap()).body(bytes.to_vec());
    for (name, value) in offer["headers"].as_object().unwrap() {
        if name != "content-length" {
            request = request.header(name, content_type.unwrap_or_else(|| value.as_str().unwrap()));
        }
    }
    request.send().await.unwrap().status()
}

async fn confirm(user: &User, offer: &Value) -> Answer {
    user.post("/uploads/confirm", json!({ "uploadId": offer["uploadId"] })).await
}

async fn files_come_and_go(installation: &Installation) {
    let server = installation.serve("serve").await;
    let (ada, eve) = (server.api.user("ada").await, server.api.user("eve").await);
    let offer = presigned(&ada, "profile_image", "image/png", PNG.len()).await;
    let address = format!("/uploads/{}", offer["uploadId"].as_str().unwrap());
    confirm(&ada, &offer).await.problem(409, "upload.not_uploaded");
    assert!(!put(&offer, &PNG[1..], None).await.is_success(), "too short");
    assert!(!put(&offer, &[PNG, b"x"].concat(), None).await.is_success(), "too long");
    assert!(!put(&offer, PNG, Some("text/html")).await.is_success(), "another type");
    assert!(put(&offer, PNG, None).await.is_success());
    assert_eq!(ada.get(&address).await.data(200)["state"], "pending");
    confirm(&eve, &offer).await.problem(404, "upload.not_found");
    for _ in 0..2 {
        let upload = confirm(&ada, &offer).await.data(200);
        assert_eq!((&upload["state"], &upload["size"]), (&json!("confirmed"), &json!(PNG.len())));
    }
    eve.get(&address).await.problem(404, "upload.not_found");
    let upload = ada.get(&address).await.data(200);
    let url = upload["download"]["url"].as_str().unwrap();
    let file = Client::new().get(url).send().await.unwrap();
    assert_eq!(file.status(), 200);
    let disposition = file.headers()["content-disposition"].to_str().unwrap().to_owned();
    assert_eq!(
        disposition,
        "attachment; filename=\"my _ file.x\"; filename*=UTF-8''my%20%C3%A4%20file.x"
    );
    assert_eq!(file.bytes().await.unwrap(), PNG);
    let changed = Client::new().get(format!("{url}0")).send().await.unwrap();
    assert!(changed.status().is_client_error(), "{}", changed.status());

    let html = b"<html><script>alert(1)</script></html>";
    let liar = presigned(&ada, "profile_image", "image/png", html.len()).await;
    assert!(put(&liar, html, None).await.is_success());
    confirm(&ada, &liar).await.problem(422, "upload.wrong_type");
    confirm(&ada, &liar).await.problem(409, "upload.refused");

    let wrong = json!({ "kind": "video", "fileName": "", "contentType": "image/png", "size": 0 });
    let problem = ada.post("/uploads/presigned", wrong).await.problem(422, "validation.failed");
    assert_eq!(problem["errors"].as_array().map(Vec::len), Some(3), "{problem}");
    let test_data = json!({ "kind": "test_data", "fileName": "a.zip", "contentType": "application/zip", "size": 9 });
    ada.post("/uploads/presigned", test_data).await.problem(403, "auth.forbidden");
}

async fn an_uploaded_package_is_imported(installation: &Installation) {
    let server = installation.serve("all").await;
    let admin = installation.admin(&server).await;
    let archive = installation.folder().join("package.zip");
    let package = Path::new(env!("CARGO_MANIFEST_DIR")).join("config/sample-problems/sumofsquares");
    zip(&package, &archive);
    let bytes = std::fs::read(&archive).unwrap();
    let offer = presigned(&admin, "test_data", "application/zip", bytes.len()).await;
    let import = json!({ "uploadId": offer["uploadId"], "publish": true });
    admin
        .post("/problems/import", import.clone())
        .await
        .problem(409, "upload.not_confirmed");
    assert!(put(&offer, &bytes, None).await.is_success());
    confirm(&admin, &offer).await.data(200);
    let imported = admin.post("/problems/import", import).await.data(201);
    let slug = imported["slug"].as_str().unwrap();
    let source = std::fs::read_to_string(package.join("submissions/accepted/sum_py.py")).unwrap();
    let receipt = admin.submit(slug, "python", &source).await;
    assert_eq!(admin.verdict(receipt["id"].as_str().unwrap()).await["verdict"], "accepted");
}

#[tokio::test]
async fn files_come_and_go_in_a_folder() {
    let installation = Installation::new();
    files_come_and_go(&installation).await;
    let left = std::fs::read_dir(installation.data_dir().join("storage/uploads")).unwrap();
    let files = left.filter(|entry| entry.as_ref().unwrap().path().is_file()).count();
    assert_eq!(files, 1, "only what was confirmed is left");
}

#[tokio::test]
async fn files_come_and_go_in_a_bucket() {
    let bucket = TestBucket::new().await;
    files_come_and_go(&in_bucket(&bucket)).await;
    let keys = bucket.keys().await;
    assert_eq!(keys.iter().filter(|key| key.contains("/uploads/")).count(), 1, "{keys:?}");
}

#[tokio::test]
async fn an_uploaded_package_is_imported_from_a_folder() {
    an_uploaded_package_is_imported(&Installation::new()).await;
}

#[tokio::test]
async fn an_uploaded_package_is_imported_from_a_bucket() {
    let bucket = TestBucket::new().await;
    an_uploaded_package_is_imported(&in_bucket(&bucket)).await;
}
