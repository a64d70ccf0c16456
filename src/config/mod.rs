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
mod queues;
mod redis;
mod sandbox;
mod storage;
mod traces;

pub use auth::AuthSection;
pub use database::DatabaseSection;
pub use environment::{Environment, WrongKey, WrongKeys};
pub use general::{Deployment, GeneralSection};
pub use http::{CorsOrigins, HttpSection};
pub use limits::LimitsSection;
pub use log::{LogFormat, LogSection};
pub use print::print_redacted;
pub use queues::QueuesSection;
pub use redis::RedisSection;
pub use sandbox::SandboxSection;
pub use storage::{S3Section, StoragePlace, StorageSection};
pub use traces::TraceSection;

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
    /// Redis.
    pub redis: RedisSection,
    /// Queues.
    pub queues: QueuesSection,
    /// Rates and sizes.
    pub limits: LimitsSection,
    /// Logs.
    pub log: LogSection,
    /// Traces.
    pub traces: TraceSection,
    /// Names of `CODESM_` keys nobody knows, to be warned of.
    pub unknown_keys: Vec<String>,
}

impl Settings {
    /// Reads and validates the given environment.
    ///
    /// # Errors
    /// [`WrongKeys`] naming every key that is wrong.
    pub fn from_environment(environment: &Environment) -> Result<Self, WrongKeys> {
        let environment = &environment.with_files(keys::is_known);
        let mut wrong = WrongKeys::default();
        environment.refuse_unreadable(&mut wrong);
        let general = GeneralSection::read(environment, &mut wrong);
        let settings = Self {
            http: HttpSection::read(environment, &general, &mut wrong),
            database: DatabaseSection::read(environment, &general, &mut wrong),
            auth: AuthSection::read(environment, &general, &mut wrong),
            storage: StorageSection::read(environment, &general, &mut wrong),
            sandbox: SandboxSection::read(environment, &mut wrong),
            redis: RedisSection::read(environment, &mut wrong),
            queues: QueuesSection::read(environment, &mut wrong),
            limits: LimitsSection::read(environment, &mut wrong),
            log: LogSection::read(environment, &mut wrong),
            traces: TraceSection::read(environment, &mut wrong),
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
