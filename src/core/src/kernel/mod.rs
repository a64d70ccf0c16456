//! Vocabulary shared by all features. Knows no feature.

mod actor;
mod blob;
mod disposition;
mod error;
mod id;
mod page;
mod permission;
mod ports;
mod secret;
mod text;
mod trace;

pub use actor::{Actor, Caller, RequestContext};
pub use blob::{BlobReader, BlobRef, BlobStore, LocalFile};
pub use disposition::attachment_disposition;
pub use error::{AppError, AppResult, ErrorKind, FieldError, Validation};
pub use id::{AuditId, IdGenerator, JobId, ProblemId, RefreshTokenId, SessionId, SubmissionId, TestSetId, UploadId, UserId};
pub use page::{Cursor, Page, PageRequest};
pub use permission::{Permission, Role};
pub use ports::{Clock, RateDecision, RateLimiter, RatePolicy, Timestamp, truncate_to_micros};
pub use secret::Secret;
pub use text::{Email, Slug, Username};
pub use trace::{TRACE_TARGET, TraceContext, TraceParent, Untraced};
