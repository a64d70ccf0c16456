//! Languages as they are shown.

use crate::response::Nullable;
use codesm_core::judging::Language;
use poem_openapi::Object;

/// A programming language.
#[derive(Object)]
#[oai(rename = "Language", rename_all = "camelCase", example)]
pub(super) struct LanguageDto {
    /// Stable id, such as `cpp`.
    pub(super) id: String,
    /// Name for people.
    pub(super) name: String,
    /// Version of the compiler or interpreter; null if no worker has it.
    pub(super) version: Nullable<String>,
    /// Whether it can be submitted.
    pub(super) available: bool,
    /// Name of a single source file.
    pub(super) file_name: String,
    /// Extensions by which files are recognised, without dot.
    pub(super) extensions: Vec<String>,
    /// Whether there is a compile step that can fail.
    pub(super) compiled: bool,
}

impl From<Language> for LanguageDto {
    fn from(language: Language) -> Self {
        let Language {
            id,
            name,
            version,
            available,
            file_name,
            extensions,
            compiled,
        } = language;
        Self {
            id,
            name,
            version: version.into(),
            available,
            file_name,
            extensions,
            compiled,
        }
    }
}
