//! Submissions and runs: receipt, judging, history, live events.

mod accept;
mod cancel;
mod events;
mod get;
mod give_up;
mod hint;
mod judge;
mod languages;
mod list;
mod model;
mod policy;
mod ports;
mod submit;
mod submit_batch;
mod validate;
mod wait;

pub use cancel::CancelSubmission;
pub use events::{EventCursor, EventFeed, FollowEvents, SubmissionEvent};
pub use get::{GetSubmission, SampleData, SubmissionView};
pub use give_up::GiveUp;
pub use judge::{JudgeSubmission, Judged};
pub use languages::ListLanguages;
pub use list::{ListSubmissions, ListSubmissionsCommand};
pub use model::{Judgement, RunLimitsOverride, Submission, SubmissionState, TextFile};
pub use ports::{
    HISTORY_SORT, IdempotencyRecord, IdempotencyRepository, LiveEvents, Progress, ProgressStep, SubmissionDeps, SubmissionFilter,
    SubmissionLimits, SubmissionListItem, SubmissionQueries, SubmissionRepository, Subscription,
};
pub(crate) use submit::KEY_LIFETIME;
pub use submit::{IdempotencyKey, Receipt, Submit, SubmitCommand, SubmitTarget};
pub use submit_batch::{MAX_BATCH, SubmitBatch};
pub use wait::{MAX_WAIT, WaitForVerdict};
