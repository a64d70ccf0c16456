//! One submission's line.

use super::super::judge::{group_value, of_most};
use codesm_core::judging::engine::JudgeOutcome;
use codesm_core::judging::{GroupResult, TestResult, Verdict};
use codesm_core::problems::PackageError;
use serde_json::{Value, json};

/// Tests that are shown to explain a mismatch.
const SHOWN_TESTS: usize = 5;
/// Characters of a message that are shown.
const SHOWN_CHARACTERS: usize = 400;

pub(super) struct Row {
    pub(super) package: String,
    /// Empty: of the whole package.
    pub(super) submission: String,
    pub(super) language: Option<String>,
    pub(super) expected: Vec<Verdict>,
    pub(super) result: RowResult,
}

pub(super) enum RowResult {
    Judged {
        outcome: Box<JudgeOutcome>,
        mismatches: Vec<String>,
        /// The time limit it was judged with.
        limit_ms: u32,
    },
    Skipped(String),
    /// The sandbox failed.
    Failed(String),
    /// The package could not be read.
    Unreadable(PackageError),
}

impl Row {
    /// About a whole package.
    pub(super) fn of_package(name: &str, result: RowResult) -> Self {
        Self {
            package: name.to_owned(),
            submission: String::new(),
            language: None,
            expected: Vec::new(),
            result,
        }
    }

    pub(super) fn unreadable(name: &str, error: &PackageError) -> Self {
        Self::of_package(name, RowResult::Unreadable(error.clone()))
    }

    pub(super) fn is_ok(&self) -> bool {
        matches!(&self.result, RowResult::Judged { mismatches, .. } if mismatches.is_empty())
    }

    pub(super) fn value(&self) -> Value {
        let mut value = json!({
            "package": self.package, "submission": self.submission, "language": self.language, "expected": self.expected,
        });
        let more = match &self.result {
            RowResult::Judged {
                outcome,
                mismatches,
                limit_ms,
            } => json!({
                "verdict": outcome.verdict, "score": outcome.score, "cpuMs": slowest(outcome), "ok": mismatches.is_empty(),
                "maxScore": outcome.max_score, "timeLimitMs": limit_ms, "mismatches": mismatches,
                "groups": outcome.groups.iter().map(group_value).collect::<Vec<_>>(),
            }),
            RowResult::Skipped(reason) => json!({ "skipped": reason }),
            RowResult::Failed(message) => json!({ "error": message, "ok": false }),
            RowResult::Unreadable(error) => {
                json!({ "error": error.to_string(), "code": error.code, "file": error.file, "key": error.key, "ok": false })
            }
        };
        if let (Some(value), Value::Object(more)) = (value.as_object_mut(), more) {
            value.extend(more);
        }
        value
    }

    pub(super) fn for_people(&self) -> String {
        let name = if self.submission.is_empty() {
            self.package.clone()
        } else {
            format!("{}/{}", self.package, self.submission)
        };
        match &self.result {
            RowResult::Judged { outcome, mismatches, .. } if mismatches.is_empty() => {
                let (verdict, points) = (outcome.verdict.as_str(), points(outcome));
                format!("ok        {name}  {verdict}{points}  {} ms", slowest(outcome))
            }
            RowResult::Judged {
                outcome,
                mismatches,
                limit_ms,
            } => {
                let mut lines = vec![format!("MISMATCH  {name}  {}", mismatches.join("; "))];
                lines.extend(explain(outcome, *limit_ms));
                lines.join("\n            ")
            }
            RowResult::Skipped(reason) => format!("skipped   {name}  {reason}"),
            RowResult::Failed(message) => format!("FAILED    {name}  {message}"),
            RowResult::Unreadable(error) => format!("FAILED    {name}  {error} ({})", error.code),
        }
    }
}

/// Largest CPU time of a test, in milliseconds.
fn slowest(outcome: &JudgeOutcome) -> u32 {
    outcome.tests.iter().map(|test| test.cpu_ms).max().unwrap_or(0)
}

/// Points, where there are more than right and wrong.
fn points(outcome: &JudgeOutcome) -> String {
    match outcome.max_score {
        Some(1.0) => String::new(),
        most => format!("  {}", of_most(outcome.score, most)),
    }
}

/// What an author needs to understand a mismatch: points of groups, tests that were not accepted, or the compiler's words.
fn explain(outcome: &JudgeOutcome, limit_ms: u32) -> Vec<String> {
    let mut lines = Vec::new();
    let points = points(outcome);
    if !points.is_empty() {
        lines.push(format!("all tests: {}{points}", outcome.verdict.as_str()));
        let of_group = |group: &GroupResult| {
            let points = of_most(group.score, group.max_score);
            format!("group {}: {}  {points}", group.name, group.verdict.as_str())
        };
        lines.extend(outcome.groups.iter().map(of_group));
    }
    let is_failed = |test: &&TestResult| !matches!(test.verdict, Verdict::Accepted | Verdict::Skipped);
    let failed: Vec<&TestResult> = outcome.tests.iter().filter(is_failed).collect();
    lines.extend(failed.iter().take(SHOWN_TESTS).map(|test| explain_test(test, limit_ms)));
    if failed.len() > SHOWN_TESTS {
        lines.push(format!("and {} more tests", failed.len() - SHOWN_TESTS));
    }
    if failed.is_empty() {
        let slowest = outcome.tests.iter().max_by_key(|test| test.cpu_ms).filter(|test| test.cpu_ms > 0);
        lines.extend(slowest.map(|test| format!("slowest test: {}", explain_test(test, limit_ms))));
        lines.extend(
            outcome
                .compile_output
                .iter()
                .flat_map(|output| shortened(output).lines().map(str::to_owned).collect::<Vec<_>>()),
        );
    }
    lines
}

fn explain_test(test: &TestResult, limit_ms: u32) -> String {
    let message = test.judge_message.as_deref().or(test.message.as_deref()).unwrap_or_default();
    let numbers = format!(
        "{} of {limit_ms} ms CPU, {} ms wall, {} KiB",
        test.cpu_ms, test.wall_ms, test.memory_kb
    );
    let message = shortened(message).replace('\n', "\n              ");
    format!("{}: {} ({numbers}) {message}", test.name, test.verdict.as_str())
        .trim_end()
        .to_owned()
}

fn shortened(text: &str) -> String {
    let text = text.trim();
    match text.char_indices().nth(SHOWN_CHARACTERS) {
        Some((end, _)) => format!("{}…", &text[..end]),
        None => text.to_owned(),
    }
}

#[cfg(test)]
#[path = "row_tests.rs"]
mod tests;
