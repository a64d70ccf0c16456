//! A server of its own for every test. Every answer is compared with the OpenAPI document in passing.

use async_trait::async_trait;
use codesm_core::app::App;
use codesm_core::auth::CreateAccountCommand;
use codesm_core::judging::engine::Engine;
use codesm_core::kernel::{RequestContext, Role, Secret};
use codesm_http::{HealthCheck, HealthChecks, HealthReport, HealthStatus, HttpDeps, HttpSettings, endpoint, openapi_json, serve};
use codesm_memory::fakes::Fakes;
use reqwest::{Method, RequestBuilder, StatusCode, header::HeaderMap};
use serde_json::{Value, json};
use std::sync::atomic::{AtomicU8, Ordering};
use std::sync::{Arc, LazyLock};
use std::time::Duration;
use tempfile::TempDir;
use tokio::net::TcpListener;
use tokio::task::JoinHandle;
use tokio_util::sync::CancellationToken;

static DOCUMENT: LazyLock<Value> = LazyLock::new(|| serde_json::from_str(&openapi_json()).unwrap());

pub(crate) const PASSWORD: &str = "correct horse battery staple";

/// Health that says what the test wants.
#[derive(Default)]
pub(crate) struct ScriptedHealth(pub(crate) AtomicU8);

impl ScriptedHealth {
    pub(crate) const UP: u8 = 0;
    pub(crate) const DEGRADED: u8 = 1;
    pub(crate) const DOWN: u8 = 2;
    pub(crate) const PANICS: u8 = 3;
    pub(crate) const HANGS: u8 = 4;

    async fn report(&self) -> HealthReport {
        let status = match self.0.load(Ordering::SeqCst) {
            Self::UP => HealthStatus::Up,
            Self::DEGRADED => HealthStatus::Degraded,
            Self::DOWN => HealthStatus::Down,
            Self::PANICS => panic!("the secret is 4711"),
            _ => std::future::pending().await,
        };
        HealthReport {
            checks: vec![HealthCheck {
                name: "database".to_owned(),
                status,
                latency_ms: Some(3),
                details: json!({ "pendingJobs": 7 }).as_object().cloned().unwrap_or_default(),
            }],
            uptime: Duration::from_secs(42),
        }
    }
}

#[async_trait]
impl HealthChecks for ScriptedHealth {
    async fn live(&self) -> HealthReport {
        self.report().await
    }
    async fn ready(&self) -> HealthReport {
        self.report().await
    }
    async fn startup(&self) -> HealthReport {
        self.report().await
    }
}

/// A running API.
pub(crate) struct Server {
    pub(crate) fakes: Fakes,
    pub(crate) app: Arc<App>,
    pub(crate) health: Arc<ScriptedHealth>,
    pub(crate) base: String,
    pub(crate) scratch: TempDir,
    pub(crate) shutdown: CancellationToken,
    pub(crate) running: JoinHandle<std::io::Result<()>>,
    client: reqwest::Client,
}

/// An answer, read to its end.
pub(crate) struct Answer {
    pub(crate) status: StatusCode,
    pub(crate) headers: HeaderMap,
    pub(crate) bytes: Vec<u8>,
}

impl Answer {
    pub(crate) async fn of(response: reqwest::Response) -> Self {
        Self {
            status: response.status(),
            headers: response.headers().clone(),
            bytes: response.bytes().await.unwrap().to_vec(),
        }
    }

    pub(crate) fn json(&self) -> Value {
        serde_json::from_slice(&self.bytes).unwrap_or_else(|error| panic!("{error}: {}", String::from_utf8_lossy(&self.bytes)))
    }

    pub(crate) fn data(&self) -> Value {
        assert!(
            self.status.is_success(),
            "{}: {}",
            self.status,
            String::from_utf8_lossy(&self.bytes)
        );
        self.json()["data"].clone()
    }

    pub(crate) fn header(&self, name: &str) -> &str {
        self.headers.get(name).map_or("", |value| value.to_str().unwrap())
    }

    /// Checks the form of a problem.
    #[track_caller]
    pub(crate) fn is_problem(&self, status: u16, code: &str) -> &Self {
        let text = String::from_utf8_lossy(&self.bytes);
        assert_eq!(self.status.as_u16(), status, "{text}");
        assert_eq!(self.header("content-type"), "application/problem+json", "{text}");
        let problem = self.json();
        assert_eq!(problem["code"], code, "{text}");
        assert_eq!(problem["status"], status);
        assert_eq!(problem["requestId"], self.header("x-request-id"));
        for key in ["type", "title", "detail"] {
            assert!(problem[key].as_str().is_some_and(|text| !text.is_empty()), "{key}: {text}");
        }
        assert!(problem["errors"].is_array());
        self
    }

    /// Offending fields with their codes.
    pub(crate) fn fields(&self) -> Vec<(String, String)> {
        let text = |value: &Value| value.as_str().unwrap().to_owned();
        let errors = self.json()["errors"].as_array().unwrap().clone();
        errors.iter().map(|error| (text(&error["field"]), text(&error["code"]))).collect()
    }
}

impl Server {
    pub(crate) async fn start() -> Self {
        Self::with(|_| {}).await
    }

    pub(crate) async fn with(change: impl FnOnce(&mut HttpSettings)) -> Self {
        let fakes = Fakes::new();
        fakes.worker_online("w1").await.unwrap();
        let engine = Engine::new(fakes.sandbox.clone());
        let app = Arc::new(App::new(
            fakes.auth_deps(),
            fakes.problem_deps(),
            fakes.submission_deps(),
            fakes.upload_deps(),
            Some(engine),
        ));
        let scratch = tempfile::tempdir().unwrap();
        let mut settings = HttpSettings::new("9.9.9", scratch.path());
        change(&mut settings);
        let health = Arc::new(ScriptedHealth::default());
        let shutdown = CancellationToken::new();
        let api = endpoint(HttpDeps {
            app: app.clone(),
            limiter: fakes.limiter.clone(),
            clock: fakes.clock.clone(),
            ids: fakes.ids.clone(),
            health: health.clone(),
            metrics: Some(Arc::new(|| "codesm_up 1\n".to_owned())),
            shutdown: shutdown.clone(),
            settings,
        });
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let base = format!("http://{}", listener.local_addr().unwrap());
        let running = tokio::spawn(serve(listener, api, shutdown.clone(), Duration::from_secs(5)));
        Self {
            fakes,
            app,
            health,
            base,
            scratch,
            shutdown,
            running,
            client: reqwest::Client::new(),
        }
    }

    pub(crate) fn request(&self, method: Method, path: &str) -> RequestBuilder {
        self.client.request(method, format!("{}{path}", self.base))
    }

    pub(crate) fn get(&self, path: &str) -> RequestBuilder {
        self.request(Method::GET, path)
    }

    pub(crate) fn post(&self, path: &str) -> RequestBuilder {
        self.request(Method::POST, path)
    }

    /// Sends it, and compares the answer with the document.
    pub(crate) async fn send(&self, request: RequestBuilder) -> Answer {
        let request = request.build().unwrap();
        let (method, path) = (request.method().clone(), request.url().path().to_owned());
        let answer = Answer::of(self.client.execute(request).await.unwrap()).await;
        check_documented(&method, &path, &answer);
        answer
    }

    pub(crate) async fn post_json(&self, path: &str, token: Option<&str>, body: &Value) -> Answer {
        self.json(Method::POST, path, token, body).await
    }

    pub(crate) async fn json(&self, method: Method, path: &str, token: Option<&str>, body: &Value) -> Answer {
        let request = self.request(method, path).json(body);
        let request = match token {
            Some(token) => request.bearer_auth(token),
            None => request,
        };
        self.send(request).await
    }

    pub(crate) async fn fetch(&self, path: &str, token: Option<&str>) -> Answer {
        let request = self.get(path);
        self.send(match token {
            Some(token) => request.bearer_auth(token),
            None => request,
        })
        .await
    }

    /// An account of that role, logged in: its access token.
    pub(crate) async fn token(&self, username: &str, role: Role) -> String {
        let command = CreateAccountCommand {
            email: format!("{username}@example.org"),
            username: username.to_owned(),
            password: Secret::new(PASSWORD.to_owned()),
            role,
        };
        let system = RequestContext::system("test");
        self.app.auth.create_account.create(&system, command).await.unwrap();
        let tokens = self.login(username).await.data();
        tokens["accessToken"].as_str().unwrap().to_owned()
    }

    pub(crate) async fn login(&self, username: &str) -> Answer {
        let body = json!({ "email": format!("{username}@example.org"), "password": PASSWORD });
        self.post_json("/api/v1/auth/login", None, &body).await
    }

    /// A published problem `a-plus-b` with one sample and one hidden test.
    pub(crate) async fn problem(&self, author: &str) -> Value {
        let body = json!({ "title": "A plus B", "statement": "Add.", "difficulty": "easy", "tags": ["Math"] });
        let problem = self.post_json("/api/v1/problems", Some(author), &body).await.data();
        let tests = json!({ "tests": [
            { "input": "5 5\n", "answer": "10\n", "sample": false },
            { "input": "1 2\n", "answer": "3\n", "sample": true, "explanation": "easy" },
        ]});
        self.json(Method::PUT, "/api/v1/problems/a-plus-b/tests", Some(author), &tests)
            .await
            .data();
        self.send(self.post("/api/v1/problems/a-plus-b/publish").bearer_auth(author))
            .await
            .data();
        problem
    }
}

/// The answer's status, media type, code and headers must be what the document says about the operation.
#[track_caller]
fn check_documented(method: &Method, path: &str, answer: &Answer) {
    let fits = |pattern: &str| {
        let (pattern, path): (Vec<&str>, Vec<&str>) = (pattern.split('/').collect(), path.split('/').collect());
        pattern.len() == path.len()
            && pattern
                .iter()
                .zip(&path)
                .all(|(a, b)| a == b || (a.starts_with('{') && !b.is_empty()))
    };
    let paths = DOCUMENT["paths"].as_object().unwrap();
    let item = paths
        .get(path)
        .or_else(|| paths.iter().find(|(pattern, _)| fits(pattern)).map(|(_, item)| item));
    let method = if *method == Method::HEAD { Method::GET } else { method.clone() };
    let operation = &item.unwrap_or(&Value::Null)[method.as_str().to_lowercase()];
    if operation.is_null() {
        return;
    }
    let status = answer.status.as_str();
    let documented = &operation["responses"][status];
    let body = String::from_utf8_lossy(&answer.bytes);
    assert!(documented.is_object(), "{method} {path}: {status} is not documented: {body}");
    let media = answer.header("content-type").split("; charset=utf-8").next().unwrap();
    if !answer.bytes.is_empty() && media != "text/plain; version=0.0.4" {
        assert!(
            documented["content"][media].is_object(),
            "{method} {path} {status}: {media} is not documented"
        );
    }
    if media == "application/problem+json" && !answer.bytes.is_empty() {
        let code = answer.json()["code"].as_str().unwrap().to_owned();
        let known = documented["description"].as_str().unwrap().contains(&format!("`{code}`"));
        assert!(
            known || code.starts_with("package."),
            "{method} {path} {status}: {code} is not documented"
        );
    }
    for (name, header) in documented["headers"].as_object().into_iter().flatten() {
        // Those described once for all are `$ref`s, and all of them are promised.
        if header["required"] == true || header["$ref"].is_string() {
            assert!(answer.headers.contains_key(name), "{method} {path} {status}: {name} is missing");
        }
    }
}
