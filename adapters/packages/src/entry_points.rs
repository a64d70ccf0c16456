//! `submissions.json` of `DOMjudge`: the files with which jury submissions start.

use crate::field::Document;
use crate::settings::PackageLimits;
use crate::tree::Directory;
use crate::warnings::Warnings;
use codesm_core::problems::PackageError;

const NAME: &str = "submissions.json";

/// Entry points by paths such as `accepted/many`.
#[derive(Debug, Default)]
pub(crate) struct EntryPoints {
    by_path: Vec<(String, String)>,
}

impl EntryPoints {
    /// Reads the file at the package's root, if there is one. What is wrong with it concerns no solver, so it is only warned of.
    ///
    /// # Errors
    /// `package.too_large`, `package.unreadable`.
    pub(crate) fn read(root: &Directory, caps: &PackageLimits, warnings: &mut Warnings) -> Result<Self, PackageError> {
        let Some(file) = root.file(NAME) else {
            return Ok(Self::default());
        };
        let text = crate::content::lossy_text(file, NAME, caps.document_bytes)?;
        // JSON is YAML but for tabs, which YAML does not take for indentation.
        let entries = Document::parse(&text.replace('\t', " "), NAME).and_then(|document| Self::parse(&document));
        Ok(entries.unwrap_or_else(|error| {
            warnings.add(format!("{error}; ignored"));
            Self::default()
        }))
    }

    fn parse(document: &Document) -> Result<Self, PackageError> {
        let mut by_path = Vec::new();
        for (path, value) in document.root().entries()? {
            if let Some(entry_point) = value.get("entry_point") {
                let path = path.trim_end_matches('/').trim_start_matches("submissions/");
                by_path.push((path.to_owned(), entry_point.text()?.to_owned()));
            }
        }
        Ok(Self { by_path })
    }

    /// The entry point of the submission at a path.
    pub(crate) fn of(&self, path: &str) -> Option<&str> {
        let (_, entry_point) = self.by_path.iter().find(|(known, _)| known == path)?;
        Some(entry_point)
    }
}
