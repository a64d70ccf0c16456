//! The language table alone, for processes that take submissions in but run nothing.

use crate::languages::{Offered, load};
use codesm_core::judging::{Language, LanguageCatalogue, SandboxError};
use std::path::Path;

/// Every language that may be submitted, all unavailable: what is available, workers say.
#[derive(Clone, Debug)]
pub struct LanguageTable {
    languages: Vec<Language>,
}

impl LanguageTable {
    /// Reads the built-in table, or another one.
    ///
    /// # Errors
    /// [`SandboxError::Unavailable`] if the table cannot be read.
    pub fn load(other: Option<&Path>) -> Result<Self, SandboxError> {
        let entries = load(other).map_err(|message| SandboxError::Unavailable(format!("the language table cannot be read: {message}")))?;
        let unresolved = |entry| Offered::new(entry, Err("toolchains are not looked for here".to_owned()));
        Ok(Self {
            languages: entries
                .into_iter()
                .filter(|entry| !entry.internal)
                .map(|entry| unresolved(entry).describe())
                .collect(),
        })
    }
}

impl LanguageCatalogue for LanguageTable {
    fn languages(&self) -> Vec<Language> {
        self.languages.clone()
    }
}
