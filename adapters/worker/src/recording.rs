//! Metrics of the worker.

use codesm_core::jobs::JobKind;
use codesm_core::judging::Verdict;
use codesm_core::judging::engine::StageTimes;

/// A job ended: `done`, `nothing`, `retry`, `dead`, `lease_lost` or `released`.
pub(crate) fn finished(kind: JobKind, outcome: &'static str) {
    metrics::counter!("codesm_jobs_total", "kind" => kind.as_str(), "outcome" => outcome).increment(1);
}

/// A verdict was given.
pub(crate) fn judged(verdict: Verdict, stages: StageTimes) {
    metrics::counter!("codesm_verdicts_total", "verdict" => verdict.as_str()).increment(1);
    let StageTimes { compile, run, check } = stages;
    for (stage, time) in [("compile", compile), ("run", run), ("check", check)] {
        metrics::histogram!("codesm_judging_seconds", "stage" => stage).record(time.as_secs_f64());
    }
}
