//! The reader.

use crate::archive;
use crate::directory;
use crate::fault::{refuse, refuse_file};
use crate::field::Document;
use crate::limits::time_limit_elsewhere;
use crate::links;
use crate::metadata::{self, Metadata};
use crate::programs::Programs;
use crate::settings::PackageSettings;
use crate::statement;
use crate::submissions::SubmissionsReader;
use crate::testdata::TestDataReader;
use crate::tree::Directory;
use crate::validators::read_checker;
use crate::warnings::Warnings;
use codesm_core::judging::Language;
use codesm_core::problems::{Package, PackageError, PackageReader, PackageSource};
use std::any::Any;
use std::sync::Arc;

/// Reads packages in the Kattis/ICPC format.
#[derive(Clone, Debug)]
pub struct KattisPackageReader {
    settings: PackageSettings,
    languages: Vec<Language>,
}

impl KattisPackageReader {
    /// A reader that recognises programs by the extensions of these languages.
    #[must_use]
    pub const fn new(settings: PackageSettings, languages: Vec<Language>) -> Self {
        Self { settings, languages }
    }

    fn package(&self, root: &Directory, opened: Opened) -> Result<Package, PackageError> {
        let Opened { name, guard, ignored } = opened;
        let caps = &self.settings.limits;
        let mut warnings = Warnings::default();
        for path in ignored {
            warnings.about(&path, "ignored: the format allows no such name");
        }
        let file = root
            .file(metadata::NAME)
            .ok_or_else(|| refuse("package.missing_problem_yaml", "there is no problem.yaml"))?;
        let document = Document::read(file, metadata::NAME, caps.document_bytes)?;
        let metadata = Metadata::read(&document, &mut warnings)?;
        refuse_unsupported(root)?;
        if root.directory("attachments").is_some() {
            warnings.about("attachments", "ignored: files for solvers are not shown yet");
        }
        let reader = TestDataReader {
            root,
            dialect: metadata.dialect,
            constants: &metadata.constants,
            caps,
            guard: guard.clone(),
        };
        let data = reader.read(&mut warnings)?;
        let time_limit_ms = match metadata.limits.time_ms {
            Some(limit) => Some(limit),
            None => time_limit_elsewhere(root, caps, &mut warnings)?,
        };
        if time_limit_ms.is_none() {
            warnings.add("the package says no time limit".to_owned());
        }
        let mut programs = Programs::new(&self.languages, &metadata.constants, caps);
        let checker = read_checker(root, &metadata, data.flags, &mut programs, &mut warnings)?;
        let submissions = SubmissionsReader {
            root,
            dialect: metadata.dialect,
            caps,
            programs: &mut programs,
        };
        let submissions = submissions.read(&mut warnings)?;
        let statement = statement::read(root, &metadata, caps, &mut warnings)?;
        let title = title(&metadata.titles).or(statement.title).unwrap_or_else(|| {
            warnings.about_key(metadata::NAME, "name", "missing: the package's own name is the title");
            name.clone()
        });
        Ok(Package {
            name,
            title,
            statement: statement.text,
            format_version: metadata.version,
            time_limit_ms,
            memory_limit_mb: metadata.limits.memory_mb,
            output_limit_kb: metadata.limits.output_kb,
            tags: metadata.tags,
            author: metadata.author,
            license: metadata.license,
            checker,
            tests: data.tests,
            submissions,
            warnings: warnings.finish(),
            guard,
        })
    }
}

/// What opening a package gave besides its files.
struct Opened {
    name: String,
    guard: Option<Arc<dyn Any + Send + Sync>>,
    ignored: Vec<String>,
}

impl PackageReader for KattisPackageReader {
    fn read(&self, source: &PackageSource) -> Result<Package, PackageError> {
        let (listing, archive_name, guard) = match source {
            PackageSource::Directory(path) => (directory::list(path, &self.settings.limits)?, None, None),
            PackageSource::Archive { path, name } => {
                let (listing, folder) = archive::unpack(path, &self.settings)?;
                let guard: Arc<dyn Any + Send + Sync> = Arc::new(folder);
                (listing, Some(name.clone()), Some(guard))
            }
        };
        let root = links::resolve(&listing.root, &self.settings.limits)?;
        let opened = Opened {
            name: listing.name.or(archive_name).unwrap_or_else(|| "problem".to_owned()),
            guard,
            ignored: listing.ignored,
        };
        self.package(&root, opened)
    }
}

/// Refuses what changes how submissions are judged and is not supported yet.
fn refuse_unsupported(root: &Directory) -> Result<(), PackageError> {
    for (folder, code, message) in [
        ("graders", "package.unsupported_type", "custom graders are not supported yet"),
        (
            "include",
            "package.unsupported_feature",
            "files that are added to submissions are not supported yet",
        ),
        (
            "static_validator",
            "package.unsupported_feature",
            "static validators are not supported yet",
        ),
    ] {
        if root.directory(folder).is_some_and(|directory| !directory.entries.is_empty()) {
            return Err(refuse_file(code, folder, message));
        }
    }
    Ok(())
}

/// The title in English, else in the first language.
fn title(titles: &[(String, String)]) -> Option<String> {
    let mut candidates: Vec<_> = titles.iter().filter(|(_, title)| !title.is_empty()).collect();
    candidates.sort_by_key(|(language, _)| statement::language_rank(language));
    candidates.first().map(|(_, title)| title.clone())
}
