//! What a jury submission must get.

use crate::judging::engine::JudgeOutcome;
use crate::judging::grading::short_name;
use crate::judging::{TestResult, Verdict};
use serde::{Deserialize, Serialize};

/// What a jury submission must get. Every part that is said must hold.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct Label {
    /// The verdict is one of these; or, with all tests run, some test's is and every test's is one of these or `permitted`.
    /// Empty: any.
    pub expected: Vec<Verdict>,
    /// Verdicts that single tests may get besides.
    pub permitted: Vec<Verdict>,
    /// Scoring: accepted by the graders, but without full points.
    pub partial: bool,
    /// Scoring: least and most points.
    pub score: Option<(f64, f64)>,
    /// Scoring: verdicts of the groups below `secret`, in order. Empty: any.
    pub grades: Vec<Verdict>,
    /// What holds for single tests.
    pub constraints: Vec<Constraint>,
}

/// What holds for some tests of a jury submission (2025-09 `submissions.yaml`).
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct Constraint {
    /// Indices of the tests; `None`: all.
    pub tests: Option<Vec<u32>>,
    /// Every verdict is one of these.
    pub permitted: Option<Vec<Verdict>>,
    /// Some verdict is one of these.
    pub required: Option<Vec<Verdict>>,
    /// Least and most points: of the group if there is one; else of the submission if `tests` is `None`; else of the tests
    /// together.
    pub score: Option<(f64, f64)>,
    /// Group of tests whose points are meant, such as `secret/group1`.
    pub group: Option<String>,
    /// Some validator said this to the judges.
    pub message: Option<String>,
}

impl Label {
    /// One of these verdicts, whatever the single tests get.
    #[must_use]
    pub fn one_of(expected: impl Into<Vec<Verdict>>) -> Self {
        Self {
            expected: expected.into(),
            ..Self::default()
        }
    }

    /// Whether what the label says can only be seen when every test is run.
    #[must_use]
    pub fn needs_all_tests(&self) -> bool {
        !self.constraints.is_empty()
    }

    /// What does not hold, for people; empty if the label is borne out.
    #[must_use]
    pub fn mismatches(&self, outcome: &JudgeOutcome) -> Vec<String> {
        let mut mismatches = Vec::new();
        if !self.verdict_is_met(outcome) {
            let wanted = if self.expected.is_empty() {
                "a verdict".to_owned()
            } else {
                names(&self.expected)
            };
            mismatches.push(format!("expected {wanted}, got {}", outcome.graded.as_str()));
        }
        if self.partial && outcome.max_score.is_some_and(|max| outcome.score > max - TOLERANCE) {
            mismatches.push(format!("expected less than full points, got {}", outcome.score));
        }
        mismatches.extend(score_mismatch(self.score, outcome.score, "the score"));
        if !self.grades.is_empty() {
            let groups = outcome.groups.iter().filter(|group| is_secret_group(&group.name));
            let got: Vec<&str> = groups.map(|group| short_name(group.verdict)).collect();
            let wanted: Vec<&str> = self.grades.iter().map(|verdict| short_name(*verdict)).collect();
            if got != wanted {
                mismatches.push(format!("expected grades {}, got {}", wanted.join(" "), got.join(" ")));
            }
        }
        for constraint in &self.constraints {
            mismatches.extend(constraint.mismatches(outcome));
        }
        mismatches
    }

    fn verdict_is_met(&self, outcome: &JudgeOutcome) -> bool {
        if self.expected.contains(&outcome.graded) {
            return true;
        }
        // Whatever the single tests got: a grader that failed says nothing of the submission.
        if matches!(outcome.graded, Verdict::CheckerFailed | Verdict::InternalError) {
            return false;
        }
        if self.expected.is_empty() {
            return true;
        }
        let tests = || outcome.tests.iter().map(|test| test.verdict);
        let fits = |verdict: Verdict| self.expected.contains(&verdict) || self.permitted.contains(&verdict) || verdict == Verdict::Skipped;
        tests().any(|verdict| self.expected.contains(&verdict)) && tests().all(fits)
    }
}

impl Constraint {
    fn mismatches(&self, outcome: &JudgeOutcome) -> Vec<String> {
        // A program that does not compile has that as the verdict of all its tests.
        let compiled = !matches!(outcome.graded, Verdict::CompileError | Verdict::CompileLimit);
        let verdict = |test: &TestResult| if compiled { test.verdict } else { outcome.graded };
        let is_meant = |test: &&TestResult| self.tests.as_ref().is_none_or(|tests| tests.contains(&test.index));
        let tests: Vec<&TestResult> = outcome.tests.iter().filter(is_meant).collect();
        let mut mismatches = Vec::new();
        if let Some(permitted) = &self.permitted {
            let odd = tests
                .iter()
                .find(|test| verdict(test) != Verdict::Skipped && !permitted.contains(&verdict(test)));
            if let Some(test) = odd {
                let got = verdict(test).as_str();
                mismatches.push(format!("{}: permitted {}, got {got}", test.name, names(permitted)));
            }
        }
        if let Some(required) = &self.required
            && !tests.iter().any(|test| required.contains(&verdict(test)))
        {
            mismatches.push(format!("no test got {}", names(required)));
        }
        let group = |name: &String| outcome.groups.iter().find(|group| group.name == *name);
        let (score, what) = match (&self.group, &self.tests) {
            (Some(name), _) => (group(name).map_or(0.0, |group| group.score), format!("the score of {name}")),
            (None, None) => (outcome.score, "the score".to_owned()),
            (None, Some(_)) => (tests.iter().map(|test| test.score).sum(), "the score of the tests".to_owned()),
        };
        mismatches.extend(score_mismatch(self.score, score, &what));
        if let Some(message) = &self.message {
            let says = |test: &&TestResult| test.judge_message.as_ref().is_some_and(|said| said.contains(message.as_str()));
            if !tests.iter().any(says) {
                mismatches.push(format!("no judge message contains {message:?}"));
            }
        }
        mismatches
    }
}

/// A group directly below `secret`.
fn is_secret_group(name: &str) -> bool {
    name.strip_prefix("secret/").is_some_and(|rest| !rest.contains('/'))
}

/// Rounding errors of sums of points.
const TOLERANCE: f64 = 1e-6;

fn score_mismatch(wanted: Option<(f64, f64)>, got: f64, what: &str) -> Option<String> {
    let (least, most) = wanted?;
    let is_met = got >= least - TOLERANCE && got <= most + TOLERANCE;
    let range = if (least - most).abs() < TOLERANCE {
        least.to_string()
    } else {
        format!("{least} to {most}")
    };
    (!is_met).then(|| format!("{what} is {got}, expected {range}"))
}

fn names(verdicts: &[Verdict]) -> String {
    verdicts.iter().map(|verdict| verdict.as_str()).collect::<Vec<_>>().join(" or ")
}

#[cfg(test)]
#[path = "label_tests.rs"]
mod tests;
