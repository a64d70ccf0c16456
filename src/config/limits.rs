//! `CODESM_LIMITS_…`.

use super::environment::{Environment, WrongKeys};
use super::parse::{number, parse_or};
use serde::Deserialize;

/// Rates and sizes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct LimitsSection {
    /// Submissions and runs per user and minute.
    pub submissions_per_minute: u32,
    /// Other requests per user and minute.
    pub requests_per_minute: u32,
    /// Requests per address and minute without login.
    pub anonymous_per_minute: u32,
    /// Logins and registrations per address and minute.
    pub login_per_minute: u32,
    /// Bytes of a request body.
    pub body_bytes: u64,
    /// Bytes of an uploaded package.
    pub import_bytes: u64,
    /// Bytes of a submission's source.
    pub source_bytes: usize,
}

#[derive(Default, Deserialize)]
struct Raw {
    submissions_per_minute: Option<String>,
    requests_per_minute: Option<String>,
    anonymous_per_minute: Option<String>,
    login_per_minute: Option<String>,
    body_bytes: Option<String>,
    import_bytes: Option<String>,
    source_bytes: Option<String>,
}

impl LimitsSection {
    pub(super) fn read(environment: &Environment, wrong: &mut WrongKeys) -> Self {
        let raw: Raw = environment.section("CODESM_LIMITS_", wrong);
        let mut rate = |name: &str, text: Option<String>, default: u32| {
            parse_or(
                &format!("CODESM_LIMITS_{name}"),
                text.as_deref(),
                default,
                wrong,
                number(1, 1_000_000_000),
            )
        };
        let submissions_per_minute = rate("SUBMISSIONS_PER_MINUTE", raw.submissions_per_minute, 10);
        let requests_per_minute = rate("REQUESTS_PER_MINUTE", raw.requests_per_minute, 600);
        let anonymous_per_minute = rate("ANONYMOUS_PER_MINUTE", raw.anonymous_per_minute, 120);
        let login_per_minute = rate("LOGIN_PER_MINUTE", raw.login_per_minute, 20);
        let body = number(16 * 1024, 64 * 1024 * 1024);
        let body_bytes = parse_or("CODESM_LIMITS_BODY_BYTES", raw.body_bytes.as_deref(), 1_000_000, wrong, body);
        let import = number(1024 * 1024, 4 * 1024 * 1024 * 1024);
        let import_bytes = parse_or(
            "CODESM_LIMITS_IMPORT_BYTES",
            raw.import_bytes.as_deref(),
            512 * 1024 * 1024,
            wrong,
            import,
        );
        let source = number(1024, 16 * 1024 * 1024);
        let source_bytes = parse_or("CODESM_LIMITS_SOURCE_BYTES", raw.source_bytes.as_deref(), 128 * 1024, wrong, source);
        Self {
            submissions_per_minute,
            requests_per_minute,
            anonymous_per_minute,
            login_per_minute,
            body_bytes,
            import_bytes,
            source_bytes,
        }
    }
}
