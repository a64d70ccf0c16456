//! What is done from time to time.

use crate::jobs::{Job, JobKind, NewJob, Queue};
use crate::kernel::{IdGenerator, JobId, Timestamp};
use chrono::{DateTime, Duration};
use serde_json::json;
use std::collections::BTreeSet;
use uuid::Uuid;

/// Something that is done from time to time.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Task {
    /// Forgets jobs that ended long ago.
    ForgetJobs,
    /// Forgets sessions and refresh tokens that ended long ago.
    ForgetSessions,
    /// Forgets idempotency keys that hold no longer.
    ForgetKeys,
    /// Forgets workers that were not seen for long.
    ForgetWorkers,
    /// Removes what was uploaded and never confirmed.
    SweepUploads,
}

impl Task {
    /// Every task.
    pub const ALL: [Self; 5] = [
        Self::ForgetJobs,
        Self::ForgetSessions,
        Self::ForgetKeys,
        Self::ForgetWorkers,
        Self::SweepUploads,
    ];

    /// Stored name.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::ForgetJobs => "forget_jobs",
            Self::ForgetSessions => "forget_sessions",
            Self::ForgetKeys => "forget_keys",
            Self::ForgetWorkers => "forget_workers",
            Self::SweepUploads => "sweep_uploads",
        }
    }

    /// The task of that name.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|task| task.as_str() == text)
    }

    /// How often.
    #[must_use]
    pub const fn every(self) -> Duration {
        match self {
            Self::ForgetJobs | Self::ForgetKeys => Duration::minutes(10),
            Self::ForgetSessions | Self::ForgetWorkers | Self::SweepUploads => Duration::hours(1),
        }
    }

    /// The job of the span of time that `now` is in. Its id follows from the span, so that a span has one job, whoever makes it and
    /// however often.
    #[must_use]
    pub fn job(self, ids: &dyn IdGenerator, now: Timestamp) -> Job {
        let span = self.every().num_milliseconds();
        let began = now.timestamp_millis().div_euclid(span) * span;
        let new = NewJob {
            kind: JobKind::Maintain,
            queue: Queue::Maintenance,
            requirements: BTreeSet::new(),
            subject: None,
            payload: json!({ "task": self.as_str() }),
            ahead: 0,
        };
        let mut job = Job::new(ids, DateTime::from_timestamp_millis(began).unwrap_or(now), new);
        job.id = JobId::from_uuid(span_id(began, self as u8));
        job
    }
}

/// A UUID of version 7 whose random part is the task's number.
fn span_id(began_ms: i64, number: u8) -> Uuid {
    const VERSION_AND_VARIANT: u128 = (0x7 << 76) | (0b10 << 62);
    let moment = u128::try_from(began_ms).unwrap_or_default() & 0xffff_ffff_ffff;
    Uuid::from_u128((moment << 80) | VERSION_AND_VARIANT | u128::from(number))
}

/// How long things are kept.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Retention {
    /// Jobs that are done.
    pub done_jobs: Duration,
    /// Jobs that were given up.
    pub dead_jobs: Duration,
    /// Sessions and refresh tokens, after they ended.
    pub sessions: Duration,
    /// Workers, after they were last seen.
    pub workers: Duration,
}

impl Default for Retention {
    /// A week of what is done, three months of what failed; sessions a month, for questions that come up after a break-in.
    fn default() -> Self {
        Self {
            done_jobs: Duration::days(7),
            dead_jobs: Duration::days(90),
            sessions: Duration::days(30),
            workers: Duration::days(7),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    struct NoIds;
    impl IdGenerator for NoIds {
        fn new_uuid(&self) -> Uuid {
            Uuid::nil()
        }
    }

    #[test]
    fn a_span_of_time_has_one_job_of_each_task() {
        let now = DateTime::from_timestamp(1_780_000_123, 0).unwrap();
        let id = |task: Task, now| task.job(&NoIds, now).id;
        let first = id(Task::ForgetJobs, now);
        let began = now - Duration::seconds(now.timestamp() % 600);
        assert_eq!(first, id(Task::ForgetJobs, began));
        assert_eq!(first, id(Task::ForgetJobs, began + Duration::seconds(599)));
        assert_ne!(first, id(Task::ForgetJobs, began + Duration::seconds(600)));
        assert_ne!(first, id(Task::ForgetKeys, now));
        assert_eq!(first.as_uuid().get_version_num(), 7);
        assert_eq!(Task::ForgetJobs.job(&NoIds, now).run_at, began);
    }
}
