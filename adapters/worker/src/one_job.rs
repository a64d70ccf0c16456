//! One job from reservation to record.

use crate::lease;
use crate::recording::{self, Working};
use crate::rest::Health;
use crate::worker::{WorkerDeps, WorkerSettings};
use codesm_core::jobs::{Failure, FailureOutcome, Job, JobKind, Remedy};
use codesm_core::kernel::AppResult;
use codesm_core::submissions::Judged;
use std::sync::Arc;
use std::time::Duration;
use tokio::task::{JoinError, JoinHandle};
use tokio_util::sync::CancellationToken;
use tracing::Instrument as _;

pub(crate) struct OneJob {
    pub(crate) deps: WorkerDeps,
    pub(crate) settings: Arc<WorkerSettings>,
    /// Told to stop and give the job back.
    pub(crate) give_back: CancellationToken,
}

/// How work on a job ended.
enum Ended {
    Worked(Result<Worked, Failure>),
    Panicked(JoinError),
    LeaseLost,
    TimedOut,
    Stopped,
}

/// What came of work that did not fail.
enum Worked {
    Judged(Judged),
    /// A task removed so many rows.
    Maintained(u64),
}

/// Tries to record an outcome while the database is away; after these the lease runs out and the job is taken up again.
const RECORD_TRIES: u32 = 5;
const RECORD_WAIT: Duration = Duration::from_millis(500);

/// Says what the job showed of this worker.
pub(crate) async fn run_one(one: OneJob, job: Job) -> Health {
    let working = Working::begin(&job, one.deps.clock.now());
    tracing::debug!(job_id = %job.id, attempt = job.attempt, "job started");
    if job.is_exhausted(one.settings.policies.of(job.queue).retry) {
        tracing::error!(job_id = %job.id, lost_leases = job.lost_leases, "too many workers went silent over this job");
        let buried = one.record("bury", &job, || one.deps.app.submissions.give_up.bury(&job)).await;
        if buried.is_some() {
            working.finished("dead");
        }
        return Health::Unknown;
    }
    match one.work(&job).await {
        Ended::Worked(Ok(Worked::Judged(Judged::Verdict { verdict, stages }))) => {
            tracing::Span::current().record("job.verdict", verdict.as_str());
            recording::judged(verdict, stages);
            working.finished("done");
            tracing::info!(job_id = %job.id, attempt = job.attempt, verdict = verdict.as_str(), "judged");
            return Health::Well;
        }
        Ended::Worked(Ok(Worked::Judged(Judged::Nothing))) => working.finished("nothing"),
        Ended::Worked(Ok(Worked::Maintained(removed))) => {
            working.finished("done");
            tracing::info!(job_id = %job.id, task = %job.payload, removed, "maintained");
        }
        Ended::Worked(Err(failure)) if failure.code == "job.lease_lost" => {
            tracing::warn!(job_id = %job.id, attempt = job.attempt, "finished too late: another worker has the job");
            working.finished("lease_lost");
        }
        Ended::Worked(Err(failure)) => {
            let is_sick = failure.remedy == Remedy::Postpone;
            one.fail(&working, &job, failure).await;
            if is_sick {
                return Health::Sick;
            }
        }
        Ended::Panicked(error) => {
            let message = format!("the judge panicked: {error}");
            one.fail(
                &working,
                &job,
                Failure {
                    code: "internal.panic".to_owned(),
                    message,
                    remedy: Remedy::Retry,
                },
            )
            .await;
        }
        Ended::TimedOut => {
            let seconds = one.settings.policies.of(job.queue).timeout.num_seconds();
            let failure = Failure {
                code: "job.timed_out".to_owned(),
                message: format!("it was not done after {seconds} s, the longest time that jobs of this queue may take"),
                remedy: Remedy::Retry,
            };
            one.fail(&working, &job, failure).await;
        }
        Ended::LeaseLost => working.finished("lease_lost"),
        Ended::Stopped => {
            working.finished("released");
            one.record("release", &job, || one.deps.app.submissions.give_up.release(&job)).await;
        }
    }
    Health::Unknown
}

impl OneJob {
    async fn work(&self, job: &Job) -> Ended {
        // An own task, so that a panic ends the job and not the worker. Aborting it drops the judging future, which
        // ends the program in the sandbox.
        let mut working = self.spawn(job);
        let ended = tokio::select! {
            worked = &mut working => return worked.map_or_else(Ended::Panicked, Ended::Worked),
            () = lease::keep(&self.deps, &self.settings, job) => Ended::LeaseLost,
            () = tokio::time::sleep(self.timeout(job)) => Ended::TimedOut,
            () = self.give_back.cancelled() => Ended::Stopped,
        };
        working.abort();
        // Waits until the program is really gone; what was recorded in this moment counts.
        match working.await {
            Ok(worked @ Ok(_)) => Ended::Worked(worked),
            Ok(Err(_)) | Err(_) => ended,
        }
    }

    fn timeout(&self, job: &Job) -> Duration {
        let timeout = self.settings.policies.of(job.queue).timeout;
        timeout.to_std().unwrap_or(Duration::ZERO)
    }

    fn spawn(&self, job: &Job) -> JoinHandle<Result<Worked, Failure>> {
        let (app, job) = (self.deps.app.clone(), job.clone());
        let working = async move {
            match (job.kind, &app.judge) {
                (JobKind::JudgeSubmission, Some(judge)) => judge.judge(&job).await.map(Worked::Judged),
                (JobKind::JudgeSubmission, None) => Err(Failure {
                    code: "sandbox.unavailable".to_owned(),
                    message: "this process was built without a sandbox".to_owned(),
                    remedy: Remedy::Retry,
                }),
                (JobKind::Maintain, _) => app.maintain.run(&job).await.map(Worked::Maintained),
            }
        };
        tokio::spawn(working.in_current_span())
    }

    async fn fail(&self, working: &Working, job: &Job, failure: Failure) {
        tracing::Span::current().record("otel.status_code", "ERROR");
        tracing::error!(job_id = %job.id, attempt = job.attempt, code = %failure.code, reason = %failure.message, "a job failed");
        let outcome = self
            .record("fail", job, || self.deps.app.submissions.give_up.fail(job, &failure))
            .await;
        working.finished(match outcome {
            Some(FailureOutcome::Dead) => "dead",
            Some(FailureOutcome::Retry) | None => "retry",
        });
    }

    /// Writes what came of the job. While the database is away it is tried again; in the end the lease runs out and
    /// another worker repeats the job, so nothing is lost.
    async fn record<T, F: Future<Output = AppResult<T>>>(&self, what: &str, job: &Job, write: impl Fn() -> F) -> Option<T> {
        for attempt in 1..=RECORD_TRIES {
            match write().await {
                Ok(written) => return Some(written),
                Err(error) if error.is_retryable() && attempt < RECORD_TRIES => {
                    tracing::warn!(job_id = %job.id, what, %error, "an outcome could not be written; trying again");
                    tokio::time::sleep(RECORD_WAIT * attempt).await;
                }
                Err(error) => {
                    tracing::error!(job_id = %job.id, what, %error, "an outcome could not be written; the lease will run out");
                    return None;
                }
            }
        }
        None
    }
}
