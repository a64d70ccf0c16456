//! Lists problems.

use super::{Difficulty, ProblemDeps, ProblemFilter, ProblemListItem, ProblemSort, ProblemStatus};
use crate::kernel::{Actor, AppResult, Page, PageRequest, Permission};

/// What is asked for.
#[derive(Clone, Debug)]
pub struct ListProblemsCommand {
    /// Words to search for.
    pub query: Option<String>,
    /// Only this difficulty.
    pub difficulty: Option<Difficulty>,
    /// Only with this tag.
    pub tag: Option<String>,
    /// Only with this status.
    pub status: Option<ProblemStatus>,
    /// Order; newest first if absent.
    pub sort: Option<ProblemSort>,
    /// Page size.
    pub limit: Option<u32>,
    /// Where the page begins.
    pub cursor: Option<String>,
}

/// Lists problems the actor may see.
#[derive(Clone)]
pub struct ListProblems {
    deps: ProblemDeps,
}

impl ListProblems {
    /// With its ports.
    #[must_use]
    pub const fn new(deps: ProblemDeps) -> Self {
        Self { deps }
    }

    /// A page.
    ///
    /// # Errors
    /// `page.invalid_limit`, `page.invalid_cursor`.
    #[tracing::instrument(target = "codesm_trace", name = "problems.list", skip_all)]
    pub async fn list(&self, actor: &Actor, command: ListProblemsCommand) -> AppResult<Page<ProblemListItem>> {
        let sort = command.sort.unwrap_or(ProblemSort::Newest);
        let page = PageRequest::parse(command.limit, command.cursor.as_deref(), sort.as_str())?;
        let filter = ProblemFilter {
            query: command
                .query
                .map(|query| query.trim().chars().take(200).collect::<String>())
                .filter(|query| !query.is_empty()),
            difficulty: command.difficulty,
            tag: command.tag.map(|tag| tag.trim().to_lowercase()).filter(|tag| !tag.is_empty()),
            status: command.status,
            visible_to: actor.user_id(),
            all: actor.may(Permission::ProblemManageAll),
            sort,
        };
        Ok(self.deps.queries.list(&filter, &page).await?)
    }
}
