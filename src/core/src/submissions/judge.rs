//! Judges one submission on behalf of a job.

use super::give_up::submission_id;
use super::{Judgement, Progress, ProgressStep, Submission, SubmissionDeps, SubmissionState};
use crate::jobs::{Failure, Job, JobState};
use crate::judging::engine::{Engine, JudgeObserver, JudgeOutcome, JudgePlan, PlannedTest, StageTimes};
use crate::judging::{Checker, ComparatorOptions, Input, Mode, ProgramSource, Rules, SourceFile, TestResult, Verdict};
use crate::kernel::{AppError, AppResult, SubmissionId, Timestamp};
use crate::problems::{JudgingData, LoadTests, TestSet};
use crate::store::StoreError;
use async_trait::async_trait;
use bytes::Bytes;
use chrono::Duration;
use std::sync::Mutex;

/// What became of a job that was worked on without failure.
#[derive(Clone, Debug, PartialEq)]
pub enum Judged {
    /// A verdict was recorded.
    Verdict {
        /// The verdict.
        verdict: Verdict,
        /// Time by stage.
        stages: StageTimes,
    },
    /// There was nothing to do: the submission is final already, or gone.
    Nothing,
}

/// Judges submissions.
#[derive(Clone)]
pub struct JudgeSubmission {
    deps: SubmissionDeps,
    engine: Engine,
    tests: LoadTests,
}

/// Results so far are written to the row at most this often: enough for people who watch, little for the database.
const PROGRESS_EVERY: Duration = Duration::seconds(1);

impl JudgeSubmission {
    /// With its ports and the engine.
    #[must_use]
    pub fn new(deps: SubmissionDeps, engine: Engine) -> Self {
        Self {
            tests: LoadTests::new(deps.blobs.clone()),
            deps,
            engine,
        }
    }

    /// Judges and records the verdict, under the job's fencing number. Dropping the future stops the program.
    ///
    /// # Errors
    /// A [`Failure`] to be given to [`super::GiveUp::fail`]. Code `job.lease_lost` means another worker has the job: do nothing.
    #[tracing::instrument(target = "codesm_trace", name = "submissions.judge", skip_all)]
    pub async fn judge(&self, job: &Job) -> Result<Judged, Failure> {
        let id = submission_id(job)?;
        let Some(submission) = self.begin(job, id).await? else {
            return Ok(Judged::Nothing);
        };
        let plan = self.plan(&submission).await?;
        let observer = Observer {
            judge: self,
            job,
            id,
            written: Mutex::new((self.deps.clock.now(), Vec::new())),
        };
        let outcome = self.engine.judge(&plan, &observer).await?;
        let (verdict, stages) = (outcome.verdict, outcome.stages);
        self.record(job, id, outcome).await?;
        Ok(Judged::Verdict { verdict, stages })
    }

    /// Marks the submission as being compiled. `None` if there is nothing to judge; the job is then completed.
    async fn begin(&self, job: &Job, id: SubmissionId) -> AppResult<Option<Submission>> {
        let tx = self.deps.uow.begin().await?;
        // As stored and not as reserved: a heartbeat may have moved the end of the lease since.
        let mut after = tx.jobs().get(job.id).await?.ok_or(StoreError::LeaseLost)?;
        let mut submission = tx.submissions().by_id(id).await?;
        let begun = submission.as_mut().is_some_and(|submission| submission.begin(job.attempt));
        match &submission {
            Some(submission) if begun => tx.submissions().save(submission).await?,
            Some(_) | None => after.complete(self.deps.clock.now()),
        }
        // Written even when unchanged: this is the check that the lease still holds.
        tx.jobs().save(&after, job.attempt).await?;
        tx.commit().await?;
        if begun {
            self.tell(id, job.attempt, ProgressStep::State(SubmissionState::Compiling));
        }
        Ok(submission.filter(|_| begun))
    }

    async fn plan(&self, submission: &Submission) -> AppResult<JudgePlan> {
        let JudgingData { checker, rules, tests } = match (submission.test_set_id, &submission.stdin) {
            (Some(test_set_id), None) => {
                let test_set = self.deps.problems.test_set(test_set_id).await?;
                let test_set: TestSet = test_set.ok_or_else(|| AppError::internal(format!("test set {test_set_id} is gone")))?;
                self.tests.load(&test_set, submission.mode == Mode::Run).await?
            }
            (_, stdin) => JudgingData {
                checker: Checker::tokens(ComparatorOptions::default()),
                rules: Rules::default(),
                tests: vec![only_run(stdin.as_deref().unwrap_or_default())],
            },
        };
        let files = submission.files.iter().map(|file| SourceFile {
            name: file.name.clone(),
            content: Bytes::from(file.content.clone()),
        });
        Ok(JudgePlan {
            program: ProgramSource {
                entry: None,
                language: submission.language.clone(),
                files: files.collect(),
            },
            args: submission.args.clone(),
            limits: submission.limits,
            checker,
            rules,
            tests,
            // Whoever runs the samples wants to see all of them.
            stop_early: submission.mode == Mode::Submit,
        })
    }

    async fn record(&self, job: &Job, id: SubmissionId, outcome: JudgeOutcome) -> AppResult<()> {
        let JudgeOutcome {
            verdict,
            graded: _,
            score,
            max_score,
            compile_output,
            tests,
            groups,
            measured_by,
            tier,
            speed,
            stages: _,
        } = outcome;
        let judgement = Judgement {
            verdict,
            score,
            max_score,
            compile_output,
            tests,
            measured_by,
            sandbox_tier: tier,
            worker_speed: speed,
            groups,
            error_code: None,
        };
        let now = self.deps.clock.now();
        let tx = self.deps.uow.begin().await?;
        let mut after = job.clone();
        after.complete(now);
        tx.jobs().save(&after, job.attempt).await?;
        if let Some(mut submission) = tx.submissions().by_id(id).await?
            && submission.finish(job.attempt, judgement, now)
        {
            tx.submissions().save(&submission).await?;
            let counts = submission.mode == Mode::Submit && !matches!(verdict, Verdict::InternalError | Verdict::CheckerFailed);
            if let Some(problem_id) = submission.problem_id.filter(|_| counts) {
                tx.problems().count_verdict(problem_id, verdict == Verdict::Accepted).await?;
            }
        }
        tx.commit().await?;
        self.tell(id, job.attempt, ProgressStep::Finished);
        Ok(())
    }

    fn tell(&self, id: SubmissionId, attempt: u32, step: ProgressStep) {
        self.deps.events.publish(id, Progress { attempt, step });
    }

    /// Writes an intermediate state, while the lease holds. Failing here fails nothing: the verdict is what must be written,
    /// and a lost lease shows there too.
    async fn write_progress(&self, job: &Job, id: SubmissionId, change: impl FnOnce(&mut Submission) -> bool + Send) {
        let written = async {
            let tx = self.deps.uow.begin().await?;
            let stored = tx.jobs().get(job.id).await?;
            let is_held = stored.is_some_and(|stored| stored.state == JobState::Running && stored.attempt == job.attempt);
            if is_held
                && let Some(mut submission) = tx.submissions().by_id(id).await?
                && change(&mut submission)
            {
                tx.submissions().save(&submission).await?;
                tx.commit().await?;
            }
            AppResult::Ok(())
        };
        if let Err(error) = written.await {
            tracing::warn!(submission_id = %id, %error, "progress could not be written");
        }
    }
}

/// Someone's own input: shown to them whole, like a sample.
fn only_run(stdin: &str) -> PlannedTest {
    let input = Input::Bytes(Bytes::copy_from_slice(stdin.as_bytes()));
    PlannedTest::new(1, "run".to_owned(), true, input, None)
}

struct Observer<'a> {
    judge: &'a JudgeSubmission,
    job: &'a Job,
    id: SubmissionId,
    /// When results were last written, and all results so far.
    written: Mutex<(Timestamp, Vec<TestResult>)>,
}

impl Observer<'_> {
    /// Adds a result; gives all of them if it is time to write.
    fn collect(&self, result: &TestResult) -> Option<Vec<TestResult>> {
        let now = self.judge.deps.clock.now();
        let mut written = self.written.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
        written.1.push(result.clone());
        (now - written.0 >= PROGRESS_EVERY).then(|| {
            written.0 = now;
            written.1.clone()
        })
    }
}

#[async_trait]
impl JudgeObserver for Observer<'_> {
    async fn running(&self) {
        let attempt = self.job.attempt;
        self.judge
            .write_progress(self.job, self.id, |submission| submission.running(attempt))
            .await;
        self.judge.tell(self.id, attempt, ProgressStep::State(SubmissionState::Running));
    }

    async fn test(&self, result: &TestResult) {
        let attempt = self.job.attempt;
        self.judge.tell(self.id, attempt, ProgressStep::Test(Box::new(result.clone())));
        if let Some(results) = self.collect(result) {
            self.judge
                .write_progress(self.job, self.id, |submission| submission.progress(attempt, &results))
                .await;
        }
    }
}
