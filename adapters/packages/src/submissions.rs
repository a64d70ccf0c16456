//! Jury submissions below `submissions/`.

use crate::expected_results;
use crate::field::Document;
use crate::labels::{self, Constraint, FolderLabel};
use crate::programs::Programs;
use crate::settings::PackageLimits;
use crate::submissions_yaml::Rules;
use crate::tree::{Directory, Entry};
use crate::version::Dialect;
use crate::warnings::Warnings;
use codesm_core::judging::{Language, ProgramSource, SourceFile};
use codesm_core::problems::{JurySubmission, Label, PackageError};

const FOLDER: &str = "submissions";

/// What reading jury submissions needs to know.
pub(crate) struct SubmissionsReader<'a, 'p> {
    pub(crate) root: &'a Directory,
    pub(crate) dialect: Dialect,
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
                Rules::read(&document.root(), warnings)?
            }
            None => Rules::default(),
        };
        for (name, _) in folder.files().filter(|(name, _)| *name != "submissions.yaml") {
            warnings.about(
                &format!("{FOLDER}/{name}"),
                "ignored: submissions are in folders that say what they must get",
            );
        }
        let mut found = Vec::new();
        for (kind, directory) in folder.directories() {
            for (name, entry) in &directory.entries {
                found.push(self.submission(kind, name, entry, &rules)?);
            }
        }
        Ok(found)
    }

    fn submission(&mut self, kind: &str, name: &str, entry: &Entry, rules: &Rules) -> Result<JurySubmission, PackageError> {
        let path = format!("{kind}/{name}");
        let skipped = |reason: String| JurySubmission {
            path: path.clone(),
            program: None,
            label: Label {
                expected: Vec::new(),
                permitted: Vec::new(),
            },
            skipped: Some(reason),
        };
        if let Some(reason) = switched_off(name) {
            return Ok(skipped(reason.to_owned()));
        }
        let usual = labels::of_folder(kind, self.dialect.is_legacy());
        let constraint = match &usual {
            Some(FolderLabel::Format(constraint)) => Some(constraint.clone()),
            Some(FolderLabel::Other(_) | FolderLabel::Unusable(_)) | None => None,
        };
        let said = rules.about(&path, constraint);
        let files = Programs::files(name, entry);
        if !self.programs.fits(&files) {
            return Ok(skipped("the program is too large".to_owned()));
        }
        let names: Vec<_> = files.iter().map(|(name, _)| name.as_str()).collect();
        let language = match &said.language {
            Some(code) => self
                .programs
                .language_by_code(code)
                .ok_or_else(|| format!("the language {code} is not known")),
            None => self.programs.language(&names),
        };
        let by_rules = said.constraint.as_ref();
        let language: &'p Language = match language {
            Ok(language) => language,
            Err(reason) => {
                let skipped = skipped(reason);
                // Not being read, it has no tag.
                let label = label(kind, usual, by_rules, &[]).unwrap_or_else(|_| skipped.label.clone());
                return Ok(JurySubmission { label, ..skipped });
            }
        };
        let mut files = self.programs.load(&format!("{FOLDER}/{path}"), &files)?;
        self.programs.entry_point_first(&mut files, language, said.entry_point.as_deref());
        let label = label(kind, usual, by_rules, &files);
        let needs_python_2 = self.dialect.is_legacy() && files.first().is_some_and(is_python_2);
        let program = ProgramSource {
            language: language.id.clone(),
            files,
        };
        Ok(match label {
            Ok(label) => JurySubmission {
                path,
                program: Some(program),
                label,
                skipped: needs_python_2.then(|| "written in Python 2".to_owned()),
            },
            Err(reason) => JurySubmission {
                program: Some(program),
                ..skipped(reason)
            },
        })
    }
}

/// The label by rules and official folders, else by the tag in the source, else by other known folders.
fn label(kind: &str, usual: Option<FolderLabel>, by_rules: Option<&Constraint>, files: &[SourceFile]) -> Result<Label, String> {
    let overruled = by_rules.is_some() && !matches!(usual, Some(FolderLabel::Format(_)));
    if !labels::is_official(kind)
        && !overruled
        && let Some(tag) = expected_results::find(files)
    {
        return expected_results::label(&tag);
    }
    if let Some(constraint) = by_rules {
        return constraint
            .label()
            .ok_or_else(|| "what submissions.yaml and the folder require contradicts what they permit".to_owned());
    }
    match usual {
        Some(FolderLabel::Other(label)) => Ok(label),
        Some(FolderLabel::Unusable(reason)) => Err(reason.to_owned()),
        Some(FolderLabel::Format(_)) | None => Err(format!("the folder {kind} does not say what its submissions must get")),
    }
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

fn is_python_2(file: &SourceFile) -> bool {
    let line = file.content.split(|byte| *byte == b'\n').next().unwrap_or_default();
    line.starts_with(b"#!") && line.windows(7).any(|window| window == b"python2")
}
