//! Takes a submission or run in.

use super::accept::{Accept, Accepted, Known};
use super::{IdempotencyRecord, RunLimitsOverride, Submission, SubmissionDeps, TextFile};
use crate::audit::AuditEntry;
use crate::jobs::{Job, JobKind, NewJob, Queue};
use crate::judging::Mode;
use crate::kernel::{AppError, AppResult, Permission, RequestContext, UserId};
use crate::problems::ProblemRef;
use crate::store::{StoreError, Tx};
use serde_json::json;

/// What is submitted to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum SubmitTarget {
    /// A problem.
    Problem(ProblemRef),
    /// Nothing: just run it.
    AdHoc {
        /// Arguments of the program.
        args: Vec<String>,
        /// Limits asked for.
        limits: RunLimitsOverride,
    },
}

/// A client's key for safe repetition.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct IdempotencyKey {
    /// 1 to 255 visible ASCII characters.
    pub key: String,
    /// Digest of everything the request asks for.
    pub fingerprint: String,
}

/// What is submitted.
#[derive(Clone, Debug)]
pub struct SubmitCommand {
    /// To what.
    pub target: SubmitTarget,
    /// Language id.
    pub language: String,
    /// A single source text …
    pub source: Option<String>,
    /// … or several files.
    pub files: Option<Vec<TextFile>>,
    /// What for.
    pub mode: Mode,
    /// Standard input, for runs.
    pub stdin: Option<String>,
    /// For safe repetition.
    pub idempotency: Option<IdempotencyKey>,
}

/// The promise that a verdict will come.
#[derive(Clone, Debug, PartialEq)]
pub struct Receipt {
    /// The submission as committed, or as it stands now if the receipt was given before.
    pub submission: Submission,
    /// Whether this is the receipt of an earlier request with the same key.
    pub replayed: bool,
}

/// Takes submissions in.
#[derive(Clone)]
pub struct Submit {
    deps: SubmissionDeps,
    pub(super) accept: Accept,
}

/// Idempotency keys are kept for 24 h (the contract).
pub(crate) const KEY_LIFETIME: chrono::Duration = chrono::Duration::hours(24);

impl SubmitTarget {
    pub(super) const fn permission(&self) -> Permission {
        match self {
            Self::Problem(_) => Permission::SubmissionCreate,
            Self::AdHoc { .. } => Permission::RunCreate,
        }
    }
}

impl Submit {
    /// With its ports.
    #[must_use]
    pub fn new(deps: SubmissionDeps) -> Self {
        Self {
            accept: Accept::new(deps.clone()),
            deps,
        }
    }

    /// Commits the submission, its job and its audit entry together, and gives the receipt.
    ///
    /// # Errors
    /// `auth.required`, `auth.forbidden`, `problem.not_found`, `problem.not_published` (409), `problem.no_tests` (409),
    /// `problem.no_samples` (409), `problem.checker_unavailable` (409), `submission.too_many_waiting` (429),
    /// `submission.…` (422) naming every offending field, `idempotency.mismatch` (422), `database.unavailable`.
    #[tracing::instrument(target = "codesm_trace", name = "submissions.submit", skip_all)]
    pub async fn submit(&self, context: &RequestContext, command: SubmitCommand) -> AppResult<Receipt> {
        context.actor.require(command.target.permission())?;
        let user_id = context.actor.require_user()?.user_id;
        let key = command.idempotency.clone();
        let accepted = async {
            let accepted = self.accept.accept(context, user_id, command, &mut Known::default()).await?;
            AppResult::Ok((accepted, self.accept.require_room(context, user_id).await?))
        };
        let receipts = match accepted.await {
            Ok((accepted, ahead)) => self.commit(context, user_id, vec![accepted], ahead, key).await?,
            Err(refusal) => self.earlier(user_id, key, 1, refusal).await?,
        };
        receipts
            .into_iter()
            .next()
            .ok_or_else(|| AppError::internal("a submission has no receipt"))
    }

    /// The receipts that this key gave before, if it did: what was accepted once stays accepted, whatever has become of the problem
    /// or the language since. Otherwise the refusal.
    pub(super) async fn earlier(
        &self,
        user_id: UserId,
        key: Option<IdempotencyKey>,
        count: usize,
        refusal: AppError,
    ) -> AppResult<Vec<Receipt>> {
        let Some(key) = key else { return Err(refusal) };
        let tx = self.deps.uow.begin().await?;
        replay(&*tx, user_id, &key, self.deps.clock.now(), count).await?.ok_or(refusal)
    }

    /// Commits all of them, or none.
    pub(super) async fn commit(
        &self,
        context: &RequestContext,
        user_id: UserId,
        accepted: Vec<Accepted>,
        ahead: u64,
        key: Option<IdempotencyKey>,
    ) -> AppResult<Vec<Receipt>> {
        let (now, count) = (self.deps.clock.now(), accepted.len());
        let tx = self.deps.uow.begin().await?;
        if let Some(key) = &key
            && let Some(receipts) = replay(&*tx, user_id, key, now, count).await?
        {
            return Ok(receipts);
        }
        let (mut receipts, mut jobs) = (Vec::with_capacity(count), Vec::with_capacity(count));
        for (index, Accepted { submission, requirements }) in accepted.into_iter().enumerate() {
            tx.submissions().add(&submission).await?;
            if let Some(key) = &key {
                let record = IdempotencyRecord {
                    user_id,
                    key: of_item(key, index),
                    fingerprint: key.fingerprint.clone(),
                    submission_id: submission.id,
                    created_at: now,
                };
                match tx.idempotency().add(&record).await {
                    Err(StoreError::Conflict(_)) => return self.lost_race(tx, user_id, key, count).await,
                    added => added?,
                }
            }
            let mut job = self.job(&submission, requirements, ahead + index as u64);
            job.trace_context = self.deps.traces.current();
            tx.jobs().add(&job).await?;
            tx.audit().append(&self.audited(context, &submission)).await?;
            jobs.push(job);
            receipts.push(Receipt {
                submission,
                replayed: false,
            });
        }
        tx.commit().await?;
        for job in &jobs {
            self.deps.signal.announce(job);
        }
        Ok(receipts)
    }

    fn job(&self, submission: &Submission, requirements: std::collections::BTreeSet<String>, ahead: u64) -> Job {
        let queue = match submission.mode {
            Mode::Run => Queue::Run,
            Mode::Submit => Queue::Submit,
        };
        let new = NewJob {
            kind: JobKind::JudgeSubmission,
            queue,
            requirements,
            subject: Some(submission.id.as_uuid()),
            payload: json!({ "submissionId": submission.id }),
            ahead,
        };
        Job::new(&*self.deps.ids, submission.created_at, new)
    }

    fn audited(&self, context: &RequestContext, submission: &Submission) -> AuditEntry {
        let details = json!({ "problemId": submission.problem_id, "language": submission.language, "mode": submission.mode.as_str() });
        let subject = ("submission", submission.id.to_string());
        AuditEntry::new(
            &*self.deps.ids,
            submission.created_at,
            context,
            "submission.created",
            subject,
            details,
        )
    }

    /// Another request with the same key was faster: its receipts count.
    async fn lost_race(&self, tx: Box<dyn Tx>, user_id: UserId, key: &IdempotencyKey, count: usize) -> AppResult<Vec<Receipt>> {
        drop(tx);
        let tx = self.deps.uow.begin().await?;
        let receipts = replay(&*tx, user_id, key, self.deps.clock.now(), count).await?;
        receipts.ok_or_else(|| AppError::conflict("idempotency.in_progress", "A request with this key is being handled; try again."))
    }
}

/// The key of one of a batch: the client's own for the first; for the others one that no client can send, since it has a line break.
fn of_item(key: &IdempotencyKey, index: usize) -> String {
    if index == 0 {
        key.key.clone()
    } else {
        format!("{}\n{index}", key.key)
    }
}

/// The receipts that the key gave to so many submissions, if it did.
async fn replay(
    tx: &dyn Tx,
    user_id: UserId,
    key: &IdempotencyKey,
    now: crate::kernel::Timestamp,
    count: usize,
) -> AppResult<Option<Vec<Receipt>>> {
    tx.idempotency().forget_before(now - KEY_LIFETIME).await?;
    let mut receipts = Vec::with_capacity(count);
    for index in 0..count {
        let Some(record) = tx.idempotency().find(user_id, &of_item(key, index)).await? else {
            return Ok(None);
        };
        if record.fingerprint != key.fingerprint {
            return Err(AppError::invalid(
                "idempotency.mismatch",
                "This `Idempotency-Key` was used with another request.",
            ));
        }
        let Some(submission) = tx.submissions().by_id(record.submission_id).await? else {
            return Ok(None);
        };
        receipts.push(Receipt {
            submission,
            replayed: true,
        });
    }
    Ok(Some(receipts))
}
