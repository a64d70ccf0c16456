//! `CODESM_STORAGE_…`.

use super::environment::{Environment, WrongKeys};
use super::general::GeneralSection;
use super::parse::parse_or;
use serde::Deserialize;
use std::path::PathBuf;

/// Settings of file storage.
#[derive(Clone, Debug)]
pub struct StorageSection {
    /// Folder of the blobs.
    pub directory: PathBuf,
}

#[derive(Default, Deserialize)]
struct Raw {
    url: Option<String>,
}

impl StorageSection {
    pub(super) fn read(environment: &Environment, general: &GeneralSection, wrong: &mut WrongKeys) -> Self {
        let raw: Raw = environment.section("CODESM_STORAGE_", wrong);
        let embedded = general.data_dir.join("storage");
        let directory = parse_or("CODESM_STORAGE_URL", raw.url.as_deref(), embedded, wrong, |text| {
            match text.strip_prefix("file:") {
                Some(path) if !path.is_empty() => Ok(PathBuf::from(path.strip_prefix("//").unwrap_or(path))),
                _ if text.starts_with("s3:") => Err("names S3, which this version does not support yet; use `file:…`".to_owned()),
                _ => Err("must be `file:` and a folder".to_owned()),
            }
        });
        Self { directory }
    }
}
