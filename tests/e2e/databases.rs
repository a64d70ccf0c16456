//! Databases of tests on PostgreSQL.

use crate::harness::postgres_url;
use std::process::Command;

/// A database of this test's own, dropped in the end.
pub(crate) struct OwnDatabase {
    name: String,
}

fn psql(database: &str, statement: &str) {
    let base = postgres_url();
    let (server, _) = base.rsplit_once('/').expect("a URL with a database");
    let run = Command::new("psql")
        .args([&format!("{server}/{database}"), "-v", "ON_ERROR_STOP=1", "-qc", statement])
        .output();
    let run = run.expect("psql runs");
    assert!(run.status.success(), "{statement}: {}", String::from_utf8_lossy(&run.stderr));
}

fn maintenance() -> String {
    postgres_url().rsplit_once('/').expect("a URL with a database").1.to_owned()
}

impl OwnDatabase {
    pub(crate) fn new() -> Self {
        let name = format!(
            "codesm_e2e_{}_{}",
            std::process::id(),
            std::time::UNIX_EPOCH.elapsed().unwrap().as_nanos()
        );
        psql(&maintenance(), &format!("CREATE DATABASE {name}"));
        Self { name }
    }

    pub(crate) fn url(&self) -> String {
        format!("{}/{}", postgres_url().rsplit_once('/').unwrap().0, self.name)
    }
}

impl Drop for OwnDatabase {
    fn drop(&mut self) {
        psql(&maintenance(), &format!("DROP DATABASE {} WITH (FORCE)", self.name));
    }
}
