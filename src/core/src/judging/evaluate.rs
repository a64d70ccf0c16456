//! Grades a tree of test groups from the results known so far, and says which tests are needed next.

use super::Verdict;
use super::grading::{
    Aggregation, GivenPoints, Grade, Grader, GraderCall, GroupResult, OnReject, SAMPLE, TestGrade, TestGroup, TestNode, VerdictMode,
    badness, grader_word,
};
use std::collections::{BTreeMap, BTreeSet};

/// What is known while a submission is judged.
#[derive(Debug, Default)]
pub struct Known {
    /// Grades of tests, by index.
    pub tests: BTreeMap<u32, TestGrade>,
    /// What the problem's own grader answered.
    pub grades: BTreeMap<GraderCall, Grade>,
}

/// What follows from it.
#[derive(Debug, Default, PartialEq)]
pub struct Evaluation {
    /// Grade of the root. Final when nothing is wanted any more.
    pub verdict: Option<Verdict>,
    /// Score of the root.
    pub score: f64,
    /// Results of all groups, the outer before the inner; without the root.
    pub groups: Vec<GroupResult>,
    /// Tests that are needed if every test not known yet is accepted, in judging order.
    pub wanted: Vec<u32>,
    /// Questions to the problem's own grader.
    pub wanted_grades: Vec<GraderCall>,
    /// Tests whose result counts; the others are skipped.
    pub reached: BTreeSet<u32>,
    /// Points of the tests that count.
    pub scores: BTreeMap<u32, f64>,
    /// Tests whose points are against the rules, and why: the checker's failure.
    pub faults: BTreeMap<u32, String>,
    /// Whether one of the problem's own programs failed where it counts, even if a grader makes nothing of it.
    pub has_failure: bool,
}

/// Grades a tree. `scored`: validators give points. `all`: no test is skipped.
#[must_use]
pub fn evaluate(root: &TestGroup, known: &Known, scored: bool, all: bool) -> Evaluation {
    let mut walk = Walk {
        known,
        scored,
        all,
        passed: BTreeMap::new(),
        evaluation: Evaluation::default(),
    };
    let grade = walk.group(root, true);
    let mut evaluation = walk.evaluation;
    evaluation.groups.retain(|group| !group.name.is_empty());
    evaluation.verdict = Some(grade.verdict);
    evaluation.score = grade.score;
    evaluation
}

struct Walk<'a> {
    known: &'a Known,
    scored: bool,
    all: bool,
    /// Whether the groups seen so far were accepted.
    passed: BTreeMap<&'a str, bool>,
    evaluation: Evaluation,
}

impl<'a> Walk<'a> {
    fn group(&mut self, group: &'a TestGroup, is_reached: bool) -> Grade {
        let place = self.evaluation.groups.len();
        self.evaluation.groups.push(GroupResult {
            name: group.name.clone(),
            verdict: Verdict::Skipped,
            score: 0.0,
            max_score: group.max_score(self.scored),
            tests: group.tests(),
        });
        // A group that does not exist (no samples) holds nobody up.
        let is_open = group.require_pass.iter().all(|name| self.passed.get(name.as_str()) != Some(&false));
        let is_reached = is_reached && is_open;
        let mut grades: Vec<(&TestNode, Grade)> = Vec::new();
        let mut stopped = !is_reached;
        for child in &group.children {
            let counts = !stopped;
            let grade = match child {
                TestNode::Test(index) => self.test(group, *index, counts),
                TestNode::Group(inner) => {
                    let grade = self.group(inner, counts);
                    // An empty group is accepted with nothing and is no child to its grader.
                    if inner.tests().is_empty() {
                        continue;
                    }
                    Some(grade)
                }
            };
            let Some(grade) = grade.filter(|_| counts) else { continue };
            grades.push((child, grade));
            stopped |= grade.verdict != Verdict::Accepted && group.on_reject == OnReject::Break && settles(group, child);
        }
        let grade = if is_reached {
            let grade = self.grade(group, &grades);
            self.evaluation.has_failure |= grade.verdict == Verdict::CheckerFailed;
            grade
        } else {
            Grade {
                verdict: if is_open { Verdict::Skipped } else { Verdict::WrongAnswer },
                score: 0.0,
            }
        };
        let result = &mut self.evaluation.groups[place];
        result.verdict = if is_reached { grade.verdict } else { Verdict::Skipped };
        result.score = grade.score;
        self.passed.insert(&group.name, is_reached && grade.verdict == Verdict::Accepted);
        grade
    }

    /// Grade of one test, accepted until it is known; `None` if it does not count.
    fn test(&mut self, group: &TestGroup, index: u32, counts: bool) -> Option<Grade> {
        let found = self.known.tests.get(&index);
        if found.is_none() && (counts || self.all) {
            self.evaluation.wanted.push(index);
        }
        if !counts {
            return None;
        }
        self.evaluation.reached.insert(index);
        let grade = found.copied().unwrap_or(TestGrade {
            verdict: Verdict::Accepted,
            points: None,
        });
        self.evaluation.has_failure |= grade.verdict == Verdict::CheckerFailed;
        match test_score(group, grade, self.scored, found.is_some()) {
            Ok(score) => {
                self.evaluation.scores.insert(index, score);
                Some(Grade {
                    verdict: grade.verdict,
                    score,
                })
            }
            Err(message) => {
                self.evaluation.has_failure = true;
                self.evaluation.faults.insert(index, message);
                Some(Grade {
                    verdict: Verdict::CheckerFailed,
                    score: 0.0,
                })
            }
        }
    }

    fn grade(&mut self, group: &TestGroup, grades: &[(&TestNode, Grade)]) -> Grade {
        match &group.grader {
            Grader::Legacy {
                verdict,
                score,
                ignore_sample,
                accept_if_any_accepted,
                ..
            } => {
                let counted = group.counted(*ignore_sample);
                let is_counted = |child: &TestNode| counted.iter().any(|counted| std::ptr::eq(*counted, child));
                let everything: Vec<Grade> = grades.iter().map(|(_, grade)| *grade).collect();
                let counted_grades = grades.iter().filter(|(child, _)| is_counted(child));
                let grades: Vec<Grade> = counted_grades.map(|(_, grade)| *grade).collect();
                if grades.is_empty() {
                    // Ignored samples stopped it all: nobody is accepted for that.
                    return Grade {
                        verdict: verdict.of(&everything),
                        score: 0.0,
                    };
                }
                let any = *accept_if_any_accepted && grades.iter().any(|grade| grade.verdict == Verdict::Accepted);
                let scores: Vec<f64> = grades.iter().map(|grade| grade.score).collect();
                Grade {
                    verdict: if any { Verdict::Accepted } else { verdict.of(&grades) },
                    score: score.of(&scores),
                }
            }
            Grader::Custom { flags, .. } => self.ask(group, flags, grades),
            Grader::Modern { aggregation, max_score } => modern(*aggregation, *max_score, grades, self.is_pending(group)),
        }
    }

    /// Whether a test of the group counts and is not known yet.
    fn is_pending(&self, group: &TestGroup) -> bool {
        let is_pending = |index: &u32| self.evaluation.reached.contains(index) && !self.known.tests.contains_key(index);
        group.tests().iter().any(is_pending)
    }

    /// Asks the problem's own grader once all children are known.
    fn ask(&mut self, group: &TestGroup, flags: &[String], grades: &[(&TestNode, Grade)]) -> Grade {
        let optimistic = Grade {
            verdict: Verdict::Accepted,
            score: 0.0,
        };
        if grades.is_empty() {
            return optimistic;
        }
        let inner = group.descendants();
        let asked = &self.evaluation.wanted_grades;
        let inner_is_asked = asked.iter().any(|asked| inner.contains(&asked.group.as_str()));
        // Nothing is certain before: a failure that is known may still come after one that ends the group earlier.
        if inner_is_asked || self.is_pending(group) {
            return optimistic;
        }
        // Graders know no such verdict, and nothing they could say would be right.
        if grades.iter().any(|(_, grade)| grade.verdict == Verdict::CheckerFailed) {
            return Grade {
                verdict: Verdict::CheckerFailed,
                score: 0.0,
            };
        }
        let lines: Vec<String> = grades
            .iter()
            .map(|(_, grade)| format!("{} {}\n", grader_word(grade.verdict), grade.score))
            .collect();
        let call = GraderCall {
            group: group.name.clone(),
            flags: flags.to_vec(),
            input: lines.concat(),
        };
        if let Some(grade) = self.known.grades.get(&call) {
            return *grade;
        }
        self.evaluation.wanted_grades.push(call);
        optimistic
    }
}

impl VerdictMode {
    fn of(self, grades: &[Grade]) -> Verdict {
        let failed = || {
            grades
                .iter()
                .map(|grade| grade.verdict)
                .filter(|verdict| *verdict != Verdict::Accepted)
        };
        let found = match self {
            Self::AlwaysAccept => None,
            Self::FirstError => failed().next(),
            // The first of the worst: `max_by_key` would give the last.
            Self::WorstError => failed().reduce(|worst, next| if badness(next) > badness(worst) { next } else { worst }),
        };
        found.unwrap_or(Verdict::Accepted)
    }
}

/// Score of one test of a group (1 or 0 where only the group has points); an error if its validator gave points against the rules.
fn test_score(group: &TestGroup, grade: TestGrade, scored: bool, is_known: bool) -> Result<f64, String> {
    let accepted = grade.verdict == Verdict::Accepted;
    match &group.grader {
        Grader::Legacy { points, .. } | Grader::Custom { points, .. } => Ok(match grade.points {
            Some(GivenPoints::Score(score)) => score,
            Some(GivenPoints::Share(share)) => share * points.accept_score,
            None if accepted => points.accept_score,
            None => points.reject_score,
        }),
        // Samples never count, whatever their validator writes.
        Grader::Modern { .. } if group.name == SAMPLE => Ok(if accepted { 1.0 } else { 0.0 }),
        Grader::Modern { .. } if !accepted => Ok(0.0),
        Grader::Modern {
            aggregation: Aggregation::PassFail,
            ..
        } => match grade.points {
            Some(_) if scored => Err("points were given in a pass-fail group".to_owned()),
            Some(_) | None => Ok(1.0),
        },
        Grader::Modern { aggregation, max_score } => {
            let most = max_score.map(|max| case_maximum(group, *aggregation, max));
            match (grade.points, most) {
                (Some(GivenPoints::Score(score)), Some(most)) if score > most + TOLERANCE => {
                    Err(format!("the score {score} is above the test's {most} points"))
                }
                (Some(GivenPoints::Score(score)), _) => Ok(score),
                (Some(GivenPoints::Share(_)), None) => Err("a multiplier was given where points are unbounded".to_owned()),
                (Some(GivenPoints::Share(share)), Some(most)) => Ok(share * most),
                (None, Some(most)) => Ok(most),
                (None, None) if scored && is_known => Err("no score was given where points are unbounded".to_owned()),
                (None, None) => Ok(0.0),
            }
        }
    }
}

/// Rounding errors of one number of points.
const TOLERANCE: f64 = 1e-6;

/// Whether a child that is not accepted makes those after it needless, where the group stops at such a child.
fn settles(group: &TestGroup, child: &TestNode) -> bool {
    let by = |group: &TestGroup, wanted: Aggregation| matches!(&group.grader, Grader::Modern { aggregation, .. } if *aggregation == wanted);
    // A sum that is not full is not the least possible: another group's may be less.
    !(by(group, Aggregation::Min) && matches!(child, TestNode::Group(inner) if by(inner, Aggregation::Sum)))
}

/// Most points of one test of a group.
fn case_maximum(group: &TestGroup, aggregation: Aggregation, max: f64) -> f64 {
    #[expect(clippy::cast_precision_loss, reason = "far fewer tests than 2^52")]
    let tests = group.children.len().max(1) as f64;
    match aggregation {
        Aggregation::Sum => max / tests,
        Aggregation::Min | Aggregation::PassFail => max,
    }
}

/// Grade by 2025-09. Only what is certain can be too much.
fn modern(aggregation: Aggregation, max_score: Option<f64>, grades: &[(&TestNode, Grade)], is_pending: bool) -> Grade {
    let is_sample = |child: &TestNode| matches!(child, TestNode::Group(group) if group.name == SAMPLE);
    let all: Vec<Grade> = grades.iter().map(|(_, grade)| *grade).collect();
    let verdict = VerdictMode::FirstError.of(&all);
    let scores: Vec<f64> = grades
        .iter()
        .filter(|(child, _)| !is_sample(child))
        .map(|(_, grade)| grade.score)
        .collect();
    let sum: f64 = scores.iter().sum();
    // Tests of a pass-fail group have no points.
    let has_groups = grades.iter().any(|(child, _)| matches!(child, TestNode::Group(_)));
    #[expect(clippy::cast_precision_loss, reason = "far fewer tests than 2^52")]
    let tolerance = TOLERANCE * (scores.len() + 1) as f64;
    let score = match aggregation {
        Aggregation::PassFail if verdict == Verdict::Accepted => max_score.unwrap_or(if has_groups { sum } else { 0.0 }),
        Aggregation::PassFail => 0.0,
        Aggregation::Min => scores.into_iter().reduce(f64::min).unwrap_or(0.0),
        Aggregation::Sum => sum,
    };
    match max_score {
        Some(max) if score > max + tolerance && !is_pending => Grade {
            verdict: Verdict::CheckerFailed,
            score: 0.0,
        },
        _ => Grade { verdict, score },
    }
}

#[cfg(test)]
#[path = "evaluate_tests.rs"]
mod tests;
