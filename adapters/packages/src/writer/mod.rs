//! Writes packages of version 2025-09.
//!
//! What is written is read back before it is given away: the reader is the judge of what a package says. Where it does not
//! say the same, the package is refused with `package.cannot_express`, most often with a better sentence long before.

mod archive;
mod checker;
mod data;
mod labels;
mod layout;
mod metadata;
mod programs;
mod scoring;
mod submissions;
mod verify;
mod yaml;

use crate::fault::{local, refuse};
use crate::reader::KattisPackageReader;
use crate::settings::PackageSettings;
use archive::Archive;
use codesm_core::judging::Language;
use codesm_core::problems::{Package, PackageError, PackageReader, PackageSource, PackageWriter};
use layout::Layout;
use scoring::Plan;
use std::fs;
use std::path::Path;
use submissions::Natural;
use zip::CompressionMethod;

/// Writes packages that [`KattisPackageReader`] reads.
#[derive(Clone, Debug)]
pub struct KattisPackageWriter {
    settings: PackageSettings,
    languages: Vec<Language>,
}

/// The format has no words for something.
fn cannot(message: impl Into<String>) -> PackageError {
    refuse("package.cannot_express", message)
}

impl KattisPackageWriter {
    /// A writer for readers that work in the same folder, accept as much and know the same languages.
    #[must_use]
    pub const fn new(settings: PackageSettings, languages: Vec<Language>) -> Self {
        Self { settings, languages }
    }

    fn read(&self, path: &Path, name: &str) -> Result<Package, PackageError> {
        let source = PackageSource::Archive {
            path: path.to_owned(),
            name: name.to_owned(),
        };
        KattisPackageReader::new(self.settings.clone(), self.languages.clone()).read(&source)
    }

    /// What the reader makes of the jury submissions if nothing is said about them but where they are.
    fn natural(&self, package: &Package) -> Result<Natural, PackageError> {
        if package.submissions.is_empty() {
            return Ok(Natural::default());
        }
        fs::create_dir_all(&self.settings.scratch).map_err(|error| local("making the scratch folder", &error))?;
        let probe = tempfile::Builder::new()
            .prefix("probe-")
            .tempfile_in(&self.settings.scratch)
            .map_err(|error| local("making a scratch file", &error))?;
        let mut archive = Archive::create(probe.path(), CompressionMethod::Stored)?;
        archive.add("problem.yaml", metadata::probe(package).as_bytes())?;
        for file in ["data/sample/1.in", "data/sample/1.ans", "data/secret/1.in", "data/secret/1.ans"] {
            archive.add(file, b"")?;
        }
        submissions::write(package, &mut archive)?;
        archive.finish()?;
        Ok(Natural::new(self.read(probe.path(), &package.name)?))
    }

    fn write_with(&self, plans: &Plans<'_>, to: &Path, method: CompressionMethod) -> Result<(), PackageError> {
        let Plans {
            package,
            layout,
            scoring,
            rules,
        } = plans;
        let mut archive = Archive::create(to, method)?;
        archive.add("problem.yaml", metadata::text(package)?.as_bytes())?;
        archive.add("statement/problem.en.md", format!("{}\n", package.statement).as_bytes())?;
        data::write(package, layout, scoring.as_ref(), &mut archive)?;
        programs::write_validator(&package.checker, &mut archive)?;
        programs::write_includes(package, &self.languages, &mut archive)?;
        for (name, file) in &package.attachments {
            archive.copy(&format!("attachments/{name}"), file)?;
        }
        submissions::write(package, &mut archive)?;
        if !rules.is_empty() {
            archive.add("submissions/submissions.yaml", rules.as_bytes())?;
        }
        archive.finish()?;
        let read = self.read(to, &package.name)?;
        verify::same(plans, &read)
    }
}

/// Everything that is settled before the first byte is written.
struct Plans<'a> {
    package: &'a Package,
    layout: Layout,
    scoring: Option<Plan>,
    /// `submissions.yaml`; empty if there is nothing to say.
    rules: String,
}

impl PackageWriter for KattisPackageWriter {
    fn write(&self, package: &Package, to: &Path) -> Result<(), PackageError> {
        checker::require_expressible(package)?;
        let layout = layout::plan(package)?;
        let scoring = scoring::plan(package, &layout)?;
        let natural = self.natural(package)?;
        let rules = submissions::rules(package, &natural, &layout, scoring.as_ref())?;
        let plans = Plans {
            package,
            layout,
            scoring,
            rules,
        };
        let mut result = self.write_with(&plans, to, CompressionMethod::Deflated);
        if result.as_ref().is_err_and(|error| error.code == "package.too_large") {
            // It may have packed so well that the reader takes it for a bomb.
            result = self.write_with(&plans, to, CompressionMethod::Stored);
        }
        if result.is_err() {
            // Half a package is none. That it cannot be removed either is of no more use to the caller.
            drop(fs::remove_file(to));
        }
        result
    }
}
