//! What goes back over the wire about an imported package.

use super::dto::{GroupSummaryDto, ProblemDto, ProblemKindDto};
use codesm_core::problems::ImportReport;
use poem_openapi::Object;

/// The problem that came of an import, and how it went.
#[derive(Object)]
#[oai(rename = "ImportedProblem", rename_all = "camelCase", example)]
pub(super) struct ImportReportDto {
    /// The problem.
    #[oai(flatten)]
    pub(super) problem: ProblemDto,
    /// What the package was like.
    pub(super) report: PackageReportDto,
}

/// What a package was like.
#[derive(Object)]
#[oai(rename = "PackageReport", rename_all = "camelCase")]
pub(super) struct PackageReportDto {
    /// Format version, such as `legacy` or `2025-09`.
    pub(super) format_version: String,
    /// What is special about its judging.
    pub(super) kind: Vec<ProblemKindDto>,
    /// Number of samples.
    pub(super) samples: usize,
    /// Number of secret tests.
    pub(super) secrets: usize,
    /// Groups of tests that give points, the outer before the inner.
    pub(super) groups: Vec<GroupSummaryDto>,
    /// CPU time per test in milliseconds.
    pub(super) time_limit_ms: u32,
    /// How the time limit was found: the package says so, or it was measured by the jury's own programs, or guessed.
    pub(super) time_limit_note: String,
    /// Number of labelled jury submissions seen.
    pub(super) jury_submissions: usize,
    /// What was ignored or guessed, with file and key.
    pub(super) warnings: Vec<String>,
}

impl ImportReportDto {
    pub(super) fn new(shown: ProblemDto, report: ImportReport) -> Self {
        let ImportReport {
            problem,
            created: _,
            format_version,
            samples,
            secrets,
            kinds,
            time_limit_note,
            groups,
            jury_submissions,
            warnings,
        } = report;
        Self {
            problem: shown,
            report: PackageReportDto {
                format_version,
                kind: kinds.into_iter().map(Into::into).collect(),
                samples,
                secrets,
                groups: groups.into_iter().map(Into::into).collect(),
                time_limit_ms: problem.limits.time_ms,
                time_limit_note,
                jury_submissions,
                warnings,
            },
        }
    }
}
