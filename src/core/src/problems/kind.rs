//! What kind of problem a test set makes.

use super::{TestSet, TestSetDetails};
use crate::judging::grading::TestGroup;
use serde::{Deserialize, Serialize};

/// What is special about a problem's judging. A problem is either the first or the second of these, and any of the others.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum ProblemKind {
    /// Right or wrong.
    PassFail,
    /// Submissions get points.
    Scoring,
    /// Submissions talk to the problem's own program.
    Interactive,
    /// Submissions are run several times on a test, each time on what the problem's own program made of the last.
    MultiPass,
}

impl ProblemKind {
    /// Name, as in packages.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::PassFail => "pass-fail",
            Self::Scoring => "scoring",
            Self::Interactive => "interactive",
            Self::MultiPass => "multi-pass",
        }
    }
}

/// A group of tests, for people.
#[derive(Clone, Debug, PartialEq)]
pub struct GroupSummary {
    /// Path below the test data, such as `secret/group1`.
    pub name: String,
    /// Number of all tests in it.
    pub tests: usize,
    /// Most points of it; `None`: unbounded.
    pub max_score: Option<f64>,
}

impl TestSetDetails {
    /// What kind of problem this is.
    #[must_use]
    pub fn kinds(&self) -> Vec<ProblemKind> {
        let rules = &self.rules;
        let kinds = [
            (rules.tree.is_none(), ProblemKind::PassFail),
            (rules.tree.is_some(), ProblemKind::Scoring),
            (rules.interactive, ProblemKind::Interactive),
            (rules.passes.is_some(), ProblemKind::MultiPass),
        ];
        kinds.into_iter().filter_map(|(is_so, kind)| is_so.then_some(kind)).collect()
    }
}

impl TestSet {
    /// Its groups that give points, the outer before the inner.
    #[must_use]
    pub fn groups(&self) -> Vec<GroupSummary> {
        let mut groups = Vec::new();
        if let Some(root) = &self.details.rules.tree {
            summarise(root, self.details.rules.are_points_given(), &mut groups);
        }
        groups
    }
}

fn summarise(group: &TestGroup, scored: bool, into: &mut Vec<GroupSummary>) {
    for inner in group.groups() {
        into.push(GroupSummary {
            name: inner.name.clone(),
            tests: inner.tests().len(),
            max_score: inner.max_score(scored),
        });
        summarise(inner, scored, into);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::problems::StoredRules;

    #[test]
    fn a_problem_can_be_of_several_kinds() {
        let mut details = TestSetDetails::default();
        assert_eq!(details.kinds(), [ProblemKind::PassFail]);
        details.rules = StoredRules {
            interactive: true,
            passes: Some(2),
            ..StoredRules::default()
        };
        let names: Vec<&str> = details.kinds().into_iter().map(ProblemKind::as_str).collect();
        assert_eq!(names, ["pass-fail", "interactive", "multi-pass"]);
    }
}
