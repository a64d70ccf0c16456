//! Metrics of the worker.

use codesm_core::jobs::{Job, JobKind};
use codesm_core::judging::Verdict;
use codesm_core::judging::engine::StageTimes;
use codesm_core::kernel::Timestamp;
use std::time::Instant;

/// How a job ends for this worker.
const OUTCOMES: [&str; 6] = ["done", "nothing", "retry", "dead", "lease_lost", "released"];

/// Shows everything that may be counted, so that the first of each is an increase and not a beginning.
pub(crate) fn begin() {
    for kind in JobKind::ALL {
        for outcome in OUTCOMES {
            metrics::counter!("codesm_jobs_total", "kind" => kind.as_str(), "outcome" => outcome).increment(0);
        }
    }
    for verdict in Verdict::ALL {
        metrics::counter!("codesm_verdicts_total", "verdict" => verdict.as_str()).increment(0);
    }
    metrics::gauge!("codesm_worker_jobs").set(0.0);
}

/// A job that this worker works on.
pub(crate) struct Working {
    kind: &'static str,
    began: Instant,
}

impl Working {
    /// The job was taken.
    pub(crate) fn begin(job: &Job, now: Timestamp) -> Self {
        // Of a job that was taken before nobody knows since when it waits.
        if job.attempt == 1 {
            let waited = (now - job.run_at).to_std().unwrap_or_default();
            metrics::histogram!("codesm_job_wait_seconds", "queue" => job.queue.as_str()).record(waited.as_secs_f64());
        }
        metrics::gauge!("codesm_worker_jobs").increment(1.0);
        Self {
            kind: job.kind.as_str(),
            began: Instant::now(),
        }
    }

    /// It ended: one of [`OUTCOMES`].
    pub(crate) fn finished(&self, outcome: &'static str) {
        metrics::counter!("codesm_jobs_total", "kind" => self.kind, "outcome" => outcome).increment(1);
        metrics::histogram!("codesm_job_duration_seconds", "kind" => self.kind, "outcome" => outcome)
            .record(self.began.elapsed().as_secs_f64());
    }
}

impl Drop for Working {
    fn drop(&mut self) {
        metrics::gauge!("codesm_worker_jobs").decrement(1.0);
    }
}

/// A verdict was given.
pub(crate) fn judged(verdict: Verdict, stages: StageTimes) {
    metrics::counter!("codesm_verdicts_total", "verdict" => verdict.as_str()).increment(1);
    let StageTimes { compile, run, check } = stages;
    for (stage, time) in [("compile", compile), ("run", run), ("check", check)] {
        metrics::histogram!("codesm_judging_seconds", "stage" => stage).record(time.as_secs_f64());
    }
}
