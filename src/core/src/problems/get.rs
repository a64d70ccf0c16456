//! Shows one problem.

use super::policy::{may_read, not_found};
use super::{ProblemDeps, ProblemRef, ProblemView};
use crate::kernel::{Actor, AppResult, BlobRef};

/// A sample as solvers see it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Sample {
    /// Standard input.
    pub input: String,
    /// Expected output.
    pub answer: String,
    /// Words about it.
    pub explanation: Option<String>,
}

/// Shows problems.
#[derive(Clone)]
pub struct GetProblem {
    deps: ProblemDeps,
}

/// Samples larger than this are cut: they are for people.
const SAMPLE_BYTES: usize = 64 * 1024;

impl GetProblem {
    /// With its ports.
    #[must_use]
    pub const fn new(deps: ProblemDeps) -> Self {
        Self { deps }
    }

    /// The problem and its samples. Hidden tests are not part of it, whoever asks.
    ///
    /// # Errors
    /// `problem.not_found`.
    #[tracing::instrument(target = "codesm_trace", name = "problems.get", skip_all)]
    pub async fn get(&self, actor: &Actor, problem: &ProblemRef) -> AppResult<(ProblemView, Vec<Sample>)> {
        let view = self
            .deps
            .queries
            .view(problem)
            .await?
            .filter(|view| may_read(actor, &view.problem))
            .ok_or_else(not_found)?;
        let mut samples = Vec::with_capacity(view.samples.len());
        for test in &view.samples {
            samples.push(Sample {
                input: self.text(&test.input).await?,
                answer: self.text(&test.answer).await?,
                explanation: test.explanation.clone(),
            });
        }
        Ok((view, samples))
    }

    async fn text(&self, blob: &BlobRef) -> AppResult<String> {
        Ok(String::from_utf8_lossy(&self.deps.blobs.get_prefix(blob, SAMPLE_BYTES).await?).into_owned())
    }
}
