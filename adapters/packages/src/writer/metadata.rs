//! `problem.yaml`.

use super::cannot;
use super::yaml::{line, list, quoted};
use codesm_core::judging::Rules;
use codesm_core::problems::{Package, PackageError, TimeRule};
use sha2::{Digest, Sha256};
use std::fmt::Write;

/// The file's text.
///
/// # Errors
/// `package.cannot_express`.
pub(super) fn text(package: &Package) -> Result<String, PackageError> {
    let rules = &package.rules;
    if package.title.trim().is_empty() {
        return Err(cannot("the problem has no title"));
    }
    let mut text = format!(
        "problem_format_version: 2025-09\nname:\n  en: {}\nuuid: {}\ntype: {}\n",
        quoted(&package.title),
        uuid(package),
        list(kinds(package)),
    );
    for (key, value) in [
        ("credits", &package.author),
        ("license", &package.license),
        ("source", &package.source),
    ] {
        if let Some(value) = value {
            line(&mut text, 0, key, &quoted(value));
        }
    }
    if !package.tags.is_empty() {
        line(&mut text, 0, "keywords", &list(&package.tags));
    }
    if let Some(languages) = &rules.languages {
        line(&mut text, 0, "languages", &list(languages));
    }
    line(&mut text, 0, "allow_file_writing", &rules.file_writing.to_string());
    text.push_str("limits:\n");
    for (key, value) in limits(package) {
        line(&mut text, 1, key, &value);
    }
    Ok(text)
}

/// What a package needs to be read for nothing but its submissions.
pub(super) fn probe(package: &Package) -> String {
    let kind = if package.rules.tree.is_some() { "scoring" } else { "pass-fail" };
    format!("problem_format_version: 2025-09\nname: probe\ntype: {kind}\nlimits: {{time_limit: 1}}\n")
}

fn kinds(package: &Package) -> Vec<&'static str> {
    let Rules {
        tree, interactive, passes, ..
    } = &package.rules;
    let mut kinds = vec![if tree.is_some() { "scoring" } else { "pass-fail" }];
    if *interactive {
        kinds.push("interactive");
    }
    if passes.is_some() {
        kinds.push("multi-pass");
    }
    kinds
}

fn limits(package: &Package) -> Vec<(&'static str, String)> {
    let Package {
        time_limit_ms,
        memory_limit_mb,
        output_limit_kb,
        rules,
        checker,
        ..
    } = package;
    let mut limits: Vec<(&'static str, Option<String>)> = vec![
        ("time_limit", time_limit_ms.map(seconds)),
        ("memory", memory_limit_mb.map(|limit| limit.to_string())),
        ("output", output_limit_kb.map(mebibytes)),
        ("code", rules.code_kb.map(|limit| limit.to_string())),
        ("compilation_time", rules.compile_time_ms.map(seconds)),
        ("compilation_memory", rules.compile_memory_mb.map(|limit| limit.to_string())),
        ("validation_time", Some(seconds(checker.time_limit_ms))),
        ("validation_memory", Some(checker.memory_limit_mb.to_string())),
        ("validation_output", Some(mebibytes(checker.output_limit_kb))),
        ("validation_passes", rules.passes.map(|passes| passes.to_string())),
    ];
    let TimeRule {
        fit_multiplier,
        exceed_multiplier,
        resolution_ms,
    } = package.time_rule;
    if package.time_rule != TimeRule::MODERN {
        let multipliers = format!("{{ac_to_time_limit: {fit_multiplier}, time_limit_to_tle: {exceed_multiplier}}}");
        limits.push(("time_multipliers", Some(multipliers)));
        limits.push(("time_resolution", Some(seconds(resolution_ms))));
    }
    limits.into_iter().filter_map(|(key, value)| Some((key, value?))).collect()
}

/// Seconds which readers that round up take for as many milliseconds: 2.003 times 1000 is a little more than 2003.
fn seconds(milliseconds: u32) -> String {
    let exact = f64::from(milliseconds) / 1000.0;
    let is_safe = (exact * 1000.0).ceil().to_bits() == f64::from(milliseconds).to_bits();
    if is_safe {
        exact.to_string()
    } else {
        ((f64::from(milliseconds) - 0.5) / 1000.0).to_string()
    }
}

/// Exact: 1024 is a power of two.
fn mebibytes(kibibytes: u32) -> String {
    (f64::from(kibibytes) / 1024.0).to_string()
}

/// An identifier (version 8: our own way) that is the same whenever and wherever the same problem is written.
fn uuid(package: &Package) -> String {
    let mut hash = Sha256::new();
    for part in [&package.name, &package.title, &package.statement] {
        hash.update(part.len().to_le_bytes());
        hash.update(part.as_bytes());
    }
    let mut bytes: [u8; 32] = hash.finalize().into();
    bytes[6] = (bytes[6] & 0x0f) | 0x80;
    bytes[8] = (bytes[8] & 0x3f) | 0x80;
    let mut text = String::with_capacity(36);
    for (at, byte) in bytes[..16].iter().enumerate() {
        if matches!(at, 4 | 6 | 8 | 10) {
            text.push('-');
        }
        write!(text, "{byte:02x}").expect("a String takes everything");
    }
    text
}

#[cfg(test)]
mod tests {
    use super::{mebibytes, seconds};
    use proptest::prelude::{prop_assert_eq, proptest};

    proptest! {
        #[test]
        fn limits_are_read_back(number in 1_u32..=600_000) {
            let read = |text: String, factor: f64| (text.parse::<f64>().unwrap() * factor).ceil().to_bits();
            let meant = f64::from(number).to_bits();
            prop_assert_eq!(read(seconds(number), 1000.0), meant);
            prop_assert_eq!(read(mebibytes(number), 1024.0), meant);
        }
    }
}
