//! An installation in memory, and short words for what tests do in it.

use crate::breaking::BreakingStore;
use chrono::Duration;
use codesm_core::app::{App, AppDeps};
use codesm_core::auth::{AuthDeps, CreateAccountCommand, LoginCommand, RegisterCommand, TokenPair};
use codesm_core::jobs::{Job, JobKind, JobQueue, Queue, ReserveRequest};
use codesm_core::judging::engine::Engine;
use codesm_core::judging::{Mode, RunReport, RunRequest};
use codesm_core::kernel::{Actor, AppResult, Caller, Clock, RequestContext, Role, Secret, SubmissionId, Timestamp, UserId};
use codesm_core::problems::{
    CreateProblemCommand, Difficulty, InlineTest, Problem, ProblemDeps, ProblemRef, SetTestsCommand, StatusChange,
};
use codesm_core::submissions::{
    IdempotencyKey, Judged, LiveEvents, Progress, ProgressStep, Submission, SubmissionDeps, SubmitCommand, SubmitTarget, Subscription,
};
use codesm_memory::fakes::{Fakes, ManualClock, ScriptedSandbox, accepting_run};
use std::sync::{Arc, Mutex};

/// Fakes, the use cases on them, and a database that can be broken.
pub(crate) struct World {
    pub(crate) fakes: Fakes,
    pub(crate) breaking: BreakingStore,
    pub(crate) published: Arc<Mutex<Vec<Progress>>>,
    /// Shared, since all use cases together are large.
    pub(crate) app: Arc<App>,
}

pub(crate) const PASSWORD: &str = "correct horse";
pub(crate) const LEASE: Duration = Duration::seconds(15);

impl World {
    /// Nothing has happened yet, but a worker is there.
    pub(crate) async fn new() -> Self {
        let mut fakes = Fakes::new();
        // One slot, so that runs come in judging order.
        fakes.sandbox = Arc::new(ScriptedSandbox::new(1));
        fakes.worker_online("worker-1").await.unwrap();
        Self::of(fakes)
    }

    pub(crate) fn of(fakes: Fakes) -> Self {
        let breaking = BreakingStore::new(fakes.store.clone());
        let published = Arc::default();
        let app = Arc::new(App::new(AppDeps {
            auth: auth_deps(&fakes, &breaking),
            problems: problem_deps(&fakes, &breaking),
            submissions: submission_deps(&fakes, &breaking, &published),
            engine: Some(Engine::new(fakes.sandbox.clone())),
            ..fakes.app_deps()
        }));
        Self {
            fakes,
            breaking,
            published,
            app,
        }
    }

    pub(crate) fn submission_deps(&self) -> SubmissionDeps {
        submission_deps(&self.fakes, &self.breaking, &self.published)
    }

    pub(crate) fn auth_deps(&self) -> AuthDeps {
        auth_deps(&self.fakes, &self.breaking)
    }

    pub(crate) fn now(&self) -> Timestamp {
        self.fakes.clock.now()
    }

    pub(crate) fn advance(&self, by: Duration) {
        self.fakes.clock.advance(by);
    }

    /// Every row a test can see, as text.
    pub(crate) fn rows(&self) -> String {
        let store = &self.fakes.store;
        format!(
            "{:#?}",
            (
                store.users(),
                store.sessions(),
                store.problems(),
                store.submissions(),
                store.jobs(),
                store.audit_entries()
            )
        )
    }

    pub(crate) fn audited(&self) -> Vec<String> {
        self.fakes.store.audit_entries().into_iter().map(|entry| entry.action).collect()
    }

    /// A new account with the role, acting without a session.
    pub(crate) async fn somebody(&self, name: &str, role: Role) -> RequestContext {
        let command = CreateAccountCommand {
            email: format!("{name}@example.org"),
            username: name.to_owned(),
            password: secret(PASSWORD),
            role,
        };
        let user = self.app.auth.create_account.create(&system(), command).await.unwrap();
        acting(user.id, role)
    }

    pub(crate) async fn log_in(&self, name: &str, password: &str) -> AppResult<TokenPair> {
        let command = LoginCommand {
            email: format!("{name}@example.org"),
            password: secret(password),
        };
        self.app.auth.login.login(&anonymous(), command).await
    }

    pub(crate) async fn draft(&self, author: &RequestContext, title: &str) -> Problem {
        self.app.problems.create.create(author, problem(title)).await.unwrap()
    }

    /// A published problem with one sample and two hidden tests.
    pub(crate) async fn published(&self, author: &RequestContext, title: &str) -> ProblemRef {
        let reference = self.tested(author, title).await;
        let change = &self.app.problems.change_status;
        change.change(author, &reference, StatusChange::Publish).await.unwrap();
        reference
    }

    /// A draft with one sample and two hidden tests.
    pub(crate) async fn tested(&self, author: &RequestContext, title: &str) -> ProblemRef {
        let reference = ProblemRef::Id(self.draft(author, title).await.id);
        self.app.problems.set_tests.set(author, &reference, three_tests()).await.unwrap();
        reference
    }

    pub(crate) fn problem(&self) -> Problem {
        self.fakes.store.problems().remove(0)
    }

    pub(crate) async fn submit(&self, who: &RequestContext, command: SubmitCommand) -> SubmissionId {
        self.app.submissions.submit.submit(who, command).await.unwrap().submission.id
    }

    pub(crate) fn submission(&self, id: SubmissionId) -> Submission {
        let mut submissions = self.fakes.store.submissions();
        submissions.retain(|submission| submission.id == id);
        submissions.remove(0)
    }

    /// Gives the only job that is due to a worker.
    pub(crate) async fn reserve(&self) -> Job {
        let mut jobs = self.due().await;
        assert_eq!(jobs.len(), 1, "one job is due");
        jobs.remove(0)
    }

    pub(crate) async fn due(&self) -> Vec<Job> {
        let request = ReserveRequest {
            worker: "worker-1".to_owned(),
            kinds: JobKind::ALL.to_vec(),
            queues: Queue::ALL.to_vec(),
            only: None,
            capabilities: vec!["cpp".to_owned(), "python".to_owned()],
            max: 10,
            lease: LEASE,
            patience: Duration::zero(),
            now: self.now(),
        };
        self.fakes.store.reserve(&request).await.unwrap()
    }

    /// Reserves and judges the only job that is due.
    pub(crate) async fn judge(&self) -> Judged {
        let job = self.reserve().await;
        self.app.judge.as_ref().unwrap().judge(&job).await.unwrap()
    }

    /// Every run beyond the script ends like this.
    pub(crate) fn every_run(&self, report: impl Fn(&RunRequest) -> RunReport + Send + 'static) {
        self.fakes.sandbox.on_run(move |request| Ok(report(request)));
    }

    /// The next run ends right but for what is changed.
    pub(crate) fn next_runs(&self, changes: impl IntoIterator<Item = fn(&mut RunReport)>) {
        let mut changes = changes.into_iter().collect::<Vec<_>>().into_iter();
        self.every_run_mut(move |report| {
            if let Some(change) = changes.next() {
                change(report);
            }
        });
    }

    fn every_run_mut(&self, mut change: impl FnMut(&mut RunReport) + Send + 'static) {
        self.fakes.sandbox.on_run(move |request| {
            let mut report = accepting_run(request);
            change(&mut report);
            Ok(report)
        });
    }

    pub(crate) fn steps(&self) -> Vec<ProgressStep> {
        self.published
            .lock()
            .unwrap()
            .iter()
            .map(|progress| progress.step.clone())
            .collect()
    }
}

fn auth_deps(fakes: &Fakes, breaking: &BreakingStore) -> AuthDeps {
    AuthDeps {
        uow: Arc::new(breaking.clone()),
        ..fakes.auth_deps()
    }
}

fn problem_deps(fakes: &Fakes, breaking: &BreakingStore) -> ProblemDeps {
    ProblemDeps {
        uow: Arc::new(breaking.clone()),
        ..fakes.problem_deps()
    }
}

fn submission_deps(fakes: &Fakes, breaking: &BreakingStore, published: &Arc<Mutex<Vec<Progress>>>) -> SubmissionDeps {
    SubmissionDeps {
        uow: Arc::new(breaking.clone()),
        events: Arc::new(RecordedEvents {
            inner: fakes.events.clone(),
            published: published.clone(),
        }),
        ..fakes.submission_deps()
    }
}

/// Remembers what was published.
struct RecordedEvents {
    inner: Arc<dyn LiveEvents>,
    published: Arc<Mutex<Vec<Progress>>>,
}

impl LiveEvents for RecordedEvents {
    fn publish(&self, submission_id: SubmissionId, progress: Progress) {
        self.published.lock().unwrap().push(progress.clone());
        self.inner.publish(submission_id, progress);
    }

    fn subscribe(&self, submission_id: SubmissionId) -> Box<dyn Subscription> {
        self.inner.subscribe(submission_id)
    }
}

/// Goes with tokio's time, which tests pause.
pub(crate) struct TokioClock {
    started: tokio::time::Instant,
    manual: Arc<ManualClock>,
}

impl TokioClock {
    pub(crate) fn new() -> Self {
        Self {
            started: tokio::time::Instant::now(),
            manual: Arc::default(),
        }
    }
}

impl Clock for TokioClock {
    fn now(&self) -> Timestamp {
        self.manual.now() + Duration::from_std(self.started.elapsed()).unwrap()
    }
}

pub(crate) fn secret(text: &str) -> Secret<String> {
    Secret::new(text.to_owned())
}

pub(crate) fn system() -> RequestContext {
    RequestContext::system("test")
}

pub(crate) fn anonymous() -> RequestContext {
    by(Actor::Anonymous)
}

pub(crate) fn by(actor: Actor) -> RequestContext {
    RequestContext {
        actor,
        request_id: "request-1".to_owned(),
        ip: Some("192.0.2.1".to_owned()),
        user_agent: Some("test".to_owned()),
    }
}

pub(crate) fn acting(user_id: UserId, role: Role) -> RequestContext {
    by(Actor::User(Caller {
        user_id,
        role,
        session_id: None,
    }))
}

pub(crate) fn registration(email: &str, username: &str, password: &str) -> RegisterCommand {
    RegisterCommand {
        email: email.to_owned(),
        username: username.to_owned(),
        password: secret(password),
    }
}

pub(crate) fn problem(title: &str) -> CreateProblemCommand {
    CreateProblemCommand {
        title: title.to_owned(),
        slug: None,
        statement: "Add two numbers.".to_owned(),
        difficulty: Difficulty::Easy,
        tags: vec!["math".to_owned()],
        time_limit_ms: Some(1000),
        memory_limit_mb: None,
        output_limit_kb: None,
    }
}

pub(crate) fn inline(input: &str, answer: &str, sample: bool) -> InlineTest {
    InlineTest {
        input: input.to_owned(),
        answer: answer.to_owned(),
        sample,
        group: None,
        explanation: None,
    }
}

/// Tests of a pass-fail problem, compared as usual.
pub(crate) const fn plain_tests(tests: Vec<InlineTest>) -> SetTestsCommand {
    SetTestsCommand {
        tests,
        groups: None,
        options: None,
    }
}

/// One sample, written second, and two hidden tests.
pub(crate) fn three_tests() -> SetTestsCommand {
    plain_tests(vec![
        inline("hidden in 1", "hidden out 1", false),
        inline("1 2", "3", true),
        inline("hidden in 2", "hidden out 2", false),
    ])
}

pub(crate) fn solution(target: &ProblemRef, mode: Mode) -> SubmitCommand {
    SubmitCommand {
        target: SubmitTarget::Problem(target.clone()),
        language: "cpp".to_owned(),
        source: Some("int main() {}".to_owned()),
        files: None,
        mode,
        stdin: None,
        idempotency: None,
    }
}

pub(crate) fn key(key: &str, fingerprint: &str) -> IdempotencyKey {
    IdempotencyKey {
        key: key.to_owned(),
        fingerprint: fingerprint.to_owned(),
    }
}

/// Codes and fields of an error, for comparison at once.
pub(crate) fn offences<T: std::fmt::Debug>(result: AppResult<T>) -> (String, Vec<(String, &'static str)>) {
    let error = result.unwrap_err();
    let fields = error.fields().iter().map(|field| (field.field.clone(), field.code)).collect();
    (error.code().to_owned(), fields)
}

/// The code of an error; empty if there was none.
pub(crate) fn code<T>(result: &AppResult<T>) -> &str {
    result.as_ref().err().map_or("", |error| error.code())
}
