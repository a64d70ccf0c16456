//! Languages that can be submitted.

use super::SubmissionDeps;
use crate::judging::Language;
use crate::kernel::AppResult;
use chrono::Duration;

/// Lists languages.
#[derive(Clone)]
pub struct ListLanguages {
    deps: SubmissionDeps,
}

/// A language stays offered for a day after the last worker that has it was seen: a submission then waits for the next one.
const OFFERED_FOR: Duration = Duration::hours(24);

impl ListLanguages {
    /// With its ports.
    #[must_use]
    pub const fn new(deps: SubmissionDeps) -> Self {
        Self { deps }
    }

    /// The table of languages; available if a worker advertised it in the last 24 hours, with that worker's version.
    ///
    /// # Errors
    /// `database.unavailable`.
    #[tracing::instrument(target = "codesm_trace", name = "submissions.languages", skip_all)]
    pub async fn list(&self) -> AppResult<Vec<Language>> {
        let mut workers = self.deps.workers.seen_since(self.deps.clock.now() - OFFERED_FOR).await?;
        workers.sort_by_key(|worker| std::cmp::Reverse(worker.seen_at));
        let offered = |id: &str| {
            workers
                .iter()
                .flat_map(|worker| &worker.languages)
                .find(|language| language.id == id && language.available)
        };
        let mut languages = self.deps.catalogue.languages();
        for language in &mut languages {
            let here = offered(&language.id);
            language.available = here.is_some();
            language.version = here.and_then(|language| language.version.clone());
        }
        Ok(languages)
    }
}
