//! What the suites of the database's ports share.

use crate::{TestClock, TestIds};
use chrono::Duration;
use codesm_core::auth::{AuthQueries, RefreshToken, Session, User};
use codesm_core::jobs::{Job, JobDirectory, JobKind, JobQueue, Leases, NewJob, Queue, ReserveRequest, WorkerRegistry};
use codesm_core::judging::{Mode, ResourceLimits};
use codesm_core::kernel::{
    BlobRef, Clock, Email, IdGenerator, ProblemId, RefreshTokenId, RequestContext, Role, Secret, Slug, SubmissionId, TestSetId, Timestamp,
    TraceParent, UserId, Username,
};
use codesm_core::problems::{Difficulty, Problem, ProblemQueries, ProblemStatus, TestCase, TestExtras};
use codesm_core::store::{Tx, UnitOfWork};
use codesm_core::submissions::{Submission, SubmissionQueries, SubmissionState, TextFile};
use std::sync::Arc;

/// What the suites need of a database: the ports, over an empty database of its own for every test.
pub trait StoreFixture: Send + Sync {
    /// Transactions.
    fn unit_of_work(&self) -> Arc<dyn UnitOfWork>;
    /// Reads of accounts.
    fn auth_queries(&self) -> Arc<dyn AuthQueries>;
    /// Reads of problems.
    fn problem_queries(&self) -> Arc<dyn ProblemQueries>;
    /// Reads of submissions.
    fn submission_queries(&self) -> Arc<dyn SubmissionQueries>;
    /// Hands out jobs.
    fn job_queue(&self) -> Arc<dyn JobQueue>;
    /// Shows jobs.
    fn job_directory(&self) -> Arc<dyn JobDirectory>;
    /// What only one may do at a time.
    fn leases(&self) -> Arc<dyn Leases>;
    /// Workers.
    fn worker_registry(&self) -> Arc<dyn WorkerRegistry>;
}

/// Makes rows, and puts them there.
pub struct Given {
    unit_of_work: Arc<dyn UnitOfWork>,
    /// Makes all ids.
    pub ids: TestIds,
    /// Stands still unless a test moves it.
    pub clock: TestClock,
}

impl Given {
    /// For an empty database.
    pub fn new(fixture: &impl StoreFixture) -> Self {
        Self {
            unit_of_work: fixture.unit_of_work(),
            ids: TestIds::new(),
            clock: TestClock::new(),
        }
    }

    /// A new transaction.
    pub async fn tx(&self) -> Box<dyn Tx> {
        self.unit_of_work.begin().await.expect("a transaction begins")
    }

    /// The present moment.
    pub fn now(&self) -> Timestamp {
        self.clock.now()
    }

    /// A user with a name of their own; nothing optional is set.
    pub fn user(&self) -> User {
        let id = UserId::generate(&self.ids);
        // The counter in the middle of the id tells the users of one test apart, in 20 letters.
        let name = format!("u{}", &id.as_uuid().simple().to_string()[4..23]);
        User {
            id,
            email: Email::parse(&format!("{name}@example.org")).expect("an address"),
            username: Username::parse(&name).expect("a name"),
            password_hash: Secret::new("$argon2id$v=19$m=8,t=1,p=1$c2FsdA$aGFzaA".to_owned()),
            role: Role::User,
            email_verified_at: None,
            banned_at: None,
            token_version: 0,
            created_at: self.now(),
            updated_at: self.now(),
            version: 1,
        }
    }

    /// A user who is there.
    pub async fn added_user(&self) -> User {
        let user = self.user();
        let tx = self.tx().await;
        tx.users().add(&user).await.expect("add");
        tx.commit().await.expect("commit");
        user
    }

    /// A session of an hour.
    pub fn session(&self, user: &User) -> Session {
        Session::begin(&self.ids, user.id, self.now(), Duration::hours(1), &RequestContext::system("test"))
    }

    /// A session that is there.
    pub async fn added_session(&self, user: &User) -> Session {
        let session = self.session(user);
        let tx = self.tx().await;
        tx.sessions().add(&session).await.expect("add");
        tx.commit().await.expect("commit");
        session
    }

    /// A refresh token of a session.
    pub fn token(&self, session: &Session) -> RefreshToken {
        RefreshToken {
            id: RefreshTokenId::generate(&self.ids),
            session_id: session.id,
            token_hash: format!("{:064x}", self.ids.new_uuid().as_u128()),
            created_at: self.now(),
            expires_at: session.expires_at,
            used_at: None,
        }
    }

    /// A published problem without tests.
    pub fn problem(&self, author: &User) -> Problem {
        let id = ProblemId::generate(&self.ids);
        Problem {
            id,
            slug: Slug::parse(&format!("p-{}", &id.as_uuid().simple().to_string()[4..23])).expect("a slug"),
            title: "Two Sum".to_owned(),
            statement: "# Sum\n\nAdd *two* numbers, 𝔘nicode included.".to_owned(),
            difficulty: Difficulty::Medium,
            tags: vec!["arrays".to_owned(), "math".to_owned()],
            status: ProblemStatus::Published,
            author_id: author.id,
            limits: limits(),
            test_set_id: None,
            submissions_total: 0,
            submissions_accepted: 0,
            created_at: self.now(),
            updated_at: self.now(),
            version: 1,
        }
    }

    /// Puts problems there.
    pub async fn add_problems(&self, problems: &[Problem]) {
        let tx = self.tx().await;
        for problem in problems {
            tx.problems().add(problem).await.expect("add");
        }
        tx.commit().await.expect("commit");
    }

    /// A problem that is there.
    pub async fn added_problem(&self, author: &User) -> Problem {
        let problem = self.problem(author);
        self.add_problems(std::slice::from_ref(&problem)).await;
        problem
    }

    /// An ad hoc run that waits; nothing optional is set.
    pub fn submission(&self, user: &User) -> Submission {
        Submission {
            id: SubmissionId::generate(&self.ids),
            problem_id: None,
            test_set_id: None,
            user_id: user.id,
            mode: Mode::Run,
            language: "cpp".to_owned(),
            files: vec![TextFile {
                name: "main.cpp".to_owned(),
                content: "int main() {}\n".to_owned(),
            }],
            stdin: None,
            args: Vec::new(),
            limits: limits(),
            state: SubmissionState::Queued,
            verdict: None,
            score: None,
            max_score: None,
            compile_output: None,
            cpu_ms: None,
            wall_ms: None,
            memory_kb: None,
            measured_by: None,
            sandbox_tier: None,
            worker_speed: None,
            groups: Vec::new(),
            error_code: None,
            attempt: 0,
            tests: Vec::new(),
            created_at: self.now(),
            judged_at: None,
        }
    }

    /// Puts submissions there.
    pub async fn add_submissions(&self, submissions: &[Submission]) {
        let tx = self.tx().await;
        for submission in submissions {
            tx.submissions().add(submission).await.expect("add");
        }
        tx.commit().await.expect("commit");
    }

    /// A submission that is there.
    pub async fn added_submission(&self, user: &User) -> Submission {
        let submission = self.submission(user);
        self.add_submissions(std::slice::from_ref(&submission)).await;
        submission
    }

    /// A job that is due, for any worker.
    pub fn job(&self, queue: Queue) -> Job {
        let payload = serde_json::json!({ "submissionId": self.ids.new_uuid() });
        let mut job = Job::new(
            &self.ids,
            self.now(),
            NewJob {
                kind: JobKind::JudgeSubmission,
                queue,
                requirements: std::collections::BTreeSet::new(),
                subject: Some(self.ids.new_uuid()),
                payload,
                ahead: 0,
            },
        );
        job.trace_context = TraceParent::parse("00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01");
        job
    }

    /// Puts jobs there.
    pub async fn add_jobs(&self, jobs: &[Job]) {
        let tx = self.tx().await;
        for job in jobs {
            tx.jobs().add(job).await.expect("add");
        }
        tx.commit().await.expect("commit");
    }

    /// A job that is there, due, for any worker.
    pub async fn added_job(&self, queue: Queue) -> Job {
        let job = self.job(queue);
        self.add_jobs(std::slice::from_ref(&job)).await;
        job
    }

    /// What a worker without any language, and without patience, asks for: ten jobs, for 30 seconds, now.
    pub fn request(&self, worker: &str) -> ReserveRequest {
        ReserveRequest {
            worker: worker.to_owned(),
            kinds: JobKind::ALL.to_vec(),
            queues: Queue::ALL.to_vec(),
            only: None,
            capabilities: Vec::new(),
            max: 10,
            lease: Duration::seconds(30),
            patience: Duration::zero(),
            now: self.now(),
        }
    }

    /// The id of a new test set.
    pub fn test_set_id(&self) -> TestSetId {
        TestSetId::generate(&self.ids)
    }
}

pub(crate) const fn limits() -> ResourceLimits {
    ResourceLimits {
        time_ms: 1000,
        memory_mb: 256,
        output_kb: 65_536,
    }
}

/// A hidden test; `sample` and the optional fields are for the caller to set.
pub(crate) fn test_case(index: u32) -> TestCase {
    let blob = |digit: u32| BlobRef {
        sha256: format!("{:064x}", u128::from(index) * 16 + u128::from(digit)),
        size: u64::from(index) * 1000,
    };
    TestCase {
        index,
        name: format!("secret/{index:02}"),
        sample: false,
        group: None,
        input: blob(1),
        answer: blob(2),
        explanation: None,
        extras: TestExtras::default(),
    }
}

/// Numbers that look random and are the same in every run (Steele, Lea and Flood 2014: `SplitMix64`).
pub(crate) struct Numbers(u64);

impl Numbers {
    pub(crate) const fn new(seed: u64) -> Self {
        Self(seed)
    }

    /// A number below `bound`.
    pub(crate) fn below(&mut self, bound: usize) -> usize {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        let bound = u64::try_from(bound).expect("usize has at most 64 bits");
        usize::try_from((mixed ^ (mixed >> 31)) % bound).expect("below a usize")
    }
}
