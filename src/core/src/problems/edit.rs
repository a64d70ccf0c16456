//! Changes a problem's words and limits.

use super::create::{check_limits, check_statement, check_title, clean_tags, slug_taken};
use super::policy::{not_found, require_edit};
use super::{Difficulty, Problem, ProblemDeps, ProblemRef};
use crate::audit::AuditEntry;
use crate::kernel::{AppResult, RequestContext, Slug, Validation};
use serde_json::json;

/// What to change; absent fields stay.
#[derive(Clone, Debug, Default)]
pub struct EditProblemCommand {
    /// Title.
    pub title: Option<String>,
    /// Name in addresses.
    pub slug: Option<String>,
    /// Statement.
    pub statement: Option<String>,
    /// Difficulty.
    pub difficulty: Option<Difficulty>,
    /// Tags.
    pub tags: Option<Vec<String>>,
    /// CPU time per test in milliseconds.
    pub time_limit_ms: Option<u32>,
    /// Memory in MiB.
    pub memory_limit_mb: Option<u32>,
    /// Output in KiB.
    pub output_limit_kb: Option<u32>,
}

/// Edits problems.
#[derive(Clone)]
pub struct EditProblem {
    deps: ProblemDeps,
}

impl EditProblem {
    /// With its ports.
    #[must_use]
    pub const fn new(deps: ProblemDeps) -> Self {
        Self { deps }
    }

    /// Applies the change.
    ///
    /// # Errors
    /// `problem.not_found`, `auth.required`, `auth.forbidden`, `validation.failed`, `problem.slug_taken`, `store.stale` (409).
    #[tracing::instrument(target = "codesm_trace", name = "problems.edit", skip_all)]
    pub async fn edit(&self, context: &RequestContext, problem: &ProblemRef, command: EditProblemCommand) -> AppResult<Problem> {
        // Asked before the transaction, which is for those who may; and again inside, where it counts.
        let seen = self.deps.queries.view(problem).await?.ok_or_else(not_found)?;
        require_edit(&context.actor, &seen.problem)?;
        let tx = self.deps.uow.begin().await?;
        let mut problem = tx.problems().find(problem).await?.ok_or_else(not_found)?;
        require_edit(&context.actor, &problem)?;

        let EditProblemCommand {
            title,
            slug,
            statement,
            difficulty,
            tags,
            time_limit_ms,
            memory_limit_mb,
            output_limit_kb,
        } = command;
        let mut validation = Validation::new();
        if let Some(slug) = slug
            && let Some(slug) = validation.take("slug", Slug::parse(&slug))
        {
            problem.slug = slug;
        }
        if let Some(title) = title {
            problem.title = check_title(&mut validation, &title);
        }
        if let Some(statement) = statement {
            check_statement(&mut validation, &statement);
            problem.statement = statement;
        }
        if let Some(tags) = tags {
            problem.tags = clean_tags(&mut validation, &tags);
        }
        problem.difficulty = difficulty.unwrap_or(problem.difficulty);
        problem.limits.time_ms = time_limit_ms.unwrap_or(problem.limits.time_ms);
        problem.limits.memory_mb = memory_limit_mb.unwrap_or(problem.limits.memory_mb);
        problem.limits.output_kb = output_limit_kb.unwrap_or(problem.limits.output_kb);
        // Only what is asked for: limits that came with a package may lie outside, and must not be in the way of other edits.
        check_limits(&mut validation, [time_limit_ms, memory_limit_mb, output_limit_kb]);
        validation.finish()?;

        let now = self.deps.clock.now();
        problem.updated_at = now;
        tx.problems().save(&problem).await.map_err(slug_taken)?;
        let subject = ("problem", problem.id.to_string());
        tx.audit()
            .append(&AuditEntry::new(
                &*self.deps.ids,
                now,
                context,
                "problem.edited",
                subject,
                json!({}),
            ))
            .await?;
        tx.commit().await.map_err(slug_taken)?;
        problem.version += 1;
        Ok(problem)
    }
}
