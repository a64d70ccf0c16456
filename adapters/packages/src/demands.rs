//! What the format demands of a jury submission: verdicts that its tests may get, and must get.

use codesm_core::judging::Verdict;
use codesm_core::problems::{Constraint, Label, Timing};

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

    /// The judge's verdicts that the format calls by this name; it has none of its own for memory. Nor for output: who writes
    /// without end is ended by the time limit where output is not limited, and labelled so.
    const fn verdicts(self) -> &'static [Verdict] {
        match self {
            Self::Ac => &[Verdict::Accepted],
            Self::Wa => &[Verdict::WrongAnswer],
            Self::Tle => &[Verdict::TimeLimit, Verdict::WallTimeLimit, Verdict::OutputLimit],
            Self::Rte => &[Verdict::RuntimeError, Verdict::MemoryLimit, Verdict::ProcessLimit],
        }
    }
}

/// For which tests something is demanded.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) enum Scope {
    /// All of them.
    #[default]
    All,
    /// Those with these indices, which may make up groups.
    Some { tests: Vec<u32>, groups: Vec<String> },
}

/// What is demanded of the tests in a scope.
#[derive(Clone, Debug, Default, PartialEq)]
pub(crate) struct Demand {
    pub(crate) scope: Scope,
    /// Every test's outcome is one of these.
    pub(crate) permitted: Option<Vec<Outcome>>,
    /// Some test's outcome is one of these.
    pub(crate) required: Option<Vec<Outcome>>,
    /// Least and most points.
    pub(crate) score: Option<(f64, f64)>,
    /// The validator says so to the judges.
    pub(crate) message: Option<String>,
    /// `use_for_time_limit`, if it is said.
    pub(crate) timing: Option<Timing>,
}

impl Demand {
    /// Of all tests.
    pub(crate) fn of_all(permitted: Option<&[Outcome]>, required: Option<&[Outcome]>) -> Self {
        Self {
            permitted: permitted.map(<[_]>::to_vec),
            required: required.map(<[_]>::to_vec),
            ..Self::default()
        }
    }

    /// Whether it says anything that can be checked.
    pub(crate) const fn is_checked(&self) -> bool {
        let is_timed = matches!(self.timing, Some(Timing::MustFit | Timing::MustExceed));
        is_timed || self.permitted.is_some() || self.required.is_some() || self.score.is_some() || self.message.is_some()
    }

    /// With these keys where they are said.
    pub(crate) fn replaced_by(self, other: &Self) -> Self {
        Self {
            scope: self.scope,
            permitted: other.permitted.clone().or(self.permitted),
            required: other.required.clone().or(self.required),
            score: other.score.or(self.score),
            message: other.message.clone().or(self.message),
            timing: other.timing.or(self.timing),
        }
    }

    fn constraints(&self) -> Vec<Constraint> {
        let permitted = match self.timing {
            Some(Timing::MustFit) => Some(without(self.permitted.as_deref(), Outcome::Tle)),
            _ => self.permitted.clone(),
        };
        let required = match self.timing {
            Some(Timing::MustExceed) => Some(vec![Outcome::Tle]),
            _ => self.required.clone(),
        };
        let (tests, groups) = match &self.scope {
            Scope::All => (None, &[][..]),
            Scope::Some { tests, groups } => (Some(tests.clone()), groups.as_slice()),
        };
        let whole = Constraint {
            tests: tests.clone(),
            permitted: permitted.and_then(|outcomes| all_but_everything(&outcomes)),
            required: required.and_then(|outcomes| all_but_everything(&outcomes)),
            score: self.score.filter(|_| groups.is_empty()),
            message: self.message.clone(),
            ..Constraint::default()
        };
        let of_groups = self.score.into_iter().flat_map(|score| {
            groups.iter().map(move |group| Constraint {
                group: Some(group.clone()),
                score: Some(score),
                ..Constraint::default()
            })
        });
        let nothing = Constraint {
            tests,
            ..Constraint::default()
        };
        std::iter::once(whole).filter(|whole| *whole != nothing).chain(of_groups).collect()
    }
}

fn without(outcomes: Option<&[Outcome]>, not: Outcome) -> Vec<Outcome> {
    let outcomes = outcomes.unwrap_or(&Outcome::ALL);
    outcomes.iter().copied().filter(|outcome| *outcome != not).collect()
}

/// The verdicts; nothing if every outcome will do.
fn all_but_everything(outcomes: &[Outcome]) -> Option<Vec<Verdict>> {
    let is_everything = Outcome::ALL.iter().all(|outcome| outcomes.contains(outcome));
    (!is_everything).then(|| verdicts(outcomes))
}

fn verdicts(outcomes: &[Outcome]) -> Vec<Verdict> {
    // In one order, whatever the order in which they are written.
    let said = Outcome::ALL.iter().filter(|outcome| outcomes.contains(outcome));
    let mut verdicts: Vec<Verdict> = said.flat_map(|outcome| outcome.verdicts()).copied().collect();
    // Where any failure will do, so does this one, which the format does not know.
    if [Outcome::Wa, Outcome::Tle, Outcome::Rte]
        .iter()
        .all(|outcome| outcomes.contains(outcome))
    {
        verdicts.push(Verdict::OutputLimit);
    }
    verdicts
}

/// The label; nothing if the demands contradict each other. `by_test`: they are checked test by test, so that all have to be
/// run; else the first verdict that fits is enough.
pub(crate) fn label(demands: &[Demand], by_test: bool) -> Option<Label> {
    let of_all = || demands.iter().filter(|demand| demand.scope == Scope::All);
    let mut permitted = Outcome::ALL.to_vec();
    for demand in of_all() {
        if let Some(own) = &demand.permitted {
            permitted.retain(|outcome| own.contains(outcome));
        }
    }
    let is_narrowed = permitted.len() < Outcome::ALL.len();
    let mut label = Label::default();
    for required in of_all().filter_map(|demand| demand.required.as_ref()) {
        let (expected, besides): (Vec<_>, Vec<_>) = permitted.iter().partition(|outcome| required.contains(outcome));
        if expected.is_empty() {
            return None;
        }
        if expected.len() < Outcome::ALL.len() && label.expected.is_empty() {
            label.expected = verdicts(&expected);
            label.permitted = verdicts(&besides);
        }
    }
    if label.expected.is_empty() && is_narrowed {
        label.expected = verdicts(&permitted);
        if permitted.is_empty() {
            return None;
        }
    }
    if by_test {
        label.constraints = demands.iter().flat_map(Demand::constraints).collect();
        // What the verdict says already needs no look at every test.
        let is_plain = |constraint: &Constraint| {
            let accepted = Constraint {
                permitted: Some(vec![Verdict::Accepted]),
                ..Constraint::default()
            };
            *constraint == accepted
        };
        if label.constraints.iter().all(is_plain) {
            label.constraints.clear();
        }
    }
    Some(label)
}

/// What the demands say about the time limit: what is said outright, else what follows from the verdicts.
pub(crate) fn timing(demands: &[Demand]) -> Timing {
    let of_all = || demands.iter().filter(|demand| demand.scope == Scope::All);
    if let Some(said) = of_all().filter_map(|demand| demand.timing).next_back() {
        return said;
    }
    let fits = of_all().any(|demand| {
        demand
            .permitted
            .as_ref()
            .is_some_and(|permitted| !permitted.contains(&Outcome::Tle))
    });
    let exceeds = of_all().any(|demand| demand.required.as_deref() == Some(&[Outcome::Tle]));
    match (fits, exceeds) {
        (true, false) => Timing::MustFit,
        (false, true) => Timing::MustExceed,
        (true, true) | (false, false) => Timing::Nothing,
    }
}
