//! Submissions and runs: receipt, judging, history, live events.

mod model;
mod ports;

pub use model::{Judgement, RunLimitsOverride, Submission, SubmissionState, TextFile};
pub use ports::{
    IdempotencyRecord, IdempotencyRepository, LiveEvents, Progress, ProgressStep, SubmissionDeps, SubmissionFilter, SubmissionLimits,
    SubmissionListItem, SubmissionQueries, SubmissionRepository, Subscription,
};
