//! A throw-away data folder for commands that keep nothing.

use super::outcome::CliError;
use crate::config::Settings;
use tempfile::TempDir;

/// Settings of a command that needs a folder for its sandbox but no data: the data folder if there is one (its compile
/// cache is worth having), else a folder that goes away. Judging a file must not leave a `data` folder behind.
pub(super) struct Scratch {
    pub(super) settings: Settings,
    _folder: Option<TempDir>,
}

impl Scratch {
    pub(super) fn unless_there(settings: &Settings) -> Result<Self, CliError> {
        let mut settings = settings.clone();
        if settings.general.data_dir.is_dir() {
            return Ok(Self { settings, _folder: None });
        }
        let folder = tempfile::Builder::new().prefix("codesm-").tempdir();
        let folder = folder.map_err(|error| CliError::new("storage.folder", format!("no scratch folder can be made: {error}")))?;
        if settings.sandbox.allow_reduced {
            crate::wiring::passable(folder.path())?;
        }
        folder.path().clone_into(&mut settings.general.data_dir);
        Ok(Self {
            settings,
            _folder: Some(folder),
        })
    }
}
