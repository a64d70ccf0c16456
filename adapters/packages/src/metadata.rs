//! `problem.yaml`.

use crate::author::author;
use crate::constants::Constants;
use crate::field::{Document, Field, Place};
use crate::flags::Flags;
use crate::kind::Kind;
use crate::legacy_keys::LegacyKeys;
use crate::limits::Limits;
use crate::source::source;
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

/// What `problem.yaml` says.
pub(crate) struct Metadata {
    pub(crate) dialect: Dialect,
    /// Version as written.
    pub(crate) version: String,
    /// Titles by language; the language of a plain text is empty.
    pub(crate) titles: Vec<(String, String)>,
    pub(crate) limits: Limits,
    pub(crate) kind: Kind,
    /// Whether less is better.
    pub(crate) minimise: bool,
    /// What packages older than the legacy format say about all groups.
    pub(crate) grading: LegacyKeys,
    pub(crate) validator_flags: Option<Flags>,
    pub(crate) tags: Vec<String>,
    pub(crate) author: Option<String>,
    pub(crate) license: Option<String>,
    pub(crate) source: Option<String>,
    pub(crate) constants: Constants,
    /// Codes of the languages that may be used, if not all.
    pub(crate) languages: Option<(Vec<String>, Place)>,
    pub(crate) file_writing: bool,
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
        let kind = Kind::read(&root, warnings)?;
        let (minimise, grading) = match root.get("grading") {
            Some(field) => grading(&field, kind, warnings)?,
            None => (false, LegacyKeys::default()),
        };
        let validator_flags = root.get("validator_flags").map(|field| Flags::read(&field)).transpose()?;
        let file_writing = root.get("allow_file_writing").map(|field| field.truth()).transpose()?;
        Ok(Self {
            dialect,
            version,
            titles: titles(&root)?,
            limits: Limits::read(root.get("limits").as_ref(), dialect, kind, warnings)?,
            kind,
            minimise,
            grading,
            validator_flags,
            tags: root
                .get("keywords")
                .map(|keywords| keywords.words())
                .transpose()?
                .unwrap_or_default(),
            author: author(&root)?,
            license: root.get("license").map(|license| license.text().map(str::to_owned)).transpose()?,
            source: source(&root)?,
            constants: root
                .get("constants")
                .map(|field| Constants::read(&field))
                .transpose()?
                .unwrap_or_default(),
            languages: languages(&root)?,
            file_writing: file_writing.unwrap_or(!dialect.is_modern()),
        })
    }
}

fn warn_of_keys(root: &Field<'_>, dialect: Dialect, warnings: &mut Warnings) -> Result<(), PackageError> {
    for (key, value) in root.entries()? {
        let common = COMMON_KEYS.contains(&key);
        let legacy = LEGACY_KEYS.contains(&key);
        let modern = MODERN_KEYS.contains(&key);
        let foreign = (legacy && dialect == Dialect::V202509) || (modern && dialect.is_legacy());
        if foreign {
            warnings.about_field(&value, "does not belong to this version of the format; read all the same");
        } else if !common && !legacy && !modern {
            warnings.about_field(&value, "unknown key, ignored");
        }
    }
    Ok(())
}

/// Whether less is better, and what it says about groups in packages older than the legacy format.
fn grading(field: &Field<'_>, kind: Kind, warnings: &mut Warnings) -> Result<(bool, LegacyKeys), PackageError> {
    let mut minimise = false;
    let mut keys = LegacyKeys::default();
    for (key, value) in field.entries()? {
        if !kind.scoring && key != "show_test_data_groups" {
            warnings.about_field(&value, "ignored: it is for scoring problems");
            continue;
        }
        match (key, value.is_empty()) {
            (_, true) | ("show_test_data_groups", _) => {}
            ("objective", _) => match value.text()? {
                "max" => {}
                "min" => minimise = true,
                _ => return Err(value.invalid("must be max or min")),
            },
            _ if keys.read(key, &value)? => {}
            _ => warnings.about_field(&value, "unknown key, ignored"),
        }
    }
    Ok((minimise, keys))
}

fn languages(root: &Field<'_>) -> Result<Option<(Vec<String>, Place)>, PackageError> {
    let Some(field) = root.get("languages") else {
        return Ok(None);
    };
    let words = field.words()?;
    if words == ["all"] {
        return Ok(None);
    }
    if words.is_empty() {
        return Err(field.invalid("must be all or name languages"));
    }
    Ok(Some((words, field.place())))
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
