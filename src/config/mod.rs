//! Configuration: environment in, validated settings out. Every wrong key is reported, all at once.

mod auth;
mod database;
mod environment;
mod general;
mod http;
mod keys;
mod limits;
mod log;
mod parse;
mod print;
mod sandbox;
mod storage;

pub use auth::AuthSection;
pub use database::DatabaseSection;
pub use environment::{Environment, WrongKey, WrongKeys};
pub use general::{Deployment, GeneralSection};
pub use http::{CorsOrigins, HttpSection};
pub use limits::LimitsSection;
pub use log::{LogFormat, LogSection};
pub use print::print_redacted;
pub use sandbox::SandboxSection;
pub use storage::{S3Section, StoragePlace, StorageSection};

/// Everything an operator can choose, validated.
#[derive(Clone, Debug)]
pub struct Settings {
    /// Deployment, data folder, samples.
    pub general: GeneralSection,
    /// Listener, CORS, proxies.
    pub http: HttpSection,
    /// Database.
    pub database: DatabaseSection,
    /// Tokens.
    pub auth: AuthSection,
    /// Files.
    pub storage: StorageSection,
    /// Sandbox.
    pub sandbox: SandboxSection,
    /// Rates and sizes.
    pub limits: LimitsSection,
    /// Logs.
    pub log: LogSection,
    /// Names of `CODESM_` keys nobody knows, to be warned of.
    pub unknown_keys: Vec<String>,
}

impl Settings {
    /// Reads and validates the given environment.
    ///
    /// # Errors
    /// [`WrongKeys`] naming every key that is wrong.
    pub fn from_environment(environment: &Environment) -> Result<Self, WrongKeys> {
        let mut wrong = WrongKeys::default();
        let general = GeneralSection::read(environment, &mut wrong);
        let settings = Self {
            http: HttpSection::read(environment, &general, &mut wrong),
            database: DatabaseSection::read(environment, &general, &mut wrong),
            auth: AuthSection::read(environment, &general, &mut wrong),
            storage: StorageSection::read(environment, &general, &mut wrong),
            sandbox: SandboxSection::read(environment, &mut wrong),
            limits: LimitsSection::read(environment, &mut wrong),
            log: LogSection::read(environment, &mut wrong),
            unknown_keys: keys::unknown(environment),
            general,
        };
        keys::refuse_unsupported(environment, &mut wrong);
        if wrong.is_empty() { Ok(settings) } else { Err(wrong) }
    }
}

#[cfg(test)]
#[path = "config_tests.rs"]
mod tests;
