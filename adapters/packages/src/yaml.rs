//! YAML as a small tree that remembers lines. Scalars stay text: `2025-09` is no date and `no` is a name.
//!
//! Bounded in depth, nodes and bytes with aliases expanded.

use saphyr_parser::{Event, Parser, ScalarStyle};
use std::collections::HashMap;

/// Deepest nesting.
const MOST_DEPTH: usize = 32;
/// Most nodes, aliases expanded.
const MOST_NODES: usize = 10_000;
/// Most bytes of text, aliases expanded.
const MOST_BYTES: usize = 1 << 20;

/// A value and the line where it begins, from 1.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Node {
    pub(crate) line: usize,
    pub(crate) value: Value,
}

/// A value.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Value {
    /// `~`, `null` or nothing.
    Null,
    /// Any other scalar, as text.
    Text(String),
    List(Vec<Node>),
    /// Keys are unique and in the file's order.
    Map(Vec<(String, Node)>),
}

/// Why a text is no YAML for us.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Fault {
    pub(crate) line: usize,
    pub(crate) message: String,
}

/// Parses one document; an empty one is [`Value::Null`].
///
/// # Errors
/// [`Fault`] for anything that is not one YAML document with unique scalar keys within the caps.
pub(crate) fn parse(text: &str) -> Result<Node, Fault> {
    let (node, repeated) = parse_forgiving(text)?;
    match repeated.into_iter().next() {
        None => Ok(node),
        Some(fault) => Err(fault),
    }
}

/// Parses one document in which keys may stand twice, as common parsers allow: the last counts. Says which do.
///
/// # Errors
/// [`Fault`] for anything else that [`parse()`] refuses.
pub(crate) fn parse_forgiving(text: &str) -> Result<(Node, Vec<Fault>), Fault> {
    let mut builder = Builder::default();
    let mut documents = 0;
    for event in Parser::new_from_str(text) {
        let (event, span) = event.map_err(|error| Fault {
            line: error.marker().line(),
            message: error.info().to_owned(),
        })?;
        let line = span.start.line();
        if matches!(event, Event::DocumentStart(_)) {
            documents += 1;
            if documents > 1 {
                return Err(fault(line, "a second document begins here"));
            }
        }
        builder.take(event, line)?;
    }
    let root = builder.root.unwrap_or(Node {
        line: 1,
        value: Value::Null,
    });
    Ok((root, builder.repeated))
}

fn fault(line: usize, message: &str) -> Fault {
    Fault {
        line,
        message: message.to_owned(),
    }
}

enum Open {
    List(Vec<Node>),
    Map { entries: Vec<(String, Node)>, key: Option<String> },
}

struct Frame {
    open: Open,
    anchor: usize,
    line: usize,
}

#[derive(Default)]
struct Builder {
    stack: Vec<Frame>,
    root: Option<Node>,
    anchors: HashMap<usize, Node>,
    nodes: usize,
    bytes: usize,
    /// Keys that stand twice.
    repeated: Vec<Fault>,
}

impl Builder {
    fn take(&mut self, event: Event<'_>, line: usize) -> Result<(), Fault> {
        match event {
            Event::Nothing | Event::StreamStart | Event::StreamEnd | Event::DocumentStart(_) | Event::DocumentEnd => Ok(()),
            Event::Scalar(text, style, anchor, _tag) => {
                let value = match (&*text, style) {
                    ("" | "~" | "null" | "Null" | "NULL", ScalarStyle::Plain) => Value::Null,
                    _ => Value::Text(text.into_owned()),
                };
                self.place(Node { line, value }, anchor)
            }
            Event::Alias(anchor) => {
                let node = self
                    .anchors
                    .get(&anchor)
                    .ok_or_else(|| fault(line, "the alias stands inside its own anchor"))?;
                let node = Node { line, ..node.clone() };
                self.place(node, 0)
            }
            Event::SequenceStart(anchor, _tag) => self.open(Open::List(Vec::new()), anchor, line),
            Event::MappingStart(anchor, _tag) => {
                let map = Open::Map {
                    entries: Vec::new(),
                    key: None,
                };
                self.open(map, anchor, line)
            }
            Event::SequenceEnd | Event::MappingEnd => self.close(line),
        }
    }

    fn open(&mut self, open: Open, anchor: usize, line: usize) -> Result<(), Fault> {
        if self.stack.len() >= MOST_DEPTH {
            return Err(fault(line, "nested too deeply"));
        }
        self.stack.push(Frame { open, anchor, line });
        Ok(())
    }

    fn close(&mut self, line: usize) -> Result<(), Fault> {
        let Some(Frame { open, anchor, line }) = self.stack.pop() else {
            return Err(fault(line, "something ends that never began"));
        };
        let value = match open {
            Open::List(items) => Value::List(items),
            Open::Map { entries, .. } => Value::Map(entries),
        };
        // The children have been counted when they were placed.
        self.attach(Node { line, value }, anchor)
    }

    /// Counts a finished scalar or an expanded alias and attaches it.
    fn place(&mut self, node: Node, anchor: usize) -> Result<(), Fault> {
        let weight = weigh(&node);
        self.nodes += weight.nodes;
        self.bytes += weight.bytes;
        if self.nodes > MOST_NODES || self.bytes > MOST_BYTES {
            return Err(fault(node.line, "too much data, aliases counted as often as they are used"));
        }
        if self.stack.len() + weight.depth > MOST_DEPTH {
            return Err(fault(node.line, "nested too deeply"));
        }
        self.attach(node, anchor)
    }

    fn attach(&mut self, node: Node, anchor: usize) -> Result<(), Fault> {
        self.nodes += 1;
        if anchor != 0 {
            // An anchor keeps a copy: it weighs as much as a use.
            let weight = weigh(&node);
            self.nodes += weight.nodes;
            self.bytes += weight.bytes;
            if self.nodes > MOST_NODES || self.bytes > MOST_BYTES {
                return Err(fault(
                    node.line,
                    "too much data, anchors and aliases counted as often as they are used",
                ));
            }
            self.anchors.insert(anchor, node.clone());
        }
        let Some(frame) = self.stack.last_mut() else {
            self.root = Some(node);
            return Ok(());
        };
        match &mut frame.open {
            Open::List(items) => items.push(node),
            Open::Map { entries, key } => {
                if let Some(key) = key.take() {
                    match entries.iter_mut().find(|(other, _)| *other == key) {
                        Some((_, earlier)) => *earlier = node,
                        None => entries.push((key, node)),
                    }
                    return Ok(());
                }
                let Node {
                    line,
                    value: Value::Text(text),
                } = node
                else {
                    return Err(fault(node.line, "keys must be plain text"));
                };
                if entries.iter().any(|(other, _)| *other == text) {
                    self.repeated.push(fault(line, &format!("the key {text} stands twice")));
                }
                *key = Some(text);
            }
        }
        Ok(())
    }
}

struct Weight {
    nodes: usize,
    bytes: usize,
    depth: usize,
}

/// Size of a tree. The recursion is bounded: trees deeper than [`MOST_DEPTH`] are never built.
fn weigh(node: &Node) -> Weight {
    let mut weight = Weight {
        nodes: 1,
        bytes: 0,
        depth: 0,
    };
    let children: Vec<&Node> = match &node.value {
        Value::Null => Vec::new(),
        Value::Text(text) => {
            weight.bytes = text.len();
            Vec::new()
        }
        Value::List(items) => items.iter().collect(),
        Value::Map(entries) => {
            weight.bytes = entries.iter().map(|(key, _)| key.len()).sum();
            entries.iter().map(|(_, child)| child).collect()
        }
    };
    for child in children {
        let below = weigh(child);
        weight.nodes += below.nodes;
        weight.bytes += below.bytes;
        weight.depth = weight.depth.max(below.depth + 1);
    }
    weight
}

#[cfg(test)]
mod tests {
    use super::{Value, parse};
    use proptest::prelude::proptest;
    use std::fmt::Write;

    fn map(text: &str) -> Vec<(String, super::Node)> {
        match parse(text).unwrap().value {
            Value::Map(entries) => entries,
            other => panic!("{other:?}"),
        }
    }

    #[test]
    fn scalars_stay_text_and_know_their_line() {
        let entries = map("version: 2025-09\nname: no\n\nempty:\n");
        assert_eq!(entries[0].1.value, Value::Text("2025-09".into()));
        assert_eq!(entries[1].1.value, Value::Text("no".into()));
        assert_eq!(entries[1].1.line, 2);
        assert_eq!(entries[2].1.value, Value::Null);
    }

    #[test]
    fn an_empty_document_is_nothing() {
        for text in ["", "# only words\n", "---\n"] {
            assert_eq!(parse(text).unwrap().value, Value::Null, "{text:?}");
        }
    }

    #[test]
    fn quoted_null_is_text() {
        assert_eq!(map("a: 'null'\n")[0].1.value, Value::Text("null".into()));
    }

    #[test]
    fn faults_name_their_line() {
        for (text, line) in [
            ("a: 1\nb: [1\n", 3),
            ("a: 1\na: 2\n", 2),
            ("a: 1\n---\nb: 2\n", 2),
            ("a: 1\n[b]: 2\n", 2),
        ] {
            assert_eq!(parse(text).unwrap_err().line, line, "{text:?}");
        }
    }

    #[test]
    fn the_last_of_a_repeated_key_counts_where_that_is_forgiven() {
        let (node, repeated) = super::parse_forgiving("a: 1\nb: 2\na: 3\n").unwrap();
        let Value::Map(entries) = node.value else { panic!("no map") };
        assert_eq!(entries.len(), 2);
        assert_eq!(entries[0].1.value, Value::Text("3".into()));
        assert_eq!(repeated[0].line, 3);
    }

    #[test]
    fn aliases_are_expanded() {
        let entries = map("a: &x [1, 2]\nb: *x\n");
        assert!(matches!(&entries[1].1.value, Value::List(items) if items.len() == 2));
    }

    #[test]
    fn alias_bombs_are_refused() {
        let mut bomb = "a0: &a0 [x, x, x, x, x, x, x, x, x, x]\n".to_owned();
        for level in 1..10 {
            let uses = vec![format!("*a{}", level - 1); 10].join(", ");
            writeln!(bomb, "a{level}: &a{level} [{uses}]").unwrap();
        }
        assert!(parse(&bomb).is_err());
        let long = format!("a: &a {}\nb: [{}]\n", "x".repeat(100_000), vec!["*a"; 1000].join(", "));
        assert!(parse(&long).is_err());
    }

    #[test]
    fn an_alias_inside_its_own_anchor_is_refused() {
        assert!(parse("a: &a [*a]\n").is_err());
    }

    #[test]
    fn deep_nesting_is_refused() {
        assert!(parse(&"[".repeat(100_000)).is_err());
        assert!(parse(&"- ".repeat(100_000)).is_err());
        let mut ladder = "a0: &a0 [x]\n".to_owned();
        for level in 1..200 {
            writeln!(ladder, "a{level}: &a{level} [*a{}]", level - 1).unwrap();
        }
        assert!(parse(&ladder).is_err());
    }

    proptest! {
        #[test]
        fn any_text_is_parsed_or_refused(text in "([a-z0-9:\\-\\[\\]{},&*#|>'\"?! \n\t]|\\PC){0,200}") {
            let _ = parse(&text);
        }
    }
}
