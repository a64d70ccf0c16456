//! Takes a submission or run in.

use super::validate::{check_key, check_stdin, files, offend, refuse};
use super::{IdempotencyRecord, RunLimitsOverride, Submission, SubmissionDeps, SubmissionState, TextFile};
use crate::audit::AuditEntry;
use crate::jobs::{Job, JobKind, NewJob, Queue};
use crate::judging::{Language, Mode, ResourceLimits};
use crate::kernel::{AppError, AppResult, FieldError, Permission, ProblemId, RequestContext, SubmissionId, TestSetId, UserId};
use crate::problems::{ProblemRef, ProblemStatus, may_read};
use crate::store::{StoreError, Tx};
use serde_json::json;
use std::collections::BTreeSet;

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
    languages: super::ListLanguages,
}

/// Idempotency keys are kept for 24 h (the contract).
pub(crate) const KEY_LIFETIME: chrono::Duration = chrono::Duration::hours(24);
const MAX_ARGS: usize = 64;
const MAX_ARGS_BYTES: usize = 16 * 1024;

/// What the problem, or its absence, contributes.
struct Ground {
    problem_id: Option<ProblemId>,
    test_set_id: Option<TestSetId>,
    limits: ResourceLimits,
    args: Vec<String>,
    own_languages: Vec<String>,
    /// Languages that may be used; `None`: all.
    permitted: Option<Vec<String>>,
    /// Most bytes of source, if the problem says.
    code_bytes: Option<usize>,
}

/// What is to be committed.
struct Accepted {
    submission: Submission,
    /// Languages whoever judges it needs.
    requirements: BTreeSet<String>,
    /// Submissions of this user that wait already.
    ahead: u64,
}

impl Submit {
    /// With its ports.
    #[must_use]
    pub fn new(deps: SubmissionDeps) -> Self {
        Self {
            languages: super::ListLanguages::new(deps.clone()),
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
        let permission = match command.target {
            SubmitTarget::Problem(_) => Permission::SubmissionCreate,
            SubmitTarget::AdHoc { .. } => Permission::RunCreate,
        };
        context.actor.require(permission)?;
        let user_id = context.actor.require_user()?.user_id;
        let key = command.idempotency.clone();
        match (self.accept(context, user_id, command).await, key) {
            (Ok(accepted), key) => self.commit(context, user_id, accepted, key).await,
            // What was accepted once stays accepted, whatever has become of the problem or the language since.
            (Err(refusal), Some(key)) => self.earlier(user_id, &key).await?.ok_or(refusal),
            (Err(refusal), None) => Err(refusal),
        }
    }

    /// The submission, if it is acceptable now.
    async fn accept(&self, context: &RequestContext, user_id: UserId, command: SubmitCommand) -> AppResult<Accepted> {
        let mut offences = Vec::new();
        let ground = self.ground(context, &command, &mut offences).await?;
        let language = self.language(&command.language, &ground, &mut offences).await?;
        let files = files(&self.deps.limits, &command, language.as_ref(), &mut offences);
        check_code(&files, &ground, &mut offences);
        check_stdin(&self.deps.limits, &command, &mut offences);
        check_key(command.idempotency.as_ref(), &mut offences);
        refuse(offences)?;

        let ahead = self.require_room(context, user_id).await?;

        let now = self.deps.clock.now();
        let requirements = ground.own_languages.into_iter().chain([command.language.clone()]).collect();
        let submission = Submission {
            id: SubmissionId::generate(&*self.deps.ids),
            problem_id: ground.problem_id,
            test_set_id: ground.test_set_id,
            user_id,
            mode: command.mode,
            language: command.language,
            files,
            stdin: command.stdin,
            args: ground.args,
            limits: ground.limits,
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
            created_at: now,
            judged_at: None,
        };
        Ok(Accepted {
            submission,
            requirements,
            ahead,
        })
    }

    /// Nobody fills the queue alone; who manages problems may, to try them. Says how many of theirs wait already.
    async fn require_room(&self, context: &RequestContext, user_id: UserId) -> AppResult<u64> {
        let unfinished = self.deps.queries.unfinished(user_id).await?;
        if unfinished < self.deps.limits.unfinished || context.actor.may(Permission::ProblemManageAll) {
            return Ok(unfinished);
        }
        let message = format!(
            "{} of your submissions are waiting already; wait for a verdict.",
            self.deps.limits.unfinished
        );
        Err(AppError::rate_limited("submission.too_many_waiting", message, 5))
    }

    /// The receipt that this key gave before, if it did.
    async fn earlier(&self, user_id: UserId, key: &IdempotencyKey) -> AppResult<Option<Receipt>> {
        let tx = self.deps.uow.begin().await?;
        tx.idempotency().forget_before(self.deps.clock.now() - KEY_LIFETIME).await?;
        replay(&*tx, user_id, key).await
    }

    async fn commit(
        &self,
        context: &RequestContext,
        user_id: UserId,
        accepted: Accepted,
        key: Option<IdempotencyKey>,
    ) -> AppResult<Receipt> {
        let Accepted {
            submission,
            requirements,
            ahead,
        } = accepted;
        let now = submission.created_at;
        let tx = self.deps.uow.begin().await?;
        if let Some(key) = &key {
            tx.idempotency().forget_before(now - KEY_LIFETIME).await?;
            if let Some(receipt) = replay(&*tx, user_id, key).await? {
                return Ok(receipt);
            }
        }
        tx.submissions().add(&submission).await?;
        if let Some(key) = &key {
            let record = IdempotencyRecord {
                user_id,
                key: key.key.clone(),
                fingerprint: key.fingerprint.clone(),
                submission_id: submission.id,
                created_at: now,
            };
            match tx.idempotency().add(&record).await {
                Err(StoreError::Conflict(_)) => return self.lost_race(tx, user_id, key).await,
                added => added?,
            }
        }
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
        let mut job = Job::new(&*self.deps.ids, now, new);
        job.trace_context = self.deps.traces.current();
        tx.jobs().add(&job).await?;
        let details = json!({ "problemId": submission.problem_id, "language": submission.language, "mode": submission.mode.as_str() });
        let subject = ("submission", submission.id.to_string());
        tx.audit()
            .append(&AuditEntry::new(
                &*self.deps.ids,
                now,
                context,
                "submission.created",
                subject,
                details,
            ))
            .await?;
        tx.commit().await?;
        self.deps.signal.announce(&job);
        Ok(Receipt {
            submission,
            replayed: false,
        })
    }

    /// Another request with the same key was faster: its receipt counts.
    async fn lost_race(&self, tx: Box<dyn Tx>, user_id: UserId, key: &IdempotencyKey) -> AppResult<Receipt> {
        drop(tx);
        let tx = self.deps.uow.begin().await?;
        let receipt = replay(&*tx, user_id, key).await?;
        receipt.ok_or_else(|| AppError::conflict("idempotency.in_progress", "A request with this key is being handled; try again."))
    }

    async fn ground(&self, context: &RequestContext, command: &SubmitCommand, offences: &mut Vec<FieldError>) -> AppResult<Ground> {
        let wanted = match &command.target {
            SubmitTarget::Problem(wanted) => wanted,
            SubmitTarget::AdHoc { args, limits } => {
                if args.len() > MAX_ARGS || args.iter().map(String::len).sum::<usize>() > MAX_ARGS_BYTES {
                    offend(offences, "args", "args_too_long", "At most 64 arguments of 16 KiB together.");
                }
                if args.iter().any(|arg| arg.contains('\0')) {
                    offend(offences, "args", "args_not_text", "Must not contain NUL.");
                }
                let limits = self.run_limits(*limits, offences);
                return Ok(Ground {
                    problem_id: None,
                    test_set_id: None,
                    limits,
                    args: args.clone(),
                    own_languages: Vec::new(),
                    permitted: None,
                    code_bytes: None,
                });
            }
        };
        let view = self
            .deps
            .problems
            .view(wanted)
            .await?
            .filter(|view| may_read(&context.actor, &view.problem));
        let view = view.ok_or_else(|| AppError::not_found("problem.not_found", "There is no such problem."))?;
        let problem = view.problem;
        if !matches!(problem.status, ProblemStatus::Published | ProblemStatus::InReview) {
            let message = format!("The problem is `{}`; it takes no submissions.", problem.status.as_str());
            return Err(AppError::conflict("problem.not_published", message));
        }
        if problem.test_set_id.is_none() {
            return Err(AppError::conflict("problem.no_tests", "The problem has no tests yet."));
        }
        if command.mode == Mode::Run && command.stdin.is_none() && view.samples.is_empty() {
            return Err(AppError::conflict(
                "problem.no_samples",
                "The problem has no samples to run; give `stdin`.",
            ));
        }
        Ok(Ground {
            problem_id: Some(problem.id),
            test_set_id: problem.test_set_id,
            limits: problem.limits,
            args: Vec::new(),
            // A run on own input is not checked.
            own_languages: view.own_languages.into_iter().filter(|_| command.stdin.is_none()).collect(),
            permitted: view.details.rules.languages,
            code_bytes: view.details.rules.code_kb.map(|most| (most as usize) << 10),
        })
    }

    fn run_limits(&self, asked: RunLimitsOverride, offences: &mut Vec<FieldError>) -> ResourceLimits {
        let (usual, most) = (self.deps.limits.run_defaults, self.deps.limits.run_maximum);
        let mut pick = |asked: Option<u32>, usual: u32, low: u32, most: u32, field: &str| {
            let value = asked.unwrap_or(usual);
            if !(low..=most).contains(&value) {
                offend(offences, field, "limit_out_of_range", &format!("Must be {low} to {most}."));
            }
            value
        };
        ResourceLimits {
            time_ms: pick(asked.time_ms, usual.time_ms, 1, most.time_ms, "limits.timeMs"),
            memory_mb: pick(asked.memory_mb, usual.memory_mb, 4, most.memory_mb, "limits.memoryMb"),
            output_kb: pick(asked.output_kb, usual.output_kb, 1, most.output_kb, "limits.outputKb"),
        }
    }

    /// The language; whoever judges needs it, and those of the problem's own programs.
    async fn language(&self, id: &str, ground: &Ground, offences: &mut Vec<FieldError>) -> AppResult<Option<Language>> {
        let languages = self.languages.list().await?;
        let language = languages.iter().find(|language| language.id == id).cloned();
        match &language {
            None => offend(
                offences,
                "language",
                "unknown_language",
                "There is no such language; see `/api/v1/languages`.",
            ),
            Some(language) if !language.available => {
                let message = format!("No worker has a toolchain for {} right now.", language.name);
                offend(offences, "language", "language_unavailable", &message);
            }
            Some(_)
                if ground
                    .permitted
                    .as_ref()
                    .is_some_and(|permitted| !permitted.iter().any(|other| other == id)) =>
            {
                let permitted = ground.permitted.as_deref().unwrap_or_default().join("`, `");
                let message = format!("The problem takes submissions in `{permitted}` only.");
                offend(offences, "language", "language_not_permitted", &message);
            }
            Some(_) => {}
        }
        let is_missing = |own: &&String| !languages.iter().any(|language| language.id == **own && language.available);
        if let Some(own) = ground.own_languages.iter().find(is_missing) {
            let message = format!("No worker has the toolchain of the problem's checker (`{own}`) right now.");
            return Err(AppError::conflict("problem.checker_unavailable", message));
        }
        Ok(language)
    }
}

/// The problem's own limit on source code.
fn check_code(files: &[TextFile], ground: &Ground, offences: &mut Vec<FieldError>) {
    let size: usize = files.iter().map(|file| file.content.len()).sum();
    if let Some(most) = ground.code_bytes.filter(|most| size > *most) {
        let message = format!("The problem takes at most {most} bytes of source code.");
        offend(offences, "source", "code_too_long", &message);
    }
}

async fn replay(tx: &dyn Tx, user_id: UserId, key: &IdempotencyKey) -> AppResult<Option<Receipt>> {
    let Some(record) = tx.idempotency().find(user_id, &key.key).await? else {
        return Ok(None);
    };
    if record.fingerprint != key.fingerprint {
        return Err(AppError::invalid(
            "idempotency.mismatch",
            "This `Idempotency-Key` was used with another request.",
        ));
    }
    let submission = tx.submissions().by_id(record.submission_id).await?;
    Ok(submission.map(|submission| Receipt {
        submission,
        replayed: true,
    }))
}
