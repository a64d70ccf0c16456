//! Whether points are within the ranges that the legacy format gives groups of tests.

use crate::judging::engine::JudgeOutcome;
use crate::judging::grading::{Grader, LegacyPoints, TestGroup};
use crate::judging::{Rules, Verdict};

/// Rounding errors of sums of points.
const TOLERANCE: f64 = 1e-6;

/// Groups of tests whose score is outside their `range`, in sentences for the author.
///
/// A range says what graders and validators are expected to do. A score outside it is a mistake in the package and stays what
/// it is for the solver: to cut it would hide the mistake.
#[must_use]
pub fn out_of_range(rules: &Rules, outcome: &JudgeOutcome) -> Vec<String> {
    let Some(tree) = &rules.tree else { return Vec::new() };
    let mut found = Vec::new();
    // The root's score counts only if it is accepted, unless the package says otherwise.
    if outcome.measured_by.is_some() && (outcome.graded == Verdict::Accepted || !rules.accepted_only) {
        found.extend(sentence(tree, outcome.graded, outcome.score, "the score of all tests"));
    }
    let mut groups: Vec<&TestGroup> = tree.groups().collect();
    while let Some(group) = groups.pop() {
        if let Some(result) = outcome.groups.iter().find(|result| result.name == group.name) {
            found.extend(sentence(
                group,
                result.verdict,
                result.score,
                &format!("the score of {}", group.name),
            ));
        }
        groups.extend(group.groups());
    }
    found.sort();
    found
}

fn sentence(group: &TestGroup, verdict: Verdict, score: f64, what: &str) -> Option<String> {
    let (Grader::Legacy { points, .. } | Grader::Custom { points, .. }) = &group.grader else {
        return None;
    };
    let LegacyPoints { range_min, range_max, .. } = *points;
    let was_graded = !matches!(verdict, Verdict::Skipped | Verdict::CheckerFailed);
    let is_outside = range_min.is_some_and(|least| score < least - TOLERANCE) || range_max.is_some_and(|most| score > most + TOLERANCE);
    (was_graded && is_outside).then(|| {
        let least = range_min.map_or_else(|| "-inf".to_owned(), |least| least.to_string());
        let most = range_max.map_or_else(|| "+inf".to_owned(), |most| most.to_string());
        format!("{what} is {score}, outside its range {least} to {most}")
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::judging::GroupResult;
    use crate::judging::engine::StageTimes;
    use crate::judging::grading::{OnReject, TestNode};

    fn group(name: &str, range: (Option<f64>, Option<f64>), children: Vec<TestNode>) -> TestGroup {
        TestGroup {
            name: name.to_owned(),
            children,
            on_reject: OnReject::Continue,
            grader: Grader::Custom {
                flags: Vec::new(),
                points: LegacyPoints {
                    range_min: range.0,
                    range_max: range.1,
                    ..LegacyPoints::default()
                },
            },
            require_pass: Vec::new(),
        }
    }

    fn rules() -> Rules {
        let inner = group("secret/a", (Some(5.0), Some(10.0)), vec![TestNode::Test(1)]);
        let secret = group("secret", (None, Some(20.0)), vec![TestNode::Group(inner)]);
        Rules {
            tree: Some(group("", (Some(0.0), Some(100.0)), vec![TestNode::Group(secret)])),
            accepted_only: true,
            ..Rules::default()
        }
    }

    fn outcome(graded: Verdict, score: f64, groups: &[(&str, Verdict, f64)]) -> JudgeOutcome {
        let result = |(name, verdict, score): &(&str, Verdict, f64)| GroupResult {
            name: (*name).to_owned(),
            verdict: *verdict,
            score: *score,
            max_score: None,
            tests: vec![1],
        };
        JudgeOutcome {
            verdict: graded,
            graded,
            score,
            max_score: None,
            compile_output: None,
            tests: Vec::new(),
            groups: groups.iter().map(result).collect(),
            measured_by: Some("fake".to_owned()),
            tier: None,
            speed: None,
            stages: StageTimes::default(),
        }
    }

    #[test]
    fn every_group_that_was_graded_must_be_in_its_range() {
        use Verdict::{Accepted, CheckerFailed, Skipped, WrongAnswer};
        for (graded, score, secret, inner, expected) in [
            (Accepted, 10.0, (Accepted, 20.0), (Accepted, 10.000_000_1), vec![]),
            (
                Accepted,
                101.0,
                (Accepted, 21.0),
                (WrongAnswer, 4.5),
                vec![
                    "the score of all tests is 101, outside its range 0 to 100",
                    "the score of secret is 21, outside its range -inf to 20",
                    "the score of secret/a is 4.5, outside its range 5 to 10",
                ],
            ),
            (WrongAnswer, -1.0, (WrongAnswer, 0.0), (Skipped, 0.0), vec![]),
            (CheckerFailed, -1.0, (CheckerFailed, 99.0), (Accepted, 7.0), vec![]),
        ] {
            let groups = [("secret", secret.0, secret.1), ("secret/a", inner.0, inner.1)];
            assert_eq!(out_of_range(&rules(), &outcome(graded, score, &groups)), expected);
        }
    }

    #[test]
    fn without_groups_or_without_a_run_there_is_nothing_to_say() {
        let bad = outcome(Verdict::Accepted, 1000.0, &[]);
        assert_eq!(out_of_range(&Rules::default(), &bad), Vec::<String>::new());
        let mut refused = outcome(Verdict::CompileError, -5.0, &[]);
        refused.measured_by = None;
        let rules = Rules {
            accepted_only: false,
            ..rules()
        };
        assert_eq!(out_of_range(&rules, &refused), Vec::<String>::new());
    }
}
