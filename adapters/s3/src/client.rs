//! Signed requests to one bucket.

use crate::failure::Failure;
use crate::retry::retrying;
use crate::settings::{Patience, S3Settings};
use bytes::Bytes;
use codesm_core::kernel::AppError;
use jiff::Timestamp;
use reqwest::{Body, Client, Response, redirect};
use rusty_s3::signing::sign;
use rusty_s3::{Bucket, Method, UrlStyle};
use std::io::SeekFrom;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;
use thiserror::Error;
use tokio::fs::File;
use tokio::io::{AsyncReadExt as _, AsyncSeekExt as _};
use tokio_util::io::ReaderStream;
use url::Url;

/// How long our own requests may be on their way before the service refuses them.
const REQUEST_LIFE: Duration = Duration::from_mins(15);
/// Bytes read from a file at once while it is sent.
const CHUNK_BYTES: usize = 64 * 1024;
/// Longest error document that is read.
const MAX_ANSWER: usize = 64 * 1024;

/// The settings name no bucket that could be reached.
#[derive(Debug, Error)]
pub enum S3Error {
    /// Endpoint and bucket make no address.
    #[error("the S3 endpoint {endpoint} and the bucket {bucket} make no address")]
    Address {
        /// As configured.
        endpoint: Url,
        /// As configured.
        bucket: String,
    },
    /// The HTTP client could not be made: no trusted certificates, say.
    #[error("no HTTP client for S3: {0}")]
    Client(String),
    /// The folder of the cache cannot be used.
    #[error("{0}")]
    Cache(#[from] std::io::Error),
}

/// A bucket that requests can be sent to. Cheap to clone.
#[derive(Clone)]
pub(crate) struct S3Client {
    settings: Arc<S3Settings>,
    bucket: Bucket,
    http: Client,
}

/// What is sent along.
#[derive(Clone)]
pub(crate) enum Payload {
    Empty,
    Bytes(Bytes),
    /// A part of a file of this machine, opened anew for each attempt.
    Part {
        path: PathBuf,
        offset: u64,
        length: u64,
    },
}

impl Payload {
    pub(crate) fn length(&self) -> u64 {
        match self {
            Self::Empty => 0,
            Self::Bytes(bytes) => bytes.len() as u64,
            Self::Part { length, .. } => *length,
        }
    }

    async fn body(&self) -> Result<Body, Failure> {
        Ok(match self {
            Self::Empty => Body::from(Bytes::new()),
            Self::Bytes(bytes) => Body::from(bytes.clone()),
            Self::Part { path, offset, length } => {
                let mut file = File::open(path).await?;
                file.seek(SeekFrom::Start(*offset)).await?;
                Body::wrap_stream(ReaderStream::with_capacity(file.take(*length), CHUNK_BYTES))
            }
        })
    }
}

/// One request. Queries and headers must be sorted by name, names of headers be lower-case.
#[derive(Clone)]
pub(crate) struct Request {
    pub(crate) method: Method,
    /// Without the prefix; `None` for the bucket itself.
    pub(crate) key: Option<String>,
    pub(crate) query: Vec<(&'static str, String)>,
    pub(crate) headers: Vec<(&'static str, String)>,
    pub(crate) payload: Payload,
}

impl Request {
    pub(crate) fn new(method: Method, key: &str) -> Self {
        Self {
            method,
            key: Some(key.to_owned()),
            query: Vec::new(),
            headers: Vec::new(),
            payload: Payload::Empty,
        }
    }

    pub(crate) fn query(mut self, name: &'static str, value: impl Into<String>) -> Self {
        self.query.push((name, value.into()));
        self
    }

    pub(crate) fn header(mut self, name: &'static str, value: impl Into<String>) -> Self {
        self.headers.push((name, value.into()));
        self
    }

    pub(crate) fn payload(mut self, payload: Payload) -> Self {
        self.payload = payload;
        self
    }
}

impl S3Client {
    pub(crate) fn new(settings: S3Settings) -> Result<Self, S3Error> {
        let style = if settings.path_style {
            UrlStyle::Path
        } else {
            UrlStyle::VirtualHost
        };
        let bucket = Bucket::new(settings.endpoint.clone(), style, settings.bucket.clone(), settings.region.clone());
        let bucket = bucket.map_err(|_| S3Error::Address {
            endpoint: settings.endpoint.clone(),
            bucket: settings.bucket.clone(),
        })?;
        // A redirect would need another signature.
        let http = Client::builder()
            .redirect(redirect::Policy::none())
            .connect_timeout(settings.patience.connect)
            .user_agent(concat!("codesm/", env!("CARGO_PKG_VERSION")))
            .build()
            .map_err(|error| S3Error::Client(error.to_string()))?;
        Ok(Self {
            settings: Arc::new(settings),
            bucket,
            http,
        })
    }

    pub(crate) fn patience(&self) -> &Patience {
        &self.settings.patience
    }

    /// Full name of an object, for a copy: `/bucket/prefix/key`.
    pub(crate) fn source_of_copy(&self, key: &str) -> String {
        format!("/{}/{}{key}", self.settings.bucket, self.settings.prefix)
    }

    /// An address that whoever has it may use until then, with exactly these headers.
    pub(crate) fn presign(&self, request: &Request, life: Duration) -> Url {
        let url = match &request.key {
            Some(key) => self.bucket.object_url(&format!("{}{key}", self.settings.prefix)),
            None => self.bucket.base_url().clone(),
        };
        let query = request.query.iter().map(|(name, value)| (*name, value.as_str()));
        let headers = request.headers.iter().map(|(name, value)| (*name, value.as_str()));
        let settings = &self.settings;
        let (key, secret) = (&settings.access_key_id, &settings.secret_access_key);
        let seconds = life.as_secs().max(1);
        sign(
            &Timestamp::now(),
            request.method,
            url,
            key,
            secret,
            None,
            &settings.region,
            seconds,
            query,
            headers,
        )
    }

    /// The answer, once it begins, if it is a success. Tries once.
    pub(crate) async fn send_once(&self, request: &Request) -> Result<Response, Failure> {
        let url = self.presign(request, REQUEST_LIFE);
        let method = match request.method {
            Method::Head => reqwest::Method::HEAD,
            Method::Get => reqwest::Method::GET,
            Method::Post => reqwest::Method::POST,
            Method::Put => reqwest::Method::PUT,
            Method::Delete => reqwest::Method::DELETE,
        };
        let mut sent = self.http.request(method, url);
        for (name, value) in &request.headers {
            sent = sent.header(*name, value);
        }
        if matches!(request.method, Method::Put | Method::Post) {
            // Said always: without it a body of a stream is sent in chunks, which S3 does not take, and an empty one without a length.
            sent = sent
                .header("content-length", request.payload.length())
                .body(request.payload.body().await?);
        }
        let patience = self.patience();
        let sending = Duration::from_secs(request.payload.length() / patience.slowest_upload.max(1));
        let answer = tokio::time::timeout(patience.answer + sending, sent.send()).await;
        let answer = answer.map_err(|_| Failure::Transient("no answer in time".to_owned()))?;
        let answer = answer.map_err(Failure::network)?;
        let status = answer.status();
        if status.is_success() {
            return Ok(answer);
        }
        // A cut error document changes nothing: the status says enough.
        let document = self.text(answer).await.unwrap_or_default();
        Err(Failure::answer(status, &document))
    }

    /// The whole body of the answer as text. Tries again as long as that may help.
    pub(crate) async fn ask(&self, what: &str, request: &Request) -> Result<String, Failure> {
        retrying(self.patience(), what, || async {
            let answer = self.send_once(request).await?;
            self.text(answer).await
        })
        .await
    }

    /// The next piece of a body; `None` at its end.
    pub(crate) async fn next_chunk(&self, answer: &mut Response) -> Result<Option<Bytes>, Failure> {
        let chunk = tokio::time::timeout(self.patience().answer, answer.chunk()).await;
        let chunk = chunk.map_err(|_| Failure::Transient("the answer stopped in its middle".to_owned()))?;
        chunk.map_err(Failure::network)
    }

    /// At most the first `max` bytes of a body.
    pub(crate) async fn bytes(&self, mut answer: Response, max: usize) -> Result<Vec<u8>, Failure> {
        let mut bytes = Vec::new();
        while bytes.len() < max
            && let Some(chunk) = self.next_chunk(&mut answer).await?
        {
            let wanted = (max - bytes.len()).min(chunk.len());
            bytes.extend_from_slice(&chunk[..wanted]);
        }
        Ok(bytes)
    }

    /// The whole body, up to what an error document may need.
    pub(crate) async fn text(&self, answer: Response) -> Result<String, Failure> {
        let bytes = self.bytes(answer, MAX_ANSWER).await?;
        Ok(String::from_utf8_lossy(&bytes).into_owned())
    }

    /// Whether the bucket is there and ours, asked once.
    pub(crate) async fn check(&self) -> Result<(), Failure> {
        let request = Request {
            key: None,
            ..Request::new(Method::Head, "")
        };
        self.send_once(&request).await.map(drop)
    }
}

/// Joins work on a blocking thread.
pub(crate) async fn blocking<T: Send + 'static>(work: impl FnOnce() -> std::io::Result<T> + Send + 'static) -> Result<T, AppError> {
    let done = tokio::task::spawn_blocking(work).await.map_err(AppError::internal)?;
    done.map_err(|error| Failure::Local(error).into())
}
