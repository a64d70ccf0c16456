//! The tree of test groups of a scoring problem, as its package says it.

use super::Verdict;
use serde::{Deserialize, Serialize};

/// Name of the group of the samples.
pub(super) const SAMPLE: &str = "sample";

/// A group of tests.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct TestGroup {
    /// Path below the test data: empty for the root, `sample`, `secret`, `secret/group1`.
    pub name: String,
    /// In judging order.
    pub children: Vec<TestNode>,
    /// What a child that is not accepted means for those after it.
    pub on_reject: OnReject,
    /// How the children's grades become the group's.
    pub grader: Grader,
    /// Groups that must be accepted, or this one is not run and not accepted.
    #[serde(default)]
    pub require_pass: Vec<String>,
}

/// A child of a group.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum TestNode {
    /// A test, by its index.
    Test(u32),
    /// A group in the group.
    Group(TestGroup),
}

/// What a child that is not accepted means for those after it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum OnReject {
    /// They are skipped.
    Break,
    /// They are judged too.
    Continue,
}

/// How the children's grades become the group's.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(tag = "by", rename_all = "snake_case")]
pub enum Grader {
    /// The legacy format's default grader.
    Legacy {
        /// Which verdict.
        verdict: VerdictMode,
        /// Which score.
        score: ScoreMode,
        /// Only the second child counts (the secret tests, in the root).
        ignore_sample: bool,
        /// Accepted if any child is.
        accept_if_any_accepted: bool,
        /// Points of this group's own tests, and its range.
        points: LegacyPoints,
    },
    /// The problem's own grader program.
    Custom {
        /// Its arguments.
        flags: Vec<String>,
        /// Points of this group's own tests, and its range.
        points: LegacyPoints,
    },
    /// 2025-09.
    Modern {
        /// How scores are put together.
        aggregation: Aggregation,
        /// Most points; `None`: unbounded.
        max_score: Option<f64>,
    },
}

/// Points in the legacy format.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct LegacyPoints {
    /// Score of an accepted test of this group whose validator gives none.
    pub accept_score: f64,
    /// Score of one that is not accepted.
    pub reject_score: f64,
    /// Least score of the group; `None`: no bound.
    pub range_min: Option<f64>,
    /// Most score of the group; `None`: no bound.
    pub range_max: Option<f64>,
}

impl Default for LegacyPoints {
    /// As the format says.
    fn default() -> Self {
        Self {
            accept_score: 1.0,
            reject_score: 0.0,
            range_min: None,
            range_max: None,
        }
    }
}

/// Verdict of the legacy default grader.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum VerdictMode {
    /// The worst of the children's.
    #[default]
    WorstError,
    /// The first that is not accepted.
    FirstError,
    /// Accepted whatever happens.
    AlwaysAccept,
}

/// Score of the legacy default grader.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ScoreMode {
    /// Sum of the children's.
    #[default]
    Sum,
    /// Mean of the children's.
    Avg,
    /// Least of the children's.
    Min,
    /// Largest of the children's.
    Max,
}

/// 2025-09 `score_aggregation`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Aggregation {
    /// All of it or nothing.
    PassFail,
    /// Each test is worth an equal share; groups add up.
    Sum,
    /// Each test is worth all of it; the least counts.
    Min,
}

/// What came of one test, as graders see it.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct TestGrade {
    /// How it ended.
    pub verdict: Verdict,
    /// Points its validator gave.
    pub points: Option<GivenPoints>,
}

/// Points a validator gave.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum GivenPoints {
    /// As many (`score.txt`).
    Score(f64),
    /// This share of the test's points (`score_multiplier.txt`).
    Share(f64),
}

/// Grade of a group.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Grade {
    /// Its verdict.
    pub verdict: Verdict,
    /// Its score.
    pub score: f64,
}

/// Result of a group, for people.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct GroupResult {
    /// Path below the test data, such as `secret/group1`.
    pub name: String,
    /// Its verdict; `skipped` if it was not reached.
    pub verdict: Verdict,
    /// Its score.
    pub score: f64,
    /// Most points of it; `None`: unbounded.
    pub max_score: Option<f64>,
    /// Indices of all tests in it.
    pub tests: Vec<u32>,
}

/// A question to the problem's own grader: its arguments and what it reads.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct GraderCall {
    /// Group it is about.
    pub group: String,
    /// Arguments.
    pub flags: Vec<String>,
    /// One line per child: verdict and score.
    pub input: String,
}

impl TestGroup {
    /// Indices of all tests in it, in judging order.
    #[must_use]
    pub fn tests(&self) -> Vec<u32> {
        self.children
            .iter()
            .flat_map(|child| match child {
                TestNode::Test(index) => vec![*index],
                TestNode::Group(group) => group.tests(),
            })
            .collect()
    }

    /// Names of all groups below it.
    pub(super) fn descendants(&self) -> Vec<&str> {
        self.groups()
            .flat_map(|group| std::iter::once(group.name.as_str()).chain(group.descendants()))
            .collect()
    }

    /// Groups in it.
    pub fn groups(&self) -> impl Iterator<Item = &Self> {
        self.children.iter().filter_map(|child| match child {
            TestNode::Group(group) => Some(group),
            TestNode::Test(_) => None,
        })
    }

    /// The same group with only these tests, and without groups that are empty then.
    #[must_use]
    pub fn only(&self, keep: &dyn Fn(u32) -> bool) -> Self {
        let children = self.children.iter().filter_map(|child| match child {
            TestNode::Test(index) => keep(*index).then_some(TestNode::Test(*index)),
            TestNode::Group(group) => Some(group.only(keep))
                .filter(|group| !group.children.is_empty())
                .map(TestNode::Group),
        });
        Self {
            children: children.collect(),
            ..self.clone()
        }
    }

    /// Most points it can give; `None`: unbounded or not known. `scored`: validators give points.
    #[must_use]
    pub fn max_score(&self, scored: bool) -> Option<f64> {
        match &self.grader {
            Grader::Modern { max_score: Some(max), .. } => Some(*max),
            Grader::Modern {
                aggregation,
                max_score: None,
            } => {
                let (sample, groups): (Vec<_>, Vec<_>) = self.groups().partition(|group| group.name == SAMPLE);
                if !sample.is_empty() && groups.is_empty() {
                    return Some(0.0);
                }
                let bounds: Option<Vec<f64>> = groups.iter().map(|group| group.max_score(scored)).collect();
                let bounds = bounds.filter(|bounds| !bounds.is_empty())?;
                match aggregation {
                    Aggregation::Min => bounds.into_iter().reduce(f64::min),
                    Aggregation::Sum | Aggregation::PassFail => Some(bounds.into_iter().sum()),
                }
            }
            Grader::Custom { points, .. } => points.range_max,
            Grader::Legacy { points, .. } if points.range_max.is_some() => points.range_max,
            Grader::Legacy {
                score,
                ignore_sample,
                points,
                ..
            } => {
                let children = self.counted(*ignore_sample);
                let bounds: Option<Vec<f64>> = children
                    .iter()
                    .map(|child| match child {
                        TestNode::Test(_) => (!scored).then_some(points.accept_score),
                        TestNode::Group(group) => group.max_score(scored),
                    })
                    .collect();
                bounds.map(|bounds| score.of(&bounds))
            }
        }
    }

    /// Children whose grades count.
    pub(super) fn counted(&self, ignore_sample: bool) -> Vec<&TestNode> {
        let children = self
            .children
            .iter()
            .filter(|child| !matches!(child, TestNode::Group(group) if group.tests().is_empty()));
        let is_sample = |child: &TestNode| matches!(child, TestNode::Group(group) if group.name == SAMPLE);
        children.filter(|child| !(ignore_sample && is_sample(child))).collect()
    }
}

impl ScoreMode {
    /// The score of a group whose children have these.
    #[must_use]
    pub fn of(self, scores: &[f64]) -> f64 {
        let sum: f64 = scores.iter().sum();
        #[expect(clippy::cast_precision_loss, reason = "far fewer tests than 2^52")]
        let count = scores.len().max(1) as f64;
        match self {
            Self::Sum => sum,
            Self::Avg => sum / count,
            Self::Min => scores.iter().copied().reduce(f64::min).unwrap_or(0.0),
            Self::Max => scores.iter().copied().reduce(f64::max).unwrap_or(0.0),
        }
    }
}

/// Place of a verdict in the legacy format's `worst_error`: JE, IF, RTE, MLE, TLE, OLE, WA. The larger the worse.
pub(super) const fn badness(verdict: Verdict) -> u8 {
    match verdict {
        Verdict::CheckerFailed => 9,
        Verdict::InternalError => 8,
        Verdict::RuntimeError | Verdict::ProcessLimit => 6,
        Verdict::MemoryLimit => 5,
        Verdict::TimeLimit | Verdict::WallTimeLimit => 4,
        Verdict::OutputLimit => 3,
        Verdict::WrongAnswer => 2,
        Verdict::Cancelled | Verdict::CompileError | Verdict::CompileLimit | Verdict::Partial => 1,
        Verdict::Accepted | Verdict::Skipped => 0,
    }
}

/// What a custom grader reads for a verdict: it knows four (package format, 6.1).
pub(super) const fn grader_word(verdict: Verdict) -> &'static str {
    match verdict {
        Verdict::OutputLimit => short_name(Verdict::RuntimeError),
        other => short_name(other),
    }
}

/// Short name of a verdict in the package format (6.1).
#[must_use]
pub const fn short_name(verdict: Verdict) -> &'static str {
    match verdict {
        Verdict::Accepted | Verdict::Partial => "AC",
        Verdict::TimeLimit | Verdict::WallTimeLimit => "TLE",
        Verdict::RuntimeError | Verdict::ProcessLimit | Verdict::MemoryLimit => "RTE",
        Verdict::InternalError | Verdict::CheckerFailed => "JE",
        Verdict::OutputLimit => "OLE",
        Verdict::WrongAnswer | Verdict::CompileError | Verdict::CompileLimit | Verdict::Skipped | Verdict::Cancelled => "WA",
    }
}

/// The grade that a custom grader printed: `VERDICT SCORE`. `None` if it is none.
#[must_use]
pub fn parse_grade(text: &str) -> Option<Grade> {
    let mut words = text.split_ascii_whitespace();
    let verdict = match words.next()? {
        "AC" => Verdict::Accepted,
        "WA" => Verdict::WrongAnswer,
        "RTE" => Verdict::RuntimeError,
        "TLE" => Verdict::TimeLimit,
        "MLE" => Verdict::MemoryLimit,
        "OLE" => Verdict::OutputLimit,
        "JE" => Verdict::CheckerFailed,
        _ => return None,
    };
    let score: f64 = words.next()?.parse().ok()?;
    (score.is_finite() && words.next().is_none()).then_some(Grade { verdict, score })
}
