//! `CODESM_AUTH_…`.

use super::environment::{Environment, WrongKeys};
use super::general::{Deployment, GeneralSection};
use super::parse::{duration, parse_or};
use serde::Deserialize;
use std::path::PathBuf;
use std::time::Duration;

/// Settings of tokens.
#[derive(Clone, Debug)]
pub struct AuthSection {
    /// File with at least 32 bytes that sign access tokens; generated in the data folder if absent.
    pub signing_key_file: Option<PathBuf>,
    /// Life of access tokens.
    pub access_ttl: Duration,
    /// Life of refresh tokens.
    pub refresh_ttl: Duration,
}

#[derive(Default, Deserialize)]
struct Raw {
    signing_key_file: Option<PathBuf>,
    access_ttl: Option<String>,
    refresh_ttl: Option<String>,
}

impl AuthSection {
    pub(super) fn read(environment: &Environment, general: &GeneralSection, wrong: &mut WrongKeys) -> Self {
        let raw: Raw = environment.section("CODESM_AUTH_", wrong);
        if general.deployment == Deployment::Production && raw.signing_key_file.is_none() {
            wrong.add(
                "CODESM_AUTH_SIGNING_KEY_FILE",
                "is required in production: a file with at least 32 random bytes",
            );
        }
        let access_ttl = parse_or(
            "CODESM_AUTH_ACCESS_TTL",
            raw.access_ttl.as_deref(),
            Duration::from_mins(15),
            wrong,
            duration,
        );
        let refresh_ttl = parse_or(
            "CODESM_AUTH_REFRESH_TTL",
            raw.refresh_ttl.as_deref(),
            Duration::from_hours(30 * 24),
            wrong,
            duration,
        );
        if access_ttl > refresh_ttl {
            wrong.add("CODESM_AUTH_ACCESS_TTL", "must not be longer than CODESM_AUTH_REFRESH_TTL");
        }
        Self {
            signing_key_file: raw.signing_key_file,
            access_ttl,
            refresh_ttl,
        }
    }
}
