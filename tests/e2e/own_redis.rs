//! A Redis of a test's own, on a free port of the loopback.

use crate::harness::PATIENCE;
use std::net::TcpListener;
use std::process::{Child, Command, Stdio};
use std::time::Instant;

/// A server that can be stopped and started again at the same place; it keeps nothing and ends with the test.
pub(crate) struct OwnRedis {
    port: u16,
    child: Option<Child>,
}

impl OwnRedis {
    /// A place for a server that does not run yet.
    pub(crate) fn stopped() -> Self {
        let port = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
        Self { port, child: None }
    }

    pub(crate) fn started() -> Self {
        let mut server = Self::stopped();
        server.start();
        server
    }

    /// Where it is, or will be.
    pub(crate) fn url(&self) -> String {
        format!("redis://127.0.0.1:{}", self.port)
    }

    pub(crate) fn start(&mut self) {
        let port = self.port.to_string();
        let child = Command::new("redis-server")
            .args(["--bind", "127.0.0.1", "--save", "", "--appendonly", "no", "--port", &port])
            .stdout(Stdio::null())
            .spawn();
        self.child = Some(child.expect("redis-server runs; `config/scripts/test-services up redis` installs it"));
        let deadline = Instant::now() + PATIENCE;
        while self.ask("PING") != "PONG" {
            assert!(Instant::now() < deadline, "redis-server does not answer");
            std::thread::sleep(std::time::Duration::from_millis(20));
        }
    }

    pub(crate) fn kill(&mut self) {
        if let Some(mut child) = self.child.take() {
            child.kill().unwrap();
            child.wait().unwrap();
        }
    }

    /// The answer to a command; empty without a server.
    pub(crate) fn ask(&self, command: &str) -> String {
        let port = self.port.to_string();
        let output = Command::new("redis-cli").args(["-h", "127.0.0.1", "-p", &port, command]).output();
        String::from_utf8(output.unwrap().stdout).unwrap().trim().to_owned()
    }
}

impl Drop for OwnRedis {
    fn drop(&mut self) {
        self.kill();
    }
}
