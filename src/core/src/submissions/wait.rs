//! Waits for a verdict.

use super::SubmissionDeps;
use crate::kernel::{AppResult, SubmissionId};
use std::time::Duration;

/// Waits until submissions are judged.
#[derive(Clone)]
pub struct WaitForVerdict {
    deps: SubmissionDeps,
}

/// Rows are read again this often: a message may be lost, and a worker of another process sends none.
const REREAD: Duration = Duration::from_millis(250);
/// The longest wait of the contract.
pub const MAX_WAIT: Duration = Duration::from_secs(30);

impl WaitForVerdict {
    /// With its ports.
    #[must_use]
    pub const fn new(deps: SubmissionDeps) -> Self {
        Self { deps }
    }

    /// Returns when the submission is final or the time is over, whichever comes first.
    ///
    /// # Errors
    /// `database.unavailable`.
    #[tracing::instrument(target = "codesm_trace", name = "submissions.wait", skip_all)]
    pub async fn wait(&self, id: SubmissionId, timeout: Duration) -> AppResult<()> {
        let deadline = self.deps.clock.now() + chrono::Duration::from_std(timeout.min(MAX_WAIT)).unwrap_or_default();
        let mut subscription = self.deps.events.subscribe(id);
        let mut last_read = None;
        loop {
            let now = self.deps.clock.now();
            let due = last_read.is_none_or(|read| now - read >= chrono::Duration::from_std(REREAD).unwrap_or_default());
            if due {
                last_read = Some(now);
                if self
                    .deps
                    .queries
                    .by_id(id)
                    .await?
                    .is_none_or(|submission| submission.state.is_final())
                {
                    return Ok(());
                }
            }
            let left = (deadline - now).to_std().unwrap_or_default();
            if left.is_zero() {
                return Ok(());
            }
            match subscription.next(left.min(REREAD)).await {
                Some(progress) if progress.step == super::ProgressStep::Finished => return Ok(()),
                Some(_) => {}
                // Time over, or messages lost: the row knows.
                None => last_read = None,
            }
        }
    }
}
