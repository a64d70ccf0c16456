//! A bucket for one test; of this adapter and of the whole binary (tests/e2e).

use reqwest::{Client, Method as HttpMethod, Response};
use rusty_s3::{Bucket, Credentials, Method, S3Action, UrlStyle, signing::sign};
use std::time::Duration;
use url::Url;

const LIFE: Duration = Duration::from_mins(5);

/// A bucket; dropping it removes it with all that is in it.
pub(crate) struct TestBucket {
    /// Address of the server, without credentials.
    pub(crate) endpoint: Url,
    pub(crate) bucket: Bucket,
    pub(crate) credentials: Credentials,
}

impl TestBucket {
    pub(crate) async fn new() -> Self {
        let url = std::env::var("CODESM_TEST_S3_URL").unwrap_or_else(|_| "http://codesm:codesm-test@127.0.0.1:8014".to_owned());
        let mut endpoint: Url = url.parse().expect("CODESM_TEST_S3_URL is an address");
        let key = endpoint.username().to_owned();
        let secret = endpoint.password().unwrap_or_default().to_owned();
        endpoint.set_username("").unwrap();
        endpoint.set_password(None).unwrap();
        let name = format!("codesm-test-{:016x}", getrandom::u64().unwrap());
        let made = Self {
            bucket: Bucket::new(endpoint.clone(), UrlStyle::Path, name, "us-east-1").unwrap(),
            endpoint,
            credentials: Credentials::new(key, secret),
        };
        let create = made.bucket.create_bucket(&made.credentials).sign(LIFE);
        let answer = client().put(create).header("content-length", 0).send().await;
        let answer = answer.expect("an S3 server must answer at CODESM_TEST_S3_URL; config/scripts/test-services up starts one");
        assert!(answer.status().is_success(), "{answer:?}");
        made
    }

    /// Names of all objects.
    pub(crate) async fn keys(&self) -> Vec<String> {
        let listing = self
            .get(self.bucket.base_url().clone(), &[("list-type", "2")])
            .await
            .text()
            .await
            .unwrap();
        listing
            .split("<Key>")
            .skip(1)
            .map(|rest| rest.split("</Key>").next().unwrap().to_owned())
            .collect()
    }

    async fn get(&self, url: Url, query: &[(&str, &str)]) -> Response {
        let (key, secret) = (self.credentials.key(), self.credentials.secret());
        let now = jiff::Timestamp::now();
        let url = sign(
            &now,
            Method::Get,
            url,
            key,
            secret,
            None,
            "us-east-1",
            300,
            query.iter().copied(),
            std::iter::empty(),
        );
        client().request(HttpMethod::GET, url).send().await.unwrap()
    }

    async fn remove(&self) {
        for key in self.keys().await {
            let url = self.bucket.delete_object(Some(&self.credentials), &key).sign(LIFE);
            assert!(client().delete(url).send().await.unwrap().status().is_success(), "{key}");
        }
        let url = self.bucket.delete_bucket(&self.credentials).sign(LIFE);
        assert!(client().delete(url).send().await.unwrap().status().is_success());
    }
}

/// A new one each time: connections are driven by the runtime they were made in, and that one may be waiting for [`Drop`].
fn client() -> Client {
    Client::new()
}

impl Drop for TestBucket {
    fn drop(&mut self) {
        let removing = std::thread::scope(|scope| {
            let removing = scope.spawn(|| {
                let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
                runtime.block_on(self.remove());
            });
            removing.join()
        });
        assert!(removing.is_ok() || std::thread::panicking(), "the bucket could not be removed");
    }
}
