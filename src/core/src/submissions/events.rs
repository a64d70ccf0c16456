//! Live events of one submission, resumable.

use super::get::hide;
use super::{GetSubmission, Progress, ProgressStep, Submission, SubmissionDeps, SubmissionState, Subscription};
use crate::judging::{GroupResult, TestResult, Verdict};
use crate::kernel::{Actor, AppResult, Clock, SubmissionId, Timestamp};
use std::collections::VecDeque;
use std::sync::Arc;
use std::time::Duration;

/// Position in a submission's events. Grows with every event; the same event has the same number whoever watches it:
/// `attempt × 1 000 000 + place`, where places are 1 compiling, 2 running, 2 + n test n, 999 999 verdict. Queued is 1 of attempt 0.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Default)]
pub struct EventCursor(u64);

const PER_ATTEMPT: u64 = 1_000_000;
const VERDICT_PLACE: u64 = PER_ATTEMPT - 1;
/// Rows are read again this often, so that a lost message, a restart or another instance loses nothing.
const REREAD: Duration = Duration::from_secs(2);

impl EventCursor {
    /// Reads `Last-Event-ID`; `None` if it is no number.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        text.trim().parse().ok().map(Self)
    }

    /// The number.
    #[must_use]
    pub const fn number(self) -> u64 {
        self.0
    }

    const fn at(attempt: u32, place: u64) -> Self {
        Self(attempt as u64 * PER_ATTEMPT + place)
    }

    fn of_state(attempt: u32, state: SubmissionState) -> Self {
        match state {
            SubmissionState::Queued => Self(1),
            SubmissionState::Compiling => Self::at(attempt, 1),
            SubmissionState::Running => Self::at(attempt, 2),
            SubmissionState::Done | SubmissionState::Cancelled => Self::at(attempt, VERDICT_PLACE),
        }
    }

    fn of_test(attempt: u32, index: u32) -> Self {
        Self::at(attempt, (2 + u64::from(index)).min(VERDICT_PLACE - 1))
    }
}

/// One event.
#[derive(Clone, Debug, PartialEq)]
pub enum SubmissionEvent {
    /// A new state.
    State {
        /// Position.
        cursor: EventCursor,
        /// The state.
        state: SubmissionState,
    },
    /// A judged test.
    Test {
        /// Position.
        cursor: EventCursor,
        /// Its result, as the watcher may see it.
        result: Box<TestResult>,
    },
    /// The end.
    Verdict {
        /// Position.
        cursor: EventCursor,
        /// `done` or `cancelled`.
        state: SubmissionState,
        /// The verdict.
        verdict: Option<Verdict>,
        /// Points.
        score: Option<f64>,
        /// Most points possible.
        max_score: Option<f64>,
        /// Results of the groups of tests.
        groups: Vec<GroupResult>,
        /// When.
        judged_at: Option<Timestamp>,
    },
}

impl SubmissionEvent {
    /// Position.
    #[must_use]
    pub const fn cursor(&self) -> EventCursor {
        match self {
            Self::State { cursor, .. } | Self::Test { cursor, .. } | Self::Verdict { cursor, .. } => *cursor,
        }
    }
}

/// Follows submissions.
#[derive(Clone)]
pub struct FollowEvents {
    deps: SubmissionDeps,
    get: GetSubmission,
}

impl FollowEvents {
    /// With its ports.
    #[must_use]
    pub fn new(deps: SubmissionDeps) -> Self {
        Self {
            get: GetSubmission::new(deps.clone()),
            deps,
        }
    }

    /// Begins a feed: everything known so far that comes after `last`, then what happens, ending after the verdict.
    ///
    /// # Errors
    /// `auth.required`, `submission.not_found`.
    #[tracing::instrument(target = "codesm_trace", name = "submissions.events", skip_all)]
    pub async fn follow(&self, actor: &Actor, id: SubmissionId, last: Option<EventCursor>) -> AppResult<EventFeed> {
        // Subscribed before the row is read: what happens in between is then seen twice rather than never.
        let subscription = self.deps.events.subscribe(id);
        let (submission, full) = self.get.readable(actor, id).await?;
        let mut feed = EventFeed {
            get: self.get.clone(),
            actor: actor.clone(),
            id,
            full,
            subscription,
            sent: last,
            waiting: VecDeque::new(),
            row_read_at: self.deps.clock.now(),
            clock: self.deps.clock.clone(),
            ended: false,
        };
        feed.take_row(&submission);
        Ok(feed)
    }
}

/// The events of one submission, for one watcher.
pub struct EventFeed {
    get: GetSubmission,
    actor: Actor,
    id: SubmissionId,
    full: bool,
    subscription: Box<dyn Subscription>,
    sent: Option<EventCursor>,
    waiting: VecDeque<SubmissionEvent>,
    row_read_at: Timestamp,
    clock: Arc<dyn Clock>,
    ended: bool,
}

impl EventFeed {
    /// The next event; `None` at the end.
    ///
    /// # Errors
    /// `database.unavailable`; the watcher comes back with its last position.
    pub async fn next(&mut self) -> AppResult<Option<SubmissionEvent>> {
        loop {
            if let Some(event) = self.waiting.pop_front() {
                self.ended = matches!(event, SubmissionEvent::Verdict { .. });
                return Ok(Some(event));
            }
            if self.ended {
                return Ok(None);
            }
            match self.subscription.next(REREAD).await {
                Some(Progress {
                    attempt,
                    step: ProgressStep::State(state),
                }) => {
                    self.offer(SubmissionEvent::State {
                        cursor: EventCursor::of_state(attempt, state),
                        state,
                    });
                }
                Some(Progress {
                    attempt,
                    step: ProgressStep::Test(result),
                }) => self.take_test(attempt, result).await?,
                Some(Progress {
                    step: ProgressStep::Finished,
                    ..
                })
                | None => self.read_row().await?,
            }
        }
    }

    /// Shows a test only as the successor of what was shown before. After a gap (a watcher that came late, a lost message)
    /// the missing tests come from the row, to which the worker writes them about once a second.
    async fn take_test(&mut self, attempt: u32, mut result: Box<TestResult>) -> AppResult<()> {
        let cursor = EventCursor::of_test(attempt, result.index);
        if self.sent.is_some_and(|sent| cursor.0 > sent.0.saturating_add(1)) {
            if self.clock.now() - self.row_read_at >= chrono::Duration::seconds(1) {
                self.read_row().await?;
            }
            return Ok(());
        }
        if !self.full {
            hide(&mut result);
        }
        self.offer(SubmissionEvent::Test { cursor, result });
        Ok(())
    }

    async fn read_row(&mut self) -> AppResult<()> {
        let (submission, _) = self.get.readable(&self.actor, self.id).await?;
        self.row_read_at = self.clock.now();
        self.take_row(&submission);
        Ok(())
    }

    /// Everything the row knows, in order. Once it is final and nothing is left to say, the feed ends.
    fn take_row(&mut self, submission: &Submission) {
        let attempt = submission.attempt;
        let state = |state| SubmissionEvent::State {
            cursor: EventCursor::of_state(attempt, state),
            state,
        };
        self.offer(state(SubmissionState::Queued));
        let begun = attempt > 0 && submission.state != SubmissionState::Queued;
        if begun && submission.state != SubmissionState::Cancelled {
            self.offer(state(SubmissionState::Compiling));
        }
        let ran = submission.state == SubmissionState::Running || submission.tests.iter().any(|test| test.verdict != Verdict::Skipped);
        if begun && ran {
            self.offer(state(SubmissionState::Running));
        }
        for test in &submission.tests {
            self.offer(SubmissionEvent::Test {
                cursor: EventCursor::of_test(attempt, test.index),
                result: Box::new(test.clone()),
            });
        }
        if !submission.state.is_final() {
            return;
        }
        self.offer(SubmissionEvent::Verdict {
            cursor: EventCursor::of_state(attempt, submission.state),
            state: submission.state,
            verdict: submission.verdict,
            score: submission.score,
            max_score: submission.max_score,
            groups: submission.groups.clone(),
            judged_at: submission.judged_at,
        });
        // A watcher that has seen the verdict already gets an empty feed.
        self.ended = self.waiting.is_empty();
    }

    fn offer(&mut self, event: SubmissionEvent) {
        let cursor = event.cursor();
        if self.sent.is_none_or(|sent| cursor > sent) {
            self.sent = Some(cursor);
            self.waiting.push_back(event);
        }
    }
}
