//! The tree of test groups by the rules of the legacy format: every folder is a group, keys are inherited one by one.

use crate::field::Place;
use crate::groups::EarlyKeys;
use crate::layout::Folder;
use crate::legacy_keys::LegacyKeys;
use crate::scoring::nodes;
use crate::warnings::Warnings;
use codesm_core::judging::grading::{Grader, LegacyPoints, OnReject, ScoreMode, TestGroup, VerdictMode};
use codesm_core::problems::PackageError;

/// Flags of the default grader.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
struct Modes {
    verdict: VerdictMode,
    score: ScoreMode,
    ignore_sample: bool,
    accept_if_any_accepted: bool,
}

impl Modes {
    /// The last of a kind wins; the first unknown one comes back, too.
    fn parse(flags: &[String]) -> (Self, Option<&str>) {
        let mut modes = Self::default();
        let mut unknown = None;
        for flag in flags {
            match flag.as_str() {
                "worst_error" => modes.verdict = VerdictMode::WorstError,
                "first_error" => modes.verdict = VerdictMode::FirstError,
                "always_accept" => modes.verdict = VerdictMode::AlwaysAccept,
                "sum" => modes.score = ScoreMode::Sum,
                "avg" => modes.score = ScoreMode::Avg,
                "min" => modes.score = ScoreMode::Min,
                "max" => modes.score = ScoreMode::Max,
                "ignore_sample" => modes.ignore_sample = true,
                "accept_if_any_accepted" => modes.accept_if_any_accepted = true,
                other => unknown = unknown.or(Some(other)),
            }
        }
        (modes, unknown)
    }

    /// Whether a submission may be accepted although a test fails.
    fn is_lenient(self) -> bool {
        self.ignore_sample || self.accept_if_any_accepted || self.verdict == VerdictMode::AlwaysAccept
    }

    const fn grader(self, points: LegacyPoints) -> Grader {
        Grader::Legacy {
            verdict: self.verdict,
            score: self.score,
            ignore_sample: self.ignore_sample,
            accept_if_any_accepted: self.accept_if_any_accepted,
            points,
        }
    }
}

/// The tree of a scoring problem; `above` is what `problem.yaml` says about all groups.
pub(crate) fn build(layout: &Folder<'_>, above: &LegacyKeys, warnings: &mut Warnings) -> TestGroup {
    let is_early = layout.all_keys().iter().any(|keys| keys.early.is_some());
    if is_early {
        early_group(layout)
    } else {
        group(layout, above, warnings)
    }
}

fn group(folder: &Folder<'_>, above: &LegacyKeys, warnings: &mut Warnings) -> TestGroup {
    let keys = folder.keys.legacy.or(above);
    let points = points(&keys);
    let flags = keys.grader_flags.as_ref();
    let grader = if matches!(keys.custom, Some((true, _))) {
        Grader::Custom {
            flags: flags.map(|(flags, _)| flags.clone()).unwrap_or_default(),
            points,
        }
    } else {
        default_modes(folder, &keys, warnings).grader(points)
    };
    TestGroup {
        name: folder.path.clone(),
        children: nodes(folder, |below| group(below, &keys, warnings)),
        on_reject: keys.on_reject.unwrap_or(OnReject::Break),
        grader,
        require_pass: Vec::new(),
    }
}

fn points(keys: &LegacyKeys) -> LegacyPoints {
    let usual = LegacyPoints::default();
    let (range_min, range_max) = keys.range.unwrap_or((None, None));
    LegacyPoints {
        accept_score: keys.accept_score.unwrap_or(usual.accept_score),
        reject_score: keys.reject_score.unwrap_or(usual.reject_score),
        range_min,
        range_max,
    }
}

/// Flags of the default grader; unknown ones are ignored, as graders of other judges take their own.
fn default_modes(folder: &Folder<'_>, keys: &LegacyKeys, warnings: &mut Warnings) -> Modes {
    let Some((flags, place)) = &keys.grader_flags else {
        return Modes::default();
    };
    let (modes, unknown) = Modes::parse(flags);
    if let Some(flag) = unknown.filter(|_| folder.keys.legacy.grader_flags.is_some()) {
        warnings.about_place(place, &format!("the default grader has no flag {flag}, ignored"));
    }
    modes
}

/// `grading: {score, max_score, aggregation, verdict}` of early drafts of 2023-07, which nothing inherits.
fn early_group(folder: &Folder<'_>) -> TestGroup {
    let is_outer = folder.path.is_empty() || folder.path == "secret";
    let is_sample = folder.path == "sample";
    let none = EarlyKeys::default();
    let keys = folder.keys.early.as_ref().unwrap_or(&none);
    let is_min = keys.is_min.unwrap_or(!is_outer);
    let any = keys.accept_if_any_accepted.unwrap_or(is_outer);
    let modes = Modes {
        verdict: VerdictMode::FirstError,
        score: if is_min { ScoreMode::Min } else { ScoreMode::Sum },
        // Samples are worth nothing, but being right in them is not being accepted.
        ignore_sample: folder.path.is_empty(),
        accept_if_any_accepted: any,
    };
    TestGroup {
        name: folder.path.clone(),
        children: nodes(folder, early_group),
        on_reject: if any { OnReject::Continue } else { OnReject::Break },
        grader: modes.grader(LegacyPoints {
            accept_score: keys.score.unwrap_or(if is_sample { 0.0 } else { 1.0 }),
            range_max: keys.max_score,
            ..LegacyPoints::default()
        }),
        require_pass: Vec::new(),
    }
}

/// Where `grading: custom` is said, if it is.
pub(crate) fn custom_grading(layout: &Folder<'_>, above: &LegacyKeys) -> Option<Place> {
    let said = layout.all_keys().into_iter().find_map(|keys| match &keys.legacy.custom {
        Some((true, place)) => Some(place.clone()),
        Some((false, _)) | None => None,
    });
    said.or_else(|| match &above.custom {
        Some((true, place)) => Some(place.clone()),
        Some((false, _)) | None => None,
    })
}

/// The tree of a pass-fail problem whose graders may accept although a test fails; nothing if they never do. Its score is 1
/// where its verdict is accepted, and else 0.
///
/// # Errors
/// `package.unsupported_type` for custom graders, `package.unsupported_feature`.
pub(crate) fn pass_fail(layout: &Folder<'_>, warnings: &mut Warnings) -> Result<Option<TestGroup>, PackageError> {
    if let Some(place) = custom_grading(layout, &LegacyKeys::default()) {
        let message = "custom graders are supported in scoring problems only";
        return Err(place.refuse("package.unsupported_type", message));
    }
    let is_lenient = layout.all_keys().into_iter().any(|keys| {
        let flags = keys.legacy.grader_flags.as_ref();
        flags.is_some_and(|(flags, _)| Modes::parse(flags).0.is_lenient())
    });
    let has_secret = layout.folders().any(|folder| folder.path == "secret" && !folder.cases().is_empty());
    if !is_lenient || !has_secret {
        return Ok(None);
    }
    pass_fail_group(layout, &LegacyKeys::default(), warnings).map(Some)
}

fn pass_fail_group(folder: &Folder<'_>, above: &LegacyKeys, warnings: &mut Warnings) -> Result<TestGroup, PackageError> {
    let keys = folder.keys.legacy.or(above);
    let modes = default_modes(folder, &keys, warnings);
    let always = modes.verdict == VerdictMode::AlwaysAccept;
    let mut failure = None;
    let children = nodes(folder, |below| match pass_fail_group(below, &keys, warnings) {
        Ok(group) => group,
        Err(error) => {
            failure = Some(error);
            build(below, &keys, warnings)
        }
    });
    if let Some(error) = failure {
        return Err(error);
    }
    if always && let Some((flags, place)) = &keys.grader_flags {
        // Without points of its own a folder of folders cannot be worth 1 whatever they are.
        let is_always = |keys: &&LegacyKeys| keys.grader_flags.as_ref().is_none_or(|(own, _)| own == flags);
        let below = folder.folders().flat_map(Folder::all_keys).map(|keys| &keys.legacy);
        if !below.into_iter().all(|keys| is_always(&keys)) {
            let message = "always_accept over groups with other flags is not supported";
            return Err(place.refuse("package.unsupported_feature", message));
        }
    }
    let score = if modes.accept_if_any_accepted {
        ScoreMode::Max
    } else {
        ScoreMode::Min
    };
    let points = LegacyPoints {
        reject_score: if always { 1.0 } else { 0.0 },
        ..LegacyPoints::default()
    };
    Ok(TestGroup {
        name: folder.path.clone(),
        children,
        on_reject: keys.on_reject.unwrap_or(OnReject::Break),
        grader: Modes { score, ..modes }.grader(points),
        require_pass: Vec::new(),
    })
}

#[cfg(test)]
mod tests {
    use super::Modes;
    use codesm_core::judging::grading::{ScoreMode, VerdictMode};
    use proptest::prelude::proptest;

    fn flags(text: &str) -> Vec<String> {
        text.split_whitespace().map(str::to_owned).collect()
    }

    #[test]
    fn the_last_flag_of_a_kind_wins_and_unknown_ones_are_named() {
        let flags = flags("worst_error first_error sum min ignore_sample no_errors other");
        let (modes, unknown) = Modes::parse(&flags);
        assert_eq!(
            (modes.verdict, modes.score, modes.ignore_sample, modes.accept_if_any_accepted),
            (VerdictMode::FirstError, ScoreMode::Min, true, false)
        );
        assert_eq!(unknown, Some("no_errors"));
        assert_eq!(Modes::parse(&[]), (Modes::default(), None));
    }

    proptest! {
        #[test]
        fn any_flags_are_read(text in "(first_error|always_accept|avg|max|ignore_sample|[a-z]{1,4}| ){0,9}") {
            let _ = Modes::parse(&flags(&text));
        }
    }
}
