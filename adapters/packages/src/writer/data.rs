//! `data/`: tests and what belongs to them.

use super::archive::Archive;
use super::checker::{args_of, usual_args};
use super::layout::Layout;
use super::scoring::{self, Plan};
use super::yaml::{line, list, quoted};
use codesm_core::problems::{Package, PackageError};
use std::collections::BTreeMap;

/// Writes all tests with the files of their folders.
///
/// # Errors
/// As [`Archive::add`].
pub(super) fn write(package: &Package, layout: &Layout, scoring: Option<&Plan>, archive: &mut Archive) -> Result<(), PackageError> {
    for (path, text) in folders(package, scoring) {
        archive.add(&format!("data/{path}/test_group.yaml"), text.as_bytes())?;
    }
    let usual = usual_args(&package.checker);
    for (test, path) in package.tests.iter().zip(&layout.tests) {
        let path = format!("data/{path}");
        archive.copy(&format!("{path}.in"), &test.input)?;
        archive.copy(&format!("{path}.ans"), &test.answer)?;
        for (name, file) in &test.files {
            archive.copy(&format!("{path}.files/{name}"), file)?;
        }
        let mut text = String::new();
        if !test.args.is_empty() {
            line(&mut text, 0, "args", &list(&test.args));
        }
        let args = args_of(&package.checker, test);
        if args != usual {
            line(&mut text, 0, "output_validator_args", &list(&args));
        }
        if let Some(words) = &test.explanation {
            line(&mut text, 0, "description", &quoted(words));
        }
        if !text.is_empty() {
            archive.add(&format!("{path}.yaml"), text.as_bytes())?;
        }
    }
    Ok(())
}

/// `test_group.yaml` by folder.
fn folders(package: &Package, scoring: Option<&Plan>) -> BTreeMap<String, String> {
    let mut texts: BTreeMap<String, String> = scoring.map(scoring::files).unwrap_or_default().into_iter().collect();
    let usual = usual_args(&package.checker);
    if !usual.is_empty() {
        for (name, sample) in [("sample", true), ("secret", false)] {
            if package.tests.iter().any(|test| test.sample == sample) {
                let text = texts.entry(name.to_owned()).or_default();
                line(text, 0, "output_validator_args", &list(&usual));
            }
        }
    }
    texts
}
