//! The language table and the toolchains of this machine.

mod java;
mod pascal;
mod resolve;
mod table;

pub(crate) use java::{main_class, public_type};
pub(crate) use resolve::{Toolchain, resolve_all};
pub(crate) use table::{Artefact as Made, Entry, load};

use crate::cache::Artefact;
use codesm_core::judging::{Language, ProgramSource, SandboxError};
use std::sync::{Arc, Mutex};

/// A language of the table and its toolchain, or why there is none.
pub(crate) struct Offered {
    pub(crate) entry: Entry,
    pub(crate) toolchain: Result<Toolchain, String>,
    /// What was compiled beforehand, once it was found.
    pub(crate) prepared: Mutex<Option<Arc<Artefact>>>,
}

/// What placeholders stand for in one command.
#[derive(Default)]
pub(crate) struct Meaning<'a> {
    pub(crate) sources: &'a [String],
    pub(crate) main_file: &'a str,
    pub(crate) main_class: &'a str,
    pub(crate) heap_mb: u64,
    /// Whether what was compiled beforehand is shown.
    pub(crate) prepared: bool,
}

impl Offered {
    /// A language and what was found of it.
    pub(crate) const fn new(entry: Entry, toolchain: Result<Toolchain, String>) -> Self {
        Self {
            entry,
            toolchain,
            prepared: Mutex::new(None),
        }
    }

    /// Its preparation as a language of its own.
    pub(crate) fn of_preparation(&self) -> Option<Self> {
        let mut toolchain = self.toolchain.clone();
        if let Ok(toolchain) = &mut toolchain {
            toolchain.version = format!("{}\n{}", toolchain.version, toolchain.stamp);
        }
        Some(Self::new(self.entry.of_preparation()?, toolchain))
    }

    /// As shown to clients.
    pub(crate) fn describe(&self) -> Language {
        Language {
            id: self.entry.id.clone(),
            name: self.entry.name.clone(),
            version: self.toolchain.as_ref().ok().map(|toolchain| toolchain.version.clone()),
            available: self.toolchain.is_ok(),
            file_name: self.entry.file_name.clone(),
            extensions: self.entry.extensions.clone(),
            compiled: !self.entry.compile.is_empty(),
        }
    }

    /// The toolchain, or the error for whoever wants to use it.
    pub(crate) fn toolchain(&self) -> Result<&Toolchain, SandboxError> {
        self.toolchain.as_ref().map_err(|reason| SandboxError::LanguageUnavailable {
            language: self.entry.id.clone(),
            reason: reason.clone(),
        })
    }

    /// The files given to the compiler by name; all of them if none has a known extension.
    pub(crate) fn sources(&self, names: &[String]) -> Vec<String> {
        let known: Vec<String> = names
            .iter()
            .filter(|name| {
                let extension = name.rsplit_once('.').map(|(_, extension)| extension);
                extension.is_some_and(|extension| self.entry.is_source(extension))
            })
            .cloned()
            .collect();
        if known.is_empty() { names.to_vec() } else { known }
    }

    /// The file that is run or compiled first: the one the program names, else that with the usual name, else the first. In Pascal a file that says it is
    /// the program goes before others, and every other before a unit.
    pub(crate) fn main_file<'a>(&self, sources: &'a [String], program: &ProgramSource) -> &'a str {
        if let Some(entry) = &program.entry
            && let Some(named) = sources.iter().find(|name| *name == entry)
        {
            return named;
        }
        let mut fitting: Vec<&String> = sources.iter().collect();
        if fitting.len() > 1 && self.entry.is_source("pas") {
            let fitness = |name: &String| {
                let file = program.files.iter().find(|file| file.name == *name);
                file.map(|file| pascal::fitness(&String::from_utf8_lossy(&file.content)))
            };
            let best = sources.iter().map(fitness).max();
            fitting.retain(|name| Some(fitness(name)) == best);
        }
        let usual = fitting.iter().find(|name| ***name == self.entry.file_name);
        usual.or_else(|| fitting.first()).map_or("", |name| name.as_str())
    }

    /// Names under which the sources are compiled. A single Java file is named after its public type.
    pub(crate) fn source_names(&self, program: &ProgramSource) -> Vec<String> {
        let mut names: Vec<String> = program.files.iter().map(|file| file.name.clone()).collect();
        if self.entry.extensions.iter().any(|extension| extension == "java")
            && let ([name], [file]) = (names.as_mut_slice(), program.files.as_slice())
            && let Some(public) = public_type(&String::from_utf8_lossy(&file.content))
        {
            *name = format!("{public}.java");
        }
        names
    }
}
