//! Turns the LaTeX of problem statements into Markdown that can be read.
//!
//! Small and honest: what is understood becomes Markdown, formulas stay between dollar signs, and what is not understood is
//! left out and reported.

mod commands;
mod environments;
mod search;
mod table;
mod text;

use std::collections::BTreeSet;
use text::{plain, tidy, without_comments};

/// Deepest nesting of groups that is looked into.
const MOST_DEPTH: usize = 32;
/// Deepest indentation of lists.
const MOST_INDENT: usize = 8;

/// What came of a statement.
#[derive(Debug, Default)]
pub(crate) struct Converted {
    /// From `\problemname`.
    pub(crate) title: Option<String>,
    pub(crate) text: String,
    /// Whether it includes pictures.
    pub(crate) has_pictures: bool,
    /// Commands and environments that were left out.
    pub(crate) unknown: BTreeSet<String>,
}

/// Converts a statement.
pub(crate) fn convert(source: &str) -> Converted {
    let mut converter = Converter::default();
    let text = converter.run(&without_comments(source), 0);
    Converted {
        text: tidy(&text),
        ..converter.converted
    }
}

#[derive(Default)]
struct Converter {
    converted: Converted,
    /// Whether each open list is numbered.
    lists: Vec<bool>,
    failures: usize,
}

impl Converter {
    pub(super) fn run(&mut self, source: &str, depth: usize) -> String {
        if depth > MOST_DEPTH {
            return source.to_owned();
        }
        let mut out = String::new();
        let mut rest = source;
        while let Some(first) = rest.chars().next() {
            let behind = &rest[first.len_utf8()..];
            rest = match first {
                '\\' => self.command(behind, &mut out, depth),
                '$' => self.formula(rest, &mut out),
                '{' => self.group(behind, &mut out, depth),
                '}' => behind,
                '\n' | ' ' | '\t' => self.space(rest, &mut out),
                '~' => push(&mut out, "\u{a0}", behind),
                '-' if rest.starts_with("---") => push(&mut out, "—", &rest[3..]),
                '-' if rest.starts_with("--") => push(&mut out, "–", &rest[2..]),
                '`' if rest.starts_with("``") => push(&mut out, "“", &rest[2..]),
                '`' => push(&mut out, "‘", behind),
                '\'' if rest.starts_with("''") => push(&mut out, "”", &rest[2..]),
                '*' => push(&mut out, "\\*", behind),
                '<' => push(&mut out, "\\<", behind),
                other => {
                    out.push(other);
                    behind
                }
            };
        }
        out
    }

    /// `$…$` and `$$…$$` stay as they are.
    pub(super) fn formula<'a>(&mut self, rest: &'a str, out: &mut String) -> &'a str {
        let fence = if rest.starts_with("$$") { "$$" } else { "$" };
        match self.until(&rest[fence.len()..], fence) {
            Some((formula, behind)) => {
                out.extend([fence, formula, fence]);
                behind
            }
            None => push(out, "\\$", &rest[1..]),
        }
    }

    /// A group, which may begin with a switch such as `\bf`.
    pub(super) fn group<'a>(&mut self, behind: &'a str, out: &mut String, depth: usize) -> &'a str {
        let Some((inner, after)) = self.braced(behind) else {
            return behind;
        };
        let switches = [
            ("\\bfseries", "**"),
            ("\\bf", "**"),
            ("\\itshape", "*"),
            ("\\it", "*"),
            ("\\em", "*"),
            ("\\ttfamily", "`"),
            ("\\tt", "`"),
        ];
        let begun_with = switches.iter().find_map(|(switch, mark)| {
            let inner = inner.trim_start().strip_prefix(switch)?;
            (!inner.starts_with(|next: char| next.is_ascii_alphabetic())).then_some((inner, *mark))
        });
        if let Some((inner, mark)) = begun_with {
            self.styled(inner, mark, out, depth);
        } else {
            let text = self.run(inner, depth + 1);
            out.push_str(&text);
        }
        after
    }

    /// White space: one space, or a paragraph. Indentation goes, as Markdown would take it for code.
    pub(super) fn space<'a>(&mut self, rest: &'a str, out: &mut String) -> &'a str {
        let behind = rest.trim_start_matches([' ', '\t', '\n']);
        let blank = &rest[..rest.len() - behind.len()];
        match blank.matches('\n').count() {
            0 => out.push(' '),
            1 => out.push('\n'),
            _ => {
                out.push_str("\n\n");
                if !behind.starts_with("\\item") {
                    out.push_str(&indent(self.lists.len()));
                }
            }
        }
        behind
    }

    pub(super) fn styled(&mut self, source: &str, mark: &str, out: &mut String, depth: usize) {
        let text = if mark == "`" { plain(source) } else { self.run(source, depth + 1) };
        let text = text.trim();
        if !text.is_empty() {
            out.extend([mark, text, mark]);
        }
    }
}

/// White space before the lines of a list this deep; bounded, as lists may be opened without end.
fn indent(lists: usize) -> String {
    "  ".repeat(lists.min(MOST_INDENT))
}

fn push<'a>(out: &mut String, text: &str, behind: &'a str) -> &'a str {
    out.push_str(text);
    behind
}
