//! Keeps a job's lease alive.

use crate::worker::{WorkerDeps, WorkerSettings, chrono_duration};
use codesm_core::jobs::Job;
use tokio::time::Instant;

/// Sends heartbeats; returns when the lease is lost. A database that is away is no loss until the lease has run out by
/// this machine's own clock: from then on another worker may have the job.
pub(crate) async fn keep(deps: &WorkerDeps, settings: &WorkerSettings, job: &Job) {
    let mut safe_until = Instant::now() + settings.lease;
    loop {
        tokio::time::sleep(settings.heartbeat.min(safe_until.saturating_duration_since(Instant::now()))).await;
        let asked_at = Instant::now();
        let until = deps.clock.now() + chrono_duration(settings.lease);
        match deps.queue.extend(job.id, job.attempt, until).await {
            Ok(true) => safe_until = asked_at + settings.lease,
            Ok(false) => {
                tracing::warn!(job_id = %job.id, attempt = job.attempt, "the lease is lost; another worker has the job");
                return;
            }
            Err(error) => {
                tracing::warn!(job_id = %job.id, %error, "a heartbeat failed");
                // One heartbeat short of the end: what runs must have stopped before somebody else begins.
                if Instant::now() + settings.heartbeat >= safe_until {
                    tracing::error!(job_id = %job.id, "the lease cannot be kept; the job is left to others");
                    return;
                }
            }
        }
    }
}
