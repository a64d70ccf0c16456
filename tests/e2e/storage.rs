//! Files in a bucket.

use crate::bucket::TestBucket;
use crate::harness::{Installation, PYTHON_SUM, Server};
use crate::problems::{upload, zip};
use serde_json::json;
use std::path::Path;

/// An installation whose files are in that bucket.
pub(crate) fn in_bucket(bucket: &TestBucket) -> Installation {
    let url = format!("s3://{}/e2e", bucket.bucket.name());
    Installation::new()
        .set("CODESM_STORAGE_URL", &url)
        .set("CODESM_S3_ENDPOINT", bucket.endpoint.as_str())
        .set("CODESM_S3_ACCESS_KEY_ID", bucket.credentials.key())
        .set("CODESM_S3_SECRET_ACCESS_KEY", bucket.credentials.secret())
}

async fn storage_status(server: &Server) -> String {
    let answer = server
        .api
        .client
        .get(format!("{}/health/ready", server.api.base))
        .send()
        .await
        .unwrap();
    let report: serde_json::Value = answer.json().await.unwrap();
    report["checks"]["storage"]["status"].as_str().unwrap().to_owned()
}

#[tokio::test]
async fn a_package_is_imported_and_judged_from_a_bucket() {
    let bucket = TestBucket::new().await;
    let installation = in_bucket(&bucket);
    let server = installation.serve("all").await;
    assert_eq!(storage_status(&server).await, "up");
    let admin = installation.admin(&server).await;
    let archive = installation.folder().join("sumofsquares.zip");
    let package = Path::new(env!("CARGO_MANIFEST_DIR")).join("config/sample-problems/sumofsquares");
    zip(&package, &archive);
    upload(&admin, &archive).await.data(201);
    admin.post("/problems/sumofsquares/publish", json!({})).await.data(200);
    let source = std::fs::read_to_string(package.join("submissions/accepted/sum_py.py")).unwrap();
    let receipt = admin.submit("sumofsquares", "python", &source).await;
    assert_eq!(admin.verdict(receipt["id"].as_str().unwrap()).await["verdict"], "accepted");
    assert!(bucket.keys().await.iter().all(|key| key.starts_with("e2e/blobs/")));
    assert!(!installation.data_dir().join("storage").exists());
    // Another machine: the same database and bucket, nothing in its cache.
    drop(server);
    std::fs::remove_dir_all(installation.data_dir().join("cache")).unwrap();
    let server = installation.serve("all").await;
    let user = server.api.user("ada").await;
    let receipt = user.submit("sumofsquares", "python", PYTHON_SUM).await;
    assert_ne!(user.verdict(receipt["id"].as_str().unwrap()).await["verdict"], "internal_error");
}

#[tokio::test]
async fn doctor_tries_the_bucket_out() {
    let bucket = TestBucket::new().await;
    let right = in_bucket(&bucket).command(&["doctor"]).output().unwrap();
    let text = String::from_utf8_lossy(&right.stdout).into_owned();
    assert!(text.contains("written, read and removed"), "{text}");
    assert!(bucket.keys().await.is_empty());
    let wrong = in_bucket(&bucket)
        .set("CODESM_S3_SECRET_ACCESS_KEY", "other")
        .command(&["doctor"])
        .output()
        .unwrap();
    let text = String::from_utf8_lossy(&wrong.stdout).into_owned();
    assert!(text.contains("FAIL  storage") && text.contains("s3:ListBucket"), "{text}");
    assert_eq!(wrong.status.code(), Some(1));
}
