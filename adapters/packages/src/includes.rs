//! Files that are laid over submissions: `include/<language>/`, `include/default/`; and the languages that may be used.

use crate::fault::refuse_file;
use crate::metadata::Metadata;
use crate::programs::Programs;
use crate::tree::Directory;
use crate::warnings::Warnings;
use codesm_core::judging::{Include, ProgramSource};
use codesm_core::problems::PackageError;

const FOLDER: &str = "include";
const DEFAULT: &str = "default";

/// Reads `include/`.
///
/// # Errors
/// `package.too_large`, `package.unreadable`.
pub(crate) fn read(root: &Directory, programs: &mut Programs<'_>, warnings: &mut Warnings) -> Result<Vec<Include>, PackageError> {
    let Some(folder) = root.directory(FOLDER) else {
        return Ok(Vec::new());
    };
    for (name, _) in folder.files() {
        warnings.about(
            &format!("{FOLDER}/{name}"),
            "ignored: included files are in folders named after languages",
        );
    }
    let mut includes = Vec::new();
    for (code, directory) in folder.directories() {
        let place = format!("{FOLDER}/{code}");
        let languages: Vec<String> = if code == DEFAULT {
            Vec::new()
        } else {
            let known = programs.languages_by_code(code);
            known.into_iter().map(|language| language.id.clone()).collect()
        };
        if code != DEFAULT && languages.is_empty() {
            warnings.about(&place, "ignored: the language is not known");
            continue;
        }
        let files = directory.all_files();
        if !programs.fits(&files) {
            return Err(refuse_file("package.too_large", place, "the included files are too large"));
        }
        let files = ProgramSource {
            entry: None,
            language: languages.first().cloned().unwrap_or_default(),
            files: programs.load(&place, &files)?,
        };
        if !files.files.is_empty() {
            includes.push(Include { languages, files });
        }
    }
    Ok(includes)
}

/// Ids of the languages that may be used: those the package names; in the legacy format those with files to be included,
/// as no others can work.
///
/// # Errors
/// `package.unsupported_feature` if none of the named languages is known.
pub(crate) fn languages(
    metadata: &Metadata,
    includes: &[Include],
    programs: &Programs<'_>,
    warnings: &mut Warnings,
) -> Result<Option<Vec<String>>, PackageError> {
    if let Some((codes, place)) = &metadata.languages {
        let mut ids: Vec<String> = Vec::new();
        for code in codes {
            let known = programs.languages_by_code(code);
            if known.is_empty() {
                warnings.about_place(place, &format!("the language {code} is not known"));
            }
            ids.extend(known.into_iter().map(|language| language.id.clone()));
        }
        ids.sort();
        ids.dedup();
        if ids.is_empty() {
            return Err(place.refuse("package.unsupported_feature", "none of these languages is known"));
        }
        return Ok(Some(ids));
    }
    let is_for_all = includes.is_empty() || includes.iter().any(|include| include.languages.is_empty());
    if !metadata.dialect.is_legacy() || is_for_all {
        return Ok(None);
    }
    let mut ids: Vec<String> = includes.iter().flat_map(|include| include.languages.iter().cloned()).collect();
    ids.sort();
    warnings.about(
        FOLDER,
        &format!("only languages with files to be included may be used: {}", ids.join(", ")),
    );
    Ok(Some(ids))
}
