//! The raw environment and the list of what is wrong with it.

use serde::de::DeserializeOwned;
use std::collections::BTreeMap;
use std::fmt;

/// The `CODESM_…` variables of a process. An empty value counts as absent, as in env files of containers.
#[derive(Clone, Debug, Default)]
pub struct Environment {
    variables: BTreeMap<String, String>,
    wrong_encoding: Vec<String>,
    unreadable: Vec<WrongKey>,
}

/// A key with this at its end names a file that holds the value.
const OF_FILE: &str = "_FILE";
/// Most bytes of such a file: far more than any value has.
const FILE_BYTES: u64 = 64 * 1024;

impl Environment {
    /// The variables of this process.
    #[must_use]
    pub fn of_process() -> Self {
        let mut environment = Self::default();
        for (key, value) in std::env::vars_os() {
            let Some(key) = key.to_str().filter(|key| key.starts_with("CODESM_")) else {
                continue;
            };
            match value.into_string() {
                Ok(value) => environment.set(key, &value),
                Err(_) => environment.wrong_encoding.push(key.to_owned()),
            }
        }
        environment
    }

    /// Reads the values that are given as files: `CODESM_DATABASE_URL_FILE` is the path of a file that holds `CODESM_DATABASE_URL`,
    /// as container engines hand out secrets. `is_key` knows the keys that are paths themselves.
    #[must_use]
    pub(super) fn with_files(&self, is_key: impl Fn(&str) -> bool) -> Self {
        let mut resolved = self.clone();
        for (name, path) in &self.variables {
            let Some(key) = name.strip_suffix(OF_FILE).filter(|key| is_key(key) && !is_key(name)) else {
                continue;
            };
            resolved.variables.remove(name);
            let read = if self.has(key) {
                Err(format!("is set, and {key} too; one of them must go"))
            } else {
                read_value(path)
            };
            match read {
                Ok(value) => resolved.set(key, &value),
                Err(message) => resolved.unreadable.push(WrongKey {
                    key: name.clone(),
                    message,
                }),
            }
        }
        resolved
    }

    /// Files of values that could not be read.
    pub(super) fn refuse_unreadable(&self, wrong: &mut WrongKeys) {
        wrong.0.extend(self.unreadable.iter().cloned());
    }

    /// Given variables, for tests.
    #[must_use]
    pub fn of<'a>(variables: impl IntoIterator<Item = (&'a str, &'a str)>) -> Self {
        let mut environment = Self::default();
        for (key, value) in variables {
            environment.set(key, value);
        }
        environment
    }

    fn set(&mut self, key: &str, value: &str) {
        if !value.trim().is_empty() {
            self.variables.insert(key.to_owned(), value.trim().to_owned());
        }
    }

    /// All names.
    pub fn names(&self) -> impl Iterator<Item = &str> {
        self.variables.keys().map(String::as_str)
    }

    /// Whether the variable has a value.
    #[must_use]
    pub fn has(&self, key: &str) -> bool {
        self.variables.contains_key(key)
    }

    /// The variables below one prefix as a flat struct of optional texts. Texts, so that every wrong value is found and
    /// not only the first.
    pub(super) fn section<T: DeserializeOwned + Default>(&self, prefix: &str, wrong: &mut WrongKeys) -> T {
        for key in self.wrong_encoding.iter().filter(|key| key.starts_with(prefix)) {
            wrong.add(key, "is not valid UTF-8");
        }
        let variables = self.variables.iter().map(|(key, value)| (key.clone(), value.clone()));
        envy::prefixed(prefix).from_iter(variables).unwrap_or_else(|error| {
            wrong.add(prefix, &error.to_string());
            T::default()
        })
    }
}

/// The text of a file, without what an editor puts at its end.
fn read_value(path: &str) -> Result<String, String> {
    use std::io::Read as _;
    let mut text = String::new();
    let read = std::fs::File::open(path).and_then(|file| file.take(FILE_BYTES + 1).read_to_string(&mut text));
    match read {
        Ok(bytes) if bytes as u64 > FILE_BYTES => Err("must name a file that holds one value".to_owned()),
        Ok(_) if text.trim().is_empty() => Err("names an empty file".to_owned()),
        Ok(_) => Ok(text),
        Err(error) => Err(format!("names a file that cannot be read: {error}")),
    }
}

/// One wrong key.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct WrongKey {
    /// Its name.
    pub key: String,
    /// What is wrong, without the value: it may be secret.
    pub message: String,
}

/// Everything that is wrong.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct WrongKeys(Vec<WrongKey>);

impl WrongKeys {
    pub(super) fn add(&mut self, key: &str, message: &str) {
        self.0.push(WrongKey {
            key: key.to_owned(),
            message: message.to_owned(),
        });
    }

    pub(super) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// The wrong keys.
    #[must_use]
    pub fn keys(&self) -> &[WrongKey] {
        &self.0
    }
}

impl fmt::Display for WrongKeys {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "the configuration is wrong:")?;
        for WrongKey { key, message } in &self.0 {
            writeln!(f, "  {key} {message}")?;
        }
        f.write_str("`codesm config` lists every key and its meaning.")
    }
}

impl std::error::Error for WrongKeys {}
