//! The problem's own programs: output validators and graders. Each is a file or a folder.

use crate::fault::refuse_file;
use crate::programs::{Programs, extension};
use crate::tree::{Directory, Entry, TreeFile};
use codesm_core::judging::{ProgramSource, SCRIPT_LANGUAGE};
use codesm_core::problems::PackageError;

/// Extensions of the languages in which these programs usually are: C, C++, Python, Java.
const EXTENSIONS: [&str; 9] = ["c", "cc", "cpp", "cxx", "c++", "C", "py", "py3", "java"];
const UNSUPPORTED: &str = "package.unsupported_validator";

/// The files of a program, by their names in it.
pub(crate) struct OwnProgram<'a> {
    /// Where it is.
    pub(crate) path: String,
    pub(crate) files: Vec<(String, &'a TreeFile)>,
}

impl<'a> OwnProgram<'a> {
    /// A folder that is a program.
    pub(crate) fn folder(path: String, directory: &'a Directory) -> Self {
        Self {
            path,
            files: directory.all_files(),
        }
    }

    /// Reads it. `any_language`: it may be in every language known here, else in the usual ones.
    ///
    /// # Errors
    /// `package.unsupported_validator`, `package.too_large`, `package.unreadable`.
    pub(crate) fn load(&self, any_language: bool, programs: &mut Programs<'_>) -> Result<ProgramSource, PackageError> {
        if !programs.fits(&self.files) {
            return Err(refuse_file("package.too_large", &self.path, "the program is too large"));
        }
        if self.files.iter().any(|(name, _)| is_script(name)) {
            return Ok(ProgramSource {
                entry: None,
                language: SCRIPT_LANGUAGE.to_owned(),
                files: programs.load(&self.path, &self.files)?,
            });
        }
        let names = || self.files.iter().map(|(name, _)| name.as_str());
        let mut sources: Vec<&str> = names().filter(|name| is_usual_source(name)).collect();
        if sources.is_empty() && any_language {
            sources = names().filter(|name| programs.language_of(name).is_some()).collect();
        }
        if sources.is_empty() {
            let message = if any_language {
                "no file has the extension of a known language"
            } else {
                "validators must be in C, C++, Python or Java"
            };
            return Err(refuse_file(UNSUPPORTED, &self.path, message));
        }
        let language = programs
            .language(&sources)
            .map_err(|message| refuse_file(UNSUPPORTED, &self.path, message))?;
        let mut files = programs.load(&self.path, &self.files)?;
        programs.entry_point_first(&mut files, language, None);
        Ok(ProgramSource {
            entry: None,
            language: language.id.clone(),
            files,
        })
    }
}

/// The programs in a folder that holds several: each folder, and each source file together with the headers beside it. What
/// is no program comes back by name.
pub(crate) fn among<'a>(path: &str, directory: &'a Directory, programs: &Programs<'_>) -> (Vec<OwnProgram<'a>>, Vec<&'a str>) {
    let is_source = |name: &str| is_usual_source(name) || programs.language_of(name).is_some();
    if directory.files().any(|(name, _)| is_script(name)) {
        return (vec![OwnProgram::folder(path.to_owned(), directory)], Vec::new());
    }
    let rest: Vec<_> = directory.files().filter(|(name, _)| !is_source(name)).collect();
    let mut found = Vec::new();
    let mut strange = Vec::new();
    for (name, entry) in &directory.entries {
        let place = format!("{path}/{name}");
        match entry {
            Entry::Directory(inner) => {
                let program = OwnProgram::folder(place, inner);
                if program.files.iter().any(|(name, _)| is_source(name) || is_script(name)) {
                    found.push(program);
                } else {
                    strange.push(name.as_str());
                }
            }
            Entry::File(file) if is_source(name) => {
                let beside = rest.iter().map(|(name, file)| ((*name).to_owned(), *file));
                found.push(OwnProgram {
                    path: place,
                    files: std::iter::once((name.clone(), file)).chain(beside).collect(),
                });
            }
            Entry::File(_) => {}
        }
    }
    (found, strange)
}

fn is_usual_source(name: &str) -> bool {
    extension(name).is_some_and(|found| EXTENSIONS.contains(&found) || EXTENSIONS.contains(&found.to_ascii_lowercase().as_str()))
}

/// Whether the file builds or is the program, whatever it is made of.
fn is_script(name: &str) -> bool {
    matches!(name, "build" | "run")
}
