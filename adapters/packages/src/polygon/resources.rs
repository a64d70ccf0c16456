//! Files that are compiled with every solution, and files for solvers.

use super::PolygonReader;
use super::programs::{file_name, load};
use super::xml::Element;
use crate::fault::refuse_file;
use crate::programs::{Programs, extension};
use crate::tree::TreeFile;
use crate::warnings::Warnings;
use codesm_core::judging::Include;
use codesm_core::kernel::LocalFile;
use codesm_core::problems::PackageError;
use std::collections::BTreeMap;

/// Files that are compiled with every solution, by language.
///
/// # Errors
/// `package.unsupported_feature` for files that solutions get while they run; `package.invalid_value`,
/// `package.too_large`, `package.unreadable`.
pub(super) fn includes(reader: &PolygonReader<'_>, problem: &Element, programs: &mut Programs<'_>) -> Result<Vec<Include>, PackageError> {
    let mut by_language: BTreeMap<String, Vec<(String, &TreeFile)>> = BTreeMap::new();
    for resource in problem.list("files/resources", "file") {
        let is_for_solutions = resource.list("assets", "asset").any(|asset| is_called(asset, "solution"));
        if !is_for_solutions {
            continue;
        }
        let path = resource.attribute("path").ok_or_else(|| resource.invalid("path", "missing"))?;
        if resource.list("stages", "stage").any(|stage| is_called(stage, "run")) {
            let message = "files that solutions get while they run are not supported";
            return Err(resource.refuse("package.unsupported_feature", "stages", message));
        }
        let file = reader
            .file(path)
            .ok_or_else(|| resource.invalid("path", &format!("there is no {path}")))?;
        let types = resource.attribute("for-types");
        for language in reader.languages.iter().map(|language| &language.id) {
            let is_meant = match types {
                Some(types) => types.split([',', ';', ' ']).any(|kind| names_language(kind, language)),
                None => is_usual_for(path, language, programs),
            };
            if is_meant {
                by_language
                    .entry(language.clone())
                    .or_default()
                    .push((file_name(path).to_owned(), file));
            }
        }
    }
    let mut includes: Vec<Include> = Vec::new();
    for (language, files) in by_language {
        if !programs.fits(&files) {
            return Err(refuse_file("package.too_large", "files", "the files for solutions are too large"));
        }
        let files = load(programs, String::new(), "files", &files)?;
        match includes.iter_mut().find(|include| include.files == files) {
            Some(include) => include.languages.push(language),
            None => includes.push(Include {
                languages: vec![language],
                files,
            }),
        }
    }
    Ok(includes)
}

/// Files that solvers are given.
pub(super) fn attachments(reader: &PolygonReader<'_>, problem: &Element, warnings: &mut Warnings) -> Vec<(String, LocalFile)> {
    let mut found: Vec<(String, LocalFile)> = Vec::new();
    for path in problem.list("files/attachments", "file").filter_map(|file| file.attribute("path")) {
        let name = file_name(path);
        match reader.file(path) {
            Some(file) if found.iter().all(|(known, _)| known != name) => {
                found.push((name.to_owned(), file.local(reader.guard.as_ref())));
            }
            _ => warnings.about(path, "ignored: missing, or a second file of that name"),
        }
    }
    found
}

fn is_called(element: &Element, name: &str) -> bool {
    element.attribute("name").is_some_and(|found| found.eq_ignore_ascii_case(name))
}

/// Whether a type such as `cpp.*` or `*` means a language.
fn names_language(kind: &str, language: &str) -> bool {
    let family = kind.split('.').next().unwrap_or(kind);
    match family {
        "" => false,
        "*" => true,
        "cpp" => matches!(language, "cpp" | "cpp17"),
        "python" => matches!(language, "python" | "pypy"),
        "pas" => language == "pascal",
        family => family.trim_end_matches(|last: char| last.is_ascii_digit() || last == '*') == language,
    }
}

/// Whether a file that says nothing else is for a language, by its name.
fn is_usual_for(path: &str, language: &str, programs: &Programs<'_>) -> bool {
    let is_c_header = extension(path).is_some_and(|found| matches!(found, "h" | "hpp" | "hh"));
    match programs.language_of(path).map(|found| found.id.as_str()) {
        Some("cpp") => matches!(language, "cpp" | "cpp17"),
        Some("python") => matches!(language, "python" | "pypy"),
        Some(found) => found == language,
        None => is_c_header && matches!(language, "c" | "cpp" | "cpp17"),
    }
}
