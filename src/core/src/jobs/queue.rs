//! Named queues, and how jobs in them are tried again.

use chrono::Duration;

/// Named queues. A smaller priority number goes first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Queue {
    /// Runs on samples and ad hoc runs: somebody is looking at the screen.
    Run,
    /// Submissions.
    Submit,
    /// Submissions judged once more.
    Rejudge,
    /// Mail.
    Emails,
    /// Messages to clients' own servers.
    Webhooks,
    /// What was uploaded.
    Uploads,
    /// Data from elsewhere.
    Sync,
    /// Reports on interviews.
    Reports,
    /// Sweeps, retention, cleaning up.
    Maintenance,
}

impl Queue {
    /// Every queue.
    pub const ALL: [Self; 9] = [
        Self::Run,
        Self::Submit,
        Self::Rejudge,
        Self::Emails,
        Self::Webhooks,
        Self::Uploads,
        Self::Sync,
        Self::Reports,
        Self::Maintenance,
    ];

    /// Those whose jobs run programs: only workers with a sandbox serve them.
    pub const JUDGING: [Self; 3] = [Self::Run, Self::Submit, Self::Rejudge];

    /// Stored name.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Run => "run",
            Self::Submit => "submit",
            Self::Rejudge => "rejudge",
            Self::Emails => "emails",
            Self::Webhooks => "webhooks",
            Self::Uploads => "uploads",
            Self::Sync => "sync",
            Self::Reports => "reports",
            Self::Maintenance => "maintenance",
        }
    }

    /// The queue of that name.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|queue| queue.as_str() == text)
    }

    /// Order between queues: `run` never waits behind `submit`, nor that behind `rejudge`.
    #[must_use]
    pub const fn priority(self) -> i16 {
        match self {
            Self::Run => 0,
            Self::Submit => 10,
            Self::Rejudge => 20,
            Self::Emails | Self::Webhooks | Self::Uploads => 30,
            Self::Sync | Self::Reports => 40,
            Self::Maintenance => 50,
        }
    }

    /// How its jobs are worked on, unless the operator says otherwise.
    #[must_use]
    pub const fn usual_policy(self) -> QueuePolicy {
        match self {
            // As many as the worker has slots: nobody has more.
            Self::Run | Self::Submit | Self::Rejudge => QueuePolicy {
                concurrency: 1024,
                retry: RetryPolicy::JUDGING,
                timeout: Duration::minutes(60),
            },
            Self::Emails => background(10, 3, 10, 60),
            // Twelve tries within a day: 1, 2, 4 … minutes, at most 4 hours.
            Self::Webhooks => QueuePolicy {
                concurrency: 10,
                retry: RetryPolicy {
                    max_failures: 12,
                    max_lost_leases: 10,
                    first_delay: Duration::minutes(1),
                    max_delay: Duration::hours(4),
                },
                timeout: Duration::seconds(30),
            },
            Self::Uploads => background(5, 2, 10, 600),
            Self::Sync => background(3, 5, 30, 600),
            Self::Reports => background(2, 1, 10, 600),
            Self::Maintenance => background(1, 3, 30, 600),
        }
    }
}

/// `retries` after the first try, the first after so many seconds.
const fn background(concurrency: u32, retries: u32, first_delay: i64, timeout: i64) -> QueuePolicy {
    QueuePolicy {
        concurrency,
        retry: RetryPolicy {
            max_failures: retries + 1,
            max_lost_leases: 10,
            first_delay: Duration::seconds(first_delay),
            max_delay: Duration::minutes(30),
        },
        timeout: Duration::seconds(timeout),
    }
}

/// How the jobs of a queue are worked on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct QueuePolicy {
    /// Most of its jobs that one process works on at the same time.
    pub concurrency: u32,
    /// When to try again and when to give up.
    pub retry: RetryPolicy,
    /// Longest time one try may take.
    pub timeout: Duration,
}

/// The policies of all queues.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct QueuePolicies([QueuePolicy; Queue::ALL.len()]);

impl Default for QueuePolicies {
    fn default() -> Self {
        Self(Queue::ALL.map(Queue::usual_policy))
    }
}

impl QueuePolicies {
    /// That of a queue.
    #[must_use]
    pub const fn of(&self, queue: Queue) -> QueuePolicy {
        self.0[queue as usize]
    }

    /// Sets that of a queue.
    pub const fn set(&mut self, queue: Queue, policy: QueuePolicy) {
        self.0[queue as usize] = policy;
    }
}

/// When to try again and when to give up.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct RetryPolicy {
    /// Failures after which the job is dead.
    pub max_failures: u32,
    /// Lost leases after which the job is dead: it probably kills its worker.
    pub max_lost_leases: u32,
    /// Wait after the first failure; doubles with each further one.
    pub first_delay: Duration,
    /// Longest wait.
    pub max_delay: Duration,
}

impl RetryPolicy {
    /// Judging: ten lost leases or three failures end in `internal_error` (the contract); 2 s, 4 s between tries, so that
    /// another worker has a chance to be quicker than the one that just failed.
    pub const JUDGING: Self = Self {
        max_failures: 3,
        max_lost_leases: 10,
        first_delay: Duration::seconds(2),
        max_delay: Duration::seconds(60),
    };

    /// Wait before the next try after `failures` failures (at least 1). `jitter` in 0..1 spreads tries over the upper half
    /// of the wait, so that jobs that failed together do not return together.
    #[must_use]
    pub fn delay(&self, failures: u32, jitter: f64) -> Duration {
        let doublings = failures.saturating_sub(1).min(20);
        let full = self
            .first_delay
            .checked_mul(1 << doublings)
            .unwrap_or(self.max_delay)
            .min(self.max_delay);
        #[expect(
            clippy::cast_precision_loss,
            clippy::cast_possible_truncation,
            reason = "delays are far below 2^52 milliseconds"
        )]
        let milliseconds = (full.num_milliseconds() as f64 * (0.5 + 0.5 * jitter.clamp(0.0, 1.0))) as i64;
        Duration::milliseconds(milliseconds)
    }
}
