//! Why a job failed.

use super::Remedy;
use crate::kernel::{AppError, ErrorKind};

/// Why a job failed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Failure {
    /// Stable code shown to clients, such as `sandbox.disk_full`.
    pub code: String,
    /// For the operator.
    pub message: String,
    /// What may help.
    pub remedy: Remedy,
}

impl From<AppError> for Failure {
    fn from(error: AppError) -> Self {
        Self {
            code: error.code().to_owned(),
            message: error.to_string(),
            remedy: match error.kind() {
                ErrorKind::Unavailable => Remedy::Postpone,
                ErrorKind::Internal | ErrorKind::RateLimited => Remedy::Retry,
                ErrorKind::Malformed
                | ErrorKind::Invalid
                | ErrorKind::Unauthenticated
                | ErrorKind::Forbidden
                | ErrorKind::NotFound
                | ErrorKind::Conflict
                | ErrorKind::TooLarge => Remedy::None,
            },
        }
    }
}
