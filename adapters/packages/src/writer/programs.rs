//! The output validator, and files that are laid over submissions.

use super::archive::Archive;
use crate::constants::Constants;
use crate::programs::Programs;
use crate::settings::PackageLimits;
use codesm_core::judging::{Checker, Include, Language};
use codesm_core::problems::{Package, PackageError};

/// Writes `output_validator/`, if the problem has one.
///
/// # Errors
/// As [`Archive::add`].
pub(super) fn write_validator(checker: &Checker, archive: &mut Archive) -> Result<(), PackageError> {
    for program in checker.programs() {
        for file in &program.files {
            archive.add(&format!("output_validator/{}", file.name), &file.content)?;
        }
    }
    Ok(())
}

/// Writes `include/`.
///
/// # Errors
/// As [`Archive::add`].
pub(super) fn write_includes(package: &Package, languages: &[Language], archive: &mut Archive) -> Result<(), PackageError> {
    for include in &package.rules.includes {
        for folder in folders(include, languages) {
            for file in &include.files.files {
                archive.add(&format!("include/{folder}/{}", file.name), &file.content)?;
            }
        }
    }
    Ok(())
}

/// Names of the folders that hold the files: one if the format calls all these languages by one name.
fn folders(include: &Include, languages: &[Language]) -> Vec<String> {
    if include.languages.is_empty() {
        return vec!["default".to_owned()];
    }
    let (constants, caps) = (Constants::default(), PackageLimits::default());
    let programs = Programs::new(languages, &constants, &caps);
    let means_all = |code: &&String| {
        let meant: Vec<&String> = programs.languages_by_code(code).into_iter().map(|language| &language.id).collect();
        meant.len() == include.languages.len() && meant.iter().all(|id| include.languages.contains(id))
    };
    match include.languages.iter().find(means_all) {
        Some(code) => vec![code.clone()],
        None => include.languages.clone(),
    }
}
