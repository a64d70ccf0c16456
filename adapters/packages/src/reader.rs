//! The reader.

use crate::archive;
use crate::comparators;
use crate::directory;
use crate::fault::{refuse, refuse_file};
use crate::field::Document;
use crate::includes;
use crate::kind::Validation;
use crate::labels::LabelRules;
use crate::limits::time_limit_elsewhere;
use crate::links;
use crate::metadata::{self, Metadata};
use crate::polygon::{self, PolygonReader};
use crate::programs::Programs;
use crate::settings::PackageSettings;
use crate::statement;
use crate::submissions::SubmissionsReader;
use crate::testdata::{TestData, TestDataReader};
use crate::tree::Directory;
use crate::validators::{read_checker, read_grader};
use crate::version::Dialect;
use crate::warnings::Warnings;
use codesm_core::judging::{Language, Points, Rules};
use codesm_core::problems::{Package, PackageError, PackageReader, PackageSource};
use std::any::Any;
use std::sync::Arc;

/// Reads packages in the Kattis/ICPC format, and those of Polygon.
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
        let Opened {
            name,
            guard,
            ignored,
            lost_links,
        } = opened;
        let caps = &self.settings.limits;
        let mut warnings = Warnings::default();
        warn_of_absent(&ignored, &lost_links, &mut warnings);
        if polygon::is_polygon(root) {
            let reader = PolygonReader {
                root,
                languages: &self.languages,
                caps,
                guard,
            };
            return reader.read(&name, warnings);
        }
        let file = root
            .file(metadata::NAME)
            .ok_or_else(|| refuse("package.missing_problem_yaml", "there is neither problem.yaml nor problem.xml"))?;
        let document = Document::read(file, metadata::NAME, caps.document_bytes)?;
        let metadata = Metadata::read(&document, &mut warnings)?;
        refuse_unsupported(root)?;
        let reader = TestDataReader {
            root,
            metadata: &metadata,
            caps,
            guard: guard.clone(),
        };
        let mut data = reader.read(&mut warnings)?;
        let time_limit_ms = match metadata.limits.time_ms {
            Some(limit) => Some(limit),
            None => time_limit_elsewhere(root, caps, &mut warnings)?,
        };
        if time_limit_ms.is_none() {
            warnings.add("the package says no time limit: it has to be measured".to_owned());
        }
        let mut programs = Programs::new(&self.languages, &metadata.constants, caps);
        let mut checker = read_checker(root, &metadata, &mut programs, &mut warnings)?;
        comparators::apply(
            &mut checker,
            &mut data.tests,
            metadata.validator_flags.as_ref(),
            &data.flags,
            metadata.dialect == Dialect::V202509,
        )?;
        let mut rules = rules(root, &metadata, &data, &mut programs, &mut warnings)?;
        let submissions = SubmissionsReader {
            root,
            rules: LabelRules {
                by_test: metadata.dialect.is_modern(),
                scoring: metadata.kind.scoring,
                modern_grading: data.is_modern,
            },
            tests: &data.tests,
            caps,
            programs: &mut programs,
        };
        let submissions = submissions.read(&mut warnings)?;
        if let Some(tree) = data.domjudge_tree.take()
            && submissions.iter().any(|submission| submission.label.score.is_some())
        {
            let message = "graded as DOMjudge does, whose @EXPECTED_SCORE@ the submissions say: no key of a group is inherited, and a group is worth its accept_score once";
            warnings.about("data", message);
            (rules.tree, rules.accepted_only) = (Some(tree), false);
        }
        let statement = statement::read(root, &metadata, caps, &mut warnings)?;
        let title = title(&metadata.titles).or(statement.title).unwrap_or_else(|| {
            warnings.about_key(metadata::NAME, "name", "missing: the package's own name is the title");
            name.clone()
        });
        let attachments = root.directory("attachments").map(Directory::all_files).unwrap_or_default();
        let attachments = attachments.into_iter().map(|(name, file)| (name, file.local(guard.as_ref())));
        Ok(Package {
            name,
            title,
            statement: statement.text,
            format_version: metadata.version,
            time_limit_ms,
            time_rule: metadata.limits.time_rule,
            memory_limit_mb: metadata.limits.memory_mb,
            output_limit_kb: metadata.limits.output_kb,
            tags: metadata.tags,
            author: metadata.author,
            license: metadata.license,
            source: metadata.source,
            checker,
            rules,
            tests: data.tests,
            submissions,
            attachments: attachments.collect(),
            warnings: warnings.finish(),
            guard,
        })
    }
}

/// Says what was left out of the tree.
fn warn_of_absent(names: &[String], links: &[String], warnings: &mut Warnings) {
    for path in names {
        warnings.about(path, "ignored: the format allows no such name");
    }
    for path in links {
        warnings.about(path, "ignored: the link leads to nothing in the package");
    }
}

/// How submissions are judged apart from tests and checker.
fn rules(
    root: &Directory,
    metadata: &Metadata,
    data: &TestData,
    programs: &mut Programs<'_>,
    warnings: &mut Warnings,
) -> Result<Rules, PackageError> {
    let Metadata { kind, limits, .. } = metadata;
    let grader = read_grader(root, data.custom_grading.as_ref(), programs, warnings)?;
    let includes = includes::read(root, programs, warnings)?;
    let points = match (kind.scoring, data.is_modern) {
        (true, true) => Points::Modern,
        (true, false) if kind.validation == Validation::CustomScore => Points::Legacy,
        _ => Points::None,
    };
    Ok(Rules {
        interactive: kind.interactive,
        interactor: None,
        passes: limits.passes,
        points,
        tree: data.tree.clone(),
        minimise: metadata.minimise,
        accepted_only: kind.scoring && metadata.dialect.is_legacy(),
        grader,
        languages: includes::languages(metadata, &includes, programs, warnings)?,
        includes,
        file_writing: metadata.file_writing,
        code_kb: limits.code_kb,
        compile_time_ms: limits.compilation_time_ms,
        compile_memory_mb: limits.compilation_memory_mb,
    })
}

/// What opening a package gave besides its files.
struct Opened {
    name: String,
    guard: Option<Arc<dyn Any + Send + Sync>>,
    ignored: Vec<String>,
    lost_links: Vec<String>,
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
        let mut lost_links = Vec::new();
        let may_lose = matches!(source, PackageSource::Directory(_)).then_some(&mut lost_links);
        let root = links::resolve(&listing.root, &self.settings.limits, may_lose)?;
        let opened = Opened {
            name: listing.name.or(archive_name).unwrap_or_else(|| "problem".to_owned()),
            guard,
            ignored: listing.ignored,
            lost_links,
        };
        self.package(&root, opened)
    }
}

/// Refuses what changes how submissions are judged and is not supported.
fn refuse_unsupported(root: &Directory) -> Result<(), PackageError> {
    let folder = "static_validator";
    if root.directory(folder).is_some_and(|directory| !directory.entries.is_empty()) {
        return Err(refuse_file(
            "package.unsupported_type",
            folder,
            "static validators are not supported",
        ));
    }
    Ok(())
}

/// The title in English, else in the first language.
fn title(titles: &[(String, String)]) -> Option<String> {
    let mut candidates: Vec<_> = titles.iter().filter(|(_, title)| !title.is_empty()).collect();
    candidates.sort_by_key(|(language, _)| statement::language_rank(language));
    candidates.first().map(|(_, title)| title.clone())
}
