//! `codesm sandbox-test`: the hostile programs, against this very install.

use super::outcome::CliError;
use super::print_line;
use crate::config::Settings;
use crate::wiring;
use codesm_sandbox::{HostileEvent, HostileOptions, HostileSummary, Tier, run_hostile};
use serde_json::json;
use std::process::ExitCode;

/// Tries every program (or those whose name holds `filter`) in every tier of this machine (or in one).
pub(super) async fn sandbox_test(
    settings: &Settings,
    tier: Option<Tier>,
    filter: Option<String>,
    as_json: bool,
) -> Result<ExitCode, CliError> {
    let options = HostileOptions {
        settings: wiring::sandbox_settings(settings)?,
        tier,
        filter,
        skip_same: false,
    };
    let mut printed = Ok(());
    let summary = run_hostile(&options, |event| {
        if printed.is_ok() {
            printed = print_line(&line(event, as_json));
        }
    })
    .await?;
    printed?;
    print_line(&if as_json {
        json!({ "event": "summary", "ok": summary.is_ok(), "summary": summary }).to_string()
    } else {
        for_people(&summary)
    })?;
    Ok(if summary.is_ok() { ExitCode::SUCCESS } else { ExitCode::from(1) })
}

fn line(event: &HostileEvent, as_json: bool) -> String {
    if as_json {
        return json!(event).to_string();
    }
    match event {
        HostileEvent::Tier(tier) => tier.for_people(),
        HostileEvent::Program(report) => report.for_people(),
    }
}

fn for_people(summary: &HostileSummary) -> String {
    let HostileSummary {
        tried,
        wrong,
        violated,
        skipped,
        left_behind,
        seconds,
        ..
    } = summary;
    let tiers: Vec<String> = summary.tiers.iter().map(ToString::to_string).collect();
    let tiers = tiers.join(" ");
    let mut lines: Vec<String> = left_behind.iter().map(|left| format!("left after the end: {left}")).collect();
    lines.push(format!(
        "{tried} hostile programs tried in {seconds:.0} s (tiers {tiers}): {wrong} wrong verdicts, {violated} violated invariants, {skipped} skipped"
    ));
    lines.push(
        if summary.is_ok() {
            "The sandbox of this machine holds."
        } else {
            "The sandbox of this machine does not do what it should; see the lines marked FAIL. Judge nobody's code here until it does."
        }
        .to_owned(),
    );
    lines.join("\n")
}

/// A letter of the command line.
pub(super) fn tier(text: &str) -> Result<Tier, String> {
    let mut letters = text.chars();
    match (letters.next().and_then(Tier::parse), letters.next()) {
        (Some(tier), None) => Ok(tier),
        _ => Err("must be A, B, C or D".to_owned()),
    }
}
