//! XML as a small tree that remembers lines. Elements, attributes and nothing else: what Polygon writes.
//!
//! Bounded in depth, elements and attributes; a document type is refused, so there are no entities to expand.

use crate::content;
use crate::fault::{refuse_file, refuse_key};
use crate::tree::TreeFile;
use codesm_core::problems::PackageError;
use quick_xml::Reader;
use quick_xml::events::{BytesStart, Event};

/// Largest file; one with ten thousand tests has about 2 MiB.
const MOST_BYTES: u64 = 8 << 20;
/// Deepest nesting; Polygon itself goes seven deep.
const MOST_DEPTH: usize = 32;
/// Most elements.
const MOST_ELEMENTS: usize = 200_000;
/// Most attributes of one element.
const MOST_ATTRIBUTES: usize = 64;

/// An element.
#[derive(Debug, Default)]
pub(super) struct Element {
    pub(super) name: String,
    line: usize,
    attributes: Vec<(String, String)>,
    children: Vec<Self>,
    text: String,
}

impl Element {
    /// Reads the one element of a document.
    ///
    /// # Errors
    /// `package.invalid_xml`, `package.too_large`, `package.unreadable`.
    pub(super) fn read(file: &TreeFile, name: &str) -> Result<Self, PackageError> {
        let text = content::lossy_text(file, name, MOST_BYTES)?;
        parse(&text).map_err(|(line, message)| refuse_file("package.invalid_xml", name, format!("line {line}: {message}")))
    }

    /// The first child of that name.
    pub(super) fn child(&self, name: &str) -> Option<&Self> {
        self.children.iter().find(|child| child.name == name)
    }

    /// The first element at a path such as `judging/testset`.
    pub(super) fn at(&self, path: &str) -> Option<&Self> {
        path.split('/').try_fold(self, |element, name| element.child(name))
    }

    /// Children of that name.
    pub(super) fn children<'a>(&'a self, name: &'a str) -> impl Iterator<Item = &'a Self> {
        self.children.iter().filter(move |child| child.name == name)
    }

    /// Elements of that name in the element at a path; none if there is no such element.
    pub(super) fn list<'a>(&'a self, path: &str, name: &'a str) -> impl Iterator<Item = &'a Self> {
        self.at(path).into_iter().flat_map(move |element| element.children(name))
    }

    /// The attribute, trimmed; nothing if it is missing or empty.
    pub(super) fn attribute(&self, name: &str) -> Option<&str> {
        let (_, value) = self.attributes.iter().find(|(found, _)| found == name)?;
        Some(value.trim()).filter(|value| !value.is_empty())
    }

    /// The text of a child, trimmed; nothing if it is missing or empty.
    pub(super) fn text_of(&self, name: &str) -> Option<&str> {
        Some(self.child(name)?.text.trim()).filter(|text| !text.is_empty())
    }

    /// An error about something in this element.
    pub(super) fn refuse(&self, code: &'static str, key: &str, message: &str) -> PackageError {
        refuse_key(code, super::NAME, key, format!("line {}: {message}", self.line))
    }

    /// An error about a value in this element.
    pub(super) fn invalid(&self, key: &str, message: &str) -> PackageError {
        self.refuse("package.invalid_value", key, message)
    }
}

type Fault = (usize, String);

fn parse(text: &str) -> Result<Element, Fault> {
    let mut reader = Reader::from_str(text);
    let mut lines = Lines { text, at: 0, line: 1 };
    let mut open: Vec<Element> = Vec::new();
    let mut root = None;
    let mut elements = 0;
    loop {
        let line = lines.of(reader.buffer_position());
        let fault = |message: &str| (line, message.to_owned());
        let event = reader.read_event().map_err(|error| (line, error.to_string()))?;
        let mut closed = None;
        match event {
            Event::Start(start) => {
                if open.len() >= MOST_DEPTH {
                    return Err(fault("elements are nested too deeply"));
                }
                elements += 1;
                open.push(element(&start, line)?);
            }
            Event::Empty(start) => {
                elements += 1;
                closed = Some(element(&start, line)?);
            }
            Event::End(_) => closed = open.pop(),
            Event::Text(text) => {
                let text = text.unescape().map_err(|error| (line, error.to_string()))?;
                match open.last_mut() {
                    Some(element) => element.text.push_str(&text),
                    None if text.trim().is_empty() => {}
                    None => return Err(fault("text outside of any element")),
                }
            }
            Event::CData(text) => {
                if let Some(element) = open.last_mut() {
                    element.text.push_str(&String::from_utf8_lossy(&text));
                }
            }
            Event::DocType(_) => return Err(fault("document types are not accepted")),
            Event::Comment(_) | Event::Decl(_) | Event::PI(_) => {}
            Event::Eof => break,
        }
        if elements > MOST_ELEMENTS {
            return Err(fault("more elements than any problem needs"));
        }
        if let Some(element) = closed {
            match open.last_mut() {
                Some(parent) => parent.children.push(element),
                None if root.is_none() => root = Some(element),
                None => return Err(fault("a second document begins here")),
            }
        }
    }
    if let Some(element) = open.last() {
        return Err((element.line, format!("<{}> is not closed", element.name)));
    }
    root.ok_or_else(|| (1, "there is no element".to_owned()))
}

fn element(start: &BytesStart<'_>, line: usize) -> Result<Element, Fault> {
    let mut attributes = Vec::new();
    // Without checks: they compare every attribute with every other; the first of a name counts.
    for attribute in start.attributes().with_checks(false) {
        let attribute = attribute.map_err(|error| (line, error.to_string()))?;
        let value = attribute.unescape_value().map_err(|error| (line, error.to_string()))?;
        attributes.push((String::from_utf8_lossy(attribute.key.as_ref()).into_owned(), value.into_owned()));
        if attributes.len() > MOST_ATTRIBUTES {
            return Err((line, "more attributes than any element needs".to_owned()));
        }
    }
    Ok(Element {
        name: String::from_utf8_lossy(start.name().as_ref()).into_owned(),
        line,
        attributes,
        ..Element::default()
    })
}

/// Counts lines as it goes.
struct Lines<'a> {
    text: &'a str,
    at: usize,
    line: usize,
}

impl Lines<'_> {
    /// The line of a position that is not before the one asked for last.
    fn of(&mut self, position: u64) -> usize {
        let position = usize::try_from(position).unwrap_or(usize::MAX).min(self.text.len());
        let passed = self.text.get(self.at..position).unwrap_or_default();
        self.line += passed.matches('\n').count();
        self.at = position.max(self.at);
        self.line
    }
}

#[cfg(test)]
mod tests {
    use super::{MOST_DEPTH, parse};

    #[test]
    fn elements_keep_their_attributes_texts_and_children() {
        let root = parse("<?xml version='1.0'?>\n<!-- x --><a k='1 &lt; 2'><b/><b k=\"2\"> t </b><c><![CDATA[<x>]]></c></a>\n").unwrap();
        assert_eq!(root.attribute("k"), Some("1 < 2"));
        assert_eq!(root.children("b").count(), 2);
        assert_eq!(root.text_of("c"), Some("<x>"));
        assert_eq!(root.at("b").and_then(|b| b.attribute("k")), None);
        assert_eq!(root.child("d").map(|d| d.name.as_str()), None);
    }

    #[test]
    fn entities_and_document_types_are_refused() {
        let bomb = "<!DOCTYPE a [<!ENTITY x \"ha\"><!ENTITY y \"&x;&x;\">]><a>&y;</a>";
        assert!(parse(bomb).unwrap_err().1.contains("document types"));
        assert!(parse("<a>&y;</a>").is_err());
        assert!(parse("<a k='&y;'/>").is_err());
    }

    #[test]
    fn depth_and_attributes_are_bounded() {
        assert!(parse(&"<a>".repeat(MOST_DEPTH + 1)).unwrap_err().1.contains("nested"));
        let many = " a='1'".repeat(1000);
        assert!(parse(&format!("<a{many}/>")).unwrap_err().1.contains("attributes"));
    }

    #[test]
    fn what_is_no_document_is_refused_with_its_line() {
        assert_eq!(parse("").unwrap_err().0, 1);
        assert_eq!(parse("<a>\n<b>\n</a>").unwrap_err().0, 3);
        assert_eq!(parse("<a/>\n\n<b/>").unwrap_err().0, 3);
        assert_eq!(parse("<a>\n<b>").unwrap_err().0, 2);
        assert!(parse("text").is_err());
    }
}
