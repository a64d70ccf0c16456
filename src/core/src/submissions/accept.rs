//! Decides whether a submission or run is acceptable.

use super::submit::{SubmitCommand, SubmitTarget};
use super::validate::{check_key, check_stdin, files, offend, refuse};
use super::{ListLanguages, RunLimitsOverride, Submission, SubmissionDeps, SubmissionState, TextFile};
use crate::judging::{Language, Mode, ResourceLimits};
use crate::kernel::{AppError, AppResult, FieldError, Permission, ProblemId, RequestContext, SubmissionId, TestSetId, UserId};
use crate::problems::{ProblemRef, ProblemStatus, ProblemView, may_read};
use std::collections::BTreeSet;

const MAX_ARGS: usize = 64;
const MAX_ARGS_BYTES: usize = 16 * 1024;

/// What is to be committed.
pub(super) struct Accepted {
    pub(super) submission: Submission,
    /// Languages whoever judges it needs.
    pub(super) requirements: BTreeSet<String>,
}

/// What was looked up already: a batch mostly names one problem again and again.
#[derive(Default)]
pub(super) struct Known {
    problems: Vec<(ProblemRef, Option<ProblemView>)>,
    languages: Option<Vec<Language>>,
}

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

/// Accepts or refuses.
#[derive(Clone)]
pub(super) struct Accept {
    deps: SubmissionDeps,
    languages: ListLanguages,
}

impl Accept {
    pub(super) fn new(deps: SubmissionDeps) -> Self {
        Self {
            languages: ListLanguages::new(deps.clone()),
            deps,
        }
    }

    /// The submission, if it is acceptable now.
    pub(super) async fn accept(
        &self,
        context: &RequestContext,
        user_id: UserId,
        command: SubmitCommand,
        known: &mut Known,
    ) -> AppResult<Accepted> {
        let mut offences = Vec::new();
        let ground = self.ground(context, &command, known, &mut offences).await?;
        let language = self.language(&command.language, &ground, known, &mut offences).await?;
        let files = files(&self.deps.limits, &command, language.as_ref(), &mut offences);
        check_code(&files, &ground, &mut offences);
        check_stdin(&self.deps.limits, &command, &mut offences);
        check_key(command.idempotency.as_ref(), &mut offences);
        refuse(offences)?;

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
            created_at: self.deps.clock.now(),
            judged_at: None,
        };
        Ok(Accepted { submission, requirements })
    }

    /// Nobody fills the queue alone; who manages problems may, to try them. Says how many of theirs wait already.
    pub(super) async fn require_room(&self, context: &RequestContext, user_id: UserId) -> AppResult<u64> {
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

    async fn view(&self, wanted: &ProblemRef, known: &mut Known) -> AppResult<Option<ProblemView>> {
        if let Some((_, view)) = known.problems.iter().find(|(other, _)| other == wanted) {
            return Ok(view.clone());
        }
        let view = self.deps.problems.view(wanted).await?;
        known.problems.push((wanted.clone(), view.clone()));
        Ok(view)
    }

    async fn ground(
        &self,
        context: &RequestContext,
        command: &SubmitCommand,
        known: &mut Known,
        offences: &mut Vec<FieldError>,
    ) -> AppResult<Ground> {
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
        let view = self.view(wanted, known).await?;
        let view = view.filter(|view| may_read(&context.actor, &view.problem));
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
    async fn language(&self, id: &str, ground: &Ground, known: &mut Known, offences: &mut Vec<FieldError>) -> AppResult<Option<Language>> {
        let languages = match known.languages.take() {
            Some(languages) => languages,
            None => self.languages.list().await?,
        };
        let languages = known.languages.insert(languages);
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
