//! The only place that names concrete adapters: settings in, use cases out. Straight-line code.

mod background;
mod error;
mod http;
mod leftovers;
pub(crate) mod redis;
mod storage;

pub use error::WiringError;
pub use http::http_settings;
pub(crate) use leftovers::sweep_leftovers;
pub(crate) use storage::try_out as try_storage_out;

use crate::config::Settings;
use crate::secrets::Secrets;
use codesm_core::app::{App, AppDeps};
use codesm_core::auth::{AuthDeps, AuthQueries, AuthSettings, OpaqueTokens};
use codesm_core::jobs::{JobQueue, JobSignal, WorkerRegistry};
use codesm_core::judging::engine::Engine;
use codesm_core::judging::{Language, LanguageCatalogue, ResourceLimits, Sandbox};
use codesm_core::kernel::{BlobStore, Clock, IdGenerator, RateLimiter, TraceContext, Untraced};
use codesm_core::maintenance::Tend;
use codesm_core::problems::ProblemDeps;
use codesm_core::submissions::{SubmissionDeps, SubmissionLimits};
use codesm_core::uploads::{UploadDeps, UploadLimits};
use codesm_crypto::{Argon2PasswordHasher, JwtTokenSigner, PasswordHashingCost, RandomTokens};
use codesm_otlp::OtlpTraceContext;
use codesm_packages::{KattisPackageReader, KattisPackageWriter, PackageLimits, PackageSettings};
use codesm_persistence::{Database, DatabaseSettings};
use codesm_redis::RedisConnection;
use codesm_sandbox::{LanguageTable, ProcessSandbox, SandboxSettings, Tier};
use codesm_system::{SystemClock, UuidV7Generator};
use redis::Shared;
use std::sync::Arc;
use std::time::Duration;

/// Everything a role needs.
pub struct Wired {
    /// The use cases.
    pub app: Arc<App>,
    /// Looks after the queues.
    pub tend: Arc<Tend>,
    /// The database.
    pub database: Database,
    /// Reads of accounts, for the command line.
    pub auth_queries: Arc<dyn AuthQueries>,
    /// Hands out jobs.
    pub queue: Arc<dyn JobQueue>,
    /// Wakes workers of this process.
    pub signal: Arc<dyn JobSignal>,
    /// Workers there are.
    pub registry: Arc<dyn WorkerRegistry>,
    /// Redis, if it is configured.
    pub redis: Option<Arc<RedisConnection>>,
    /// Limits rates.
    pub limiter: Arc<dyn RateLimiter>,
    /// Time.
    pub clock: Arc<dyn Clock>,
    /// Identifiers.
    pub ids: Arc<dyn IdGenerator>,
    /// Traces across processes.
    pub traces: Arc<dyn TraceContext>,
    /// Test data.
    pub blobs: Arc<dyn BlobStore>,
    /// The sandbox, where programs are judged.
    pub sandbox: Option<Arc<ProcessSandbox>>,
}

/// Builds everything. Without a sandbox the process takes submissions in and leaves judging to others.
///
/// # Errors
/// [`WiringError`] naming what cannot be used.
pub async fn build(settings: &Settings, database: Database, sandbox: Option<Arc<ProcessSandbox>>) -> Result<Wired, WiringError> {
    let secrets = Secrets::load(settings)?;
    let clock: Arc<dyn Clock> = Arc::new(SystemClock);
    let ids: Arc<dyn IdGenerator> = Arc::new(UuidV7Generator::new());
    let traces = traces(settings);
    let Shared {
        redis,
        limiter,
        signal,
        events,
    } = redis::shared(settings, clock.clone())?;
    let files = storage::storage(settings, secrets.uploads)?;
    let blobs = files.blobs;
    let (queue, registry) = (database.job_queue(), database.worker_registry());
    let catalogue: Arc<dyn LanguageCatalogue> = Arc::new(LanguageTable::load(settings.sandbox.languages.as_deref())?);
    let packages = Arc::new(package_reader(settings, catalogue.languages()));
    let package_writer = Arc::new(KattisPackageWriter::new(package_settings(settings), catalogue.languages()));
    let auth_queries = database.auth_queries();

    let tokens: Arc<dyn OpaqueTokens> = Arc::new(RandomTokens::new(secrets.pseudonym_key));
    let auth = AuthDeps {
        uow: database.unit_of_work(),
        queries: auth_queries.clone(),
        hasher: Arc::new(password_hasher().await?),
        signer: Arc::new(JwtTokenSigner::new(&secrets.signing_key, "codesm", "codesm-api").map_err(WiringError::key)?),
        tokens: tokens.clone(),
        limiter: limiter.clone(),
        clock: clock.clone(),
        ids: ids.clone(),
        settings: AuthSettings {
            access_ttl: chrono(settings.auth.access_ttl),
            refresh_ttl: chrono(settings.auth.refresh_ttl),
        },
    };
    let problems = ProblemDeps {
        uow: database.unit_of_work(),
        queries: database.problem_queries(),
        blobs: blobs.clone(),
        packages,
        package_writer,
        clock: clock.clone(),
        ids: ids.clone(),
    };
    let submissions = SubmissionDeps {
        uow: database.unit_of_work(),
        queries: database.submission_queries(),
        problems: database.problem_queries(),
        blobs: blobs.clone(),
        events,
        policies: Arc::new(settings.queues.policies.clone()),
        queue: queue.clone(),
        signal: signal.clone(),
        workers: registry.clone(),
        catalogue,
        clock: clock.clone(),
        ids: ids.clone(),
        traces: traces.clone(),
        limits: submission_limits(settings),
    };
    let uploads = UploadDeps {
        uow: database.unit_of_work(),
        store: files.uploads,
        gate: files.gate,
        tokens,
        clock: clock.clone(),
        ids: ids.clone(),
        limits: upload_limits(settings),
    };
    let engine = sandbox.clone().map(|sandbox| Engine::new(sandbox as Arc<dyn Sandbox>));
    let queues = background::queues(&database, &submissions);
    let maintenance = background::maintenance(&database, &submissions, &uploads);
    let tend = Arc::new(Tend::new(maintenance.clone()));
    let app = Arc::new(App::new(AppDeps {
        auth,
        problems,
        submissions,
        uploads,
        queues,
        maintenance,
        engine,
    }));
    Ok(Wired {
        app,
        tend,
        database,
        auth_queries,
        queue,
        signal,
        registry,
        redis,
        limiter,
        clock,
        ids,
        traces,
        blobs,
        sandbox,
    })
}

fn traces(settings: &Settings) -> Arc<dyn TraceContext> {
    match settings.traces.endpoint {
        Some(_) => Arc::new(OtlpTraceContext),
        None => Arc::new(Untraced),
    }
}

/// Everything but a sandbox, for commands that change the database. Brings the schema up.
///
/// # Errors
/// [`WiringError`].
pub async fn tools(settings: &Settings) -> Result<Wired, WiringError> {
    let database = ready_database(settings).await?;
    build(settings, database, None).await
}

/// Opens the database as it is.
///
/// # Errors
/// [`WiringError`].
pub async fn database(settings: &Settings) -> Result<Database, WiringError> {
    if settings.database.url.starts_with("sqlite:") {
        private_folder(&settings.general.data_dir)?;
    }
    let chosen = DatabaseSettings {
        max_connections: settings.database.max_connections,
        ..DatabaseSettings::new(&settings.database.url)
    };
    Ok(Database::connect(&chosen).await?)
}

/// Opens the database and brings the schema up, or refuses an old one if so configured.
///
/// # Errors
/// [`WiringError`].
pub async fn ready_database(settings: &Settings) -> Result<Database, WiringError> {
    let database = database(settings).await?;
    if settings.database.migrate {
        database.migrate_up().await?;
    } else {
        database.require_current().await?;
    }
    Ok(database)
}

/// Starts the sandbox.
///
/// # Errors
/// [`WiringError`] if programs cannot be confined here.
pub async fn sandbox(settings: &Settings) -> Result<Arc<ProcessSandbox>, WiringError> {
    let chosen = sandbox_settings(settings)?;
    let started = tokio::task::spawn_blocking(move || ProcessSandbox::start(chosen)).await;
    let sandbox = started.map_err(|error| WiringError::new("sandbox.panic", error.to_string()))??;
    Ok(Arc::new(sandbox))
}

/// How the sandbox is to be started.
///
/// # Errors
/// [`WiringError`] if its folder cannot be made.
pub fn sandbox_settings(settings: &Settings) -> Result<SandboxSettings, WiringError> {
    let folder = settings.general.data_dir.join("sandbox");
    private_folder(&settings.general.data_dir)?;
    private_folder(&folder)?;
    if settings.sandbox.allow_reduced {
        passable(&folder)?;
    }
    Ok(SandboxSettings {
        slots: settings.sandbox.slots,
        tier: settings.sandbox.tier.and_then(Tier::parse),
        allow_reduced: settings.sandbox.allow_reduced,
        languages_override: settings.sandbox.languages.clone(),
        ..SandboxSettings::new(folder)
    })
}

/// The reader of problem packages.
#[must_use]
pub fn package_reader(settings: &Settings, languages: Vec<Language>) -> KattisPackageReader {
    KattisPackageReader::new(package_settings(settings), languages)
}

fn package_settings(settings: &Settings) -> PackageSettings {
    PackageSettings {
        scratch: settings.general.data_dir.join("scratch"),
        limits: PackageLimits::default(),
    }
}

/// Creates a folder that only this user may enter.
pub(crate) fn private_folder(folder: &std::path::Path) -> Result<(), WiringError> {
    use std::os::unix::fs::DirBuilderExt as _;
    let created = std::fs::DirBuilder::new().recursive(true).mode(0o700).create(folder);
    created.map_err(|error| WiringError::folder(folder, &error))
}

/// Lets other users pass through a folder, without showing them what is in it: with reduced isolation programs are such users.
pub(crate) fn passable(folder: &std::path::Path) -> Result<(), WiringError> {
    use std::os::unix::fs::PermissionsExt as _;
    std::fs::set_permissions(folder, std::fs::Permissions::from_mode(0o711)).map_err(|error| WiringError::folder(folder, &error))
}

/// Hashing blocks for a moment even at construction.
async fn password_hasher() -> Result<Argon2PasswordHasher, WiringError> {
    // One per core: more would only make each slower. 256 may wait, which at ten a second is the patience of a client.
    let parallel = std::thread::available_parallelism().map_or(1, std::num::NonZero::get);
    let made = tokio::task::spawn_blocking(move || Argon2PasswordHasher::new(parallel, 256, PasswordHashingCost::OWASP)).await;
    made.map_err(|error| WiringError::new("crypto.panic", error.to_string()))?
        .map_err(|error| WiringError::new("crypto.cost", error.to_string()))
}

const fn upload_limits(settings: &Settings) -> UploadLimits {
    UploadLimits {
        // More than a form has fields; with files of the largest size, 10 GB for a day.
        unconfirmed: 20,
        test_data_bytes: settings.limits.import_bytes,
    }
}

fn submission_limits(settings: &Settings) -> SubmissionLimits {
    SubmissionLimits {
        source_bytes: settings.limits.source_bytes,
        stdin_bytes: 512 * 1024,
        // Twice what the rate limit admits in a minute.
        unfinished: 20,
        run_defaults: ResourceLimits {
            time_ms: 5000,
            memory_mb: 256,
            output_kb: 1024,
        },
        run_maximum: ResourceLimits {
            time_ms: 20_000,
            memory_mb: 1024,
            output_kb: 16 * 1024,
        },
    }
}

fn chrono(duration: Duration) -> chrono::Duration {
    chrono::Duration::from_std(duration).unwrap_or(chrono::Duration::MAX)
}
