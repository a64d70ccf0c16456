//! The state machine of a job.

use super::{Queue, RetryPolicy};
use crate::kernel::{IdGenerator, JobId, Timestamp, TraceParent};
use chrono::Duration;
use serde_json::Value;
use std::collections::BTreeSet;
use uuid::Uuid;

/// Named and versioned kinds of job.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum JobKind {
    /// Judges one submission; payload `{"submissionId": …}`.
    JudgeSubmission,
    /// Keeps the house; payload `{"task": …}`.
    Maintain,
}

impl JobKind {
    /// Every kind.
    pub const ALL: [Self; 2] = [Self::JudgeSubmission, Self::Maintain];

    /// Stored name.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::JudgeSubmission => "submission.judge.v1",
            Self::Maintain => "maintenance.task.v1",
        }
    }

    /// The kind of that name.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.as_str() == text)
    }
}

/// Where a job stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum JobState {
    /// Waits for `run_at` and a worker.
    Ready,
    /// A worker holds its lease.
    Running,
    /// Finished.
    Done,
    /// Given up; kept for the operator.
    Dead,
}

impl JobState {
    /// Every state.
    pub const ALL: [Self; 4] = [Self::Ready, Self::Running, Self::Done, Self::Dead];

    /// Stored name.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Ready => "ready",
            Self::Running => "running",
            Self::Done => "done",
            Self::Dead => "dead",
        }
    }

    /// The state of that name.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|state| state.as_str() == text)
    }

    /// Whether nothing more will happen by itself.
    #[must_use]
    pub const fn is_final(self) -> bool {
        matches!(self, Self::Done | Self::Dead)
    }
}

/// A worker's hold on a job.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Lease {
    /// Name of the worker process.
    pub worker: String,
    /// Another worker may take the job after this moment.
    pub expires_at: Timestamp,
}

/// What may help after a failure.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Remedy {
    /// Nothing.
    None,
    /// Another try, perhaps on another worker; counted, because the job itself may be to blame.
    Retry,
    /// Waiting until what the worker depends on is back (disk full, database away); not counted against the job.
    Postpone,
}

/// What a failure leads to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum FailureOutcome {
    /// The job waits for its next try.
    Retry,
    /// The job is dead.
    Dead,
}

/// How much later the turn of a job comes for each job its owner has open. Several times what judging takes, so that whoever sends
/// a hundred at once waits behind whoever sends one; finite, so that everybody's turn comes.
pub const FAIR_STEP: Duration = Duration::seconds(5);

/// More open jobs than these move a turn no further back: an hour and a half.
const MOST_AHEAD: u64 = 1000;

/// What a new job is about.
#[derive(Clone, Debug, PartialEq)]
pub struct NewJob {
    /// What to do.
    pub kind: JobKind,
    /// Where it waits.
    pub queue: Queue,
    /// Everything a worker must offer.
    pub requirements: BTreeSet<String>,
    /// What it is about.
    pub subject: Option<Uuid>,
    /// Parameters.
    pub payload: Value,
    /// How many jobs of its owner are open already.
    pub ahead: u64,
}

/// A job.
#[derive(Clone, Debug, PartialEq)]
pub struct Job {
    /// Identifier, in order of time.
    pub id: JobId,
    /// What to do.
    pub kind: JobKind,
    /// Where it waits.
    pub queue: Queue,
    /// Order between queues, smaller first.
    pub priority: i16,
    /// Order among jobs of one priority, earlier first: when it was made, moved back by [`FAIR_STEP`] for each job its owner had
    /// open then. Says nothing about when it may run.
    pub turn_at: Timestamp,
    /// What it is about, such as a submission, so that the job can be found by it.
    pub subject: Option<Uuid>,
    /// Parameters.
    pub payload: Value,
    /// Everything a worker must offer, such as the languages `cpp` (of a checker) and `python`; nothing: any worker.
    pub requirements: BTreeSet<String>,
    /// Where it stands.
    pub state: JobState,
    /// Not before this moment.
    pub run_at: Timestamp,
    /// How often it was reserved. Together with the lease it is the fencing token: a worker may write only while this is
    /// the number it reserved the job with.
    pub attempt: u32,
    /// How often it failed.
    pub failures: u32,
    /// How often its worker went silent.
    pub lost_leases: u32,
    /// Who holds it.
    pub lease: Option<Lease>,
    /// On whom it failed last: others go first then.
    pub failed_on: Option<String>,
    /// Why it failed last, for the operator.
    pub last_error: Option<String>,
    /// The trace it belongs to: that of the request that made it.
    pub trace_context: Option<TraceParent>,
    /// When it was made.
    pub created_at: Timestamp,
    /// When it was done or given up.
    pub finished_at: Option<Timestamp>,
}

impl Job {
    /// A new job, ready at once.
    #[must_use]
    pub fn new(ids: &dyn IdGenerator, now: Timestamp, new: NewJob) -> Self {
        let NewJob {
            kind,
            queue,
            requirements,
            subject,
            payload,
            ahead,
        } = new;
        Self {
            id: JobId::generate(ids),
            kind,
            queue,
            priority: queue.priority(),
            turn_at: now + FAIR_STEP * i32::try_from(ahead.min(MOST_AHEAD)).unwrap_or(i32::MAX),
            subject,
            payload,
            requirements,
            state: JobState::Ready,
            run_at: now,
            attempt: 0,
            failures: 0,
            lost_leases: 0,
            lease: None,
            failed_on: None,
            last_error: None,
            trace_context: None,
            created_at: now,
            finished_at: None,
        }
    }

    /// Whether a worker may take it now: it is due, or its worker went silent.
    #[must_use]
    pub fn is_reservable(&self, now: Timestamp) -> bool {
        match self.state {
            JobState::Ready => self.run_at <= now,
            JobState::Running => self.lease.as_ref().is_none_or(|lease| lease.expires_at <= now),
            JobState::Done | JobState::Dead => false,
        }
    }

    /// Whether this worker leaves it to others: it failed here last, and they have not had it to themselves for so long.
    #[must_use]
    pub fn is_left_to_others(&self, worker: &str, patience: Duration, now: Timestamp) -> bool {
        self.failed_on.as_deref() == Some(worker) && now < self.run_at + patience
    }

    /// Gives it to a worker. A job taken over from a silent worker counts a lost lease.
    /// Returns false, changing nothing, if it is not reservable.
    #[must_use]
    pub fn reserve(&mut self, worker: &str, lease: Duration, now: Timestamp) -> bool {
        if !self.is_reservable(now) {
            return false;
        }
        if self.state == JobState::Running {
            self.lost_leases += 1;
        }
        self.state = JobState::Running;
        self.attempt += 1;
        self.lease = Some(Lease {
            worker: worker.to_owned(),
            expires_at: now + lease,
        });
        true
    }

    /// Whether so many workers went silent over it that it must not be tried again.
    #[must_use]
    pub const fn is_exhausted(&self, policy: RetryPolicy) -> bool {
        self.lost_leases >= policy.max_lost_leases
    }

    /// Ends it well.
    pub fn complete(&mut self, now: Timestamp) {
        self.state = JobState::Done;
        self.lease = None;
        self.finished_at = Some(now);
    }

    /// Gives it back untouched, because the worker shuts down: ready at once, no failure counted.
    pub fn release(&mut self, now: Timestamp) {
        self.state = JobState::Ready;
        self.lease = None;
        self.run_at = now;
    }

    /// A number in 0..1 that differs from job to job, for [`RetryPolicy::delay`]: taken from the random bits of its id.
    #[must_use]
    pub fn jitter(&self) -> f64 {
        let random = self.id.as_uuid().as_u128() & 0xffff;
        f64::from(u16::try_from(random).unwrap_or(u16::MAX)) / 65536.0
    }

    /// Records a failure: waits for the next try, or gives up.
    pub fn fail(&mut self, reason: &str, remedy: Remedy, policy: RetryPolicy, jitter: f64, now: Timestamp) -> FailureOutcome {
        let tries = match remedy {
            Remedy::Postpone => self.attempt,
            Remedy::Retry | Remedy::None => {
                self.failures += 1;
                self.failures
            }
        };
        let is_over = remedy == Remedy::Retry && self.failures >= policy.max_failures;
        if is_over || remedy == Remedy::None {
            self.bury(reason, now);
            return FailureOutcome::Dead;
        }
        self.last_error = Some(reason.to_owned());
        self.state = JobState::Ready;
        let lease = self.lease.take();
        // A worker whose dependencies are away rests by itself.
        if remedy == Remedy::Retry {
            self.failed_on = lease.map(|lease| lease.worker);
        }
        self.run_at = now + policy.delay(tries, jitter);
        FailureOutcome::Retry
    }

    /// Makes a given-up job ready again, with all its tries. The number of attempts goes on: it is the fencing token.
    pub fn revive(&mut self, now: Timestamp) {
        self.state = JobState::Ready;
        self.failures = 0;
        self.lost_leases = 0;
        self.failed_on = None;
        self.run_at = now;
        self.finished_at = None;
    }

    /// Gives up.
    pub fn bury(&mut self, reason: &str, now: Timestamp) {
        self.last_error = Some(reason.to_owned());
        self.state = JobState::Dead;
        self.lease = None;
        self.finished_at = Some(now);
    }
}

#[cfg(test)]
#[path = "model_tests.rs"]
mod tests;
