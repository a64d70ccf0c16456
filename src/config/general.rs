//! `CODESM_ENV`, `CODESM_DATA_DIR`, `CODESM_SAMPLES_DIR`, `CODESM_METRICS_BIND`.

use super::environment::{Environment, WrongKeys};
use super::parse::parse_or;
use serde::Deserialize;
use std::net::SocketAddr;
use std::path::PathBuf;

/// What the process is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Deployment {
    /// A laptop: secrets are generated, errors may show internals in logs.
    Development,
    /// The public: nothing generated, nothing loose.
    Production,
}

/// Settings of the process as a whole.
#[derive(Clone, Debug)]
pub struct GeneralSection {
    /// What the process is for.
    pub deployment: Deployment,
    /// Folder of everything embedded mode keeps.
    pub data_dir: PathBuf,
    /// Folder of problem packages imported at first start.
    pub samples_dir: Option<PathBuf>,
    /// Own listener for metrics.
    pub metrics_bind: Option<SocketAddr>,
}

#[derive(Default, Deserialize)]
struct Raw {
    env: Option<String>,
    data_dir: Option<PathBuf>,
    samples_dir: Option<PathBuf>,
    metrics_bind: Option<String>,
}

impl GeneralSection {
    pub(super) fn read(environment: &Environment, wrong: &mut WrongKeys) -> Self {
        let raw: Raw = environment.section("CODESM_", wrong);
        let deployment = parse_or(
            "CODESM_ENV",
            raw.env.as_deref(),
            Deployment::Development,
            wrong,
            |text| match text {
                "development" => Ok(Deployment::Development),
                "production" => Ok(Deployment::Production),
                _ => Err("must be `development` or `production`".to_owned()),
            },
        );
        let metrics_bind = parse_or("CODESM_METRICS_BIND", raw.metrics_bind.as_deref(), None, wrong, |text| {
            text.parse()
                .map(Some)
                .map_err(|_| "must be an address and port such as `127.0.0.1:9090`".to_owned())
        });
        if raw.samples_dir.as_ref().is_some_and(|folder| !folder.is_dir()) {
            wrong.add("CODESM_SAMPLES_DIR", "must be a folder that exists");
        }
        Self {
            deployment,
            data_dir: raw.data_dir.unwrap_or_else(|| PathBuf::from("./data")),
            samples_dir: raw.samples_dir,
            metrics_bind,
        }
    }
}
