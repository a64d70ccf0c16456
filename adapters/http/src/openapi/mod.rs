//! The OpenAPI document, and the page that shows it.

mod document;
mod failures;
mod page;

use crate::HttpDeps;
use crate::auth::AuthApi;
use crate::health::HealthApi;
use crate::problems::ProblemsApi;
use crate::queues::{QueuesApi, page as queues};
use crate::response::names;
use crate::submissions::SubmissionsApi;
use crate::uploads::UploadsApi;
use page::{PAGE, PAGE_POLICY, PAGE_SCRIPT, ui_script, ui_style};
use poem::http::{HeaderValue, StatusCode, header};
use poem::{Request, Response};
use poem_openapi::{OpenApiService, Tags};
use serde_json::Value;
use sha2::{Digest, Sha256};
use std::sync::Arc;

/// Groups of operations.
#[derive(Tags)]
pub(crate) enum ApiTags {
    /// Accounts, logins, sessions.
    Accounts,
    /// Problems and their tests.
    Problems,
    /// Submissions, runs, languages.
    Submissions,
    /// Files.
    Uploads,
    /// Health, metrics, queues.
    Operation,
}

type Api = (AuthApi, ProblemsApi, SubmissionsApi, UploadsApi, QueuesApi, HealthApi);

const DESCRIPTION: &str = "CodeSM judges programs.\n\n\
    Answers are `{\"data\": …, \"meta\": {\"requestId\": …}}`; lists add `meta.page` with the `nextCursor`. Errors are RFC 9457 problems \
    (`application/problem+json`) with a stable `code`, and `errors` naming every offending field. Unknown fields of request bodies are \
    ignored; a query parameter that occurs twice is refused.\n\n\
    Every answer has `X-Request-Id`; every answer of the API has `RateLimit-Limit`, `RateLimit-Remaining` and `RateLimit-Reset`. \
    `HEAD` works wherever `GET` does. Reads that need no login carry `ETag` and `Cache-Control`.";

/// The handlers.
pub(crate) fn service(deps: &Arc<HttpDeps>) -> OpenApiService<Api, ()> {
    let api = (
        AuthApi(deps.clone()),
        ProblemsApi(deps.clone()),
        SubmissionsApi(deps.clone()),
        UploadsApi(deps.clone()),
        QueuesApi(deps.clone()),
        HealthApi(deps.clone()),
    );
    OpenApiService::new(api, "CodeSM", deps.settings.version.clone())
}

/// The OpenAPI document of this version: the same text every time, without the address of a server.
#[must_use]
pub fn openapi_json() -> String {
    format!("{:#}\n", document::build(env!("CARGO_PKG_VERSION")))
}

/// A file that never changes while the process runs.
struct File {
    content_type: &'static str,
    bytes: bytes::Bytes,
    tag: String,
}

impl File {
    fn new(content_type: &'static str, text: String) -> Self {
        let bytes = bytes::Bytes::from(text);
        let tag = format!("\"{}\"", hex::encode(&Sha256::digest(&bytes)[..16]));
        Self { content_type, bytes, tag }
    }

    fn answer(&self, request: &Request, policy: Option<&'static str>) -> Response {
        let known = request.header(header::IF_NONE_MATCH).is_some_and(|list| names(list, &self.tag));
        let mut response = if known {
            StatusCode::NOT_MODIFIED.into()
        } else {
            Response::builder()
                .content_type(self.content_type)
                .header(header::CONTENT_LENGTH, self.bytes.len())
                .body(self.bytes.clone())
        };
        let headers = response.headers_mut();
        headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("public, max-age=300"));
        if let Ok(tag) = HeaderValue::from_str(&self.tag) {
            headers.insert(header::ETAG, tag);
        }
        if let Some(policy) = policy {
            headers.insert(header::CONTENT_SECURITY_POLICY, HeaderValue::from_static(policy));
        }
        response
    }
}

/// The document, and the files of the pages, ready to be sent.
pub(crate) struct Documents {
    /// The document itself.
    pub(crate) openapi: Value,
    files: [File; 8],
}

impl Documents {
    /// Where they are, in the order of `files`.
    pub(crate) const PATHS: [&'static str; 8] = [
        "/openapi.json",
        "/docs",
        "/docs/init.js",
        "/docs/swagger-ui.js",
        "/docs/swagger-ui.css",
        "/admin/queues",
        "/admin/queues/page.js",
        "/admin/queues/page.css",
    ];

    pub(crate) fn new(version: &str) -> Self {
        let openapi = document::build(version);
        let html = document::bare_service(version).swagger_ui_html();
        let script = "text/javascript; charset=utf-8";
        let files = [
            File::new("application/json", openapi.to_string()),
            File::new("text/html; charset=utf-8", PAGE.to_owned()),
            File::new(script, PAGE_SCRIPT.to_owned()),
            File::new(script, ui_script(&html)),
            File::new("text/css; charset=utf-8", ui_style(&html)),
            File::new("text/html; charset=utf-8", queues::PAGE.to_owned()),
            File::new(script, queues::SCRIPT.to_owned()),
            File::new("text/css; charset=utf-8", queues::STYLE.to_owned()),
        ];
        Self { openapi, files }
    }

    /// The answer, if the request asks for one of the documents.
    pub(crate) fn answer(&self, request: &Request) -> Option<Response> {
        let at = Self::PATHS.iter().position(|path| *path == request.uri().path())?;
        let policy = match at {
            0 => None,
            1..=4 => Some(PAGE_POLICY),
            _ => Some(queues::POLICY),
        };
        Some(self.files[at].answer(request, policy))
    }
}
