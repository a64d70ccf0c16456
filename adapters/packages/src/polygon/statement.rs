//! The statement as Markdown.

use super::xml::Element;
use super::{NAME, PolygonReader, html};
use crate::content;
use crate::latex;
use crate::warnings::Warnings;
use codesm_core::problems::PackageError;

/// The language that is preferred.
const ENGLISH: &str = "english";
/// Sections of `statement-sections/<language>` and the headings they get.
const SECTIONS: [(&str, &str); 6] = [
    ("legend", ""),
    ("input", "Input"),
    ("output", "Output"),
    ("interaction", "Interaction"),
    ("scoring", "Scoring"),
    ("notes", "Note"),
];
/// Headings of Polygon's own style.
const HEADINGS: [(&str, &str); 6] = [
    ("\\InputFile", "Input"),
    ("\\OutputFile", "Output"),
    ("\\Interaction", "Interaction"),
    ("\\Scoring", "Scoring"),
    ("\\Notes", "Note"),
    ("\\Note", "Note"),
];
/// Arguments of `\begin{problem}`: title, files, limits.
const MOST_ARGUMENTS: usize = 6;

/// The title in English, else the first.
pub(super) fn title(problem: &Element) -> Option<String> {
    let english = problem
        .list("names", "name")
        .find(|name| name.attribute("language") == Some(ENGLISH));
    let mut candidates = english.into_iter().chain(problem.list("names", "name"));
    candidates.find_map(|name| name.attribute("value")).map(str::to_owned)
}

/// Reads the statement: sections before whole documents, LaTeX before HTML, English before other languages.
///
/// # Errors
/// `package.too_large`, `package.unreadable`.
pub(super) fn read(reader: &PolygonReader<'_>, problem: &Element, warnings: &mut Warnings) -> Result<String, PackageError> {
    let languages = languages(problem);
    let others: Vec<&str> = languages.iter().skip(1).copied().collect();
    for language in &languages {
        let found = match from_sections(reader, language, warnings)? {
            Some(text) => Some(text),
            None => from_document(reader, problem, language, warnings)?,
        };
        if let Some(text) = found {
            if !others.is_empty() {
                let message = format!("only one statement is shown; there are others: {}", others.join(", "));
                warnings.about_key(NAME, "statements", &message);
            }
            return Ok(text);
        }
    }
    warnings.add("the package has no statement that can be shown".to_owned());
    Ok("This problem has no statement.".to_owned())
}

/// Languages of names and statements, English first.
fn languages(problem: &Element) -> Vec<&str> {
    let statements = problem.list("statements", "statement");
    let mut found: Vec<&str> = Vec::new();
    for language in statements
        .chain(problem.list("names", "name"))
        .filter_map(|element| element.attribute("language"))
    {
        if !found.contains(&language) {
            found.push(language);
        }
    }
    if found.is_empty() {
        found.push(ENGLISH);
    }
    found.sort_by_key(|language| *language != ENGLISH);
    found
}

fn from_sections(reader: &PolygonReader<'_>, language: &str, warnings: &mut Warnings) -> Result<Option<String>, PackageError> {
    let folder = format!("statement-sections/{language}");
    let mut source = String::new();
    for (section, heading) in SECTIONS {
        let path = format!("{folder}/{section}.tex");
        let Some(file) = reader.file(&path) else { continue };
        let text = content::lossy_text(file, &path, reader.caps.statement_bytes)?;
        if text.trim().is_empty() {
            continue;
        }
        if !heading.is_empty() {
            source.extend(["\n\n\\section{", heading, "}\n\n"]);
        }
        source.push_str(text.trim());
    }
    Ok((!source.is_empty()).then(|| convert(&source, &folder, warnings)))
}

fn from_document(
    reader: &PolygonReader<'_>,
    problem: &Element,
    language: &str,
    warnings: &mut Warnings,
) -> Result<Option<String>, PackageError> {
    let usual = format!("statements/{language}/problem.tex");
    let documents = problem
        .list("statements", "statement")
        .filter(|document| document.attribute("language") == Some(language));
    let mut paths: Vec<(&str, &str)> = documents
        .filter_map(|document| Some((document.attribute("type")?, document.attribute("path")?)))
        .collect();
    paths.push(("application/x-tex", &usual));
    for (kind, path) in &paths {
        if let ("application/x-tex", Some(file)) = (*kind, reader.file(path)) {
            let text = content::lossy_text(file, path, reader.caps.statement_bytes)?;
            return Ok(Some(convert(&plain_latex(&text), path, warnings)));
        }
    }
    for (kind, path) in &paths {
        let Some(file) = reader.file(path) else { continue };
        match *kind {
            "text/markdown" => return content::lossy_text(file, path, reader.caps.statement_bytes).map(Some),
            "text/html" => {
                let text = content::lossy_text(file, path, reader.caps.statement_bytes)?;
                warnings.about(path, "made from HTML: formulas and tables may have suffered");
                return Ok(Some(html::to_text(&text)));
            }
            _ => {}
        }
    }
    Ok(None)
}

fn convert(source: &str, path: &str, warnings: &mut Warnings) -> String {
    let converted = latex::convert(source);
    if converted.has_pictures {
        warnings.about(path, "pictures are not shown yet");
    }
    if !converted.unknown.is_empty() {
        let names: Vec<_> = converted.unknown.iter().take(20).map(String::as_str).collect();
        warnings.about(path, &format!("LaTeX that is not understood was left out: {}", names.join(", ")));
    }
    converted.text
}

/// A document in Polygon's style in terms of plain LaTeX, without its samples, which are shown elsewhere.
fn plain_latex(text: &str) -> String {
    let mut plain = match text.split_once("\\begin{problem}") {
        Some((_, rest)) => without_arguments(rest).to_owned(),
        None => text.to_owned(),
    };
    if let Some((before, _)) = plain.split_once("\\end{problem}") {
        plain.truncate(before.len());
    }
    if let Some(start) = plain.find("\\Example") {
        let after = &plain[start..];
        let end = after.find("\\Note").or_else(|| after.find("\\Scoring")).unwrap_or(after.len());
        plain.replace_range(start..start + end, "");
    }
    for (command, heading) in HEADINGS {
        plain = plain.replace(command, &format!("\n\n\\section{{{heading}}}\n\n"));
    }
    plain
}

/// What follows the braced arguments at the beginning.
fn without_arguments(text: &str) -> &str {
    let mut rest = text;
    for _ in 0..MOST_ARGUMENTS {
        let Some(inner) = rest.trim_start().strip_prefix('{') else { break };
        let mut depth = 1;
        let end = inner.find(|letter| {
            match letter {
                '{' => depth += 1,
                '}' => depth -= 1,
                _ => {}
            }
            depth == 0
        });
        let Some(end) = end else { break };
        rest = &inner[end + 1..];
    }
    rest
}

#[cfg(test)]
mod tests {
    use super::plain_latex;

    #[test]
    fn polygons_own_style_becomes_plain() {
        let text = "\\begin{problem}{A {and} B}{stdin}{stdout}{1 s}{256 MB}\nAdd.\n\\InputFile\nTwo.\n\\OutputFile\nOne.\n\\Example\n\
                    \\begin{example}\\exmp{1 2}{3}\\end{example}\n\\Note\nEasy.\n\\end{problem}\n";
        let plain = plain_latex(text);
        let words: Vec<&str> = plain.split_whitespace().collect();
        let wanted = [
            "Add.",
            "\\section{Input}",
            "Two.",
            "\\section{Output}",
            "One.",
            "\\section{Note}",
            "Easy.",
        ];
        assert_eq!(words, wanted);
    }
}
