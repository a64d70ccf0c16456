//! What goes back over the wire about queues and jobs.

use crate::response::{Nullable, Time};
use codesm_core::jobs::{Job, JobDepth, JobRate, JobState, Lease, QueuePolicy};
use codesm_core::queues::QueueView;
use poem_openapi::types::Example;
use poem_openapi::{Enum, Object};
use uuid::Uuid;

/// Where a job stands.
#[derive(Clone, Copy, Debug, Enum)]
#[oai(rename = "JobState", remote = "JobState", rename_all = "snake_case")]
pub(super) enum JobStateDto {
    /// Waits for its time and a worker.
    Ready,
    /// A worker holds its lease.
    Running,
    /// Finished.
    Done,
    /// Given up.
    Dead,
}

/// A queue.
#[derive(Clone, Debug, Object)]
#[oai(rename = "Queue", rename_all = "camelCase", example)]
pub(super) struct QueueDto {
    /// Name.
    name: String,
    /// Since when it is paused.
    paused_at: Nullable<Time>,
    /// Jobs that wait.
    ready: u64,
    /// Jobs under a lease.
    running: u64,
    /// Jobs that were given up.
    dead: u64,
    /// Seconds that the oldest job that is due has waited since it was made.
    oldest_ready_seconds: Nullable<u64>,
    /// Jobs done in the last five minutes, per minute.
    done_per_minute: f64,
    /// Jobs given up in the last five minutes, per minute.
    dead_per_minute: f64,
    /// Most jobs of it that one process works on at the same time.
    concurrency: u32,
    /// Failures after which a job is given up.
    max_failures: u32,
    /// Longest time one try may take, in seconds.
    timeout_seconds: u64,
}

impl From<QueueView> for QueueDto {
    fn from(view: QueueView) -> Self {
        let QueueView {
            depth,
            rate,
            rate_over,
            policy,
            now,
        } = view;
        let JobDepth {
            queue,
            ready,
            running,
            dead,
            oldest_ready_at,
            paused_at,
        } = depth;
        let JobRate {
            queue: _,
            done: done_lately,
            dead: dead_lately,
        } = rate;
        let QueuePolicy {
            concurrency,
            retry,
            timeout,
        } = policy;
        #[expect(clippy::cast_precision_loss, reason = "far below 2^52 jobs end within minutes")]
        let per_minute = |count: u64| count as f64 * 60.0 / rate_over.num_seconds().max(1) as f64;
        let age = |at: codesm_core::kernel::Timestamp| u64::try_from((now - at).num_seconds()).unwrap_or(0);
        Self {
            name: queue.as_str().to_owned(),
            paused_at: Nullable(paused_at.map(Time)),
            ready,
            running,
            dead,
            oldest_ready_seconds: Nullable(oldest_ready_at.map(age)),
            done_per_minute: per_minute(done_lately),
            dead_per_minute: per_minute(dead_lately),
            concurrency,
            max_failures: retry.max_failures,
            timeout_seconds: u64::try_from(timeout.num_seconds()).unwrap_or(0),
        }
    }
}

impl Example for QueueDto {
    fn example() -> Self {
        Self {
            name: "submit".to_owned(),
            paused_at: Nullable(None),
            ready: 12,
            running: 4,
            dead: 0,
            oldest_ready_seconds: Nullable(Some(3)),
            done_per_minute: 211.4,
            dead_per_minute: 0.0,
            concurrency: 1024,
            max_failures: 3,
            timeout_seconds: 3600,
        }
    }
}

/// A job. Never what it was made for in full: no source code, no tokens.
#[derive(Clone, Debug, Object)]
#[oai(rename = "Job", rename_all = "camelCase", example)]
pub(super) struct JobDto {
    /// Identifier.
    id: Uuid,
    /// What to do.
    kind: String,
    /// Where it waits.
    queue: String,
    /// Where it stands.
    state: JobStateDto,
    /// What it is about: for judging, the submission.
    subject: Nullable<Uuid>,
    /// What a worker must offer.
    requirements: Vec<String>,
    /// How often it was handed out.
    attempt: u32,
    /// How often it failed.
    failures: u32,
    /// How often its worker went silent.
    lost_leases: u32,
    /// Who works on it.
    worker: Nullable<String>,
    /// Until when it is theirs without a heartbeat.
    lease_expires_at: Nullable<Time>,
    /// Why it failed last.
    last_error: Nullable<String>,
    /// Not before this moment.
    run_at: Time,
    /// When it was made.
    created_at: Time,
    /// When it was done or given up.
    finished_at: Nullable<Time>,
}

impl From<Job> for JobDto {
    fn from(job: Job) -> Self {
        let Job {
            id,
            kind,
            queue,
            priority: _,
            turn_at: _,
            subject,
            payload: _,
            requirements,
            state,
            run_at,
            attempt,
            failures,
            lost_leases,
            lease,
            failed_on: _,
            last_error,
            trace_context: _,
            created_at,
            finished_at,
        } = job;
        let (worker, lease_expires_at) = match lease {
            Some(Lease { worker, expires_at }) => (Some(worker), Some(Time(expires_at))),
            None => (None, None),
        };
        Self {
            id: id.as_uuid(),
            kind: kind.as_str().to_owned(),
            queue: queue.as_str().to_owned(),
            state: state.into(),
            subject: Nullable(subject),
            requirements: requirements.into_iter().collect(),
            attempt,
            failures,
            lost_leases,
            worker: Nullable(worker),
            lease_expires_at: Nullable(lease_expires_at),
            last_error: Nullable(last_error),
            run_at: Time(run_at),
            created_at: Time(created_at),
            finished_at: Nullable(finished_at.map(Time)),
        }
    }
}

impl Example for JobDto {
    fn example() -> Self {
        let at = Time(chrono::DateTime::UNIX_EPOCH + chrono::Duration::days(20_700));
        Self {
            id: Uuid::from_u128(0x019a_9c6e_7b1a_7c00_8000_0000_0000_0004),
            kind: "submission.judge.v1".to_owned(),
            queue: "submit".to_owned(),
            state: JobStateDto::Dead,
            subject: Nullable(Some(Uuid::from_u128(0x019a_9c6e_7b1a_7c00_8000_0000_0000_0003))),
            requirements: vec!["cpp".to_owned()],
            attempt: 3,
            failures: 3,
            lost_leases: 0,
            worker: Nullable(None),
            lease_expires_at: Nullable(None),
            last_error: Nullable(Some("sandbox.start_failed: the compiler could not be started".to_owned())),
            run_at: at,
            created_at: at,
            finished_at: Nullable(Some(at)),
        }
    }
}

/// How many jobs were changed.
#[derive(Clone, Debug, Object)]
#[oai(rename = "JobsChanged", rename_all = "camelCase", example)]
pub(super) struct ChangedDto {
    /// Jobs.
    pub(super) jobs: u64,
}

impl Example for ChangedDto {
    fn example() -> Self {
        Self { jobs: 7 }
    }
}
