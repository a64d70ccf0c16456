//! `codesm verify`: every labelled jury submission against its label.

use super::judge::{plan, source_of};
use super::outcome::CliError;
use super::print_line;
use crate::config::Settings;
use crate::wiring;
use codesm_core::judging::engine::{Engine, JudgeOutcome, Unobserved};
use codesm_core::judging::{LanguageCatalogue, ProgramSource, Sandbox, SandboxError, TestResult, Verdict};
use codesm_core::problems::{JurySubmission, Package, PackageReader};
use serde_json::{Value, json};
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::sync::Arc;
use tokio::sync::Semaphore;
use tokio::task::JoinSet;

/// One submission's line.
struct Row {
    package: String,
    submission: String,
    language: Option<String>,
    expected: Vec<Verdict>,
    result: RowResult,
}

enum RowResult {
    Judged {
        outcome: Box<JudgeOutcome>,
        ok: bool,
    },
    Skipped(String),
    /// The package could not be read, or the sandbox failed.
    Failed(String),
}

pub(super) async fn verify(settings: &Settings, paths: &[PathBuf], as_json: bool, jobs: Option<u16>) -> Result<ExitCode, CliError> {
    let sandbox = wiring::sandbox(settings).await?;
    let reader = wiring::package_reader(settings, sandbox.languages());
    let engine = Engine::new(sandbox.clone());
    let places = Arc::new(Semaphore::new(jobs.map_or_else(|| sandbox.description().slots, usize::from)));
    let mut running: JoinSet<Row> = JoinSet::new();
    let mut rows = Vec::new();
    for path in paths {
        match reader.read(&source_of(path)) {
            Ok(package) => start(&mut running, &engine, &places, &Arc::new(package)),
            Err(error) => rows.push(unreadable(path, &error.to_string(), error.code)),
        }
    }
    let mut summary = Summary {
        packages: paths.len(),
        ..Summary::default()
    };
    for row in &rows {
        summary.add(row);
        show(row, as_json)?;
    }
    let all = running.len();
    while let Some(finished) = running.join_next().await {
        let row = finished.map_err(|error| CliError::new("internal.panic", format!("a judging task ended: {error}")))?;
        summary.add(&row);
        progress(summary.seen(), all);
        show(&row, as_json)?;
    }
    sandbox.shutdown().await;
    print_line(&summary.line(as_json))?;
    Ok(if summary.mismatched == 0 {
        ExitCode::SUCCESS
    } else {
        ExitCode::from(1)
    })
}

/// On a terminal one line that counts, elsewhere a line for every tenth.
fn progress(seen: usize, all: usize) {
    use std::io::{IsTerminal as _, Write as _};
    let mut error = std::io::stderr().lock();
    // A reader that went away (`2>&1 | head`) is no failure.
    let _ = if error.is_terminal() {
        write!(error, "{seen}/{all} judged{}", if seen == all { '\n' } else { '\r' })
    } else if seen == all || seen.is_multiple_of(10) {
        writeln!(error, "{seen}/{all} judged")
    } else {
        Ok(())
    };
}

fn start(running: &mut JoinSet<Row>, engine: &Engine, places: &Arc<Semaphore>, package: &Arc<Package>) {
    for at in 0..package.submissions.len() {
        let (engine, places, package) = (engine.clone(), places.clone(), package.clone());
        running.spawn(async move {
            let _place = places.acquire_owned().await;
            judge_one(&engine, &package, &package.submissions[at]).await
        });
    }
}

async fn judge_one(engine: &Engine, package: &Package, submission: &JurySubmission) -> Row {
    let result = match (&submission.program, &submission.skipped) {
        (_, Some(reason)) => RowResult::Skipped(reason.clone()),
        (None, None) => RowResult::Skipped("the language is not known".to_owned()),
        (Some(program), None) => match judge_as_labelled(engine, package, submission, program).await {
            Ok((outcome, ok)) => RowResult::Judged {
                outcome: Box::new(outcome),
                ok,
            },
            Err(SandboxError::LanguageUnavailable { language, reason }) => RowResult::Skipped(format!("language `{language}`: {reason}")),
            Err(error) => RowResult::Failed(error.to_string()),
        },
    };
    Row {
        package: package.name.clone(),
        submission: submission.path.clone(),
        language: submission.program.as_ref().map(|program| program.language.clone()),
        expected: submission.label.expected.clone(),
        result,
    }
}

/// Judges as a solver's submission is judged; only if that does not bear the label out, and a label may also hold for a
/// later test, every test is run.
async fn judge_as_labelled(
    engine: &Engine,
    package: &Package,
    submission: &JurySubmission,
    program: &ProgramSource,
) -> Result<(JudgeOutcome, bool), SandboxError> {
    let label = &submission.label;
    let outcome = engine.judge(&plan(package, program.clone(), true), &Unobserved).await?;
    if label.expected.contains(&outcome.verdict) || !label.permitted.contains(&outcome.verdict) {
        let ok = label.expected.contains(&outcome.verdict);
        return Ok((outcome, ok));
    }
    let outcome = engine.judge(&plan(package, program.clone(), false), &Unobserved).await?;
    let tests: Vec<Verdict> = outcome.tests.iter().map(|test| test.verdict).collect();
    let ok = label.is_met(outcome.verdict, &tests);
    Ok((outcome, ok))
}

fn unreadable(path: &Path, message: &str, code: &str) -> Row {
    Row {
        package: path.file_name().unwrap_or(path.as_os_str()).to_string_lossy().into_owned(),
        submission: String::new(),
        language: None,
        expected: Vec::new(),
        result: RowResult::Failed(format!("{message} ({code})")),
    }
}

impl Row {
    fn value(&self) -> Value {
        let mut value = json!({
            "package": self.package, "submission": self.submission, "language": self.language, "expected": self.expected,
        });
        let more = match &self.result {
            RowResult::Judged { outcome, ok } => {
                json!({ "verdict": outcome.verdict, "score": outcome.score, "cpuMs": slowest(outcome), "ok": ok })
            }
            RowResult::Skipped(reason) => json!({ "skipped": reason }),
            RowResult::Failed(message) => json!({ "error": message, "ok": false }),
        };
        if let (Some(value), Value::Object(more)) = (value.as_object_mut(), more) {
            value.extend(more);
        }
        value
    }

    fn for_people(&self) -> String {
        let name = format!("{}/{}", self.package, self.submission);
        let expected: Vec<&str> = self.expected.iter().map(|verdict| verdict.as_str()).collect();
        match &self.result {
            RowResult::Judged { outcome, ok: true } => format!("ok        {name}  {}  {} ms", outcome.verdict.as_str(), slowest(outcome)),
            RowResult::Judged { outcome, ok: false } => {
                let got = outcome.verdict.as_str();
                format!(
                    "MISMATCH  {name}  expected {}, got {got}{}",
                    expected.join(" or "),
                    explain(outcome)
                )
            }
            RowResult::Skipped(reason) => format!("skipped   {name}  {reason}"),
            RowResult::Failed(message) => format!("FAILED    {name}  {message}"),
        }
    }
}

/// Largest CPU time of a test, in milliseconds.
fn slowest(outcome: &JudgeOutcome) -> u32 {
    outcome.tests.iter().map(|test| test.cpu_ms).max().unwrap_or(0)
}

/// What an author needs to understand a mismatch: the tests that were not accepted, or the compiler's words.
fn explain(outcome: &JudgeOutcome) -> String {
    let failed = outcome
        .tests
        .iter()
        .filter(|test| !matches!(test.verdict, Verdict::Accepted | Verdict::Skipped));
    let mut lines: Vec<String> = failed.take(5).map(explain_test).collect();
    if lines.is_empty() {
        lines.extend(outcome.compile_output.as_ref().map(|output| output.trim().to_owned()));
    }
    lines.insert(0, String::new());
    lines.join("\n            ")
}

fn explain_test(test: &TestResult) -> String {
    let message = test.judge_message.as_deref().or(test.message.as_deref()).unwrap_or_default().trim();
    let numbers = format!("{} ms CPU, {} ms wall, {} KiB", test.cpu_ms, test.wall_ms, test.memory_kb);
    format!("{}: {} ({numbers}) {message}", test.name, test.verdict.as_str())
}

#[derive(Default)]
struct Summary {
    packages: usize,
    submissions: usize,
    ok: usize,
    mismatched: usize,
    skipped: usize,
}

impl Summary {
    fn add(&mut self, row: &Row) {
        self.submissions += usize::from(!row.submission.is_empty());
        match &row.result {
            RowResult::Judged { ok: true, .. } => self.ok += 1,
            RowResult::Judged { ok: false, .. } | RowResult::Failed(_) => self.mismatched += 1,
            RowResult::Skipped(_) => self.skipped += 1,
        }
    }

    const fn seen(&self) -> usize {
        self.ok + self.mismatched + self.skipped
    }

    fn line(&self, as_json: bool) -> String {
        let Self {
            packages,
            submissions,
            ok,
            mismatched,
            skipped,
        } = self;
        if as_json {
            return json!({ "packages": packages, "submissions": submissions, "ok": ok, "mismatched": mismatched, "skipped": skipped })
                .to_string();
        }
        format!("{packages} packages, {submissions} submissions: {ok} ok, {mismatched} mismatched, {skipped} skipped")
    }
}

fn show(row: &Row, as_json: bool) -> Result<(), CliError> {
    if as_json {
        print_line(&row.value().to_string())
    } else {
        print_line(&row.for_people())
    }
}
