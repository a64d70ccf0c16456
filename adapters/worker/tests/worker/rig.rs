//! A worker and everything round it.

use crate::sandbox::SlowSandbox;
use codesm_core::app::App;
use codesm_core::auth::{AuthDeps, CreateAccountCommand};
use codesm_core::jobs::{Job, JobKind, JobQueue, ReserveRequest};
use codesm_core::judging::engine::Engine;
use codesm_core::judging::{LanguageCatalogue, Mode, Sandbox};
use codesm_core::kernel::{Actor, Caller, Clock, RequestContext, Role, Secret, SubmissionId, Timestamp};
use codesm_core::problems::ProblemDeps;
use codesm_core::submissions::{RunLimitsOverride, Submission, SubmissionDeps, SubmitCommand, SubmitTarget};
use codesm_memory::fakes::{Fakes, ManualClock};
use codesm_worker::{Worker, WorkerDeps, WorkerSettings};
use std::sync::Arc;
use std::time::Duration;
use tokio::task::JoinHandle;
use tokio::time::Instant;
use tokio_util::sync::CancellationToken;

/// Goes with tokio's time, which is paused.
struct TokioClock {
    started: Instant,
    manual: Arc<ManualClock>,
}

impl Clock for TokioClock {
    fn now(&self) -> Timestamp {
        self.manual.now() + chrono::Duration::from_std(self.started.elapsed()).unwrap()
    }
}

pub(crate) struct Rig {
    pub(crate) fakes: Fakes,
    pub(crate) sandbox: SlowSandbox,
    pub(crate) deps: WorkerDeps,
    pub(crate) settings: WorkerSettings,
    pub(crate) user: RequestContext,
}

/// A worker at work.
pub(crate) struct Running {
    pub(crate) shutdown: CancellationToken,
    pub(crate) worker: JoinHandle<()>,
}

impl Running {
    /// Orders it to stop; says how long that took.
    pub(crate) async fn stop(self) -> Duration {
        let ordered = Instant::now();
        self.shutdown.cancel();
        self.worker.await.unwrap();
        ordered.elapsed()
    }
}

impl Rig {
    /// With a sandbox of so many slots and the contract's times.
    pub(crate) async fn new(slots: usize) -> Self {
        let sandbox = SlowSandbox::new(slots);
        Self::with_engine(&sandbox, Some(Engine::new(Arc::new(sandbox.clone())))).await
    }

    pub(crate) async fn with_engine(sandbox: &SlowSandbox, engine: Option<Engine>) -> Self {
        let fakes = Fakes::new();
        fakes.worker_online("another").await.unwrap();
        let clock: Arc<dyn Clock> = Arc::new(TokioClock {
            started: Instant::now(),
            manual: fakes.clock.clone(),
        });
        let auth = AuthDeps {
            clock: clock.clone(),
            ..fakes.auth_deps()
        };
        let problems = ProblemDeps {
            clock: clock.clone(),
            ..fakes.problem_deps()
        };
        let submissions = SubmissionDeps {
            clock: clock.clone(),
            ..fakes.submission_deps()
        };
        let app = Arc::new(App::new(auth, problems, submissions, fakes.upload_deps(), engine));
        let account = CreateAccountCommand {
            email: "ada@example.org".to_owned(),
            username: "ada".to_owned(),
            password: Secret::new("correct horse".to_owned()),
            role: Role::User,
        };
        let user = app
            .auth
            .create_account
            .create(&RequestContext::system("test"), account)
            .await
            .unwrap();
        let caller = Caller {
            user_id: user.id,
            role: user.role,
            session_id: None,
        };
        let deps = WorkerDeps {
            app,
            queue: fakes.store.clone(),
            signal: fakes.signal.clone(),
            registry: fakes.store.clone(),
            clock,
        };
        Self {
            settings: WorkerSettings::new("worker-1".to_owned(), fakes.languages.languages(), sandbox.description()),
            user: RequestContext {
                actor: Actor::User(caller),
                ..RequestContext::system("test")
            },
            sandbox: sandbox.clone(),
            fakes,
            deps,
        }
    }

    pub(crate) fn start(&self) -> Running {
        let shutdown = CancellationToken::new();
        let worker = Worker::new(self.deps.clone(), self.settings.clone());
        Running {
            worker: tokio::spawn(worker.run(shutdown.clone())),
            shutdown,
        }
    }

    /// Starts a second worker beside this one, with a sandbox of its own.
    pub(crate) fn start_beside(&self, name: &str, sandbox: &SlowSandbox) -> Running {
        let clock = self.deps.clock.clone();
        let auth = AuthDeps {
            clock: clock.clone(),
            ..self.fakes.auth_deps()
        };
        let problems = ProblemDeps {
            clock: clock.clone(),
            ..self.fakes.problem_deps()
        };
        let submissions = SubmissionDeps {
            clock,
            ..self.fakes.submission_deps()
        };
        let engine = Engine::new(Arc::new(sandbox.clone()));
        let deps = WorkerDeps {
            app: Arc::new(App::new(auth, problems, submissions, self.fakes.upload_deps(), Some(engine))),
            ..self.deps.clone()
        };
        let settings = WorkerSettings {
            name: name.to_owned(),
            ..self.settings.clone()
        };
        let shutdown = CancellationToken::new();
        let worker = Worker::new(deps, settings);
        Running {
            worker: tokio::spawn(worker.run(shutdown.clone())),
            shutdown,
        }
    }

    /// Sends a program that is known by its argument.
    pub(crate) async fn send(&self, name: &str, language: &str, mode: Mode) -> SubmissionId {
        let command = SubmitCommand {
            target: SubmitTarget::AdHoc {
                args: vec![name.to_owned()],
                limits: RunLimitsOverride::default(),
            },
            language: language.to_owned(),
            source: Some("x".to_owned()),
            files: None,
            mode,
            stdin: None,
            idempotency: None,
        };
        let submit = &self.deps.app.submissions.submit;
        submit.submit(&self.user, command).await.unwrap().submission.id
    }

    pub(crate) async fn run(&self, name: &str) -> SubmissionId {
        self.send(name, "cpp", Mode::Run).await
    }

    pub(crate) fn submission(&self, id: SubmissionId) -> Submission {
        let submissions = self.fakes.store.submissions();
        submissions.into_iter().find(|submission| submission.id == id).unwrap()
    }

    pub(crate) fn job(&self) -> Job {
        self.fakes.store.jobs().remove(0)
    }

    pub(crate) fn is_done(&self, id: SubmissionId) -> bool {
        self.submission(id).state.is_final()
    }

    /// Waits until the condition holds; a test that waits in vain fails. Says how long it took.
    pub(crate) async fn until(&self, what: &str, holds: impl Fn(&Self) -> bool) -> Duration {
        let started = Instant::now();
        while !holds(self) {
            assert!(started.elapsed() < Duration::from_mins(5), "never: {what}");
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
        started.elapsed()
    }

    pub(crate) async fn until_running(&self, programs: usize) -> Duration {
        self.until("programs run", |rig| rig.sandbox.seen().running == programs).await
    }

    pub(crate) async fn until_done(&self, id: SubmissionId) -> Duration {
        self.until("a verdict", |rig| rig.is_done(id)).await
    }

    /// Takes whatever is due as another worker whose clock is ahead by so much.
    pub(crate) async fn steal(&self, ahead: Duration) -> Vec<Job> {
        let request = ReserveRequest {
            worker: "worker-2".to_owned(),
            kinds: JobKind::ALL.to_vec(),
            capabilities: vec!["cpp".to_owned()],
            max: 10,
            lease: chrono::Duration::seconds(15),
            patience: chrono::Duration::zero(),
            now: self.deps.clock.now() + chrono::Duration::from_std(ahead).unwrap(),
        };
        self.fakes.store.reserve(&request).await.unwrap()
    }

    pub(crate) fn rows(&self) -> String {
        let store = &self.fakes.store;
        format!("{:#?}", (store.submissions(), store.jobs(), store.audit_entries()))
    }
}
