//! Reads Rust far enough to judge it: code without comments and literals, the literals by themselves, and what is a test.

use std::path::{Path, PathBuf};

/// One line of a file.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Line {
    /// The line without comments; string and character literals are emptied.
    pub(crate) code: String,
    /// String literals that begin on this line.
    pub(crate) strings: Vec<String>,
    /// Whether it belongs to an item under `#[cfg(test)]`.
    pub(crate) test: bool,
}

/// A file of the repository.
#[derive(Clone, Debug)]
pub(crate) struct Source {
    /// Path from the root of the repository.
    pub(crate) path: String,
    /// Its lines.
    pub(crate) lines: Vec<Line>,
}

impl Source {
    /// Reads text as the file `path`. Test files are recognised by their names.
    pub(crate) fn parse(path: &str, text: &str) -> Self {
        let mut lines = split(text);
        if is_test_file(path) {
            for line in &mut lines {
                line.test = true;
            }
        } else {
            mark_tests(&mut lines);
        }
        Self {
            path: path.to_owned(),
            lines,
        }
    }

    /// Lines outside tests, with their numbers.
    pub(crate) fn product(&self) -> impl Iterator<Item = (usize, &Line)> {
        self.numbered().filter(|(_, line)| !line.test)
    }

    /// All lines, with their numbers.
    pub(crate) fn numbered(&self) -> impl Iterator<Item = (usize, &Line)> {
        self.lines.iter().enumerate().map(|(index, line)| (index + 1, line))
    }
}

/// The root of the repository.
pub(crate) fn root() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR"))
}

/// Every Rust file under the given folders of the repository.
pub(crate) fn rust_files(folders: &[&str]) -> Vec<Source> {
    let mut sources = Vec::new();
    for folder in folders {
        collect(&root().join(folder), &mut sources);
    }
    assert!(!sources.is_empty(), "no Rust file under {folders:?}: the rule guards nothing");
    sources
}

fn collect(folder: &Path, sources: &mut Vec<Source>) {
    let entries = std::fs::read_dir(folder).unwrap_or_else(|error| panic!("{}: {error}", folder.display()));
    let mut paths: Vec<PathBuf> = entries.flatten().map(|entry| entry.path()).collect();
    paths.sort();
    for path in paths {
        if path.is_dir() {
            if path.file_name().is_none_or(|name| name != "target") {
                collect(&path, sources);
            }
        } else if path.extension().is_some_and(|extension| extension == "rs") {
            let text = std::fs::read_to_string(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
            let relative = path.strip_prefix(root()).unwrap_or(&path).to_string_lossy().into_owned();
            sources.push(Source::parse(&relative, &text));
        }
    }
}

fn is_test_file(path: &str) -> bool {
    let in_tests = path.split('/').any(|part| part == "tests");
    let stem = path.rsplit('/').next().unwrap_or(path).trim_end_matches(".rs");
    in_tests || stem == "tests" || stem.ends_with("_tests")
}

/// Whether `word` stands in `code` with no identifier character around it.
pub(crate) fn has_word(code: &str, word: &str) -> bool {
    let is_part = |c: Option<char>| c.is_some_and(|c| c.is_alphanumeric() || c == '_');
    code.match_indices(word).any(|(at, found)| {
        let before = code[..at].chars().next_back();
        let after = code[at + found.len()..].chars().next();
        let opens = word.starts_with(|c: char| c.is_alphanumeric());
        let closes = word.ends_with(|c: char| c.is_alphanumeric());
        !(opens && is_part(before) || closes && is_part(after))
    })
}

/// Splits text into lines of code and literals.
fn split(text: &str) -> Vec<Line> {
    let chars: Vec<char> = text.chars().collect();
    let mut reader = Reader {
        chars: &chars,
        at: 0,
        lines: vec![Line::default()],
    };
    reader.read();
    reader.lines
}

struct Reader<'a> {
    chars: &'a [char],
    at: usize,
    lines: Vec<Line>,
}

impl Reader<'_> {
    fn read(&mut self) {
        while let Some(c) = self.peek(0) {
            match c {
                '/' if self.peek(1) == Some('/') => self.skip_while(|c| c != '\n'),
                '/' if self.peek(1) == Some('*') => self.block_comment(),
                '"' => self.string(),
                'r' if self.raw_hashes().is_some() && !self.after_identifier() => self.raw_string(),
                '\'' => self.character_or_lifetime(),
                _ => {
                    self.keep(c);
                    self.at += 1;
                }
            }
        }
    }

    fn peek(&self, ahead: usize) -> Option<char> {
        self.chars.get(self.at + ahead).copied()
    }

    /// Adds to the code of the present line; a line break begins the next.
    fn keep(&mut self, c: char) {
        if c == '\n' {
            self.lines.push(Line::default());
        } else if let Some(line) = self.lines.last_mut() {
            line.code.push(c);
        }
    }

    /// Steps over a character that is no code, keeping count of lines.
    fn skip(&mut self) -> Option<char> {
        let c = self.peek(0)?;
        self.at += 1;
        if c == '\n' {
            self.lines.push(Line::default());
        }
        Some(c)
    }

    fn skip_while(&mut self, holds: impl Fn(char) -> bool) {
        while self.peek(0).is_some_and(&holds) {
            self.at += 1;
        }
    }

    fn block_comment(&mut self) {
        let mut depth = 0;
        while let Some(c) = self.skip() {
            match (c, self.peek(0)) {
                ('/', Some('*')) => depth += 1,
                ('*', Some('/')) => depth -= 1,
                _ => continue,
            }
            self.at += 1;
            if depth == 0 {
                return;
            }
        }
    }

    fn string(&mut self) {
        let line = self.lines.len() - 1;
        let mut literal = String::new();
        self.at += 1;
        while let Some(c) = self.skip() {
            match c {
                '"' => break,
                '\\' => {
                    literal.push(c);
                    literal.extend(self.skip());
                }
                _ => literal.push(c),
            }
        }
        self.finish(line, literal);
    }

    /// Number of `#` if a raw string begins here.
    fn raw_hashes(&self) -> Option<usize> {
        let hashes = self.chars[self.at + 1..].iter().take_while(|c| **c == '#').count();
        (self.peek(1 + hashes) == Some('"')).then_some(hashes)
    }

    /// Whether the `r` here ends a name such as `for`. The prefixes `br` and `cr` are no names.
    fn after_identifier(&self) -> bool {
        let part = |back: usize| {
            self.at
                .checked_sub(back)
                .is_some_and(|at| self.chars[at].is_alphanumeric() || self.chars[at] == '_')
        };
        let prefix = self.at.checked_sub(1).is_some_and(|at| matches!(self.chars[at], 'b' | 'c'));
        part(1) && (part(2) || !prefix)
    }

    fn raw_string(&mut self) {
        let line = self.lines.len() - 1;
        let hashes = self.raw_hashes().unwrap_or_default();
        self.at += hashes + 2;
        let mut literal = String::new();
        while let Some(c) = self.skip() {
            if c == '"' && (0..hashes).all(|ahead| self.peek(ahead) == Some('#')) {
                self.at += hashes;
                break;
            }
            literal.push(c);
        }
        self.finish(line, literal);
    }

    fn finish(&mut self, line: usize, literal: String) {
        self.lines[line].strings.push(literal);
        self.keep('"');
        self.keep('"');
    }

    fn character_or_lifetime(&mut self) {
        let escaped = self.peek(1) == Some('\\');
        if escaped || self.peek(2) == Some('\'') {
            self.at += if escaped { 3 } else { 2 };
            self.skip_while(|c| c != '\'');
            self.keep('\'');
        }
        self.keep('\'');
        self.at += 1;
    }
}

/// Marks the items that stand under `#[cfg(test)]`.
fn mark_tests(lines: &mut [Line]) {
    let mut index = 0;
    while index < lines.len() {
        if lines[index].code.contains("#[cfg(test)]") {
            let end = item_end(lines, index);
            for line in &mut lines[index..=end] {
                line.test = true;
            }
            index = end;
        }
        index += 1;
    }
}

/// The last line of the item whose attribute stands on line `start`: its `;`, or the brace that closes its body.
fn item_end(lines: &[Line], start: usize) -> usize {
    let mut depth = 0_usize;
    for (index, line) in lines.iter().enumerate().skip(start) {
        for c in line.code.chars() {
            match c {
                '{' => depth += 1,
                '}' if depth <= 1 => return index,
                '}' => depth -= 1,
                ';' if depth == 0 => return index,
                _ => {}
            }
        }
    }
    lines.len() - 1
}
