//! What jury submissions must get, by folder.

use crate::demands::{Demand, Outcome};
use codesm_core::judging::Verdict;
use codesm_core::problems::{Label, Timing};

/// What a folder of `submissions/` asserts.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum FolderLabel {
    /// In terms of the format.
    Format(Demand),
    /// In terms of `DOMjudge` and of this judge.
    Other(Label),
    /// Nothing that can be checked here; why.
    Unusable(&'static str),
}

/// By which rules labels are understood.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct LabelRules {
    /// Those of 2025-09: every test is looked at.
    pub(crate) by_test: bool,
    pub(crate) scoring: bool,
    /// Whether groups are graded by the rules of 2025-09, where partial points are no accepted submission.
    pub(crate) modern_grading: bool,
}

/// What a folder asserts; nothing if its name is not known. The legacy format permits more.
pub(crate) fn of_folder(name: &str, rules: LabelRules) -> Option<FolderLabel> {
    use Outcome::{Ac, Rte, Tle, Wa};
    let format = |permitted: &[Outcome], required: &[Outcome]| {
        let said = |outcomes: &[Outcome]| outcomes.len() < Outcome::ALL.len();
        FolderLabel::Format(Demand::of_all(
            Some(permitted).filter(|outcomes| said(outcomes)),
            Some(required).filter(|outcomes| said(outcomes)),
        ))
    };
    let other = |expected: &[Verdict], permitted: &[Verdict]| {
        FolderLabel::Other(Label {
            expected: expected.to_vec(),
            permitted: permitted.to_vec(),
            ..Label::default()
        })
    };
    Some(match name {
        "accepted" => format(&[Ac], &Outcome::ALL),
        "wrong_answer" => format(&[Ac, Wa], &[Wa]),
        "time_limit_exceeded" if rules.by_test => format(&[Ac, Tle], &[Tle]),
        "time_limit_exceeded" => format(&[Ac, Wa, Tle], &[Tle]),
        "run_time_error" if rules.by_test => format(&[Ac, Rte], &[Rte]),
        "run_time_error" => format(&Outcome::ALL, &[Rte]),
        "rejected" => format(&Outcome::ALL, &[Rte, Tle, Wa]),
        "brute_force" => format(&[Ac, Rte, Tle], &[Rte, Tle]),
        "partially_accepted" if rules.scoring => FolderLabel::Other(Label {
            expected: if rules.modern_grading {
                Vec::new()
            } else {
                vec![Verdict::Accepted]
            },
            partial: true,
            ..Label::default()
        }),
        "partially_accepted" => FolderLabel::Unusable("partially_accepted is for scoring problems"),
        "compiler_error" | "compile_error" => other(&[Verdict::CompileError, Verdict::CompileLimit], &[]),
        "output_limit" | "output_limit_exceeded" => other(&[Verdict::OutputLimit], &[Verdict::Accepted]),
        "no_output" => other(&[Verdict::WrongAnswer], &[Verdict::Accepted]),
        "memory_limit" | "memory_limit_exceeded" => other(&[Verdict::MemoryLimit], &[Verdict::Accepted]),
        "wall_time_limit" | "wall_time_limit_exceeded" => other(&[Verdict::WallTimeLimit], &[Verdict::Accepted]),
        _ => return None,
    })
}

/// What the running time of a folder's submissions says in the legacy format.
pub(crate) fn legacy_timing(folder: &str) -> Timing {
    match folder {
        "accepted" => Timing::MustFit,
        "time_limit_exceeded" => Timing::MustExceed,
        _ => Timing::Nothing,
    }
}

/// Whether tags inside sources count for nothing, because the folder says it all.
pub(crate) fn is_official(folder: &str) -> bool {
    matches!(folder, "accepted" | "wrong_answer" | "time_limit_exceeded" | "run_time_error")
}
