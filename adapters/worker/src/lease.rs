//! Keeps a job's lease alive.

use crate::worker::{WorkerDeps, WorkerSettings, chrono_duration};
use codesm_core::jobs::Job;
use codesm_core::store::StoreError;
use tokio::time::{Instant, timeout};

/// Sends heartbeats; returns when the lease is lost. A database that is away is no loss until the lease has run out by
/// this machine's own clock: from then on another worker may have the job.
pub(crate) async fn keep(deps: &WorkerDeps, settings: &WorkerSettings, job: &Job) {
    // The lease began before the database answered, so it may already be shorter than a whole one.
    let reserved_until = job.lease.as_ref().map(|lease| lease.expires_at - deps.clock.now());
    let left = reserved_until.map_or(settings.lease, |left| left.to_std().unwrap_or_default());
    let mut safe_until = Instant::now() + left.min(settings.lease);
    loop {
        tokio::time::sleep(settings.heartbeat.min(safe_until.saturating_duration_since(Instant::now()))).await;
        let asked_at = Instant::now();
        let until = deps.clock.now() + chrono_duration(settings.lease);
        // A database that does not answer at all is as good as away.
        let answer = timeout(settings.heartbeat, deps.queue.extend(job.id, job.attempt, until)).await;
        match answer.unwrap_or_else(|elapsed| Err(StoreError::Unavailable(elapsed.into()))) {
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
