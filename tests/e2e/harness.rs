//! Starts the real binary on a scratch folder and talks to it like a client.

use reqwest::{Client, Method, RequestBuilder, Response, StatusCode};
use serde_json::{Value, json};
use std::collections::BTreeMap;
use std::fs::File;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::{Duration, Instant};
use tempfile::TempDir;

/// The binary under test.
pub(crate) const CODESM: &str = env!("CARGO_BIN_EXE_codesm");
/// Longest wait for anything on a busy machine.
pub(crate) const PATIENCE: Duration = Duration::from_mins(1);

/// A scratch installation: a data folder and the environment of its processes.
pub(crate) struct Installation {
    folder: TempDir,
    variables: BTreeMap<String, String>,
    logs: AtomicU32,
}

impl Installation {
    pub(crate) fn new() -> Self {
        let folder = tempfile::tempdir().expect("a scratch folder");
        let data = folder.path().join("data");
        let mut variables = BTreeMap::new();
        let mut set = |key: &str, value: &str| variables.insert(key.to_owned(), value.to_owned());
        set("CODESM_DATA_DIR", &data.display().to_string());
        set("CODESM_HTTP_BIND", "127.0.0.1:0");
        set("CODESM_LOG_FORMAT", "json");
        set("CODESM_SANDBOX_SLOTS", "1");
        // Each test would do it anew for its own folder.
        set("CODESM_SANDBOX_PREPARE", "false");
        for limit in ["SUBMISSIONS", "REQUESTS", "ANONYMOUS", "LOGIN"] {
            set(&format!("CODESM_LIMITS_{limit}_PER_MINUTE"), "1000000");
        }
        Self {
            folder,
            variables,
            logs: AtomicU32::new(0),
        }
    }

    pub(crate) fn set(mut self, key: &str, value: &str) -> Self {
        self.variables.insert(key.to_owned(), value.to_owned());
        self
    }

    pub(crate) fn data_dir(&self) -> PathBuf {
        self.folder.path().join("data")
    }

    pub(crate) fn folder(&self) -> &Path {
        self.folder.path()
    }

    /// A command of the binary with exactly this installation's environment.
    pub(crate) fn command(&self, arguments: &[&str]) -> Command {
        let mut command = Command::new(CODESM);
        command.args(arguments).env_clear().stdin(Stdio::null());
        for key in ["PATH", "HOME", "TMPDIR"] {
            if let Some(value) = std::env::var_os(key) {
                command.env(key, value);
            }
        }
        command.envs(&self.variables);
        command
    }

    /// Starts a role; its log goes to a file.
    pub(crate) fn start(&self, role: &str) -> Running {
        let log = self
            .folder
            .path()
            .join(format!("{role}-{}.log", self.logs.fetch_add(1, Ordering::Relaxed)));
        let file = File::create(&log).expect("a log file");
        let child = self
            .command(&[role])
            .stdout(Stdio::null())
            .stderr(file)
            .spawn()
            .expect("the binary starts");
        Running { child, log }
    }

    /// Starts a role that serves, and waits until it is ready.
    pub(crate) async fn serve(&self, role: &str) -> Server {
        let mut running = self.start(role);
        let line = running.wait_for_log("API ready").await;
        let address = line["address"].as_str().expect("the log names the address").to_owned();
        Server {
            api: Api {
                base: format!("http://{address}"),
                client: client(),
            },
            running,
        }
    }

    /// Creates another admin on the command line and logs in.
    pub(crate) async fn create_admin(&self, name: &str, server: &Server) -> User {
        let email = format!("{name}@example.org");
        let mut command = self.command(&["admin", "create", "--email", &email, "--username", name]);
        let mut child = command
            .stdin(Stdio::piped())
            .stdout(Stdio::null())
            .spawn()
            .expect("the binary starts");
        std::io::Write::write_all(&mut child.stdin.take().expect("a pipe"), b"correct horse\n").expect("a written password");
        assert!(child.wait().expect("an end").success());
        server.api.login(&email, "correct horse").await
    }

    /// Logs in as the admin of the first start.
    pub(crate) async fn admin(&self, server: &Server) -> User {
        let password = std::fs::read_to_string(self.data_dir().join("admin-password")).expect("the first start wrote a password");
        server.api.login("admin@localhost.localdomain", password.trim()).await
    }
}

fn client() -> Client {
    Client::builder().timeout(PATIENCE).build().expect("a client")
}

/// A process of the binary; killed when dropped.
pub(crate) struct Running {
    pub(crate) child: Child,
    pub(crate) log: PathBuf,
}

impl Running {
    pub(crate) fn pid(&self) -> u32 {
        self.child.id()
    }

    pub(crate) fn log_text(&self) -> String {
        std::fs::read_to_string(&self.log).expect("the log is readable")
    }

    /// The first log line with this message.
    pub(crate) async fn wait_for_log(&mut self, message: &str) -> Value {
        let deadline = Instant::now() + PATIENCE;
        loop {
            let text = self.log_text();
            let found = text
                .lines()
                .filter_map(|line| serde_json::from_str::<Value>(line).ok())
                .find(|line| line["message"] == message);
            if let Some(line) = found {
                return line;
            }
            let ended = self.child.try_wait().expect("the process can be asked");
            assert!(
                ended.is_none(),
                "the process ended with {ended:?} before it said {message:?}:\n{text}"
            );
            assert!(Instant::now() < deadline, "never said {message:?}:\n{text}");
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    }

    pub(crate) fn signal(&self, name: &str) {
        let sent = Command::new("kill")
            .args([format!("-{name}"), self.pid().to_string()])
            .status()
            .expect("kill runs");
        assert!(sent.success(), "kill -{name} {}", self.pid());
    }

    /// Waits for the end; gives the exit code, `None` if a signal ended it.
    pub(crate) async fn wait(&mut self, within: Duration) -> Option<i32> {
        let deadline = Instant::now() + within;
        loop {
            if let Some(status) = self.child.try_wait().expect("the process can be asked") {
                return status.code();
            }
            assert!(Instant::now() < deadline, "still runs after {within:?}:\n{}", self.log_text());
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    }

    pub(crate) fn kill(&mut self) {
        self.child.kill().expect("the process can be killed");
        self.child.wait().expect("the process ends");
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        // It may have ended already; there is nobody to tell otherwise.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// A process that serves the API.
pub(crate) struct Server {
    pub(crate) api: Api,
    pub(crate) running: Running,
}

/// The API of a server, without login.
#[derive(Clone)]
pub(crate) struct Api {
    pub(crate) base: String,
    pub(crate) client: Client,
}

/// The API as a logged-in user sees it.
#[derive(Clone)]
pub(crate) struct User {
    pub(crate) api: Api,
    pub(crate) access: String,
    pub(crate) refresh: String,
    pub(crate) id: String,
}

/// An answer, read whole.
#[derive(Debug)]
pub(crate) struct Answer {
    pub(crate) status: StatusCode,
    pub(crate) headers: reqwest::header::HeaderMap,
    pub(crate) body: Value,
    pub(crate) text: String,
}

impl Answer {
    pub(crate) async fn of(response: Response) -> Self {
        let (status, headers) = (response.status(), response.headers().clone());
        let text = response.text().await.expect("a readable body");
        let body = serde_json::from_str(&text).unwrap_or(Value::Null);
        Self {
            status,
            headers,
            body,
            text,
        }
    }

    /// The data, if the status is as expected.
    #[track_caller]
    pub(crate) fn data(self, status: u16) -> Value {
        assert_eq!(self.status, status, "{}", self.text);
        self.body["data"].clone()
    }

    /// Asserts a problem document with this status and code.
    #[track_caller]
    pub(crate) fn problem(self, status: u16, code: &str) -> Value {
        assert_eq!(
            (self.status.as_u16(), self.body["code"].as_str()),
            (status, Some(code)),
            "{}",
            self.text
        );
        assert_eq!(self.headers["content-type"], "application/problem+json", "{}", self.text);
        assert_eq!(self.body["status"], status);
        assert!(
            self.body["title"].is_string() && self.body["detail"].is_string() && self.body["requestId"].is_string(),
            "{}",
            self.text
        );
        self.body
    }
}

impl Api {
    pub(crate) fn request(&self, method: Method, path: &str) -> RequestBuilder {
        let prefix =
            if path.starts_with("/health") || path.starts_with("/metrics") || path.starts_with("/openapi") || path.starts_with("/docs") {
                ""
            } else {
                "/api/v1"
            };
        self.client.request(method, format!("{}{prefix}{path}", self.base))
    }

    pub(crate) async fn get(&self, path: &str) -> Answer {
        Answer::of(self.request(Method::GET, path).send().await.expect("an answer")).await
    }

    pub(crate) async fn post(&self, path: &str, body: Value) -> Answer {
        Answer::of(self.request(Method::POST, path).json(&body).send().await.expect("an answer")).await
    }

    pub(crate) async fn login(&self, email: &str, password: &str) -> User {
        let data = self
            .post("/auth/login", json!({ "email": email, "password": password }))
            .await
            .data(200);
        let text = |key: &str| data[key].as_str().expect("a token").to_owned();
        User {
            api: self.clone(),
            access: text("accessToken"),
            refresh: text("refreshToken"),
            id: data["user"]["id"].as_str().expect("an id").to_owned(),
        }
    }

    /// Registers a new user of that name and logs in.
    pub(crate) async fn user(&self, name: &str) -> User {
        let email = format!("{name}@example.org");
        self.post(
            "/auth/register",
            json!({ "email": email, "username": name, "password": "correct horse" }),
        )
        .await
        .data(201);
        self.login(&email, "correct horse").await
    }
}

impl User {
    pub(crate) fn request(&self, method: Method, path: &str) -> RequestBuilder {
        self.api.request(method, path).bearer_auth(&self.access)
    }

    pub(crate) async fn get(&self, path: &str) -> Answer {
        Answer::of(self.request(Method::GET, path).send().await.expect("an answer")).await
    }

    pub(crate) async fn post(&self, path: &str, body: Value) -> Answer {
        Answer::of(self.request(Method::POST, path).json(&body).send().await.expect("an answer")).await
    }

    pub(crate) async fn put(&self, path: &str, body: Value) -> Answer {
        Answer::of(self.request(Method::PUT, path).json(&body).send().await.expect("an answer")).await
    }

    pub(crate) async fn patch(&self, path: &str, body: Value) -> Answer {
        Answer::of(self.request(Method::PATCH, path).json(&body).send().await.expect("an answer")).await
    }

    /// Creates and publishes a problem "read two numbers, print their sum" with that many secret tests.
    pub(crate) async fn sum_problem(&self, slug: &str, secrets: u32) -> String {
        let body = json!({ "title": "Sum", "slug": slug, "statement": "Add two numbers.", "difficulty": "easy", "tags": ["math"] });
        let id = self.post("/problems", body).await.data(201)["id"]
            .as_str()
            .expect("an id")
            .to_owned();
        let sample = json!({ "input": "1 2\n", "answer": "3\n", "sample": true });
        let secret = |n: u32| json!({ "input": format!("{n} {n}\n"), "answer": format!("{}\n", 2 * n), "sample": false });
        let tests: Vec<Value> = std::iter::once(sample).chain((1..=secrets).map(|n| secret(1000 + n))).collect();
        self.put(&format!("/problems/{slug}/tests"), json!({ "tests": tests }))
            .await
            .data(200);
        self.post(&format!("/problems/{slug}/publish"), json!({})).await.data(200);
        id
    }

    pub(crate) async fn submit(&self, slug: &str, language: &str, source: &str) -> Value {
        self.post(
            &format!("/problems/{slug}/submissions?wait=30"),
            json!({ "language": language, "source": source }),
        )
        .await
        .data(201)
    }

    /// Waits until a submission is done.
    pub(crate) async fn verdict(&self, id: &str) -> Value {
        let deadline = Instant::now() + PATIENCE;
        loop {
            let data = self.get(&format!("/submissions/{id}")).await.data(200);
            if data["state"] == "done" {
                return data;
            }
            assert!(Instant::now() < deadline, "never judged: {data}");
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
    }
}

/// Adds two numbers, in Python.
pub(crate) const PYTHON_SUM: &str = "a, b = map(int, input().split())\nprint(a + b)\n";
/// Adds two numbers, in C++.
pub(crate) const CPP_SUM: &str = "#include <iostream>\nint main() { long a, b; std::cin >> a >> b; std::cout << a + b << '\\n'; }\n";

/// Where PostgreSQL is; `make test` sets it.
pub(crate) fn postgres_url() -> String {
    std::env::var("CODESM_TEST_POSTGRES_URL").unwrap_or_else(|_| "postgres://root@127.0.0.1:5432/postgres".to_owned())
}
