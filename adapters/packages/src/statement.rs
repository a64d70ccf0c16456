//! The statement as Markdown.

use crate::content;
use crate::latex;
use crate::metadata::Metadata;
use crate::settings::PackageLimits;
use crate::tree::{Directory, TreeFile};
use crate::warnings::Warnings;
use codesm_core::problems::PackageError;

/// A statement.
pub(crate) struct Statement {
    pub(crate) text: String,
    /// Title that the statement itself names (LaTeX only).
    pub(crate) title: Option<String>,
}

/// Formats in the order in which they are preferred.
const FORMATS: [&str; 3] = ["md", "tex", "pdf"];

struct Candidate<'a> {
    path: String,
    /// Empty if the file names none.
    language: String,
    /// Index in [`FORMATS`].
    format: usize,
    file: &'a TreeFile,
}

/// Reads the best statement: text before PDF, English before other languages, Markdown before LaTeX.
///
/// # Errors
/// `package.too_large`, `package.unreadable`.
pub(crate) fn read(
    root: &Directory,
    metadata: &Metadata,
    caps: &PackageLimits,
    warnings: &mut Warnings,
) -> Result<Statement, PackageError> {
    let mut candidates = candidates(root, metadata.dialect.is_legacy());
    candidates.sort_by_cached_key(|found| (FORMATS[found.format] == "pdf", language_rank(&found.language), found.format));
    let Some(best) = candidates.first() else {
        warnings.add("the package has no statement".to_owned());
        return Ok(Statement {
            text: "This problem has no statement.".to_owned(),
            title: None,
        });
    };
    let mut others: Vec<_> = candidates
        .iter()
        .map(|found| found.language.as_str())
        .filter(|language| *language != best.language)
        .collect();
    others.dedup();
    if !others.is_empty() {
        warnings.about(
            &best.path,
            &format!("shown; statements in other languages are not: {}", others.join(", ")),
        );
    }
    if FORMATS[best.format] == "pdf" {
        warnings.about(&best.path, "the statement is a PDF file, which is not shown");
        return Ok(Statement {
            text: format!("The statement of this problem is a PDF file in its package: `{}`.", best.path),
            title: None,
        });
    }
    let text = content::lossy_text(best.file, &best.path, caps.statement_bytes)?;
    if FORMATS[best.format] == "md" {
        let filled = metadata.constants.fill(&text, &best.path, caps.statement_bytes)?;
        if filled.contains("](") && filled.contains("![") {
            warnings.about(&best.path, "pictures are not shown yet");
        }
        return Ok(Statement {
            // Samples are shown below the statement, not where these commands want them.
            text: filled
                .replace("{{nextsample}}", "")
                .replace("{{remainingsamples}}", "")
                .trim()
                .to_owned(),
            title: None,
        });
    }
    let filled = metadata.constants.fill_latex(&text, &best.path, caps.statement_bytes)?;
    let converted = latex::convert(&filled);
    if converted.has_pictures {
        warnings.about(&best.path, "pictures are not shown yet");
    }
    if !converted.unknown.is_empty() {
        let names: Vec<_> = converted.unknown.iter().take(20).map(String::as_str).collect();
        warnings.about(
            &best.path,
            &format!("LaTeX that is not understood was left out: {}", names.join(", ")),
        );
    }
    Ok(Statement {
        text: converted.text,
        title: converted.title,
    })
}

/// English first; a file that names no language is English; then others by name.
pub(crate) fn language_rank(language: &str) -> (u8, String) {
    let rank = match language {
        "en" => 0,
        "" => 1,
        other if other.starts_with("en-") || other.starts_with("en_") => 2,
        _ => 3,
    };
    (rank, language.to_owned())
}

/// All statements: in the folder usual for the version, else in the other, else a PDF beside `problem.yaml`.
fn candidates(root: &Directory, legacy: bool) -> Vec<Candidate<'_>> {
    let folders = if legacy {
        ["problem_statement", "statement"]
    } else {
        ["statement", "problem_statement"]
    };
    for folder in folders {
        let Some(directory) = root.directory(folder) else {
            continue;
        };
        let found: Vec<_> = directory
            .files()
            .filter_map(|(name, file)| candidate(&format!("{folder}/{name}"), name, file))
            .collect();
        if !found.is_empty() {
            return found;
        }
    }
    root.file("problem.pdf")
        .and_then(|file| candidate("problem.pdf", "problem.pdf", file))
        .into_iter()
        .collect()
}

/// A statement if the file is called `problem.<format>` or `problem.<language>.<format>`.
fn candidate<'a>(path: &str, name: &str, file: &'a TreeFile) -> Option<Candidate<'a>> {
    let (stem, extension) = name
        .strip_prefix("problem.")
        .map(|rest| rest.rsplit_once('.').unwrap_or(("", rest)))?;
    let format = FORMATS.iter().position(|format| *format == extension)?;
    Some(Candidate {
        path: path.to_owned(),
        language: stem.to_owned(),
        format,
        file,
    })
}
