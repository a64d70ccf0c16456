//! `codesm judge`: one file against a package, without a server.

use super::outcome::CliError;
use super::print_line;
use crate::config::Settings;
use crate::wiring;
use bytes::Bytes;
use codesm_core::judging::engine::{Engine, JudgeOutcome, JudgePlan, Unobserved};
use codesm_core::judging::{GroupResult, Language, LanguageCatalogue, ProgramSource, SourceFile, TestResult, Verdict};
use codesm_core::problems::{JudgingData, MeasureTimeLimit, Package, PackageReader, PackageSource, default_limits, plan_package};
use serde_json::json;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

pub(super) async fn judge(
    settings: &Settings,
    package: &Path,
    file: &Path,
    language: Option<String>,
    as_json: bool,
) -> Result<ExitCode, CliError> {
    let sandbox = wiring::sandbox(settings).await?;
    let languages = sandbox.languages();
    let reader = wiring::package_reader(settings, languages.clone());
    let source = source_of(package);
    let read = tokio::task::spawn_blocking(move || reader.read(&source)).await;
    let mut package = read.map_err(|error| CliError::new("internal.panic", format!("reading the package ended: {error}")))??;
    let program = read_program(file, language, &languages)?;
    let engine = Engine::new(sandbox.clone());
    if package.time_limit_ms.is_none() {
        let measured = MeasureTimeLimit::new(engine.clone()).measure(&package).await?;
        eprintln!("{}", measured.note);
        package.time_limit_ms = Some(measured.time_ms);
    }
    let outcome = engine.judge(&plan(&package, program, true), &Unobserved).await?;
    sandbox.shutdown().await;
    if as_json {
        print_line(&as_value(&outcome).to_string())?;
    } else {
        print_line(&for_people(&outcome))?;
    }
    let accepted = outcome.verdict == Verdict::Accepted;
    Ok(if accepted { ExitCode::SUCCESS } else { ExitCode::from(1) })
}

/// A folder, or an archive named after its file.
pub(super) fn source_of(path: &Path) -> PackageSource {
    if path.is_dir() {
        return PackageSource::Directory(path.to_owned());
    }
    let name = path.file_stem().map(|stem| stem.to_string_lossy().into_owned()).unwrap_or_default();
    PackageSource::Archive {
        path: path.to_owned(),
        name,
    }
}

pub(super) fn plan(package: &Package, program: ProgramSource, stop_early: bool) -> JudgePlan {
    let JudgingData { checker, rules, tests } = plan_package(package);
    JudgePlan {
        program,
        args: Vec::new(),
        limits: default_limits(package),
        checker,
        rules,
        tests,
        stop_early,
    }
}

fn read_program(path: &Path, language: Option<String>, languages: &[Language]) -> Result<ProgramSource, CliError> {
    let unreadable = |path: &Path, error: &std::io::Error| CliError::new("source.unreadable", format!("{}: {error}", path.display()));
    let paths: Vec<PathBuf> = if path.is_dir() {
        let entries = std::fs::read_dir(path).map_err(|error| unreadable(path, &error))?;
        let mut paths: Vec<PathBuf> = entries
            .filter_map(|entry| entry.ok().map(|entry| entry.path()))
            .filter(|path| path.is_file())
            .collect();
        paths.sort();
        paths
    } else if path.exists() && !path.is_file() {
        // A device or pipe may never end.
        let message = format!("{} is neither a file nor a folder", path.display());
        return Err(CliError::new("source.unreadable", message));
    } else {
        vec![path.to_owned()]
    };
    let mut files = Vec::with_capacity(paths.len());
    for path in &paths {
        let content = std::fs::read(path).map_err(|error| unreadable(path, &error))?;
        let name = path.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
        files.push(SourceFile {
            name,
            content: Bytes::from(content),
        });
    }
    if files.is_empty() {
        return Err(CliError::new("source.empty", format!("{} has no files", path.display())));
    }
    let recognised = || {
        let ending = |path: &PathBuf| path.extension().map(|ending| ending.to_string_lossy().to_lowercase());
        let of_ending = |ending: &String| languages.iter().find(|language| language.extensions.contains(ending));
        paths
            .iter()
            .filter_map(ending)
            .find_map(|ending| of_ending(&ending))
            .map(|language| language.id.clone())
    };
    let language = language.or_else(recognised).ok_or_else(|| {
        let known: Vec<&str> = languages.iter().map(|language| language.id.as_str()).collect();
        CliError::new(
            "submission.unknown_language",
            format!("name the language with --language, one of {}", known.join(", ")),
        )
    })?;
    Ok(ProgramSource {
        entry: None,
        language,
        files,
    })
}

fn as_value(outcome: &JudgeOutcome) -> serde_json::Value {
    json!({
        "verdict": outcome.verdict,
        "score": outcome.score,
        "maxScore": outcome.max_score,
        "compileOutput": outcome.compile_output,
        "measuredBy": outcome.measured_by,
        "groups": outcome.groups.iter().map(group_value).collect::<Vec<_>>(),
        "tests": outcome.tests.iter().map(test_value).collect::<Vec<_>>(),
    })
}

pub(super) fn group_value(group: &GroupResult) -> serde_json::Value {
    json!({ "name": group.name, "verdict": group.verdict, "score": group.score, "maxScore": group.max_score })
}

fn test_value(test: &TestResult) -> serde_json::Value {
    json!({
        "index": test.index, "name": test.name, "verdict": test.verdict, "score": test.score, "cpuMs": test.cpu_ms,
        "wallMs": test.wall_ms, "memoryKb": test.memory_kb, "exitCode": test.exit_code, "signal": test.signal,
        "message": test.message, "judgeMessage": test.judge_message,
    })
}

fn for_people(outcome: &JudgeOutcome) -> String {
    let mut lines = Vec::new();
    if let Some(output) = &outcome.compile_output {
        lines.push(output.trim_end().to_owned());
    }
    for test in outcome.tests.iter().filter(|test| test.verdict != Verdict::Skipped) {
        let cause = test
            .judge_message
            .as_ref()
            .or(test.message.as_ref())
            .map(|message| format!("  {}", message.trim()))
            .unwrap_or_default();
        let numbers = format!("{:>6} ms {:>8} KiB", test.cpu_ms, test.memory_kb);
        lines.push(format!("{:<30} {:<16} {numbers}{cause}", test.name, test.verdict.as_str()));
    }
    // Points that are only right or wrong say nothing new.
    let has_points = outcome.max_score != Some(1.0);
    if has_points {
        for GroupResult {
            name,
            verdict,
            score,
            max_score,
            ..
        } in &outcome.groups
        {
            lines.push(format!("group {name:<24} {:<16} {}", verdict.as_str(), of_most(*score, *max_score)));
        }
    }
    lines.push(format!("verdict: {}", outcome.verdict.as_str()));
    if has_points {
        lines.push(format!("score: {}", of_most(outcome.score, outcome.max_score)));
    }
    lines.join("\n")
}

/// Points, and the most there are if that is known.
pub(super) fn of_most(score: f64, most: Option<f64>) -> String {
    most.map_or_else(|| score.to_string(), |most| format!("{score}/{most}"))
}
