//! The language table as written.

use serde::Deserialize;
use std::collections::{BTreeMap, HashSet};
use std::path::Path;

/// The built-in table.
const BUILT_IN: &str = include_str!("../../../../config/languages.toml");

/// What compiling makes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Artefact {
    /// This file.
    File(String),
    /// Every file with this extension.
    Extension(String),
    /// Nothing: the sources are run.
    Sources,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Table {
    language: Vec<Entry>,
}

/// One language. The keys are explained in `config/languages.toml`.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Entry {
    pub(crate) id: String,
    pub(crate) name: String,
    pub(crate) file_name: String,
    pub(crate) extensions: Vec<String>,
    /// Extensions of source files where they differ from those by which packages recognise the language.
    #[serde(default)]
    source_extensions: Vec<String>,
    pub(crate) program: String,
    #[serde(default)]
    pub(crate) sysroot: Vec<String>,
    /// The sysroot is the folder above the one in which the real program lies.
    #[serde(default)]
    pub(crate) sysroot_of_program: bool,
    pub(crate) version: Vec<String>,
    #[serde(default)]
    pub(crate) compile: Vec<String>,
    pub(crate) run: Vec<String>,
    #[serde(default)]
    artefact: Option<String>,
    #[serde(default)]
    artefact_extension: Option<String>,
    #[serde(default)]
    pub(crate) binds: Vec<String>,
    pub(crate) processes: u32,
    #[serde(default = "default_true")]
    pub(crate) limit_data: bool,
    /// Stack of the first thread; missing: as large as the memory limit.
    #[serde(default)]
    pub(crate) main_stack_mb: Option<u64>,
    #[serde(default)]
    pub(crate) memory_overhead_mb: u64,
    #[serde(default = "default_compile_seconds")]
    pub(crate) compile_seconds: u64,
    #[serde(default = "default_compile_memory_mb")]
    pub(crate) compile_memory_mb: u64,
    #[serde(default)]
    pub(crate) compile_environment: BTreeMap<String, String>,
    #[serde(default)]
    pub(crate) environment: BTreeMap<String, String>,
    /// Words on standard error by which a failed program says that it got no memory.
    #[serde(default)]
    pub(crate) out_of_memory: Vec<String>,
}

const fn default_true() -> bool {
    true
}

/// CPU seconds for one compilation.
const fn default_compile_seconds() -> u64 {
    15
}

const fn default_compile_memory_mb() -> u64 {
    2048
}

impl Entry {
    pub(crate) fn artefact(&self) -> Artefact {
        match (&self.artefact, &self.artefact_extension) {
            (Some(file), _) => Artefact::File(file.clone()),
            (None, Some(extension)) => Artefact::Extension(extension.clone()),
            (None, None) => Artefact::Sources,
        }
    }

    pub(crate) fn is_source(&self, extension: &str) -> bool {
        self.extensions
            .iter()
            .chain(&self.source_extensions)
            .any(|known| known == extension)
    }
}

/// Reads the table: the built-in one, or the file.
pub(crate) fn load(path: Option<&Path>) -> Result<Vec<Entry>, String> {
    let Some(path) = path else { return parse(BUILT_IN) };
    let text = std::fs::read_to_string(path).map_err(|error| format!("{}: {error}", path.display()))?;
    parse(&text).map_err(|error| format!("{}: {error}", path.display()))
}

fn parse(text: &str) -> Result<Vec<Entry>, String> {
    let table: Table = toml::from_str(text).map_err(|error| error.to_string())?;
    let mut seen = HashSet::new();
    for entry in &table.language {
        if !seen.insert(entry.id.as_str()) {
            return Err(format!("the language `{}` is listed twice", entry.id));
        }
        if entry.run.is_empty() || entry.version.is_empty() {
            return Err(format!("the language `{}` has an empty command", entry.id));
        }
    }
    Ok(table.language)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_built_in_table_holds_the_promised_languages_once() {
        let ids: Vec<String> = load(None).unwrap().into_iter().map(|entry| entry.id).collect();
        assert_eq!(ids, ["c", "cpp", "cpp17", "python", "javascript", "java", "rust", "go"]);
    }

    #[test]
    fn a_language_listed_twice_is_refused() {
        assert!(parse(&format!("{BUILT_IN}{BUILT_IN}")).unwrap_err().contains("twice"));
    }

    #[test]
    fn a_misspelt_key_is_refused() {
        assert!(parse(&BUILT_IN.replace("file_name", "filename")).is_err());
    }
}
