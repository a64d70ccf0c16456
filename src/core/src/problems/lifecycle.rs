//! Draft, review, published, archived.

use super::policy::{not_found, require_edit};
use super::{Problem, ProblemDeps, ProblemRef, ProblemStatus};
use crate::audit::AuditEntry;
use crate::kernel::{AppError, AppResult, Permission, RequestContext};
use serde_json::json;

/// A step of a problem's life.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum StatusChange {
    /// The author asks an admin to look at it.
    SubmitForReview,
    /// Everybody may see it.
    Publish,
    /// It is withdrawn.
    Archive,
}

impl StatusChange {
    /// The status it leads to, if it is allowed from the present one.
    #[must_use]
    pub const fn apply(self, from: ProblemStatus) -> Option<ProblemStatus> {
        use ProblemStatus as S;
        match (self, from) {
            (Self::SubmitForReview, S::Draft) => Some(S::InReview),
            (Self::Publish, S::Draft | S::InReview | S::Archived) => Some(S::Published),
            (Self::Archive, S::Draft | S::InReview | S::Published) => Some(S::Archived),
            (Self::SubmitForReview, S::InReview | S::Published | S::Archived)
            | (Self::Publish, S::Published)
            | (Self::Archive, S::Archived) => None,
        }
    }

    const fn action(self) -> &'static str {
        match self {
            Self::SubmitForReview => "problem.submitted_for_review",
            Self::Publish => "problem.published",
            Self::Archive => "problem.archived",
        }
    }
}

/// Moves problems through their life.
#[derive(Clone)]
pub struct ChangeProblemStatus {
    deps: ProblemDeps,
}

impl ChangeProblemStatus {
    /// With its ports.
    #[must_use]
    pub const fn new(deps: ProblemDeps) -> Self {
        Self { deps }
    }

    /// Makes the step. Publishing needs at least one test.
    ///
    /// # Errors
    /// `problem.not_found`, `auth.required`, `auth.forbidden`, `problem.wrong_status` (409), `problem.no_tests` (409).
    #[tracing::instrument(target = "codesm_trace", name = "problems.change_status", skip_all)]
    pub async fn change(&self, context: &RequestContext, problem: &ProblemRef, change: StatusChange) -> AppResult<Problem> {
        // Asked before the transaction, which is for those who may; and again inside, where it counts.
        let seen = self.deps.queries.view(problem).await?.ok_or_else(not_found)?;
        require_edit(&context.actor, &seen.problem)?;
        let tx = self.deps.uow.begin().await?;
        let mut problem = tx.problems().find(problem).await?.ok_or_else(not_found)?;
        require_edit(&context.actor, &problem)?;
        if change == StatusChange::Publish {
            context.actor.require(Permission::ProblemPublish)?;
        }
        let status = change.apply(problem.status).ok_or_else(|| {
            AppError::conflict(
                "problem.wrong_status",
                format!("This cannot be done while the problem is `{}`.", problem.status.as_str()),
            )
        })?;
        if status != ProblemStatus::Archived && problem.test_set_id.is_none() {
            return Err(AppError::conflict("problem.no_tests", "The problem needs tests first."));
        }
        let now = self.deps.clock.now();
        problem.status = status;
        problem.updated_at = now;
        tx.problems().save(&problem).await?;
        let subject = ("problem", problem.id.to_string());
        tx.audit()
            .append(&AuditEntry::new(&*self.deps.ids, now, context, change.action(), subject, json!({})))
            .await?;
        tx.commit().await?;
        problem.version += 1;
        Ok(problem)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use ProblemStatus as S;

    #[test]
    fn every_step_is_allowed_exactly_where_the_life_cycle_says() {
        let allowed = |change: StatusChange| S::ALL.into_iter().filter(|from| change.apply(*from).is_some()).collect::<Vec<_>>();
        assert_eq!(allowed(StatusChange::SubmitForReview), [S::Draft]);
        assert_eq!(allowed(StatusChange::Publish), [S::Draft, S::InReview, S::Archived]);
        assert_eq!(allowed(StatusChange::Archive), [S::Draft, S::InReview, S::Published]);
    }
}
