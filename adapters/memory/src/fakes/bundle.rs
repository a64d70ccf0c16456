//! All fakes together.

use super::{
    FakeBlobStore, FakePackageReader, FakePackageWriter, FakePasswordHasher, FakeStore, FakeTokenSigner, FakeTokens, FakeUploadStore,
    FixedLanguages, ManualClock, ScriptedSandbox, SequentialIds,
};
use crate::{LocalJobSignal, MemoryLiveEvents, MemoryRateLimiter};
use chrono::Duration;
use codesm_core::app::AppDeps;
use codesm_core::auth::{AuthDeps, AuthSettings};
use codesm_core::jobs::{WorkerAdvert, WorkerRegistry};
use codesm_core::judging::{LanguageCatalogue, ResourceLimits, Sandbox};
use codesm_core::kernel::{Clock, Untraced};
use codesm_core::maintenance::{MaintenanceDeps, Retention};
use codesm_core::problems::ProblemDeps;
use codesm_core::queues::QueueDeps;
use codesm_core::store::StoreError;
use codesm_core::submissions::{SubmissionDeps, SubmissionLimits};
use codesm_core::uploads::{SweepUploads, UploadDeps, UploadLimits};
use std::sync::Arc;

/// Programs the fake sandbox takes at once.
const SLOTS: usize = 2;

/// One fake of every port, sharing one clock and one database. Keep it to look behind the use cases.
#[derive(Clone, Debug)]
pub struct Fakes {
    /// Time, which stands still.
    pub clock: Arc<ManualClock>,
    /// Identifiers, numbered.
    pub ids: Arc<SequentialIds>,
    /// Rows: transactions, queries, the job queue and the registry of workers.
    pub store: Arc<FakeStore>,
    /// Test data.
    pub blobs: Arc<FakeBlobStore>,
    /// Uploaded files.
    pub uploads: Arc<FakeUploadStore>,
    /// Passwords.
    pub hasher: Arc<FakePasswordHasher>,
    /// Access tokens.
    pub signer: Arc<FakeTokenSigner>,
    /// Refresh tokens.
    pub tokens: Arc<FakeTokens>,
    /// Limits, by the fake clock.
    pub limiter: Arc<MemoryRateLimiter>,
    /// Progress.
    pub events: Arc<MemoryLiveEvents>,
    /// Wake-ups.
    pub signal: Arc<LocalJobSignal>,
    /// Programs.
    pub sandbox: Arc<ScriptedSandbox>,
    /// Languages.
    pub languages: Arc<FixedLanguages>,
    /// Problem packages.
    pub packages: Arc<FakePackageReader>,
    /// Problem packages that were written.
    pub package_writer: Arc<FakePackageWriter>,
    /// Lifetimes of tokens, by contract.
    pub auth_settings: AuthSettings,
    /// Bounds of submissions, by contract.
    pub submission_limits: SubmissionLimits,
}

impl Fakes {
    /// An installation in which nothing has happened yet.
    #[must_use]
    pub fn new() -> Self {
        let clock = Arc::new(ManualClock::default());
        Self {
            ids: Arc::default(),
            store: Arc::default(),
            blobs: Arc::default(),
            uploads: Arc::default(),
            hasher: Arc::default(),
            signer: Arc::default(),
            tokens: Arc::default(),
            limiter: Arc::new(MemoryRateLimiter::new(Arc::clone(&clock) as Arc<dyn Clock>)),
            events: Arc::default(),
            signal: Arc::default(),
            sandbox: Arc::new(ScriptedSandbox::new(SLOTS)),
            languages: Arc::default(),
            packages: Arc::default(),
            package_writer: Arc::default(),
            auth_settings: AuthSettings {
                access_ttl: Duration::minutes(15),
                refresh_ttl: Duration::days(30),
            },
            submission_limits: SubmissionLimits {
                unfinished: 20,
                source_bytes: 128 * 1024,
                stdin_bytes: 1024 * 1024,
                run_defaults: ResourceLimits {
                    time_ms: 2000,
                    memory_mb: 256,
                    output_kb: 1024,
                },
                run_maximum: ResourceLimits {
                    time_ms: 10_000,
                    memory_mb: 1024,
                    output_kb: 16 * 1024,
                },
            },
            clock,
        }
    }

    /// A worker says that it has every available language of the table, without which nothing can be submitted.
    ///
    /// # Errors
    /// [`StoreError::Unavailable`] while the store is down.
    pub async fn worker_online(&self, worker: &str) -> Result<(), StoreError> {
        let description = self.sandbox.description();
        let languages = self.languages.languages().into_iter().filter(|language| language.available);
        let advert = WorkerAdvert {
            worker: worker.to_owned(),
            languages: languages.collect(),
            slots: u32::try_from(description.slots).unwrap_or(u32::MAX),
            tier: description.tier.to_string(),
            seen_at: self.clock.now(),
        };
        self.store.advertise(&advert).await
    }

    /// For the use cases of accounts.
    #[must_use]
    pub fn auth_deps(&self) -> AuthDeps {
        AuthDeps {
            uow: self.store.clone(),
            queries: self.store.clone(),
            hasher: self.hasher.clone(),
            signer: self.signer.clone(),
            tokens: self.tokens.clone(),
            limiter: self.limiter.clone(),
            clock: self.clock.clone(),
            ids: self.ids.clone(),
            settings: self.auth_settings,
        }
    }

    /// For the use cases of problems.
    #[must_use]
    pub fn problem_deps(&self) -> ProblemDeps {
        ProblemDeps {
            uow: self.store.clone(),
            queries: self.store.clone(),
            blobs: self.blobs.clone(),
            packages: self.packages.clone(),
            package_writer: self.package_writer.clone(),
            clock: self.clock.clone(),
            ids: self.ids.clone(),
        }
    }

    /// For the use cases of submissions.
    #[must_use]
    pub fn submission_deps(&self) -> SubmissionDeps {
        SubmissionDeps {
            uow: self.store.clone(),
            queries: self.store.clone(),
            problems: self.store.clone(),
            blobs: self.blobs.clone(),
            events: self.events.clone(),
            queue: self.store.clone(),
            signal: self.signal.clone(),
            workers: self.store.clone(),
            catalogue: self.languages.clone(),
            clock: self.clock.clone(),
            ids: self.ids.clone(),
            policies: Arc::default(),
            traces: Arc::new(Untraced),
            limits: self.submission_limits,
        }
    }

    /// For the use cases of maintenance.
    #[must_use]
    pub fn maintenance_deps(&self) -> MaintenanceDeps {
        MaintenanceDeps {
            uow: self.store.clone(),
            queue: self.store.clone(),
            signal: self.signal.clone(),
            leases: self.store.clone(),
            workers: self.store.clone(),
            clock: self.clock.clone(),
            ids: self.ids.clone(),
            uploads: SweepUploads::new(self.upload_deps()),
            retention: Retention::default(),
        }
    }

    /// For the use cases of operators.
    #[must_use]
    pub fn queue_deps(&self) -> QueueDeps {
        QueueDeps {
            uow: self.store.clone(),
            queue: self.store.clone(),
            directory: self.store.clone(),
            signal: self.signal.clone(),
            events: self.events.clone(),
            policies: Arc::default(),
            clock: self.clock.clone(),
            ids: self.ids.clone(),
        }
    }

    /// For all use cases, without judging.
    #[must_use]
    pub fn app_deps(&self) -> AppDeps {
        AppDeps {
            auth: self.auth_deps(),
            problems: self.problem_deps(),
            submissions: self.submission_deps(),
            uploads: self.upload_deps(),
            queues: self.queue_deps(),
            maintenance: self.maintenance_deps(),
            engine: None,
        }
    }
}

impl Fakes {
    /// For the use cases of uploads; their addresses lead to this API.
    #[must_use]
    pub fn upload_deps(&self) -> UploadDeps {
        UploadDeps {
            uow: self.store.clone(),
            store: self.uploads.clone(),
            gate: Some(self.uploads.clone()),
            tokens: self.tokens.clone(),
            clock: self.clock.clone(),
            ids: self.ids.clone(),
            limits: UploadLimits {
                unconfirmed: 20,
                test_data_bytes: u64::MAX,
            },
        }
    }
}

impl Default for Fakes {
    fn default() -> Self {
        Self::new()
    }
}
