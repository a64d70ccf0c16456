//! The history.

use super::{HISTORY_SORT, SubmissionDeps, SubmissionFilter, SubmissionListItem};
use crate::judging::Verdict;
use crate::kernel::{Actor, AppError, AppResult, Page, PageRequest, Permission, UserId};
use crate::problems::{ProblemRef, may_edit, may_read};

/// What is asked for.
#[derive(Clone, Debug, Default)]
pub struct ListSubmissionsCommand {
    /// Only to this problem.
    pub problem: Option<ProblemRef>,
    /// Only of this user; the caller if absent (admins: everybody).
    pub user_id: Option<UserId>,
    /// Only with this verdict.
    pub verdict: Option<Verdict>,
    /// Page size.
    pub limit: Option<u32>,
    /// Where the page begins.
    pub cursor: Option<String>,
}

/// Lists submissions.
#[derive(Clone)]
pub struct ListSubmissions {
    deps: SubmissionDeps,
}

impl ListSubmissions {
    /// With its ports.
    #[must_use]
    pub const fn new(deps: SubmissionDeps) -> Self {
        Self { deps }
    }

    /// The caller's own history; everybody's for admins, and for authors when they name their problem.
    ///
    /// # Errors
    /// `auth.required`, `auth.forbidden` for the history of others, `problem.not_found`, `page.…`.
    #[tracing::instrument(target = "codesm_trace", name = "submissions.list", skip_all)]
    pub async fn list(&self, actor: &Actor, command: ListSubmissionsCommand) -> AppResult<Page<SubmissionListItem>> {
        let caller = actor.require_user()?;
        let page = PageRequest::parse(command.limit, command.cursor.as_deref(), HISTORY_SORT)?;
        let mut all = actor.may(Permission::SubmissionReadAll);
        let mut problem_id = None;
        if let Some(wanted) = &command.problem {
            let view = self.deps.problems.view(wanted).await?.filter(|view| may_read(actor, &view.problem));
            let view = view.ok_or_else(|| AppError::not_found("problem.not_found", "There is no such problem."))?;
            all |= may_edit(actor, &view.problem);
            problem_id = Some(view.problem.id);
        }
        let user_id = match command.user_id {
            Some(wanted) if wanted == caller.user_id || all => Some(wanted),
            Some(_) => return Err(AppError::forbidden("auth.forbidden", "Only admins see the history of others.")),
            None => (!all).then_some(caller.user_id),
        };
        let filter = SubmissionFilter {
            problem_id,
            user_id,
            verdict: command.verdict,
        };
        Ok(self.deps.queries.list(&filter, &page).await?)
    }
}
