//! Typed access to YAML values, with errors that name file, key and line.

use crate::content;
use crate::fault::{refuse_file, refuse_key};
use crate::tree::TreeFile;
use crate::warnings::Warnings;
use crate::yaml::{self, Fault, Node, Value};
use codesm_core::problems::PackageError;

/// Longest list of words that tests and groups inherit: there may be thousands of them.
const MOST_INHERITED_BYTES: usize = 4096;

/// A YAML file of a package.
pub(crate) struct Document {
    file: String,
    root: Node,
}

impl Document {
    /// Reads and parses a file.
    ///
    /// # Errors
    /// `package.invalid_yaml` naming the line; `package.too_large`; `package.unreadable`.
    pub(crate) fn read(file: &TreeFile, name: &str, most: u64) -> Result<Self, PackageError> {
        Self::parse(&Self::read_text(file, name, most)?, name)
    }

    /// Reads a file without parsing it.
    ///
    /// # Errors
    /// `package.invalid_yaml` if it is not UTF-8, naming the line; `package.too_large`; `package.unreadable`.
    pub(crate) fn read_text(file: &TreeFile, name: &str, most: u64) -> Result<String, PackageError> {
        let bytes = content::bytes(file, name, most)?;
        String::from_utf8(bytes).map_err(|error| {
            let valid = &error.as_bytes()[..error.utf8_error().valid_up_to()];
            let line = valid.split(|byte| *byte == b'\n').count();
            refuse_file("package.invalid_yaml", name, format!("line {line}: not UTF-8"))
        })
    }

    /// Parses a text.
    ///
    /// # Errors
    /// `package.invalid_yaml` naming the line.
    pub(crate) fn parse(text: &str, name: &str) -> Result<Self, PackageError> {
        let parsed = yaml::parse(without_mark(text));
        Self::of(parsed.map_err(|fault| invalid_yaml(&fault, name))?, name)
    }

    /// Parses a text in which keys may stand twice: that is warned of, and the last counts.
    ///
    /// # Errors
    /// `package.invalid_yaml` naming the line.
    pub(crate) fn parse_forgiving(text: &str, name: &str, warnings: &mut Warnings) -> Result<Self, PackageError> {
        let parsed = yaml::parse_forgiving(without_mark(text));
        let (root, repeated) = parsed.map_err(|fault| invalid_yaml(&fault, name))?;
        for fault in repeated {
            warnings.about(name, &format!("line {}: {}; the last counts", fault.line, fault.message));
        }
        Self::of(root, name)
    }

    fn of(root: Node, name: &str) -> Result<Self, PackageError> {
        match root.value {
            Value::Map(_) | Value::Null => Ok(Self {
                file: name.to_owned(),
                root,
            }),
            Value::Text(_) | Value::List(_) => {
                let message = format!("line {}: the file must hold keys and values", root.line);
                Err(refuse_file("package.invalid_yaml", name, message))
            }
        }
    }

    /// The document itself.
    pub(crate) fn root(&self) -> Field<'_> {
        Field {
            file: &self.file,
            key: String::new(),
            node: &self.root,
        }
    }
}

fn without_mark(text: &str) -> &str {
    text.trim_start_matches('\u{feff}')
}

fn invalid_yaml(fault: &Fault, name: &str) -> PackageError {
    refuse_file("package.invalid_yaml", name, format!("line {}: {}", fault.line, fault.message))
}

/// Where a value stands, kept for errors that are found later.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Place {
    /// File inside the package.
    pub(crate) file: String,
    /// Path of keys.
    pub(crate) key: String,
    /// From 1.
    pub(crate) line: usize,
}

impl Place {
    /// An error about the value there.
    pub(crate) fn refuse(&self, code: &'static str, message: &str) -> PackageError {
        refuse_key(code, &self.file, &self.key, format!("line {}: {message}", self.line))
    }
}

/// A value and where it stands.
#[derive(Clone)]
pub(crate) struct Field<'a> {
    /// File inside the package.
    pub(crate) file: &'a str,
    /// Path of keys, such as `limits.memory`; empty for the document.
    pub(crate) key: String,
    node: &'a Node,
}

impl<'a> Field<'a> {
    /// The value under a key; nothing if it is missing or null, or if this is no map.
    pub(crate) fn get(&self, key: &str) -> Option<Field<'a>> {
        let Value::Map(entries) = &self.node.value else {
            return None;
        };
        let (_, node) = entries.iter().find(|(name, _)| name == key)?;
        (node.value != Value::Null).then(|| self.below(key, node))
    }

    /// Keys and values; null counts as no keys.
    ///
    /// # Errors
    /// `package.invalid_value` if this is no map.
    pub(crate) fn entries(&self) -> Result<Vec<(&'a str, Field<'a>)>, PackageError> {
        match &self.node.value {
            Value::Map(entries) => Ok(entries.iter().map(|(key, node)| (key.as_str(), self.below(key, node))).collect()),
            Value::Null => Ok(Vec::new()),
            Value::Text(_) | Value::List(_) => Err(self.invalid("must hold keys and values")),
        }
    }

    /// Whether this is a map.
    pub(crate) fn is_map(&self) -> bool {
        matches!(self.node.value, Value::Map(_))
    }

    /// Whether this is a list.
    pub(crate) fn is_list(&self) -> bool {
        matches!(self.node.value, Value::List(_))
    }

    /// Whether nothing is said: null, an empty text, list or map.
    pub(crate) fn is_empty(&self) -> bool {
        match &self.node.value {
            Value::Null => true,
            Value::Text(text) => text.is_empty(),
            Value::List(items) => items.is_empty(),
            Value::Map(entries) => entries.is_empty(),
        }
    }

    /// The text of a scalar.
    ///
    /// # Errors
    /// `package.invalid_value` for lists and maps.
    pub(crate) fn text(&self) -> Result<&'a str, PackageError> {
        match &self.node.value {
            Value::Text(text) => Ok(text),
            Value::Null => Ok(""),
            Value::List(_) | Value::Map(_) => Err(self.invalid("must be a text")),
        }
    }

    /// The items of a list, or the value itself as the only item.
    pub(crate) fn items(&self) -> Vec<Field<'a>> {
        match &self.node.value {
            Value::List(items) => items
                .iter()
                .enumerate()
                .map(|(index, node)| Field {
                    file: self.file,
                    key: format!("{}[{index}]", self.key),
                    node,
                })
                .collect(),
            Value::Null => Vec::new(),
            Value::Text(_) | Value::Map(_) => vec![self.clone()],
        }
    }

    /// The texts of a list, or the words of a text.
    ///
    /// # Errors
    /// `package.invalid_value` if this, or an item, is something else.
    pub(crate) fn words(&self) -> Result<Vec<String>, PackageError> {
        if self.is_list() {
            return self.items().iter().map(|item| item.text().map(str::to_owned)).collect();
        }
        Ok(self.text()?.split_whitespace().map(str::to_owned).collect())
    }

    /// The texts of a list, or the words of a text, that programs get as arguments and every test or group may inherit: only a
    /// few bytes, and no NUL.
    ///
    /// # Errors
    /// As [`Self::words`]; `package.invalid_value`, `package.too_large`.
    pub(crate) fn few_words(&self) -> Result<Vec<String>, PackageError> {
        let words = self.words()?;
        if words.iter().any(|word| word.contains('\0')) {
            return Err(self.invalid("must not contain NUL"));
        }
        let bytes: usize = words.iter().map(|word| word.len() + 1).sum();
        if bytes > MOST_INHERITED_BYTES {
            let message = format!("longer than {MOST_INHERITED_BYTES} bytes");
            return Err(self.refuse("package.too_large", &message));
        }
        Ok(words)
    }

    /// A number, perhaps infinite or NaN.
    ///
    /// # Errors
    /// `package.invalid_value`.
    pub(crate) fn number(&self) -> Result<f64, PackageError> {
        let text = self.text()?;
        // YAML writes infinities and NaN with a dot that Rust does not know.
        let plain = match text.trim_start_matches(['+', '-']).to_ascii_lowercase().as_str() {
            ".inf" => return Ok(f64::INFINITY),
            ".nan" => return Ok(f64::NAN),
            _ => text,
        };
        plain.parse().map_err(|_| self.invalid("must be a number"))
    }

    /// A finite number.
    ///
    /// # Errors
    /// `package.invalid_value`.
    pub(crate) fn finite(&self) -> Result<f64, PackageError> {
        let number = self.number()?;
        if number.is_finite() {
            return Ok(number);
        }
        Err(self.invalid("must be a finite number"))
    }

    /// Yes or no, as YAML 1.1 and 1.2 write them.
    ///
    /// # Errors
    /// `package.invalid_value`.
    pub(crate) fn truth(&self) -> Result<bool, PackageError> {
        match self.text()?.to_ascii_lowercase().as_str() {
            "true" | "yes" | "on" => Ok(true),
            "false" | "no" | "off" => Ok(false),
            _ => Err(self.invalid("must be true or false")),
        }
    }

    /// An error about this value.
    pub(crate) fn invalid(&self, message: &str) -> PackageError {
        self.refuse("package.invalid_value", message)
    }

    /// An error of some other code about this value.
    pub(crate) fn refuse(&self, code: &'static str, message: &str) -> PackageError {
        self.place().refuse(code, message)
    }

    /// Where this value stands.
    pub(crate) fn place(&self) -> Place {
        Place {
            file: self.file.to_owned(),
            key: self.key.clone(),
            line: self.node.line,
        }
    }

    fn below(&self, key: &str, node: &'a Node) -> Field<'a> {
        let key = if self.key.is_empty() {
            key.to_owned()
        } else {
            format!("{}.{key}", self.key)
        };
        Field {
            file: self.file,
            key,
            node,
        }
    }
}
