//! Labels of jury submissions: whether two say the same, and how `submissions.yaml` says one.

use codesm_core::judging::Verdict;
use codesm_core::problems::{Constraint, Label};
use std::collections::BTreeSet;

/// The format's outcomes and the verdicts that they stand for.
const OUTCOMES: [(&str, &[Verdict]); 4] = [
    ("AC", &[Verdict::Accepted]),
    ("WA", &[Verdict::WrongAnswer]),
    ("TLE", &[Verdict::TimeLimit, Verdict::WallTimeLimit, Verdict::OutputLimit]),
    ("RTE", &[Verdict::RuntimeError, Verdict::MemoryLimit, Verdict::ProcessLimit]),
];

/// What is demanded of some tests, in the format's words.
#[derive(Clone, Debug, Default, PartialEq)]
pub(super) struct Demand {
    pub(super) permitted: Option<Vec<&'static str>>,
    pub(super) required: Option<Vec<&'static str>>,
    pub(super) score: Option<(f64, f64)>,
    pub(super) message: Option<String>,
}

impl Demand {
    /// What a constraint demands; nothing if the format has no words for its verdicts.
    pub(super) fn of(constraint: &Constraint) -> Option<Self> {
        let said = |verdicts: &Option<Vec<Verdict>>| match verdicts {
            Some(verdicts) => outcomes(verdicts).map(Some),
            None => Some(None),
        };
        Some(Self {
            permitted: said(&constraint.permitted)?,
            required: said(&constraint.required)?,
            score: constraint.score,
            message: constraint.message.clone(),
        })
    }

    /// What a label demands of all tests; nothing if the format has no words for its verdicts.
    pub(super) fn of_all(label: &Label) -> Option<Self> {
        if label.expected.is_empty() {
            return Some(Self::default());
        }
        let expected = outcomes(&label.expected)?;
        if label.permitted.is_empty() {
            return Some(Self {
                permitted: Some(expected),
                ..Self::default()
            });
        }
        let besides = outcomes(&label.permitted)?;
        let all = OUTCOMES.iter().map(|(name, _)| *name);
        let permitted: Vec<_> = all.filter(|name| expected.contains(name) || besides.contains(name)).collect();
        Some(Self {
            permitted: Some(permitted).filter(|permitted| permitted.len() < OUTCOMES.len()),
            required: Some(expected),
            ..Self::default()
        })
    }
}

/// The outcomes that stand for exactly these verdicts.
fn outcomes(verdicts: &[Verdict]) -> Option<Vec<&'static str>> {
    let has = |verdict: &Verdict| verdicts.contains(verdict);
    let found: Vec<_> = OUTCOMES.iter().filter(|(_, own)| own.iter().all(has)).collect();
    let is_covered = |verdict: &Verdict| found.iter().any(|(_, own)| own.contains(verdict));
    verdicts
        .iter()
        .all(is_covered)
        .then(|| found.into_iter().map(|(name, _)| *name).collect())
}

/// Whether what was read says what was meant. `is_converted`: graders were replaced by those of 2025-09, where partial points
/// are no accepted submission.
pub(super) fn same(meant: &Label, read: &Label, is_converted: bool) -> bool {
    let is_partial = is_converted && meant.partial;
    let same_verdicts = is_partial || (set(&meant.expected) == set(&read.expected) && set(&meant.permitted) == set(&read.permitted));
    let same_rest = meant.partial == read.partial && meant.score == read.score && meant.grades == read.grades;
    same_verdicts && same_rest && same_constraints(&meant.constraints, &read.constraints)
}

/// In any order. Labels of other formats say nothing about single tests; 2025-09 then says of each what it says of the whole.
fn same_constraints(meant: &[Constraint], read: &[Constraint]) -> bool {
    if meant.is_empty() {
        let is_of_the_whole = |constraint: &Constraint| {
            let plain = Constraint {
                permitted: constraint.permitted.clone(),
                required: constraint.required.clone(),
                ..Constraint::default()
            };
            *constraint == plain
        };
        return read.iter().all(is_of_the_whole);
    }
    let key = |constraint: &Constraint| {
        let verdicts = |said: &Option<Vec<Verdict>>| said.as_deref().map(set);
        let Constraint {
            tests,
            permitted,
            required,
            score,
            group,
            message,
        } = constraint;
        let score = score.map(|(least, most)| (least.to_bits(), most.to_bits()));
        (
            tests.clone(),
            verdicts(permitted),
            verdicts(required),
            score,
            group.clone(),
            message.clone(),
        )
    };
    let sorted = |constraints: &[Constraint]| {
        let mut keys: Vec<_> = constraints.iter().map(key).collect();
        keys.sort();
        keys
    };
    sorted(meant) == sorted(read)
}

fn set(verdicts: &[Verdict]) -> BTreeSet<&'static str> {
    verdicts.iter().map(|verdict| verdict.as_str()).collect()
}

#[cfg(test)]
mod tests {
    use super::{Demand, outcomes, same};
    use codesm_core::judging::Verdict;
    use codesm_core::problems::{Constraint, Label};

    #[test]
    fn verdicts_are_outcomes_only_together() {
        let time = [Verdict::TimeLimit, Verdict::WallTimeLimit, Verdict::OutputLimit];
        assert_eq!(outcomes(&time), Some(vec!["TLE"]));
        assert_eq!(outcomes(&time[..2]), None);
        assert_eq!(outcomes(&[Verdict::OutputLimit]), None);
        assert_eq!(outcomes(&[Verdict::MemoryLimit]), None);
    }

    #[test]
    fn labels_become_demands() {
        let accepted = Demand::of_all(&Label::one_of([Verdict::Accepted])).unwrap();
        assert_eq!((accepted.permitted, accepted.required), (Some(vec!["AC"]), None));
        let wrong = Label {
            permitted: vec![Verdict::Accepted],
            ..Label::one_of([Verdict::WrongAnswer])
        };
        let demand = Demand::of_all(&wrong).unwrap();
        assert_eq!((demand.permitted, demand.required), (Some(vec!["AC", "WA"]), Some(vec!["WA"])));
        assert_eq!(Demand::of_all(&Label::default()), Some(Demand::default()));
    }

    #[test]
    fn a_label_that_names_no_test_is_met_by_the_same_words_about_every_test() {
        let meant = Label::one_of([Verdict::Accepted]);
        let about = |tests| Label {
            constraints: vec![Constraint {
                tests,
                permitted: Some(vec![Verdict::Accepted]),
                ..Constraint::default()
            }],
            ..meant.clone()
        };
        assert!(same(&meant, &about(None), false));
        assert!(!same(&meant, &about(Some(vec![1])), false));
        assert!(!same(&about(Some(vec![1])), &about(Some(vec![2])), false));
    }
}
