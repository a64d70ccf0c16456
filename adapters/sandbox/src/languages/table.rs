//! The language table as written.

use codesm_core::judging::{ProgramSource, SourceFile};
use serde::Deserialize;
use std::collections::{BTreeMap, HashSet};
use std::path::Path;

/// The built-in table.
const BUILT_IN: &str = include_str!("../../../../config/languages.toml");

/// Ending of the id of a language's preparation; ids of the table have no such character.
const PREPARATION: &str = "+prepare";
/// CPU seconds for a preparation: done once, and in the background.
const PREPARATION_SECONDS: u64 = 120;

/// What compiling makes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Artefact {
    /// This file.
    File(String),
    /// Every file with this extension.
    Extension(String),
    /// These files.
    Files(Vec<String>),
    /// Every file.
    All,
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
    /// Further programs, by the name of their placeholder.
    #[serde(default)]
    pub(crate) needs: BTreeMap<String, String>,
    #[serde(default)]
    pub(crate) sysroot: Vec<String>,
    /// The sysroot is the folder above the one in which the real program lies.
    #[serde(default)]
    pub(crate) sysroot_of_program: bool,
    pub(crate) version: Vec<String>,
    /// What an operator does to get the toolchain.
    #[serde(default)]
    pub(crate) install: Option<String>,
    #[serde(default)]
    pub(crate) compile: Vec<String>,
    pub(crate) run: Vec<String>,
    #[serde(default)]
    artefact: Option<String>,
    #[serde(default)]
    artefact_extension: Option<String>,
    /// Only of a preparation.
    #[serde(skip)]
    artefact_files: Vec<String>,
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
    /// For programs of problem packages; no submission may name it.
    #[serde(default)]
    pub(crate) internal: bool,
    #[serde(default)]
    pub(crate) prepare: Option<Preparation>,
}

/// What is compiled once per toolchain to make each compilation faster. The keys are explained in `config/languages.toml`.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Preparation {
    /// Files by their names.
    pub(crate) sources: BTreeMap<String, String>,
    pub(crate) command: Vec<String>,
    /// Names of the files that are kept; `*`: all.
    pub(crate) keep: Vec<String>,
    #[serde(default)]
    when: Vec<String>,
}

impl Preparation {
    /// As a program to be compiled.
    pub(crate) fn program(&self, id: &str) -> ProgramSource {
        let file = |(name, content): (&String, &String)| SourceFile {
            name: name.clone(),
            content: content.clone().into(),
        };
        ProgramSource {
            entry: None,
            language: format!("{id}{PREPARATION}"),
            files: self.sources.iter().map(file).collect(),
        }
    }

    /// Whether a program of these files gains anything.
    pub(crate) fn helps(&self, files: &[SourceFile]) -> bool {
        let holds = |word: &String| files.iter().any(|file| contains(&file.content, word.as_bytes()));
        self.when.is_empty() || self.when.iter().any(holds)
    }
}

fn contains(text: &[u8], word: &[u8]) -> bool {
    !word.is_empty() && text.windows(word.len()).any(|window| window == word)
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
            (None, Some(extension)) if extension == "*" => Artefact::All,
            (None, Some(extension)) => Artefact::Extension(extension.clone()),
            (None, None) if !self.artefact_files.is_empty() => Artefact::Files(self.artefact_files.clone()),
            (None, None) => Artefact::Sources,
        }
    }

    /// The preparation of this language as one of its own, so that it is compiled and kept like any program.
    pub(crate) fn of_preparation(&self) -> Option<Self> {
        let preparation = self.prepare.as_ref()?;
        Some(Self {
            id: format!("{}{PREPARATION}", self.id),
            extensions: Vec::new(),
            source_extensions: Vec::new(),
            compile: preparation.command.clone(),
            artefact: None,
            artefact_extension: (preparation.keep == ["*"]).then(|| "*".to_owned()),
            artefact_files: preparation.keep.clone(),
            compile_seconds: PREPARATION_SECONDS,
            internal: true,
            prepare: None,
            ..self.clone()
        })
    }

    /// Whether this is what [`Self::of_preparation`] made.
    pub(crate) fn is_preparation(&self) -> bool {
        self.id.ends_with(PREPARATION)
    }

    /// Whether the program is a class with `main`, to be looked for among what the compiler made.
    pub(crate) fn runs_a_class(&self) -> bool {
        self.artefact_extension.as_deref() == Some("class")
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
        if !entry
            .id
            .chars()
            .all(|character| character.is_ascii_alphanumeric() || "-_.#".contains(character))
        {
            return Err(format!(
                "the language id `{}` has other characters than letters, digits and -_.#",
                entry.id
            ));
        }
    }
    Ok(table.language)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_built_in_table_holds_the_promised_languages_once() {
        let entries = load(None).unwrap();
        let listed = entries.iter().filter(|entry| !entry.internal).map(|entry| entry.id.as_str());
        let ids: Vec<&str> = listed.collect();
        let first = [
            "c",
            "cpp",
            "cpp17",
            "python",
            "javascript",
            "java",
            "rust",
            "go",
            "typescript",
            "kotlin",
        ];
        let rest = ["pypy", "csharp", "haskell", "ocaml", "pascal", "ruby", "php", "perl", "lua", "bash"];
        assert_eq!(ids, [first, rest].concat());
        let internal: Vec<&str> = entries
            .iter()
            .filter(|entry| entry.internal)
            .map(|entry| entry.id.as_str())
            .collect();
        assert_eq!(internal, ["script"]);
    }

    #[test]
    fn every_language_says_how_it_is_installed_and_internal_ones_claim_no_files() {
        for entry in load(None).unwrap() {
            assert!(entry.install.is_some(), "{}", entry.id);
            assert!(!entry.internal || entry.extensions.is_empty(), "{}", entry.id);
        }
    }

    #[test]
    fn a_preparation_is_used_where_its_words_are() {
        let entries = load(None).unwrap();
        let cpp = entries.iter().find(|entry| entry.id == "cpp").unwrap();
        let file = |text: &'static str| SourceFile {
            name: "main.cpp".to_owned(),
            content: text.into(),
        };
        let preparation = cpp.prepare.as_ref().unwrap();
        assert!(preparation.helps(&[file("#include <vector>\n"), file("#include <bits/stdc++.h>\n")]));
        assert!(!preparation.helps(&[file("#include <vector>\n")]));
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
