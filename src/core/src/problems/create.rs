//! Writes a new problem.

use super::model::problem_limits_ranges;
use super::{Difficulty, Problem, ProblemDeps, ProblemStatus};
use crate::audit::AuditEntry;
use crate::judging::ResourceLimits;
use crate::kernel::{AppError, AppResult, Permission, ProblemId, RequestContext, Slug, Validation};
use crate::store::StoreError;
use serde_json::json;

/// A problem as its author writes it.
#[derive(Clone, Debug)]
pub struct CreateProblemCommand {
    /// Title, 1 to 200 characters.
    pub title: String,
    /// Name in addresses; made from the title if absent.
    pub slug: Option<String>,
    /// Statement in Markdown, at most 256 KiB.
    pub statement: String,
    /// Difficulty.
    pub difficulty: Difficulty,
    /// Tags, at most 20.
    pub tags: Vec<String>,
    /// CPU time per test in milliseconds; 2000 if absent.
    pub time_limit_ms: Option<u32>,
    /// Memory in MiB; 256 if absent.
    pub memory_limit_mb: Option<u32>,
    /// Output in KiB; 8192 if absent.
    pub output_limit_kb: Option<u32>,
}

/// Creates drafts.
#[derive(Clone)]
pub struct CreateProblem {
    deps: ProblemDeps,
}

impl CreateProblem {
    /// With its ports.
    #[must_use]
    pub const fn new(deps: ProblemDeps) -> Self {
        Self { deps }
    }

    /// Creates a draft owned by the caller.
    ///
    /// # Errors
    /// `auth.required`, `auth.forbidden`, `validation.failed` naming the fields, `problem.slug_taken` (409).
    #[tracing::instrument(target = "codesm_trace", name = "problems.create", skip_all)]
    pub async fn create(&self, context: &RequestContext, command: CreateProblemCommand) -> AppResult<Problem> {
        context.actor.require(Permission::ProblemCreate)?;
        let author_id = context.actor.require_user()?.user_id;
        let slug = command.slug.as_ref().map_or_else(
            || Slug::from_name(&command.title).ok_or_else(unusable_title),
            |slug| Slug::parse(slug),
        );
        let mut validation = Validation::new();
        let slug = validation.take("slug", slug);
        let title = check_title(&mut validation, &command.title);
        check_statement(&mut validation, &command.statement);
        let tags = clean_tags(&mut validation, &command.tags);
        let limits = ResourceLimits {
            time_ms: command.time_limit_ms.unwrap_or(DEFAULT_LIMITS.time_ms),
            memory_mb: command.memory_limit_mb.unwrap_or(DEFAULT_LIMITS.memory_mb),
            output_kb: command.output_limit_kb.unwrap_or(DEFAULT_LIMITS.output_kb),
        };
        check_limits(&mut validation, [limits.time_ms, limits.memory_mb, limits.output_kb].map(Some));
        validation.finish()?;
        let slug = slug.ok_or_else(|| AppError::internal("a validation passed without its values"))?;

        let now = self.deps.clock.now();
        let problem = Problem {
            id: ProblemId::generate(&*self.deps.ids),
            slug,
            title,
            statement: command.statement,
            difficulty: command.difficulty,
            tags,
            status: ProblemStatus::Draft,
            author_id,
            limits,
            test_set_id: None,
            submissions_total: 0,
            submissions_accepted: 0,
            created_at: now,
            updated_at: now,
            version: 1,
        };
        let tx = self.deps.uow.begin().await?;
        tx.problems().add(&problem).await.map_err(slug_taken)?;
        let subject = ("problem", problem.id.to_string());
        let details = json!({ "slug": problem.slug.as_str() });
        tx.audit()
            .append(&AuditEntry::new(&*self.deps.ids, now, context, "problem.created", subject, details))
            .await?;
        tx.commit().await.map_err(slug_taken)?;
        Ok(problem)
    }
}

/// 2 s, 256 MiB, 8 MiB: what most public judges give a problem that asks for nothing.
pub(super) const DEFAULT_LIMITS: ResourceLimits = ResourceLimits {
    time_ms: 2000,
    memory_mb: 256,
    output_kb: 8192,
};

fn unusable_title() -> crate::kernel::FieldError {
    crate::kernel::FieldError {
        field: String::new(),
        code: "required",
        message: "The title has no letters to make a slug of; give one.".to_owned(),
    }
}

pub(super) fn slug_taken(error: StoreError) -> AppError {
    match &error {
        StoreError::Conflict(rule) if rule == "problems.slug" => {
            AppError::conflict("problem.slug_taken", "There is a problem with this slug already.").with_source(error)
        }
        _ => error.into(),
    }
}

/// The title without surrounding space.
pub(super) fn check_title(validation: &mut Validation, title: &str) -> String {
    let title = title.trim();
    let ok = (1..=200).contains(&title.chars().count()) && !title.chars().any(char::is_control);
    validation.require(ok, "title", "invalid_title", "Must have 1 to 200 characters on one line.");
    title.to_owned()
}

pub(super) fn check_statement(validation: &mut Validation, statement: &str) {
    validation.require(statement.len() <= 256 * 1024, "statement", "too_long", "Must have at most 256 KiB.");
    validation.require(!statement.contains('\0'), "statement", "invalid_text", "Must not contain NUL.");
}

/// Lower-case, sorted, without repeats.
pub(super) fn clean_tags(validation: &mut Validation, tags: &[String]) -> Vec<String> {
    validation.require(tags.len() <= 20, "tags", "too_many", "At most 20 tags.");
    let mut clean: Vec<String> = tags.iter().map(|tag| tag.trim().to_lowercase()).collect();
    for (at, tag) in clean.iter().enumerate() {
        let ok = (1..=40).contains(&tag.chars().count()) && !tag.chars().any(|c| c.is_control() || c == ',');
        validation.require(
            ok,
            format!("tags[{at}]"),
            "invalid_tag",
            "Must have 1 to 40 characters without commas.",
        );
    }
    clean.sort();
    clean.dedup();
    clean
}

/// Time in milliseconds, memory in MiB, output in KiB; what is absent is not checked.
pub(super) fn check_limits(validation: &mut Validation, [time_ms, memory_mb, output_kb]: [Option<u32>; 3]) {
    let (time, memory, output) = problem_limits_ranges();
    let mut check = |value: Option<u32>, (low, high): (u32, u32), field: &str, unit: &str| {
        validation.require(
            value.is_none_or(|value| (low..=high).contains(&value)),
            field,
            "out_of_range",
            format!("Must be {low} to {high} {unit}."),
        );
    };
    check(time_ms, time, "timeLimitMs", "milliseconds");
    check(memory_mb, memory, "memoryLimitMb", "MiB");
    check(output_kb, output, "outputLimitKb", "KiB");
}
