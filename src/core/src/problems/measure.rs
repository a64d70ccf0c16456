//! Measures the time limit of a package that says none, from its jury's own programs.

use super::load_tests::default_limits;
use super::{JudgingData, JurySubmission, Package, TimeRule, Timing, plan_package};
use crate::judging::engine::{Engine, JudgeOutcome, JudgePlan};
use crate::judging::{ProgramSource, ResourceLimits, SandboxError, Verdict};
use std::collections::BTreeSet;
use std::time::Duration;

/// Longest time a jury's program gets while it is measured, in milliseconds.
const MOST_MS: u32 = 20_000;
/// Longest time for all runs of one measurement, by the sandbox's clock. Whoever uploads a package waits ten minutes for the
/// answer (`IMPORT_EXTRA` in `adapters/http`): half of that leaves room for reading and storing, and for the run during which
/// the budget ends.
const BUDGET: Duration = Duration::from_mins(5);
/// Where nothing can be measured, in milliseconds.
const FALLBACK_MS: u32 = 2000;

/// Measures time limits.
#[derive(Clone)]
pub struct MeasureTimeLimit {
    engine: Engine,
}

/// What was found.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct MeasuredLimit {
    /// The limit in milliseconds.
    pub time_ms: u32,
    /// How it was found, for the author.
    pub note: String,
}

impl MeasureTimeLimit {
    /// With the engine that runs the programs.
    #[must_use]
    pub const fn new(engine: Engine) -> Self {
        Self { engine }
    }

    /// Runs the jury's programs that must fit on all tests, and then those that must not, to see whether they do not; all of
    /// it within a budget.
    ///
    /// # Errors
    /// [`SandboxError`], but a missing toolchain is only noted.
    pub async fn measure(&self, package: &Package) -> Result<MeasuredLimit, SandboxError> {
        let mut work = Measuring {
            engine: &self.engine,
            package,
            left: BUDGET,
            notes: Vec::new(),
        };
        let Some((slowest, path)) = work.slowest().await? else {
            work.notes.push(format!(
                "problem.yaml: the package says no time limit and has no program to measure it by: {FALLBACK_MS} ms was taken"
            ));
            return Ok(MeasuredLimit {
                time_ms: FALLBACK_MS,
                note: work.notes.join("; "),
            });
        };
        let time_ms = limit_from(package.time_rule, slowest);
        let found = format!("the package says no time limit: {time_ms} ms was made from {path}, which took {slowest} ms CPU");
        work.notes.insert(0, found);
        work.check_slow_ones(time_ms).await?;
        Ok(MeasuredLimit {
            time_ms,
            note: work.notes.join("; "),
        })
    }
}

/// One measurement.
struct Measuring<'a> {
    engine: &'a Engine,
    package: &'a Package,
    /// What is left of the budget.
    left: Duration,
    notes: Vec<String>,
}

/// A program that must fit, and how far it was measured.
struct Candidate<'a> {
    path: &'a String,
    program: &'a ProgramSource,
    /// Indices of the tests it has not been run on.
    missing: BTreeSet<u32>,
}

impl Measuring<'_> {
    /// Largest CPU time of a test among the programs that must fit, and whose it was.
    ///
    /// Each program gets its share of the budget, so that none is left out for those before it; then those that were not
    /// done go on with what others left over.
    async fn slowest(&mut self) -> Result<Option<(u32, String)>, SandboxError> {
        let tests = u32::try_from(self.package.tests.len()).unwrap_or(u32::MAX);
        let candidate = |(path, program)| Candidate {
            path,
            program,
            missing: (1..=tests).collect(),
        };
        let mut open: Vec<Candidate<'_>> = wanted(self.package, Timing::MustFit).map(candidate).collect();
        let mut slowest: Option<(u32, String)> = None;
        while !open.is_empty() && !self.left.is_zero() {
            let mut places = u32::try_from(open.len()).unwrap_or(u32::MAX);
            let mut unfinished = Vec::new();
            for mut candidate in open {
                let share = self.left / places;
                places -= 1;
                let wishes = Wishes {
                    time_ms: MOST_MS,
                    stop_early: false,
                    only: Some(&candidate.missing),
                    budget: share,
                };
                let Some(outcome) = self.judge((candidate.path, candidate.program), wishes).await? else {
                    continue;
                };
                let took = longest(&outcome);
                if outcome.tests.iter().any(|test| is_too_slow(test.verdict)) {
                    self.notes.push(format!(
                        "{} was stopped: no program may take more than {MOST_MS} ms while it is measured",
                        candidate.path
                    ));
                }
                if outcome.measured_by.is_some() && slowest.as_ref().is_none_or(|(most, _)| took > *most) {
                    slowest = Some((took, candidate.path.clone()));
                }
                candidate.missing = not_run(&outcome);
                if !candidate.missing.is_empty() {
                    unfinished.push(candidate);
                }
            }
            open = unfinished;
        }
        if !open.is_empty() {
            let left_out = |candidate: &Candidate<'_>| {
                let done = self.package.tests.len() - candidate.missing.len();
                format!("{} on {done} of {tests} tests", candidate.path)
            };
            let left_out: Vec<String> = open.iter().map(left_out).collect();
            self.notes.push(format!(
                "measuring stops after {} s, and these programs were not run to the end: {}; say a limit if this one is too small",
                BUDGET.as_secs(),
                left_out.join(", ")
            ));
        }
        Ok(slowest)
    }

    /// Notes the programs that must be too slow, but are not clearly so.
    async fn check_slow_ones(&mut self, time_ms: u32) -> Result<(), SandboxError> {
        let package = self.package;
        let wanted_ms = milliseconds(f64::from(time_ms) * package.time_rule.exceed_multiplier);
        for (path, program) in wanted(package, Timing::MustExceed) {
            // Usually one slow test is met at once; only if not, all are run.
            let mut most = None;
            for stop_early in [true, false] {
                if self.left.is_zero() {
                    most = None;
                    self.notes.push(format!(
                        "measuring stops after {} s: whether {path} is too slow was not seen",
                        BUDGET.as_secs()
                    ));
                    break;
                }
                let wishes = Wishes {
                    time_ms: wanted_ms,
                    stop_early,
                    only: None,
                    budget: self.left,
                };
                let Some(outcome) = self.judge((path, program), wishes).await? else {
                    break;
                };
                if outcome.measured_by.is_none() {
                    break;
                }
                let exceeds = outcome.tests.iter().any(|test| is_too_slow(test.verdict));
                most = (!exceeds).then(|| longest(&outcome));
                if exceeds || not_run(&outcome).is_empty() {
                    break;
                }
            }
            if let Some(took) = most {
                self.notes.push(format!(
                    "{path} must be too slow, but took only {took} ms CPU, less than {} times the limit",
                    package.time_rule.exceed_multiplier
                ));
            }
        }
        Ok(())
    }

    /// Judges one program; nothing if its language is missing here.
    async fn judge(
        &mut self,
        (path, program): (&String, &ProgramSource),
        wishes: Wishes<'_>,
    ) -> Result<Option<JudgeOutcome>, SandboxError> {
        let JudgingData {
            checker,
            mut rules,
            mut tests,
        } = plan_package(self.package);
        if let Some(only) = wishes.only {
            tests.retain(|test| only.contains(&test.index));
            rules.tree = rules.tree.map(|tree| tree.only(&|index| only.contains(&index)));
        }
        let plan = JudgePlan {
            program: program.clone(),
            args: Vec::new(),
            limits: ResourceLimits {
                time_ms: wishes.time_ms,
                ..default_limits(self.package)
            },
            checker,
            rules,
            tests,
            stop_early: wishes.stop_early,
        };
        // Boxed: imports are awaited deep inside of other futures, and judging is the largest part of them.
        match Box::pin(self.engine.judge_within(&plan, wishes.budget)).await {
            Ok(outcome) => {
                self.left = self.left.saturating_sub(outcome.stages.total());
                Ok(Some(outcome))
            }
            Err(SandboxError::LanguageUnavailable { language, .. }) => {
                self.notes.push(format!("{path} was not measured: there is no {language} here"));
                Ok(None)
            }
            Err(error) => Err(error),
        }
    }
}

/// How one program is judged to be measured.
struct Wishes<'a> {
    time_ms: u32,
    stop_early: bool,
    /// Indices of the tests to run; `None`: all.
    only: Option<&'a BTreeSet<u32>>,
    /// Longest time for all of it.
    budget: Duration,
}

/// Tests that a program was not run on although it could have been: it was compiled.
fn not_run(outcome: &JudgeOutcome) -> BTreeSet<u32> {
    if outcome.measured_by.is_none() && outcome.graded != Verdict::Accepted {
        return BTreeSet::new();
    }
    let skipped = outcome.tests.iter().filter(|test| test.verdict == Verdict::Skipped);
    skipped.map(|test| test.index).collect()
}

/// Programs of that kind that can be run.
fn wanted(package: &Package, timing: Timing) -> impl Iterator<Item = (&String, &ProgramSource)> {
    let is_wanted = move |submission: &&JurySubmission| submission.timing == timing && submission.skipped.is_none();
    let wanted = package.submissions.iter().filter(is_wanted);
    wanted.filter_map(|submission| Some((&submission.path, submission.program.as_ref()?)))
}

const fn is_too_slow(verdict: Verdict) -> bool {
    matches!(verdict, Verdict::TimeLimit | Verdict::WallTimeLimit)
}

fn longest(outcome: &JudgeOutcome) -> u32 {
    outcome.tests.iter().map(|test| test.cpu_ms).max().unwrap_or(0)
}

fn milliseconds(exact: f64) -> u32 {
    #[expect(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "a positive number of milliseconds, saturating"
    )]
    let rounded = exact.ceil() as u32;
    rounded
}

/// The smallest multiple of the resolution, at least one of it, that is so many times the slowest.
fn limit_from(rule: TimeRule, slowest_ms: u32) -> u32 {
    let least = f64::from(slowest_ms) * rule.fit_multiplier;
    let resolution = f64::from(rule.resolution_ms.max(1));
    let steps = (least / resolution).ceil().max(1.0);
    let limit = milliseconds(steps * resolution);
    limit.min(super::problem_limits_ranges().0.1)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_limit_is_a_multiple_of_the_resolution() {
        assert_eq!(limit_from(TimeRule::LEGACY, 0), 1000);
        assert_eq!(limit_from(TimeRule::LEGACY, 200), 1000);
        assert_eq!(limit_from(TimeRule::LEGACY, 201), 2000);
        assert_eq!(limit_from(TimeRule::MODERN, 1200), 3000);
        let fine = TimeRule {
            resolution_ms: 100,
            ..TimeRule::MODERN
        };
        assert_eq!(limit_from(fine, 33), 100);
        assert_eq!(limit_from(fine, 51), 200);
        assert_eq!(limit_from(TimeRule::LEGACY, u32::MAX), 60_000);
    }
}
