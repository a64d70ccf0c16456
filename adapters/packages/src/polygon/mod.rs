//! Packages of Polygon, Codeforces' workshop for problems: `problem.xml`, testlib checkers, statements in LaTeX.

mod checker;
mod groups;
mod html;
mod programs;
mod resources;
mod solutions;
mod standard;
mod statement;
mod testset;
mod xml;

use crate::constants::Constants;
use crate::fault::refuse_file;
use crate::programs::Programs;
use crate::settings::PackageLimits;
use crate::tree::{Directory, TreeFile};
use crate::warnings::Warnings;
use codesm_core::judging::{Language, Points, Rules};
use codesm_core::problems::{Package, PackageError, TimeRule};
use std::any::Any;
use std::sync::Arc;
use xml::Element;

/// Name of the file that makes a folder such a package.
pub(crate) const NAME: &str = "problem.xml";
/// Where Polygon says how to get a package that can be judged.
const FULL_PACKAGE: &str = "generate the full package on Polygon and take that one, or run doall.sh in this one first";

/// What reading a package needs besides its files.
pub(crate) struct PolygonReader<'a> {
    pub(crate) root: &'a Directory,
    pub(crate) languages: &'a [Language],
    pub(crate) caps: &'a PackageLimits,
    /// Keeps unpacked files alive.
    pub(crate) guard: Option<Arc<dyn Any + Send + Sync>>,
}

/// Whether the folder holds a package of Polygon and none of the package format.
pub(crate) fn is_polygon(root: &Directory) -> bool {
    root.file("problem.yaml").is_none() && root.file(NAME).is_some()
}

impl PolygonReader<'_> {
    /// Reads the package; `name` is used where it does not name itself.
    ///
    /// # Errors
    /// `package.invalid_xml`, `package.invalid_value`, `package.absurd_limit`, `package.unsupported_feature`,
    /// `package.unsupported_validator`, `package.missing_validator`, `package.no_tests`, `package.missing_input`,
    /// `package.missing_answer`, `package.too_large`, `package.unreadable`.
    pub(crate) fn read(&self, name: &str, mut warnings: Warnings) -> Result<Package, PackageError> {
        let file = self
            .root
            .file(NAME)
            .ok_or_else(|| refuse_file("package.not_found", NAME, "missing"))?;
        let problem = Element::read(file, NAME)?;
        let judging = problem.child("judging").ok_or_else(|| problem.invalid("judging", "missing"))?;
        refuse_unsupported(&problem, judging)?;
        let constants = Constants::default();
        let mut programs = Programs::new(self.languages, &constants, self.caps);

        let set = testset::read(self, judging, &mut warnings)?;
        let checker = checker::read(self, &problem, &mut programs, &mut warnings)?;
        let tree = groups::tree(&set, &mut warnings)?;
        let points = if tree.is_some() && checker.gives_points {
            Points::Testlib
        } else {
            Points::None
        };
        let includes = resources::includes(self, &problem, &mut programs)?;
        let submissions = solutions::read(self, &problem, &set, &mut programs, &mut warnings)?;
        let statement = statement::read(self, &problem, &mut warnings)?;
        let name = problem.attribute("short-name").unwrap_or(name).to_owned();
        let title = statement::title(&problem).unwrap_or_else(|| {
            warnings.about_key(NAME, "names", "missing: the package's own name is the title");
            name.clone()
        });
        Ok(Package {
            title,
            statement,
            format_version: "polygon".to_owned(),
            time_limit_ms: set.time_limit_ms,
            time_rule: TimeRule::MODERN,
            memory_limit_mb: set.memory_limit_mb,
            output_limit_kb: None,
            tags: problem
                .list("tags", "tag")
                .filter_map(|tag| tag.attribute("value"))
                .map(str::to_owned)
                .collect(),
            author: None,
            license: None,
            source: None,
            checker: checker.checker,
            rules: Rules {
                interactive: checker.interactor.is_some(),
                interactor: checker.interactor,
                points,
                tree,
                includes,
                ..Rules::default()
            },
            tests: set.tests.into_iter().map(|found| found.test).collect(),
            submissions,
            attachments: resources::attachments(self, &problem, &mut warnings),
            warnings: warnings.finish(),
            guard: self.guard.clone(),
            name,
        })
    }

    /// The file at a path of the package.
    fn file(&self, path: &str) -> Option<&TreeFile> {
        self.root.file(path.trim_start_matches("./"))
    }
}

/// Refuses what changes how submissions are judged and has no place here.
fn refuse_unsupported(problem: &Element, judging: &Element) -> Result<(), PackageError> {
    const UNSUPPORTED: &str = "package.unsupported_feature";
    for (key, usual) in [("input-file", "stdin"), ("output-file", "stdout")] {
        if let Some(file) = judging.attribute(key).filter(|file| *file != usual) {
            let message = format!("submissions that use the file {file} instead of {usual} are not supported");
            return Err(judging.refuse(UNSUPPORTED, key, &message));
        }
    }
    let runs = problem.list("assets/interactor/runs", "run").count();
    if runs > 1 || judging.attribute("run-count").is_some_and(|runs| runs != "1") {
        let message = "submissions that are run several times on one test are not supported";
        return Err(judging.refuse(UNSUPPORTED, "run-count", message));
    }
    if let Some(scorer) = problem.at("assets/scorer") {
        return Err(scorer.refuse(UNSUPPORTED, "scorer", "programs that make the score are not supported"));
    }
    Ok(())
}
