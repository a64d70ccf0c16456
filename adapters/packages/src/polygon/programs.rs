//! Programs of a Polygon package: one source file whose type names language and compiler.

use super::PolygonReader;
use crate::programs::{Programs, extension};
use crate::tree::{Directory, TreeFile};
use codesm_core::judging::ProgramSource;
use codesm_core::problems::PackageError;

/// Extensions of files that others include.
const HEADERS: [&str; 5] = ["h", "hh", "hpp", "hxx", "inl"];
/// Where checkers and interactors lie, with testlib beside them.
const FILES: &str = "files";

/// The last part of a path.
pub(super) fn file_name(path: &str) -> &str {
    path.rsplit_once('/').map_or(path, |(_, name)| name)
}

/// Id of the language of a source file; a sentence if it is not known here. `kind` is Polygon's type, such as `cpp.g++17`.
pub(super) fn language(reader: &PolygonReader<'_>, programs: &Programs<'_>, kind: Option<&str>, path: &str) -> Result<String, String> {
    let unknown = || format!("no known language is called {}", kind.unwrap_or("by that extension"));
    let is_known = |id: &str| reader.languages.iter().any(|language| language.id == id && language.available);
    let kind = kind.unwrap_or_default();
    let (family, compiler) = kind.split_once('.').unwrap_or((kind, ""));
    let by_extension = || programs.language_of(path).map(|language| language.id.clone()).ok_or_else(unknown);
    match family {
        "cpp" if ["11", "14", "17", "0x"].iter().any(|version| compiler.ends_with(version)) && is_known("cpp17") => Ok("cpp17".to_owned()),
        "cpp" => Ok("cpp".to_owned()),
        "python" if compiler.starts_with('2') || compiler.starts_with("pypy2") => Err("written in Python 2".to_owned()),
        "python" if compiler.starts_with("pypy") && is_known("pypy") => Ok("pypy".to_owned()),
        _ => by_extension(),
    }
}

/// Headers of the package, which every checker may include.
pub(super) fn headers<'a>(reader: &PolygonReader<'a>) -> Vec<(String, &'a TreeFile)> {
    let files = reader.root.directory(FILES).into_iter().flat_map(Directory::files);
    files
        .filter(|(name, _)| extension(name).is_some_and(|found| HEADERS.contains(&found.to_ascii_lowercase().as_str())))
        .map(|(name, file)| (name.to_owned(), file))
        .collect()
}

/// Loads a program.
///
/// # Errors
/// `package.too_large`, `package.unreadable`.
pub(super) fn load(
    programs: &mut Programs<'_>,
    language: String,
    path: &str,
    files: &[(String, &TreeFile)],
) -> Result<ProgramSource, PackageError> {
    Ok(ProgramSource {
        entry: None,
        language,
        files: programs.load(path, files)?,
    })
}
