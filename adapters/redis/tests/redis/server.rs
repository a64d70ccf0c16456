//! A Redis of a test's own, on a free port of the loopback.

use codesm_redis::{RedisConnection, RedisSettings};
use std::net::TcpListener;
use std::path::PathBuf;
use std::process::{Child, Command, Stdio};
use std::sync::Arc;
use std::time::{Duration, Instant};
use tempfile::TempDir;

/// Longest wait for anything on a busy machine.
const PATIENCE: Duration = Duration::from_secs(30);

/// A server that can be stopped and started again at the same place; it keeps nothing and ends with the test.
pub(crate) struct OwnRedis {
    port: u16,
    folder: TempDir,
    arguments: Vec<&'static str>,
    child: Option<Child>,
}

impl OwnRedis {
    /// A place for a server that does not run yet.
    pub(crate) fn stopped() -> Self {
        let port = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
        let server = Self {
            port,
            folder: tempfile::tempdir().unwrap(),
            arguments: Vec::new(),
            child: None,
        };
        std::fs::write(server.configuration(), "").unwrap();
        server
    }

    pub(crate) fn started() -> Self {
        Self::started_with("")
    }

    /// With these lines of configuration.
    pub(crate) fn started_with(configuration: &str) -> Self {
        Self::started_with_arguments(configuration, &[])
    }

    pub(crate) fn started_with_arguments(configuration: &str, arguments: &[&'static str]) -> Self {
        let mut server = Self::stopped();
        std::fs::write(server.configuration(), configuration).unwrap();
        server.arguments = arguments.to_vec();
        server.start();
        server
    }

    pub(crate) const fn port(&self) -> u16 {
        self.port
    }

    fn configuration(&self) -> PathBuf {
        self.folder.path().join("redis.conf")
    }

    pub(crate) fn start(&mut self) {
        let child = Command::new("redis-server")
            .arg(self.configuration())
            .args([
                "--bind",
                "127.0.0.1",
                "--save",
                "",
                "--appendonly",
                "no",
                "--loglevel",
                "warning",
                "--port",
            ])
            .arg(self.port.to_string())
            .arg("--dir")
            .arg(self.folder.path())
            .args(&self.arguments)
            .stdout(Stdio::null())
            .spawn();
        self.child = Some(child.expect("redis-server runs; `config/scripts/test-services up redis` installs it"));
        let deadline = Instant::now() + PATIENCE;
        while self.ask(&["PING"]) != "PONG" {
            assert!(Instant::now() < deadline, "redis-server does not answer");
            std::thread::sleep(Duration::from_millis(20));
        }
    }

    pub(crate) fn kill(&mut self) {
        if let Some(mut child) = self.child.take() {
            child.kill().unwrap();
            child.wait().unwrap();
        }
    }

    /// The answer to a command; empty without a server.
    pub(crate) fn ask(&self, command: &[&str]) -> String {
        let port = self.port.to_string();
        let output = Command::new("redis-cli")
            .args(["-h", "127.0.0.1", "-p", &port])
            .args(command)
            .output();
        String::from_utf8(output.unwrap().stdout).unwrap().trim().to_owned()
    }

    /// A connection, whether there is a server or not.
    pub(crate) fn connect(&self) -> Arc<RedisConnection> {
        connect(self.port, "codesm")
    }
}

/// A connection to a port of the loopback.
pub(crate) fn connect(port: u16, prefix: &str) -> Arc<RedisConnection> {
    let settings = RedisSettings {
        url: format!("redis://127.0.0.1:{port}"),
        prefix: prefix.to_owned(),
    };
    Arc::new(RedisConnection::start(&settings).unwrap())
}

impl Drop for OwnRedis {
    fn drop(&mut self) {
        self.kill();
    }
}

/// Waits until the connection is up, or down.
pub(crate) async fn until(connection: &RedisConnection, up: bool) {
    let deadline = Instant::now() + PATIENCE;
    while connection.is_up() != up {
        assert!(
            Instant::now() < deadline,
            "the connection never became {}",
            if up { "up" } else { "down" }
        );
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
}
