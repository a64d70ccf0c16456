//! Runs the tests that are needed, spread over the slots that nobody else wants, and grades them.

use super::one_test::{self, Tested};
use super::prepare::Ready;
use super::report::unrun;
use super::{JudgeObserver, JudgeOutcome, JudgePlan, PlannedTest, StageTimes, grade};
use crate::judging::aggregate::scored;
use crate::judging::evaluate::{Evaluation, Known, evaluate};
use crate::judging::grading::{Grader, LegacyPoints, OnReject, ScoreMode, TestGroup, TestNode, VerdictMode};
use crate::judging::{GroupResult, Sandbox, SandboxError, SandboxSlot, TestResult, Verdict};
use crate::kernel::TRACE_TARGET;
use futures_util::stream::{FuturesUnordered, StreamExt as _};
use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;
use tracing::field::Empty;
use tracing::{Instrument as _, Span};

/// A slot, and whether it is the one that was waited for. The others are given back after every test.
struct Place {
    slot: Box<dyn SandboxSlot>,
    is_own: bool,
}

pub(super) async fn run(
    sandbox: &dyn Sandbox,
    slot: Box<dyn SandboxSlot>,
    plan: &JudgePlan,
    ready: &Ready,
    observer: &dyn JudgeObserver,
    (stages, budget): (&mut StageTimes, Duration),
) -> Result<JudgeOutcome, SandboxError> {
    let mut run = Run {
        plan,
        tree: tree(plan),
        known: Known::default(),
        tested: BTreeMap::new(),
        told: 0,
        grader_log: None,
        measured_by: None,
    };
    let mut own = Some(Place { slot, is_own: true });
    let mut running = FuturesUnordered::new();
    let mut started = BTreeSet::new();
    let mut evaluation = run.evaluate();
    loop {
        run.tell(observer, &evaluation).await;
        let is_over = stages.total() >= budget;
        let is_complete = evaluation.wanted.is_empty() && evaluation.wanted_grades.is_empty();
        if is_complete || (is_over && running.is_empty()) {
            // What still runs is needless: it ends here.
            drop(running);
            return Ok(run.outcome(observer, evaluation, ready).await);
        }
        // Graders first: what they say may make tests needless.
        if !is_over
            && let Some(call) = evaluation.wanted_grades.first()
            && let Some(place) = own.as_mut()
        {
            let (grade, log) = grade::ask(&mut *place.slot, plan, ready, call, stages).await?;
            run.known.grades.insert(call.clone(), grade);
            run.grader_log = run.grader_log.or(log);
            evaluation = run.evaluate();
            continue;
        }
        for index in evaluation.wanted.iter().filter(|_| !is_over) {
            if started.contains(index) {
                continue;
            }
            let Some(test) = run.test(*index) else { continue };
            let extra = || sandbox.idle_slot().map(|slot| Place { slot, is_own: false });
            let Some(mut place) = own.take().or_else(extra) else { break };
            started.insert(*index);
            let span = span(test, started.len());
            running.push(
                async move {
                    let tested = one_test::judge(&mut *place.slot, plan, ready, test).await;
                    if let Ok(tested) = &tested {
                        Span::current().record("verdict", tested.result.verdict.as_str());
                    }
                    (place, tested)
                }
                .instrument(span),
            );
        }
        let Some((place, tested)) = running.next().await else {
            return Err(SandboxError::Fault {
                code: "judging.unknown_test",
                message: "the groups of the problem name a test that it does not have; import it again".into(),
            });
        };
        let tested = tested?;
        *stages += tested.stages;
        run.measured_by = Some(tested.measured_by.clone());
        let (index, grade) = (tested.result.index, tested.grade());
        run.known.tests.insert(index, grade);
        run.tested.insert(index, tested);
        if plan.rules.tree.is_none() && grade.verdict == Verdict::Accepted {
            // As was assumed: nothing changes but that it is no longer wanted. Going through thousands of tests after each of
            // them would take longer than running them.
            evaluation.wanted.retain(|wanted| *wanted != index);
        } else {
            evaluation = run.evaluate();
        }
        if place.is_own {
            own = Some(place);
        }
    }
}

/// The span of a test, for the first so many: a trace of thousands of them would be of no use to anybody.
fn span(test: &PlannedTest, so_far: usize) -> Span {
    const MOST: usize = 100;
    if so_far > MOST {
        return Span::none();
    }
    tracing::info_span!(target: TRACE_TARGET, "judging.test", index = test.index, verdict = Empty)
}

struct Run<'a> {
    plan: &'a JudgePlan,
    tree: TestGroup,
    known: Known,
    tested: BTreeMap<u32, Tested>,
    /// How many results the observer has heard of.
    told: usize,
    grader_log: Option<String>,
    measured_by: Option<String>,
}

impl<'a> Run<'a> {
    fn evaluate(&self) -> Evaluation {
        evaluate(&self.tree, &self.known, self.plan.rules.are_points_given(), !self.plan.stop_early)
    }

    fn test(&self, index: u32) -> Option<&'a PlannedTest> {
        self.plan.tests.iter().find(|test| test.index == index)
    }

    /// The result of a test as far as it is certain.
    fn result(&self, test: &PlannedTest, evaluation: &Evaluation) -> Option<TestResult> {
        let counts = evaluation.reached.contains(&test.index);
        let tested = self.tested.get(&test.index);
        let mut result = match tested {
            Some(tested) if counts || !self.plan.stop_early => tested.result.clone(),
            None if counts || !self.plan.stop_early => return None,
            _ => return Some(unrun(test)),
        };
        if self.plan.rules.tree.is_some() {
            result.score = evaluation.scores.get(&test.index).copied().unwrap_or(0.0);
        } else {
            result.score = if result.verdict == Verdict::Accepted { 1.0 } else { 0.0 };
        }
        if let Some(fault) = evaluation.faults.get(&test.index) {
            result.verdict = Verdict::CheckerFailed;
            result.judge_message = Some(format!("the checker's points are against the rules: {fault}"));
        }
        Some(result)
    }

    /// Tells what is certain, in judging order. A test that is not reached if all unknown ones are accepted never will be.
    async fn tell(&mut self, observer: &dyn JudgeObserver, evaluation: &Evaluation) {
        while let Some(test) = self.plan.tests.get(self.told) {
            let Some(result) = self.result(test, evaluation) else { return };
            observer.test(&result).await;
            self.told += 1;
        }
    }

    async fn outcome(mut self, observer: &dyn JudgeObserver, evaluation: Evaluation, ready: &Ready) -> JudgeOutcome {
        self.tell(observer, &evaluation).await;
        let results = self
            .plan
            .tests
            .iter()
            .map(|test| self.result(test, &evaluation).unwrap_or_else(|| unrun(test)));
        let mut tests: Vec<TestResult> = results.collect();
        let graded = evaluation.verdict.unwrap_or(Verdict::Accepted);
        if let (Some(log), Some(first)) = (self.grader_log.take(), tests.first_mut()) {
            first.judge_message = Some(log);
        }
        let is_scoring = self.plan.rules.tree.is_some();
        let max_score = self.plan.rules.max_score();
        let (verdict, score, groups) = if is_scoring {
            let counts = graded == Verdict::Accepted || !self.plan.rules.accepted_only;
            let score = if counts && !evaluation.has_failure { evaluation.score } else { 0.0 };
            let verdict = match graded {
                _ if evaluation.has_failure => Verdict::CheckerFailed,
                graded if self.plan.rules.minimise => graded,
                graded => scored(graded, score, max_score, &tests),
            };
            (verdict, score, evaluation.groups)
        } else {
            let score = if graded == Verdict::Accepted { 1.0 } else { 0.0 };
            (graded, score, plain_groups(self.plan, &tests))
        };
        JudgeOutcome {
            verdict,
            graded,
            score,
            max_score,
            compile_output: ready.compile_output.clone(),
            tests,
            groups,
            measured_by: self.measured_by,
            tier: None,
            speed: None,
            stages: StageTimes::default(),
        }
    }
}

/// The problem's tree, or that of a pass-fail problem: the first test that is not accepted decides.
fn tree(plan: &JudgePlan) -> TestGroup {
    plan.rules.tree.clone().unwrap_or_else(|| TestGroup {
        name: String::new(),
        children: plan.tests.iter().map(|test| TestNode::Test(test.index)).collect(),
        on_reject: OnReject::Break,
        grader: Grader::Legacy {
            verdict: VerdictMode::FirstError,
            score: ScoreMode::Min,
            ignore_sample: false,
            accept_if_any_accepted: false,
            points: LegacyPoints::default(),
        },
        require_pass: Vec::new(),
    })
}

/// Groups of a pass-fail problem: for people only.
fn plain_groups(plan: &JudgePlan, results: &[TestResult]) -> Vec<GroupResult> {
    let mut groups: Vec<GroupResult> = Vec::new();
    for (test, result) in plan.tests.iter().zip(results) {
        let Some(name) = &test.group else { continue };
        let place = groups.iter().position(|group| group.name == *name).unwrap_or_else(|| {
            groups.push(GroupResult {
                name: name.clone(),
                verdict: Verdict::Accepted,
                score: 1.0,
                max_score: Some(1.0),
                tests: Vec::new(),
            });
            groups.len() - 1
        });
        let group = &mut groups[place];
        group.tests.push(test.index);
        // Skipped counts as a failure only until a real one is met.
        if group.verdict == Verdict::Accepted || (group.verdict == Verdict::Skipped && result.verdict != Verdict::Accepted) {
            group.verdict = result.verdict;
        }
        if result.verdict != Verdict::Accepted {
            group.score = 0.0;
        }
    }
    groups
}
