//! `problem.yaml`.

use crate::author::author;
use crate::constants::Constants;
use crate::field::{Document, Field};
use crate::limits::Limits;
use crate::version::Dialect;
use crate::warnings::Warnings;
use codesm_core::problems::PackageError;

/// Name of the file.
pub(crate) const NAME: &str = "problem.yaml";

const COMMON_KEYS: [&str; 12] = [
    "problem_format_version",
    "type",
    "name",
    "uuid",
    "source",
    "source_url",
    "license",
    "rights_owner",
    "limits",
    "keywords",
    "author",
    "version",
];
const LEGACY_KEYS: [&str; 3] = ["validation", "validator_flags", "grading"];
const MODERN_KEYS: [&str; 5] = ["credits", "embargo_until", "languages", "allow_file_writing", "constants"];

/// What `problem.yaml` says about the kind of checker.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Validation {
    /// Nothing: in the legacy format the default validator, in the new one whatever the folder holds.
    Unsaid,
    Default,
    Custom,
}

/// What `problem.yaml` says.
pub(crate) struct Metadata {
    pub(crate) dialect: Dialect,
    /// Version as written.
    pub(crate) version: String,
    /// Titles by language; the language of a plain text is empty.
    pub(crate) titles: Vec<(String, String)>,
    pub(crate) limits: Limits,
    pub(crate) validation: Validation,
    pub(crate) validator_flags: Vec<String>,
    pub(crate) tags: Vec<String>,
    pub(crate) author: Option<String>,
    pub(crate) license: Option<String>,
    pub(crate) constants: Constants,
}

impl Metadata {
    /// Reads `problem.yaml`.
    ///
    /// # Errors
    /// `package.unknown_version`, `package.unsupported_type`, `package.absurd_limit`, `package.invalid_value`.
    pub(crate) fn read(document: &Document, warnings: &mut Warnings) -> Result<Self, PackageError> {
        let root = document.root();
        let (dialect, version) = Dialect::of(&root)?;
        warn_of_keys(&root, dialect, warnings)?;
        check_type(&root)?;
        let validation = validation(&root)?;
        if let Some(grading) = root.get("grading") {
            warnings.about_key(NAME, &grading.key, "ignored: it is for scoring problems");
        }
        let limits = match root.get("limits") {
            Some(limits) => Limits::read(&limits, warnings)?,
            None => Limits::default(),
        };
        if let Some(languages) = root.get("languages")
            && languages.words()? != ["all"]
        {
            warnings.about_key(NAME, "languages", "ignored: submissions in other languages are accepted too");
        }
        Ok(Self {
            dialect,
            version,
            titles: titles(&root)?,
            limits,
            validation,
            validator_flags: root
                .get("validator_flags")
                .map(|flags| flags.words())
                .transpose()?
                .unwrap_or_default(),
            tags: root
                .get("keywords")
                .map(|keywords| keywords.words())
                .transpose()?
                .unwrap_or_default(),
            author: author(&root)?,
            license: root.get("license").map(|license| license.text().map(str::to_owned)).transpose()?,
            constants: root
                .get("constants")
                .map(|field| Constants::read(&field))
                .transpose()?
                .unwrap_or_default(),
        })
    }
}

fn warn_of_keys(root: &Field<'_>, dialect: Dialect, warnings: &mut Warnings) -> Result<(), PackageError> {
    for (key, _) in root.entries()? {
        let common = COMMON_KEYS.contains(&key);
        let legacy = LEGACY_KEYS.contains(&key);
        let modern = MODERN_KEYS.contains(&key);
        let foreign = (legacy && dialect == Dialect::V202509) || (modern && dialect.is_legacy());
        if foreign {
            warnings.about_key(NAME, key, "does not belong to this version of the format; read all the same");
        } else if !common && !legacy && !modern {
            warnings.about_key(NAME, key, "unknown key, ignored");
        }
    }
    Ok(())
}

fn check_type(root: &Field<'_>) -> Result<(), PackageError> {
    let Some(field) = root.get("type") else {
        return Ok(());
    };
    let kinds = field.words()?;
    for kind in &kinds {
        match kind.as_str() {
            "pass-fail" => {}
            "scoring" | "interactive" | "multi-pass" | "submit-answer" => {
                return Err(field.refuse("package.unsupported_type", &format!("{kind} problems are not supported yet")));
            }
            _ => return Err(field.invalid(&format!("there is no problem type {kind}"))),
        }
    }
    Ok(())
}

fn validation(root: &Field<'_>) -> Result<Validation, PackageError> {
    let Some(field) = root.get("validation") else {
        return Ok(Validation::Unsaid);
    };
    let words = field.words()?;
    let mut found = Validation::Unsaid;
    for (index, word) in words.iter().enumerate() {
        match (index, word.as_str()) {
            (0, "default") => found = Validation::Default,
            (0, "custom") => found = Validation::Custom,
            (_, "interactive" | "multi-pass") => {
                return Err(field.refuse("package.unsupported_type", &format!("{word} problems are not supported yet")));
            }
            (_, "score") => {
                return Err(field.refuse("package.unsupported_type", "scoring problems are not supported yet"));
            }
            _ => return Err(field.invalid("must be default or custom")),
        }
    }
    Ok(found)
}

fn titles(root: &Field<'_>) -> Result<Vec<(String, String)>, PackageError> {
    let Some(name) = root.get("name") else {
        return Ok(Vec::new());
    };
    if name.is_map() {
        let pairs = name.entries()?.into_iter();
        return pairs
            .map(|(language, title)| Ok((language.to_owned(), title.text()?.trim().to_owned())))
            .collect();
    }
    Ok(vec![(String::new(), name.text()?.trim().to_owned())])
}
