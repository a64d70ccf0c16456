//! Typed identifiers (UUIDv7) and the port that makes them.

use serde::{Deserialize, Serialize};
use std::fmt;
use std::str::FromStr;
use uuid::Uuid;

/// Makes new identifiers.
///
/// Contract: every call MUST return a new UUIDv7; identifiers made later by one process MUST sort later.
pub trait IdGenerator: Send + Sync {
    /// A new, time-ordered identifier.
    fn new_uuid(&self) -> Uuid;
}

macro_rules! typed_id {
    ($($(#[$doc:meta])* $name:ident),+ $(,)?) => {$(
        $(#[$doc])*
        #[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
        #[serde(transparent)]
        pub struct $name(Uuid);

        impl $name {
            /// A new identifier from the generator.
            #[must_use]
            pub fn generate(ids: &dyn IdGenerator) -> Self {
                Self(ids.new_uuid())
            }

            /// Wraps a stored identifier.
            #[must_use]
            pub const fn from_uuid(uuid: Uuid) -> Self {
                Self(uuid)
            }

            /// The plain identifier.
            #[must_use]
            pub const fn as_uuid(self) -> Uuid {
                self.0
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                self.0.fmt(f)
            }
        }

        impl fmt::Debug for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                write!(f, "{}({})", stringify!($name), self.0)
            }
        }

        impl FromStr for $name {
            type Err = uuid::Error;
            fn from_str(text: &str) -> Result<Self, Self::Err> {
                Uuid::parse_str(text).map(Self)
            }
        }
    )+};
}

typed_id! {
    /// A user account.
    UserId,
    /// A login session: one family of rotating refresh tokens.
    SessionId,
    /// One refresh token of a session.
    RefreshTokenId,
    /// A problem.
    ProblemId,
    /// One immutable revision of a problem's tests and checker.
    TestSetId,
    /// A submission or run.
    SubmissionId,
    /// A background job.
    JobId,
    /// An audit entry.
    AuditId,
    /// An uploaded file.
    UploadId,
}
