//! A database for one test.

use codesm_contract::{StoreFixture, TestIds};
use codesm_core::auth::AuthQueries;
use codesm_core::jobs::{JobDirectory, JobQueue, Leases, WorkerRegistry};
use codesm_core::kernel::IdGenerator;
use codesm_core::problems::ProblemQueries;
use codesm_core::store::UnitOfWork;
use codesm_core::submissions::SubmissionQueries;
use codesm_persistence::{Database, DatabaseSettings};
use sea_orm::sqlx::{AssertSqlSafe, Connection, Error, Executor, PgConnection, SqliteConnection};
use std::path::PathBuf;
use std::sync::Arc;
use tempfile::TempDir;

/// Where the data of a test is; dropping it removes the data.
pub(crate) enum Place {
    Sqlite(TempDir),
    Postgres { server: String, schema: String },
}

impl Place {
    /// A folder for a SQLite file that does not exist yet.
    pub(crate) fn sqlite() -> Self {
        Self::Sqlite(tempfile::tempdir().expect("a scratch folder"))
    }

    /// A new, empty PostgreSQL schema (a hundred times quicker than a database).
    pub(crate) async fn postgres() -> Self {
        let server = std::env::var("CODESM_TEST_POSTGRES_URL").unwrap_or_else(|_| "postgres://postgres@127.0.0.1:5432/postgres".to_owned());
        let schema = format!("codesm_test_{}", TestIds::new().new_uuid().simple());
        run_on(&server, &format!("CREATE SCHEMA {schema}")).await.expect("a schema");
        Self::Postgres { server, schema }
    }

    /// The address of the database.
    pub(crate) fn url(&self) -> String {
        match self {
            Self::Sqlite(_) => format!("sqlite://{}", self.file().display()),
            Self::Postgres { server, schema } => {
                let separator = if server.contains('?') { '&' } else { '?' };
                format!("{server}{separator}options=-c%20search_path%3D{schema}&application_name={schema}")
            }
        }
    }

    /// The SQLite file.
    pub(crate) fn file(&self) -> PathBuf {
        match self {
            Self::Sqlite(folder) => folder.path().join("codesm.db"),
            Self::Postgres { .. } => panic!("PostgreSQL has no file"),
        }
    }

    /// Opens the database.
    pub(crate) async fn open(&self) -> Database {
        let settings = DatabaseSettings::new(self.url());
        Database::connect(&settings).await.expect("the database opens")
    }

    /// Runs a statement past the adapter, as an operator could.
    pub(crate) async fn run(&self, statement: &str) {
        self.try_run(statement).await.expect("the statement runs");
    }

    /// The same with a statement that may be refused.
    pub(crate) async fn try_run(&self, statement: &str) -> Result<(), Error> {
        match self {
            Self::Sqlite(_) => {
                let mut connection = SqliteConnection::connect(&self.url()).await?;
                connection.execute(AssertSqlSafe(statement)).await?;
                connection.close().await
            }
            Self::Postgres { .. } => run_on(&self.url(), statement).await,
        }
    }
}

async fn run_on(url: &str, statement: &str) -> Result<(), Error> {
    let mut connection = PgConnection::connect(url)
        .await
        .unwrap_or_else(|error| panic!("PostgreSQL must answer at CODESM_TEST_POSTGRES_URL: {error}"));
    connection.execute(AssertSqlSafe(statement)).await?;
    connection.close().await
}

impl Drop for Place {
    fn drop(&mut self) {
        let Self::Postgres { server, schema } = self else { return };
        // A failed test may leave transactions open, which nobody is left to end.
        let end_connections = format!("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = '{schema}'");
        let drop_schema = format!("SET lock_timeout = '10s'; SET client_min_messages = 'warning'; DROP SCHEMA {schema} CASCADE");
        let (server, statement) = (server.clone(), format!("{end_connections}; {drop_schema}"));
        // A thread with a runtime of its own: the test's may be unwinding.
        let dropping = std::thread::spawn(move || {
            let runtime = tokio::runtime::Builder::new_current_thread()
                .enable_all()
                .build()
                .expect("a runtime");
            runtime.block_on(run_on(&server, &statement)).expect("the schema is dropped");
        });
        let dropped = dropping.join().is_ok() || std::thread::panicking();
        assert!(dropped, "the test's schema could not be dropped");
    }
}

/// A migrated database with the ports of the core.
pub(crate) struct Fixture {
    // Before the place: connections end before their database is dropped.
    pub(crate) database: Database,
    pub(crate) place: Place,
}

pub(crate) async fn migrated(place: Place) -> Fixture {
    let database = place.open().await;
    database.migrate_up().await.expect("the migrations run");
    Fixture { database, place }
}

pub(crate) async fn sqlite() -> Fixture {
    migrated(Place::sqlite()).await
}

pub(crate) async fn postgres() -> Fixture {
    migrated(Place::postgres().await).await
}

impl StoreFixture for Fixture {
    fn unit_of_work(&self) -> Arc<dyn UnitOfWork> {
        self.database.unit_of_work()
    }

    fn auth_queries(&self) -> Arc<dyn AuthQueries> {
        self.database.auth_queries()
    }

    fn problem_queries(&self) -> Arc<dyn ProblemQueries> {
        self.database.problem_queries()
    }

    fn submission_queries(&self) -> Arc<dyn SubmissionQueries> {
        self.database.submission_queries()
    }

    fn job_queue(&self) -> Arc<dyn JobQueue> {
        self.database.job_queue()
    }

    fn job_directory(&self) -> Arc<dyn JobDirectory> {
        self.database.job_directory()
    }

    fn leases(&self) -> Arc<dyn Leases> {
        self.database.leases()
    }

    fn worker_registry(&self) -> Arc<dyn WorkerRegistry> {
        self.database.worker_registry()
    }
}
