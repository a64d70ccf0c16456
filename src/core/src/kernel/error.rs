//! The one error type that use cases give to inbound adapters.

use std::borrow::Cow;
use std::error::Error as StdError;
use std::fmt;

/// What sort of failure it is. HTTP maps it to a status, the worker to retry or dead letter.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum ErrorKind {
    /// The request cannot be understood (400).
    Malformed,
    /// Understood but not acceptable (422).
    Invalid,
    /// Nobody is logged in, or the credentials are wrong (401).
    Unauthenticated,
    /// Known caller, missing permission (403).
    Forbidden,
    /// Does not exist, or the caller may not know that it does (404).
    NotFound,
    /// Contradicts the present state (409).
    Conflict,
    /// Larger than allowed (413).
    TooLarge,
    /// Asked too often (429).
    RateLimited,
    /// Something CodeSM depends on is away; trying again may help (503).
    Unavailable,
    /// A fault of CodeSM itself (500).
    Internal,
}

/// One offending field of a request.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FieldError {
    /// Path of the field as the client wrote it, such as `tests[2].input`.
    pub field: String,
    /// Stable reason, such as `too_long`.
    pub code: &'static str,
    /// Sentence for people.
    pub message: String,
}

/// A failure with a stable code and a message that may be shown to the caller.
#[derive(Debug)]
pub struct AppError {
    kind: ErrorKind,
    code: Cow<'static, str>,
    message: String,
    fields: Vec<FieldError>,
    retry_after_seconds: Option<u64>,
    source: Option<Box<dyn StdError + Send + Sync>>,
}

/// Result of a use case.
pub type AppResult<T> = Result<T, AppError>;

impl AppError {
    /// A failure of the given kind; `code` is `feature.reason` and never changes once published.
    pub fn new(kind: ErrorKind, code: impl Into<Cow<'static, str>>, message: impl Into<String>) -> Self {
        Self {
            kind,
            code: code.into(),
            message: message.into(),
            fields: Vec::new(),
            retry_after_seconds: None,
            source: None,
        }
    }

    /// [`ErrorKind::Invalid`].
    pub fn invalid(code: &'static str, message: impl Into<String>) -> Self {
        Self::new(ErrorKind::Invalid, code, message)
    }

    /// [`ErrorKind::NotFound`].
    pub fn not_found(code: &'static str, message: impl Into<String>) -> Self {
        Self::new(ErrorKind::NotFound, code, message)
    }

    /// [`ErrorKind::Conflict`].
    pub fn conflict(code: &'static str, message: impl Into<String>) -> Self {
        Self::new(ErrorKind::Conflict, code, message)
    }

    /// [`ErrorKind::Forbidden`].
    pub fn forbidden(code: &'static str, message: impl Into<String>) -> Self {
        Self::new(ErrorKind::Forbidden, code, message)
    }

    /// [`ErrorKind::Unauthenticated`].
    pub fn unauthenticated(code: &'static str, message: impl Into<String>) -> Self {
        Self::new(ErrorKind::Unauthenticated, code, message)
    }

    /// [`ErrorKind::RateLimited`] with the seconds to wait.
    pub fn rate_limited(code: &'static str, message: impl Into<String>, retry_after_seconds: u64) -> Self {
        let mut error = Self::new(ErrorKind::RateLimited, code, message);
        error.retry_after_seconds = Some(retry_after_seconds);
        error
    }

    /// [`ErrorKind::Unavailable`]: a dependency is away.
    pub fn unavailable(code: &'static str, message: impl Into<String>) -> Self {
        Self::new(ErrorKind::Unavailable, code, message)
    }

    /// [`ErrorKind::Internal`] with its cause, which is logged and never shown.
    pub fn internal(cause: impl Into<Box<dyn StdError + Send + Sync>>) -> Self {
        let mut error = Self::new(ErrorKind::Internal, "internal.unexpected", "Something went wrong on our side.");
        error.source = Some(cause.into());
        error
    }

    /// Adds the cause; it is logged and never shown.
    #[must_use]
    pub fn with_source(mut self, cause: impl Into<Box<dyn StdError + Send + Sync>>) -> Self {
        self.source = Some(cause.into());
        self
    }

    /// Adds offending fields.
    #[must_use]
    pub fn with_fields(mut self, fields: Vec<FieldError>) -> Self {
        self.fields = fields;
        self
    }

    /// The kind.
    #[must_use]
    pub const fn kind(&self) -> ErrorKind {
        self.kind
    }

    /// Stable `feature.reason`.
    #[must_use]
    pub fn code(&self) -> &str {
        &self.code
    }

    /// Sentence that may be shown to the caller.
    #[must_use]
    pub fn public_message(&self) -> &str {
        &self.message
    }

    /// Offending fields, for validation failures.
    #[must_use]
    pub fn fields(&self) -> &[FieldError] {
        &self.fields
    }

    /// Seconds to wait, for rate limits.
    #[must_use]
    pub const fn retry_after_seconds(&self) -> Option<u64> {
        self.retry_after_seconds
    }

    /// Whether the same call may succeed later without change.
    #[must_use]
    pub const fn is_retryable(&self) -> bool {
        matches!(self.kind, ErrorKind::Unavailable | ErrorKind::RateLimited | ErrorKind::Internal)
    }
}

impl fmt::Display for AppError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.code, self.message)?;
        let mut cause = self.source();
        while let Some(error) = cause {
            write!(f, ": {error}")?;
            cause = error.source();
        }
        Ok(())
    }
}

impl StdError for AppError {
    fn source(&self) -> Option<&(dyn StdError + 'static)> {
        self.source.as_ref().map(|cause| &**cause as &(dyn StdError + 'static))
    }
}

/// Collects every offending field before failing, so that callers see all of them at once.
#[derive(Debug, Default)]
#[must_use]
pub struct Validation {
    fields: Vec<FieldError>,
}

impl Validation {
    /// Nothing found yet.
    pub fn new() -> Self {
        Self::default()
    }

    /// Records an offending field.
    pub fn reject(&mut self, field: impl Into<String>, code: &'static str, message: impl Into<String>) {
        self.fields.push(FieldError {
            field: field.into(),
            code,
            message: message.into(),
        });
    }

    /// Records an offending field if the condition does not hold.
    pub fn require(&mut self, holds: bool, field: impl Into<String>, code: &'static str, message: impl Into<String>) {
        if !holds {
            self.reject(field, code, message);
        }
    }

    /// Takes the value of a parse, or records why it failed.
    pub fn take<T>(&mut self, field: &str, parsed: Result<T, FieldError>) -> Option<T> {
        match parsed {
            Ok(value) => Some(value),
            Err(mut error) => {
                field.clone_into(&mut error.field);
                self.fields.push(error);
                None
            }
        }
    }

    /// # Errors
    /// `validation.failed` (422) listing every recorded field.
    pub fn finish(self) -> AppResult<()> {
        if self.fields.is_empty() {
            return Ok(());
        }
        Err(AppError::invalid("validation.failed", "Some fields are not acceptable.").with_fields(self.fields))
    }
}
