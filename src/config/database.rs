//! `CODESM_DATABASE_…`.

use super::environment::{Environment, WrongKeys};
use super::general::GeneralSection;
use super::parse::{boolean, number, parse_or};
use serde::Deserialize;

/// Settings of the database.
#[derive(Clone)]
pub struct DatabaseSection {
    /// `sqlite:…` or `postgres:…`; may hold a password, so it is never printed whole.
    pub url: String,
    /// Most connections to PostgreSQL.
    pub max_connections: u32,
    /// Bring the schema up at start.
    pub migrate: bool,
}

impl std::fmt::Debug for DatabaseSection {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("DatabaseSection")
            .field("url", &self.redacted_url())
            .finish_non_exhaustive()
    }
}

#[derive(Default, Deserialize)]
struct Raw {
    url: Option<String>,
    max_connections: Option<String>,
    migrate: Option<String>,
}

impl DatabaseSection {
    pub(super) fn read(environment: &Environment, general: &GeneralSection, wrong: &mut WrongKeys) -> Self {
        let raw: Raw = environment.section("CODESM_DATABASE_", wrong);
        let embedded = format!("sqlite:{}", general.data_dir.join("codesm.sqlite").display());
        let url = parse_or("CODESM_DATABASE_URL", raw.url.as_deref(), embedded, wrong, |text| {
            let known = ["sqlite:", "postgres:", "postgresql:"]
                .iter()
                .any(|scheme| text.starts_with(scheme));
            if known {
                Ok(text.to_owned())
            } else {
                Err("must begin with `sqlite:` or `postgres:`".to_owned())
            }
        });
        // 16: enough for two cores of API and worker; far below PostgreSQL's usual 100.
        let key = "CODESM_DATABASE_MAX_CONNECTIONS";
        let max_connections = parse_or(key, raw.max_connections.as_deref(), 16, wrong, number(2, 1000));
        let migrate = parse_or("CODESM_DATABASE_MIGRATE", raw.migrate.as_deref(), true, wrong, boolean);
        Self {
            url,
            max_connections,
            migrate,
        }
    }

    /// The URL without its password and parameters.
    #[must_use]
    pub fn redacted_url(&self) -> String {
        codesm_persistence::without_secrets(&self.url)
    }
}
