//! What can go wrong between us and the service.

use codesm_core::kernel::AppError;
use reqwest::StatusCode;
use std::io;
use thiserror::Error;

/// Why a request was not answered as wanted.
#[derive(Debug, Error)]
pub(crate) enum Failure {
    /// There is no such object.
    #[error("no such object")]
    Missing,
    /// The service understood and refused: trying again changes nothing.
    #[error("S3 answered {status} {code}")]
    Refused { status: StatusCode, code: String },
    /// The service was not reached, did not answer in time or whole, or said that it cannot right now.
    #[error("{0}")]
    Transient(String),
    /// A file of this machine could not be read or written.
    #[error("a file of the cache: {0}")]
    Local(#[from] io::Error),
}

impl Failure {
    /// Without the address, which bears a signature.
    pub(crate) fn network(error: reqwest::Error) -> Self {
        let error = error.without_url();
        let mut text = error.to_string();
        let mut cause = std::error::Error::source(&error);
        while let Some(reason) = cause {
            text = format!("{text}: {reason}");
            cause = reason.source();
        }
        Self::Transient(text)
    }

    /// Of an answer that is no success. `body` is the error document, if there is one.
    pub(crate) fn answer(status: StatusCode, body: &str) -> Self {
        let code = crate::xml::text_of(body, "Code").unwrap_or_default();
        match (status, code.as_str()) {
            // HEAD has no body, and then it is the object that is missing: what follows finds out if it is the bucket.
            (StatusCode::NOT_FOUND, "" | "NoSuchKey" | "NotFound") => Self::Missing,
            (StatusCode::REQUEST_TIMEOUT | StatusCode::TOO_MANY_REQUESTS, _) | (_, "RequestTimeout" | "SlowDown" | "BadDigest") => {
                Self::Transient(format!("S3 answered {status} {code}"))
            }
            _ if status.is_server_error() => Self::Transient(format!("S3 answered {status} {code}")),
            _ => Self::Refused { status, code },
        }
    }

    pub(crate) const fn is_transient(&self) -> bool {
        matches!(self, Self::Transient(_))
    }
}

impl From<Failure> for AppError {
    fn from(failure: Failure) -> Self {
        let message = "The storage of files is full or not reachable right now; try again shortly.";
        Self::unavailable("storage.unavailable", message).with_source(failure)
    }
}
