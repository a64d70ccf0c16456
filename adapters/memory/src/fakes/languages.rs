//! A fixed table of languages.

use codesm_core::judging::{Language, LanguageCatalogue};

/// Lists what it was given.
#[derive(Clone, Debug)]
pub struct FixedLanguages {
    languages: Vec<Language>,
}

impl FixedLanguages {
    /// A table of these languages.
    #[must_use]
    pub const fn new(languages: Vec<Language>) -> Self {
        Self { languages }
    }
}

/// `cpp` and `python` are there, the toolchain of `java` is missing.
impl Default for FixedLanguages {
    fn default() -> Self {
        let language = |id: &str, name: &str, version: Option<&str>, extensions: &[&str], compiled| Language {
            id: id.to_owned(),
            name: name.to_owned(),
            version: version.map(str::to_owned),
            available: version.is_some(),
            file_name: format!("main.{}", extensions[0]),
            extensions: extensions.iter().map(|&extension| extension.to_owned()).collect(),
            compiled,
        };
        Self::new(vec![
            language("cpp", "C++20 (GCC)", Some("14.2.0"), &["cpp", "cc"], true),
            language("java", "Java", None, &["java"], true),
            language("python", "Python 3", Some("3.13.5"), &["py"], false),
        ])
    }
}

impl LanguageCatalogue for FixedLanguages {
    fn languages(&self) -> Vec<Language> {
        self.languages.clone()
    }
}
