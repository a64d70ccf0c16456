//! Looks after the queues, in one process of all at a time.

use codesm_core::maintenance::Tend;
use std::sync::Arc;
use std::time::Duration;
use tokio_util::sync::CancellationToken;

/// How often.
const EVERY: Duration = Duration::from_secs(1);
/// How often while the database is away.
const BACKOFF: Duration = Duration::from_secs(5);

/// Tends the queues until told to stop.
pub async fn tend(tend: Arc<Tend>, holder: String, shutdown: CancellationToken) {
    let mut is_failing = false;
    loop {
        let tended = tend.tend(&holder).await;
        if let Ok(is_leader) = &tended {
            metrics::gauge!("codesm_maintenance_leader").set(if *is_leader { 1.0 } else { 0.0 });
        }
        let pause = match (tended, is_failing) {
            (Ok(_), _) => {
                is_failing = false;
                EVERY
            }
            (Err(error), false) => {
                is_failing = true;
                tracing::error!(%error, "the queues cannot be looked after; trying again");
                BACKOFF
            }
            (Err(_), true) => BACKOFF,
        };
        tokio::select! {
            () = shutdown.cancelled() => break,
            () = tokio::time::sleep(pause) => {}
        }
    }
    if let Err(error) = tend.hand_over(&holder).await {
        tracing::warn!(%error, "another process takes over when the lease has run out");
    }
}
