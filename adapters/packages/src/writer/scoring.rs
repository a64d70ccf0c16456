//! The tree of groups in the words of 2025-09: as it is, or turned into one that gives the same scores.

use super::cannot;
use super::layout::Layout;
use super::yaml::{line, list};
use codesm_core::judging::grading::{Aggregation, Grader, LegacyPoints, OnReject, ScoreMode, TestGroup, TestNode, VerdictMode};
use codesm_core::judging::{CheckerKind, Points};
use codesm_core::problems::{Package, PackageError};

const SAMPLE: &str = "sample";
const SECRET: &str = "secret";

/// A tree that the format can say.
#[derive(Debug)]
pub(super) struct Plan {
    /// As it will be read, with the names that groups get.
    pub(super) tree: TestGroup,
    /// Whether graders were replaced.
    pub(super) is_converted: bool,
}

/// What becomes of the problem's tree; nothing for a pass-fail problem.
///
/// # Errors
/// `package.cannot_express` saying what has no words.
pub(super) fn plan(package: &Package, layout: &Layout) -> Result<Option<Plan>, PackageError> {
    let Some(tree) = &package.rules.tree else {
        return Ok(None);
    };
    if package.rules.minimise {
        return Err(cannot(
            "less is better in this problem, and 2025-09 knows only that more is".to_owned(),
        ));
    }
    if package.rules.grader.is_some() {
        return Err(cannot(
            "the problem has a grader of its own, which 2025-09 does not know".to_owned(),
        ));
    }
    if !tree.tests().into_iter().eq((1..).take(package.tests.len())) {
        return Err(cannot(
            "there are tests outside of the groups that give points, or in several of them".to_owned(),
        ));
    }
    let given = match package.rules.points {
        Points::Legacy => {
            return Err(cannot(
                "its validator must give points by the rules of the legacy format".to_owned(),
            ));
        }
        Points::Testlib => return Err(cannot("its checker gives points by the rules of testlib".to_owned())),
        Points::None | Points::Modern => !matches!(package.checker.kind, CheckerKind::Default { .. }),
    };
    let conversion = Conversion {
        layout,
        validator_may_give_points: given,
        accepted_only: package.rules.accepted_only,
    };
    conversion.root(tree).map(Some)
}

struct Conversion<'a> {
    layout: &'a Layout,
    validator_may_give_points: bool,
    /// Whether only accepted submissions have points; in 2025-09 all have.
    accepted_only: bool,
}

impl Conversion<'_> {
    fn root(&self, root: &TestGroup) -> Result<Plan, PackageError> {
        let mut sample = None;
        let mut secret = None;
        for child in &root.children {
            match child {
                TestNode::Group(group) if group.name == SAMPLE => sample = Some(group),
                TestNode::Group(group) if group.name == SECRET => secret = Some(group),
                TestNode::Group(group) => return Err(cannot(format!("the group {} is neither in sample nor in secret", group.name))),
                TestNode::Test(_) => return Err(cannot("there are tests outside of sample and secret".to_owned())),
            }
        }
        let sample_has_tests = sample.is_some_and(|sample| !sample.tests().is_empty());
        let secret = secret.ok_or_else(|| cannot("there are no secret tests that could give points".to_owned()))?;
        let is_legacy = match &root.grader {
            Grader::Modern {
                aggregation: Aggregation::Sum,
                ..
            } => false,
            Grader::Legacy { score, ignore_sample, .. } => {
                let counts_sample = sample_has_tests && !ignore_sample;
                if counts_sample && (*score != ScoreMode::Sum || !sample.is_some_and(is_worth_nothing)) {
                    return Err(cannot("samples give points, and in 2025-09 they never do".to_owned()));
                }
                true
            }
            Grader::Modern { .. } | Grader::Custom { .. } => {
                return Err(cannot("the points of the whole are not those of the secret tests".to_owned()));
            }
        };
        let ignores_sample = matches!(&root.grader, Grader::Legacy { ignore_sample: true, .. });
        let original = secret;
        let mut secret = self.secret(original)?;
        if self.accepted_only && !is_worth_nothing_unless_accepted(original, &secret) {
            let message = "only accepted submissions have points, though others would have some; in 2025-09 they have them";
            return Err(cannot(message.to_owned()));
        }
        let stops = root.on_reject == OnReject::Break || (self.accepted_only && !ignores_sample);
        if stops && sample_has_tests && secret.require_pass.is_empty() {
            // A sample that fails stops everything, or makes it worth nothing.
            secret.require_pass = vec![SAMPLE.to_owned()];
        }
        let sample = sample
            .filter(|_| sample_has_tests)
            .map(|sample| TestNode::Group(canonical(sample.name.clone(), sample.tests(), Aggregation::PassFail, None)));
        let is_converted = is_legacy || secret_is_legacy(root);
        let children = sample.into_iter().chain([TestNode::Group(secret)]).collect();
        Ok(Plan {
            tree: TestGroup {
                name: String::new(),
                children,
                on_reject: OnReject::Continue,
                grader: Grader::Modern {
                    aggregation: Aggregation::Sum,
                    max_score: None,
                },
                require_pass: Vec::new(),
            },
            is_converted,
        })
    }

    fn secret(&self, secret: &TestGroup) -> Result<TestGroup, PackageError> {
        let groups: Vec<&TestGroup> = secret.groups().collect();
        if groups.is_empty() {
            let (aggregation, max_score) = self.leaf(secret)?;
            let mut plain = canonical(SECRET.to_owned(), secret.tests(), aggregation, max_score);
            plain.require_pass = self.required(secret);
            return Ok(plain);
        }
        if groups.len() < secret.children.len() {
            return Err(cannot(
                "there are tests beside groups, and in 2025-09 every test is in a group then".to_owned(),
            ));
        }
        let mut children = Vec::with_capacity(groups.len());
        for group in &groups {
            if group.groups().next().is_some() {
                return Err(cannot(format!(
                    "the group {} has groups in it, which 2025-09 does not know",
                    group.name
                )));
            }
            let (aggregation, max_score) = self.leaf(group)?;
            let mut now = canonical(self.layout.folder(&group.name), group.tests(), aggregation, max_score);
            now.require_pass = self.required(group);
            children.push(now);
        }
        let (aggregation, max_score) = match &secret.grader {
            Grader::Modern { aggregation, max_score } => (*aggregation, *max_score),
            Grader::Legacy { score: ScoreMode::Sum, .. } => (Aggregation::Sum, sum(&children)),
            Grader::Legacy { score: ScoreMode::Min, .. } => (Aggregation::Min, None),
            Grader::Legacy { .. } | Grader::Custom { .. } => return Err(mode(secret)),
        };
        require_same_verdicts(secret)?;
        if aggregation == Aggregation::Sum && secret.on_reject == OnReject::Break && groups.len() > 1 {
            return Err(cannot(
                "the first group that fails stops those after it; 2025-09 has only require_pass for that".to_owned(),
            ));
        }
        let mut now = canonical(SECRET.to_owned(), Vec::new(), aggregation, max_score);
        now.children = children.into_iter().map(TestNode::Group).collect();
        now.require_pass = self.required(secret);
        Ok(now)
    }

    /// How a group without groups gives its points.
    fn leaf(&self, group: &TestGroup) -> Result<(Aggregation, Option<f64>), PackageError> {
        let (score, points) = match &group.grader {
            Grader::Modern { aggregation, max_score } => {
                let stops = group.on_reject == OnReject::Break && group.children.len() > 1;
                if *aggregation == Aggregation::Sum && stops {
                    return Err(cannot(format!(
                        "the first test of {} that fails stops those after it, though each has points",
                        group.name
                    )));
                }
                return Ok((*aggregation, *max_score));
            }
            Grader::Custom { .. } => return Err(mode(group)),
            Grader::Legacy { score, points, .. } => (*score, *points),
        };
        require_same_verdicts(group)?;
        let LegacyPoints {
            accept_score,
            reject_score,
            ..
        } = points;
        if self.validator_may_give_points {
            return Err(cannot(format!(
                "the validator may give points to tests of {} by the rules of the legacy format",
                group.name
            )));
        }
        if reject_score != 0.0 || accept_score < 0.0 {
            return Err(cannot(format!(
                "tests of {} that fail have points, or those that pass have less than none",
                group.name
            )));
        }
        #[expect(clippy::cast_precision_loss, reason = "far fewer tests than 2^52")]
        let count = group.children.len() as f64;
        let is_single = group.children.len() == 1;
        match score {
            ScoreMode::Min => Ok((Aggregation::PassFail, Some(accept_score))),
            _ if is_single => Ok((Aggregation::PassFail, Some(accept_score))),
            ScoreMode::Sum if group.on_reject == OnReject::Continue => Ok((Aggregation::Sum, Some(accept_score * count))),
            ScoreMode::Avg if group.on_reject == OnReject::Continue => Ok((Aggregation::Sum, Some(accept_score))),
            ScoreMode::Sum | ScoreMode::Avg | ScoreMode::Max => Err(mode(group)),
        }
    }

    fn required(&self, group: &TestGroup) -> Vec<String> {
        group.require_pass.iter().map(|name| self.layout.folder(name)).collect()
    }
}

/// The group as the reader makes it.
fn canonical(name: String, tests: Vec<u32>, aggregation: Aggregation, max_score: Option<f64>) -> TestGroup {
    TestGroup {
        name,
        children: tests.into_iter().map(TestNode::Test).collect(),
        on_reject: match aggregation {
            Aggregation::PassFail | Aggregation::Min => OnReject::Break,
            Aggregation::Sum => OnReject::Continue,
        },
        grader: Grader::Modern { aggregation, max_score },
        require_pass: Vec::new(),
    }
}

fn sum(groups: &[TestGroup]) -> Option<f64> {
    groups
        .iter()
        .map(|group| match &group.grader {
            Grader::Modern { max_score, .. } => *max_score,
            Grader::Legacy { .. } | Grader::Custom { .. } => None,
        })
        .sum()
}

/// Where the verdict does not come to be as in 2025-09, where the first failure gives it. That any accepted child is enough
/// only shows in the verdict, which the score overrules.
fn require_same_verdicts(group: &TestGroup) -> Result<(), PackageError> {
    let Grader::Legacy { verdict, .. } = &group.grader else {
        return Ok(());
    };
    match verdict {
        VerdictMode::FirstError => Ok(()),
        VerdictMode::WorstError if group.on_reject == OnReject::Break || group.children.len() < 2 => Ok(()),
        VerdictMode::WorstError => Err(cannot(format!(
            "the worst verdict in {} counts; in 2025-09 it is the first",
            name(group)
        ))),
        VerdictMode::AlwaysAccept => Err(cannot(format!(
            "{} is accepted whatever happens, which 2025-09 does not know",
            name(group)
        ))),
    }
}

fn mode(group: &TestGroup) -> PackageError {
    cannot(format!("2025-09 has no words for how the points of {} come to be", name(group)))
}

fn name(group: &TestGroup) -> &str {
    if group.name.is_empty() { "the whole" } else { &group.name }
}

/// Whether the secret tests give nothing to those they do not accept; `now` is what they become in 2025-09.
fn is_worth_nothing_unless_accepted(secret: &TestGroup, now: &TestGroup) -> bool {
    let is_sum = |group: &TestGroup| {
        matches!(
            group.grader,
            Grader::Modern {
                aggregation: Aggregation::Sum,
                ..
            }
        )
    };
    let groups: Vec<&TestGroup> = now.groups().collect();
    let any_will_do = matches!(
        &secret.grader,
        Grader::Legacy {
            accept_if_any_accepted: true,
            ..
        }
    );
    let adds_up = is_sum(now) && groups.len() != 1;
    groups.iter().all(|group| !is_sum(group)) && (!adds_up || (any_will_do && !groups.is_empty()))
}

/// Whether all tests in the group give nothing, whatever happens.
fn is_worth_nothing(group: &TestGroup) -> bool {
    let own = match &group.grader {
        Grader::Legacy { points, .. } => points.accept_score == 0.0 && points.reject_score == 0.0,
        Grader::Modern { max_score, .. } => *max_score == Some(0.0),
        Grader::Custom { .. } => false,
    };
    own && group.groups().all(is_worth_nothing)
}

fn secret_is_legacy(root: &TestGroup) -> bool {
    root.groups()
        .flat_map(|group| std::iter::once(group).chain(group.groups()))
        .any(|group| group.name != SAMPLE && matches!(group.grader, Grader::Legacy { .. }))
}

/// `test_group.yaml` of every folder that needs one, by path below `data/`.
pub(super) fn files(plan: &Plan) -> Vec<(String, String)> {
    let mut files = Vec::new();
    for secret in plan.tree.groups().filter(|group| group.name == SECRET) {
        files.push((secret.name.clone(), text(secret)));
        files.extend(secret.groups().map(|group| (group.name.clone(), text(group))));
    }
    files
}

fn text(group: &TestGroup) -> String {
    let mut text = String::new();
    if let Grader::Modern { aggregation, max_score } = &group.grader {
        let aggregation = match aggregation {
            Aggregation::PassFail => "pass-fail",
            Aggregation::Sum => "sum",
            Aggregation::Min => "min",
        };
        line(
            &mut text,
            0,
            "max_score",
            &max_score.map_or("unbounded".to_owned(), |score| score.to_string()),
        );
        line(&mut text, 0, "score_aggregation", aggregation);
    }
    if !group.require_pass.is_empty() {
        let names = group.require_pass.iter().map(|name| name.strip_prefix("secret/").unwrap_or(name));
        line(&mut text, 0, "require_pass", &list(names));
    }
    text
}
