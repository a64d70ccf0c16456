//! Jury submissions below `submissions/`.

use crate::demands;
use crate::entry_points::EntryPoints;
use crate::fault::refuse_file;
use crate::field::Document;
use crate::labels::{self, FolderLabel, LabelRules};
use crate::programs::Programs;
use crate::prolog;
use crate::settings::PackageLimits;
use crate::submissions_yaml::{Rules, Said};
use crate::tags::{self, Tags};
use crate::tree::{Directory, Entry};
use crate::warnings::Warnings;
use codesm_core::judging::{Language, ProgramSource};
use codesm_core::problems::{JurySubmission, Label, PackageError, PackageTest, Timing};

const FOLDER: &str = "submissions";
/// Most tests that the labels of all submissions together name.
const MOST_NAMED: usize = 2_000_000;

/// What reading jury submissions needs to know.
pub(crate) struct SubmissionsReader<'a, 'p> {
    pub(crate) root: &'a Directory,
    pub(crate) rules: LabelRules,
    pub(crate) tests: &'a [PackageTest],
    pub(crate) caps: &'a PackageLimits,
    pub(crate) programs: &'a mut Programs<'p>,
}

impl<'p> SubmissionsReader<'_, 'p> {
    /// Reads all jury submissions, in byte order of their paths.
    ///
    /// # Errors
    /// Whatever `submissions.yaml` is refused for; `package.too_large` if the programs together are.
    pub(crate) fn read(mut self, warnings: &mut Warnings) -> Result<Vec<JurySubmission>, PackageError> {
        let Some(folder) = self.root.directory(FOLDER) else {
            return Ok(Vec::new());
        };
        let rules = match folder.file("submissions.yaml") {
            Some(file) => {
                let document = Document::read(file, "submissions/submissions.yaml", self.caps.document_bytes)?;
                Rules::read(&document.root(), self.tests, warnings)?
            }
            None => Rules::default(),
        };
        let entry_points = EntryPoints::read(self.root, self.caps, warnings)?;
        for (name, _) in folder.files().filter(|(name, _)| *name != "submissions.yaml") {
            warnings.about(
                &format!("{FOLDER}/{name}"),
                "ignored: submissions are in folders that say what they must get",
            );
        }
        let mut found = Vec::new();
        let mut named = 0;
        for (kind, directory) in folder.directories() {
            for (name, entry) in &directory.entries {
                let submission = self.submission(kind, name, entry, &rules, &entry_points)?;
                named += tests_named(&submission.label);
                if named > MOST_NAMED {
                    let message = "what is said about all submissions together is too much";
                    return Err(refuse_file("package.too_large", "submissions/submissions.yaml", message));
                }
                found.push(submission);
            }
        }
        let paths: Vec<&str> = found.iter().map(|submission| submission.path.as_str()).collect();
        rules.warn_of_idle(&paths, warnings);
        Ok(found)
    }

    fn submission(
        &mut self,
        kind: &str,
        name: &str,
        entry: &Entry,
        rules: &Rules,
        entry_points: &EntryPoints,
    ) -> Result<JurySubmission, PackageError> {
        let path = format!("{kind}/{name}");
        let skipped = |reason: String| JurySubmission {
            path: path.clone(),
            program: None,
            label: Label::default(),
            timing: Timing::Nothing,
            skipped: Some(reason),
        };
        if let Some(reason) = switched_off(name) {
            return Ok(skipped(reason.to_owned()));
        }
        let usual = labels::of_folder(kind, self.rules);
        let demand = match &usual {
            Some(FolderLabel::Format(demand)) => Some(demand.clone()),
            Some(FolderLabel::Other(_) | FolderLabel::Unusable(_)) | None => None,
        };
        let said = rules.about(&path, demand);
        let files = Programs::files(name, entry);
        if !self.programs.fits(&files) {
            return Ok(skipped("the program is too large".to_owned()));
        }
        let language: &'p Language = match self.language(&said, &files) {
            Ok(language) => language,
            Err(reason) => {
                let skipped = skipped(reason);
                // Not being read, it has no tag.
                let label = self.label(kind, usual, &said, Tags::default());
                return Ok(JurySubmission {
                    label: label.unwrap_or_default(),
                    ..skipped
                });
            }
        };
        let mut files = self.programs.load(&format!("{FOLDER}/{path}"), &files)?;
        let named = said.entry_point.as_deref().or_else(|| entry_points.of(&path));
        let entry = self.programs.entry_point_first(&mut files, language, named);
        if said.language.is_none() && prolog::is_meant(&files) {
            return Ok(skipped("it looks like Prolog, which is not known".to_owned()));
        }
        let timing = if self.rules.by_test || said.by_rules {
            demands::timing(&said.demands)
        } else {
            let overruled = said.demands.iter().filter_map(|demand| demand.timing).next_back();
            overruled.unwrap_or_else(|| labels::legacy_timing(kind))
        };
        let label = self.label(kind, usual, &said, tags::find(&files));
        let program = Some(ProgramSource {
            language: language.id.clone(),
            files,
            entry,
        });
        Ok(match label {
            Ok(label) => JurySubmission {
                path,
                program,
                label,
                timing,
                skipped: None,
            },
            Err(reason) => JurySubmission {
                program,
                ..skipped(reason)
            },
        })
    }

    fn language(&self, said: &Said, files: &[(String, &crate::tree::TreeFile)]) -> Result<&'p Language, String> {
        let names: Vec<_> = files.iter().map(|(name, _)| name.as_str()).collect();
        match &said.language {
            Some(code) => self
                .programs
                .language_by_code(code)
                .ok_or_else(|| format!("the language {code} is not known")),
            None => self.programs.language(&names),
        }
    }

    /// The label by rules and official folders, else by the tag in the source, else by other known folders; and by tags
    /// that go into detail.
    fn label(&self, kind: &str, usual: Option<FolderLabel>, said: &Said, tags: Tags) -> Result<Label, String> {
        let Tags { results, score, grades } = tags;
        let overruled = said.by_rules && !matches!(usual, Some(FolderLabel::Format(_)));
        let tag = results.filter(|_| !labels::is_official(kind) && !overruled);
        let by_test = self.rules.by_test || said.by_rules;
        let demanded = || {
            let label = demands::label(&said.demands, by_test);
            label.ok_or_else(|| "what submissions.yaml and the folder require contradicts what they permit".to_owned())
        };
        let is_known = score.is_some() || !grades.is_empty();
        let mut label = match (tag, usual) {
            (Some(tag), _) => tag?,
            (None, Some(FolderLabel::Format(_))) => demanded()?,
            (None, Some(FolderLabel::Other(label))) => {
                let constraints = demanded()?.constraints;
                Label { constraints, ..label }
            }
            (None, _) if said.by_rules => demanded()?,
            (None, _) if is_known => Label::default(),
            (None, Some(FolderLabel::Unusable(reason))) => return Err(reason.to_owned()),
            (None, None) => return Err(format!("the folder {kind} does not say what its submissions must get")),
        };
        label.score = score.map(|score| (score, score));
        label.grades = grades;
        Ok(label)
    }
}

/// Tests, groups and constraints that a label holds.
fn tests_named(label: &Label) -> usize {
    let constraints = label.constraints.iter();
    constraints
        .map(|constraint| 1 + constraint.tests.as_ref().map_or(0, Vec::len))
        .sum()
}

/// Why a submission of that name is not meant to be judged.
fn switched_off(name: &str) -> Option<&'static str> {
    if name.ends_with(".disabled") {
        return Some("switched off by its name");
    }
    name.split('.')
        .skip(1)
        .any(|part| part == "bad")
        .then_some("labelled wrongly on purpose, as its name says")
}
