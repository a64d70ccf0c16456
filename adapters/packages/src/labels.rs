//! What jury submissions must get, by folder.

use codesm_core::judging::Verdict;
use codesm_core::problems::Label;

/// Verdicts of the package format.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Outcome {
    Ac,
    Wa,
    Tle,
    Rte,
}

impl Outcome {
    pub(crate) const ALL: [Self; 4] = [Self::Ac, Self::Wa, Self::Tle, Self::Rte];

    /// The outcome that `submissions.yaml` writes like this.
    pub(crate) fn parse(text: &str) -> Option<Self> {
        Some(match text {
            "AC" => Self::Ac,
            "WA" => Self::Wa,
            "TLE" => Self::Tle,
            "RTE" => Self::Rte,
            _ => return None,
        })
    }

    /// The judge's verdicts that the format calls by this name; it has none of its own for memory.
    const fn verdicts(self) -> &'static [Verdict] {
        match self {
            Self::Ac => &[Verdict::Accepted],
            Self::Wa => &[Verdict::WrongAnswer],
            Self::Tle => &[Verdict::TimeLimit, Verdict::WallTimeLimit],
            Self::Rte => &[Verdict::RuntimeError, Verdict::MemoryLimit, Verdict::ProcessLimit],
        }
    }
}

/// Every test's outcome is permitted and some test's is required.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Constraint {
    pub(crate) permitted: Vec<Outcome>,
    pub(crate) required: Vec<Outcome>,
}

impl Constraint {
    /// No constraint at all.
    pub(crate) fn none() -> Self {
        Self {
            permitted: Outcome::ALL.to_vec(),
            required: Outcome::ALL.to_vec(),
        }
    }

    /// The label; nothing if no outcome is both required and permitted.
    pub(crate) fn label(&self) -> Option<Label> {
        let (expected, besides): (Vec<_>, Vec<_>) = self.permitted.iter().partition(|outcome| self.required.contains(outcome));
        let verdicts = |outcomes: &[Outcome]| outcomes.iter().flat_map(|outcome| outcome.verdicts()).copied().collect::<Vec<_>>();
        let mut expected_verdicts = verdicts(&expected);
        // Where any failure will do, so does this one, which the format does not know.
        if [Outcome::Wa, Outcome::Tle, Outcome::Rte]
            .iter()
            .all(|outcome| expected.contains(outcome))
        {
            expected_verdicts.push(Verdict::OutputLimit);
        }
        (!expected.is_empty()).then(|| Label {
            expected: expected_verdicts,
            permitted: verdicts(&besides),
        })
    }
}

/// What a folder of `submissions/` asserts.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum FolderLabel {
    /// In terms of the format.
    Format(Constraint),
    /// In terms of `DOMjudge` and of this judge.
    Other(Label),
    /// Nothing that can be checked here; why.
    Unusable(&'static str),
}

/// What a folder asserts; nothing if its name is not known. The legacy format permits more.
pub(crate) fn of_folder(name: &str, legacy: bool) -> Option<FolderLabel> {
    use Outcome::{Ac, Rte, Tle, Wa};
    let format = |permitted: &[Outcome], required: &[Outcome]| {
        FolderLabel::Format(Constraint {
            permitted: permitted.to_vec(),
            required: required.to_vec(),
        })
    };
    let other = |expected: &[Verdict], permitted: &[Verdict]| {
        FolderLabel::Other(Label {
            expected: expected.to_vec(),
            permitted: permitted.to_vec(),
        })
    };
    Some(match name {
        "accepted" => format(&[Ac], &Outcome::ALL),
        "wrong_answer" => format(&[Ac, Wa], &[Wa]),
        "time_limit_exceeded" if legacy => format(&[Ac, Wa, Tle], &[Tle]),
        "time_limit_exceeded" => format(&[Ac, Tle], &[Tle]),
        "run_time_error" if legacy => format(&Outcome::ALL, &[Rte]),
        "run_time_error" => format(&[Ac, Rte], &[Rte]),
        "rejected" => format(&Outcome::ALL, &[Rte, Tle, Wa]),
        "brute_force" => format(&[Ac, Rte, Tle], &[Rte, Tle]),
        "compiler_error" | "compile_error" => other(&[Verdict::CompileError, Verdict::CompileLimit], &[]),
        "output_limit" | "output_limit_exceeded" => other(&[Verdict::OutputLimit], &[Verdict::Accepted]),
        "no_output" => other(&[Verdict::WrongAnswer], &[Verdict::Accepted]),
        "memory_limit" | "memory_limit_exceeded" => other(&[Verdict::MemoryLimit], &[Verdict::Accepted]),
        "wall_time_limit" | "wall_time_limit_exceeded" => other(&[Verdict::WallTimeLimit], &[Verdict::Accepted]),
        "partially_accepted" => FolderLabel::Unusable("partially_accepted is for scoring problems"),
        _ => return None,
    })
}

/// Whether tags inside sources count for nothing, because the folder says it all.
pub(crate) fn is_official(folder: &str) -> bool {
    matches!(folder, "accepted" | "wrong_answer" | "time_limit_exceeded" | "run_time_error")
}
