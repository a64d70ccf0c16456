//! Measures the time limit of a package that says none, from its jury's own programs.

use super::load_tests::default_limits;
use super::{JudgingData, JurySubmission, Package, TimeRule, Timing, plan_package};
use crate::judging::engine::{Engine, JudgeOutcome, JudgePlan, Unobserved};
use crate::judging::{ProgramSource, ResourceLimits, SandboxError, Verdict};

/// Longest time a jury's program gets while it is measured, in milliseconds.
const MOST_MS: u32 = 20_000;
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

    /// Runs the jury's programs that must fit on all tests, and then those that must not, to see whether they do not.
    ///
    /// # Errors
    /// [`SandboxError`], but a missing toolchain is only noted.
    pub async fn measure(&self, package: &Package) -> Result<MeasuredLimit, SandboxError> {
        let mut notes = Vec::new();
        let Some((slowest, path)) = self.slowest(package, &mut notes).await? else {
            notes.push(format!(
                "problem.yaml: the package says no time limit and has no program to measure it by: {FALLBACK_MS} ms was taken"
            ));
            return Ok(MeasuredLimit {
                time_ms: FALLBACK_MS,
                note: notes.join("; "),
            });
        };
        let time_ms = limit_from(package.time_rule, slowest);
        let found = format!("the package says no time limit: {time_ms} ms was made from {path}, which took {slowest} ms CPU");
        notes.insert(0, found);
        self.check_slow_ones(package, time_ms, &mut notes).await?;
        Ok(MeasuredLimit {
            time_ms,
            note: notes.join("; "),
        })
    }

    /// Largest CPU time of a test among the programs that must fit, and whose it was.
    async fn slowest(&self, package: &Package, notes: &mut Vec<String>) -> Result<Option<(u32, String)>, SandboxError> {
        let mut slowest: Option<(u32, String)> = None;
        for (path, program) in wanted(package, Timing::MustFit) {
            let Some(outcome) = self.judge(package, (path, program), (MOST_MS, false), notes).await? else {
                continue;
            };
            let took = longest(&outcome);
            if outcome.tests.iter().any(|test| is_too_slow(test.verdict)) {
                notes.push(format!(
                    "{path} was stopped: no program may take more than {MOST_MS} ms while it is measured"
                ));
            }
            if outcome.measured_by.is_some() && slowest.as_ref().is_none_or(|(most, _)| took > *most) {
                slowest = Some((took, path.clone()));
            }
        }
        Ok(slowest)
    }

    /// Notes the programs that must be too slow, but are not clearly so.
    async fn check_slow_ones(&self, package: &Package, time_ms: u32, notes: &mut Vec<String>) -> Result<(), SandboxError> {
        let wanted_ms = milliseconds(f64::from(time_ms) * package.time_rule.exceed_multiplier);
        for (path, program) in wanted(package, Timing::MustExceed) {
            // Usually one slow test is met at once; only if not, all are run.
            let mut most = None;
            for stop_early in [true, false] {
                let Some(outcome) = self.judge(package, (path, program), (wanted_ms, stop_early), notes).await? else {
                    break;
                };
                if outcome.measured_by.is_none() {
                    break;
                }
                let exceeds = outcome.tests.iter().any(|test| is_too_slow(test.verdict));
                most = (!exceeds).then(|| longest(&outcome));
                if exceeds || outcome.tests.iter().all(|test| test.verdict != Verdict::Skipped) {
                    break;
                }
            }
            if let Some(took) = most {
                notes.push(format!(
                    "{path} must be too slow, but took only {took} ms CPU, less than {} times the limit",
                    package.time_rule.exceed_multiplier
                ));
            }
        }
        Ok(())
    }

    /// Judges one program with so much time; nothing if its language is missing here.
    async fn judge(
        &self,
        package: &Package,
        (path, program): (&String, &ProgramSource),
        (time_ms, stop_early): (u32, bool),
        notes: &mut Vec<String>,
    ) -> Result<Option<JudgeOutcome>, SandboxError> {
        let JudgingData { checker, rules, tests } = plan_package(package);
        let plan = JudgePlan {
            program: program.clone(),
            args: Vec::new(),
            limits: ResourceLimits {
                time_ms,
                ..default_limits(package)
            },
            checker,
            rules,
            tests,
            stop_early,
        };
        match self.engine.judge(&plan, &Unobserved).await {
            Ok(outcome) => Ok(Some(outcome)),
            Err(SandboxError::LanguageUnavailable { language, .. }) => {
                notes.push(format!("{path} was not measured: there is no {language} here"));
                Ok(None)
            }
            Err(error) => Err(error),
        }
    }
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
