//! Secrets of embedded mode: generated once, kept in the data folder, shared by processes that share it.

use crate::config::Settings;
use crate::wiring::{WiringError, private_folder};
use codesm_core::kernel::Secret;
use codesm_crypto::{derive_key, generate_key};
use codesm_fs::secret_file;
use std::path::Path;

/// Keys of a process.
pub(crate) struct Secrets {
    pub(crate) signing_key: Secret<Vec<u8>>,
    pub(crate) pseudonym_key: Secret<[u8; 32]>,
    pub(crate) uploads: Secret<[u8; 32]>,
}

impl Secrets {
    /// Reads the configured key, or the generated ones of the data folder, making them if they are not there.
    pub(crate) fn load(settings: &Settings) -> Result<Self, WiringError> {
        let folder = settings.general.data_dir.join("secrets");
        let signing_key = match &settings.auth.signing_key_file {
            Some(file) => std::fs::read(file).map_err(|error| unreadable(file, &error))?,
            None => generated(&folder, "auth-signing-key")?,
        };
        // One secret to keep: what signs tokens also yields the keys of the pseudonyms in logs and of the addresses of uploads.
        let signing_key = Secret::new(signing_key);
        let pseudonym_key = derive_key(&signing_key, "pseudonyms of accounts in logs");
        let uploads = derive_key(&signing_key, "addresses of uploads");
        Ok(Self {
            signing_key,
            pseudonym_key,
            uploads,
        })
    }
}

fn generated(folder: &Path, name: &str) -> Result<Vec<u8>, WiringError> {
    private_folder(folder)?;
    let file = folder.join(name);
    secret_file::read_or_create(&file, || generate_key().reveal().to_vec()).map_err(|error| unreadable(&file, &error))
}

fn unreadable(file: &Path, error: &std::io::Error) -> WiringError {
    WiringError::new(
        "secrets.unreadable",
        format!("the key file {} cannot be used: {error}", file.display()),
    )
}
