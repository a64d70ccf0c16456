//! What queues and maintenance need, most of which submissions have already.

use codesm_core::maintenance::{MaintenanceDeps, Retention};
use codesm_core::queues::QueueDeps;
use codesm_core::submissions::SubmissionDeps;
use codesm_core::uploads::{SweepUploads, UploadDeps};
use codesm_persistence::Database;

/// For operators.
pub(super) fn queues(database: &Database, submissions: &SubmissionDeps) -> QueueDeps {
    QueueDeps {
        uow: submissions.uow.clone(),
        queue: submissions.queue.clone(),
        directory: database.job_directory(),
        signal: submissions.signal.clone(),
        events: submissions.events.clone(),
        policies: submissions.policies.clone(),
        clock: submissions.clock.clone(),
        ids: submissions.ids.clone(),
    }
}

/// For keeping the house.
pub(super) fn maintenance(database: &Database, submissions: &SubmissionDeps, uploads: &UploadDeps) -> MaintenanceDeps {
    MaintenanceDeps {
        uow: submissions.uow.clone(),
        queue: submissions.queue.clone(),
        signal: submissions.signal.clone(),
        leases: database.leases(),
        workers: submissions.workers.clone(),
        clock: submissions.clock.clone(),
        ids: submissions.ids.clone(),
        uploads: SweepUploads::new(uploads.clone()),
        retention: Retention::default(),
    }
}
