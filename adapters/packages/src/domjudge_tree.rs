//! The tree of test groups as `DOMjudge` reads the legacy format's group files. It differs where it matters: keys are not
//! inherited, and a group of tests is worth its `accept_score` once, if all its tests are accepted.

use crate::kind::Validation;
use crate::layout::Folder;
use crate::metadata::Metadata;
use crate::scoring::nodes;
use codesm_core::judging::grading::{Grader, LegacyPoints, OnReject, ScoreMode, TestGroup, VerdictMode};

/// Flags of graders that `DOMjudge` knows.
const FLAGS: [&str; 5] = ["sum", "avg", "min", "max", "ignore_sample"];

/// The tree; nothing if the package asks for something that `DOMjudge` does not know, and so cannot be written for it.
pub(crate) fn build(layout: &Folder<'_>, metadata: &Metadata) -> Option<TestGroup> {
    let is_known = |flags: &[String]| flags.iter().all(|flag| FLAGS.contains(&flag.as_str()));
    let fits = layout.all_keys().into_iter().all(|keys| {
        let flags = keys.legacy.grader_flags.as_ref();
        flags.is_none_or(|(flags, _)| is_known(flags)) && !matches!(keys.legacy.custom, Some((true, _)))
    });
    let is_meant = metadata.kind.scoring && metadata.dialect.is_legacy() && metadata.kind.validation != Validation::CustomScore;
    (is_meant && fits).then(|| group(layout))
}

fn group(folder: &Folder<'_>) -> TestGroup {
    let keys = &folder.keys.legacy;
    let says = |flag: &str| {
        let flags = keys.grader_flags.as_ref();
        flags.is_some_and(|(flags, _)| flags.iter().any(|own| own == flag))
    };
    let mode = match (says("avg"), says("min"), says("max")) {
        (true, _, _) => ScoreMode::Avg,
        (_, true, _) => ScoreMode::Min,
        (_, _, true) => ScoreMode::Max,
        _ => ScoreMode::Sum,
    };
    let has_groups = folder.folders().next().is_some();
    // Without points of its own a group has those that its validator gives.
    let is_once = keys.accept_score.is_some() && !has_groups;
    let silent_samples = folder.folders().any(|below| below.path == "sample" && below.keys.file.is_none());
    let range = keys.range.unwrap_or((None, None));
    TestGroup {
        name: folder.path.clone(),
        children: nodes(folder, group),
        on_reject: keys
            .on_reject
            .unwrap_or(if has_groups { OnReject::Continue } else { OnReject::Break }),
        grader: Grader::Legacy {
            verdict: VerdictMode::FirstError,
            score: if is_once { ScoreMode::Min } else { mode },
            // Samples without a file of their own are no group, and count for nothing.
            ignore_sample: says("ignore_sample") || silent_samples,
            accept_if_any_accepted: false,
            points: LegacyPoints {
                accept_score: keys.accept_score.unwrap_or(0.0),
                reject_score: 0.0,
                range_min: range.0,
                range_max: range.1,
            },
        },
        require_pass: Vec::new(),
    }
}
