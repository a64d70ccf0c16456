//! Text as both databases accept it.

use crate::row::broken;
use codesm_core::store::StoreError;
use serde::Serialize;
use serde::de::DeserializeOwned;

/// Marks what follows as escaped. A control character, so that text people write is stored unchanged.
const ESCAPE: char = '\u{10}';

/// Free text as stored. PostgreSQL refuses U+0000 in text, but programs, compilers and request bodies contain it.
pub(crate) fn store_text(text: &str) -> String {
    if !text.contains(['\0', ESCAPE]) {
        return text.to_owned();
    }
    text.chars().fold(String::with_capacity(text.len() + 8), |mut stored, c| {
        match c {
            '\0' => stored.extend([ESCAPE, '0']),
            ESCAPE => stored.extend([ESCAPE, ESCAPE]),
            other => stored.push(other),
        }
        stored
    })
}

/// Free text as it was before [`store_text`].
pub(crate) fn load_text(stored: String) -> String {
    if !stored.contains(ESCAPE) {
        return stored;
    }
    let mut chars = stored.chars();
    let mut text = String::with_capacity(stored.len());
    while let Some(c) = chars.next() {
        text.push(match c {
            ESCAPE => match chars.next() {
                Some('0') => '\0',
                Some(other) => other,
                None => ESCAPE,
            },
            other => other,
        });
    }
    text
}

/// A value as JSON text. JSON escapes U+0000 by itself.
pub(crate) fn store_json<T: Serialize>(value: &T) -> Result<String, StoreError> {
    serde_json::to_string(value).map_err(|error| StoreError::Internal(Box::new(error)))
}

/// The value of JSON text; the table, column and row are named if it cannot be read.
pub(crate) fn load_json<T: DeserializeOwned>(text: &str, table: &str, column: &str, id: impl std::fmt::Display) -> Result<T, StoreError> {
    serde_json::from_str(text).map_err(|error| broken(table, column, id, error.to_string()))
}

/// Lower case, character by character: unlike `str::to_lowercase` it does not depend on the neighbours (a final sigma),
/// so that a part of a text has the same lower case as in the whole.
pub(crate) fn fold_case(text: &str) -> String {
    text.chars().flat_map(char::to_lowercase).collect()
}

/// The `LIKE` pattern (escape character `\`) for text that contains `word`.
pub(crate) fn containing(word: &str) -> String {
    let mut pattern = String::with_capacity(word.len() + 2);
    pattern.push('%');
    for c in word.chars() {
        if matches!(c, '%' | '_' | '\\') {
            pattern.push('\\');
        }
        pattern.push(c);
    }
    pattern.push('%');
    pattern
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn any_text_survives_storing_without_a_nul() {
        for text in ["", "plain ü", "\0", "a\0b", "\u{10}", "\u{10}0", "\0\u{10}\u{10}\0"] {
            let stored = store_text(text);
            assert!(!stored.contains('\0'), "{text:?}");
            assert_eq!(load_text(stored), text);
        }
        assert_eq!(store_text("plain ü"), "plain ü");
    }

    #[test]
    fn a_part_has_the_lower_case_it_has_in_the_whole() {
        assert!(fold_case("ΟΔΟΣΑ").contains(&fold_case("ΟΔΟΣ")));
        assert_eq!(fold_case("Größe ÄÖ"), "größe äö");
    }

    #[test]
    fn wildcards_stand_for_themselves() {
        assert_eq!(containing(r"100%_\x"), r"%100\%\_\\x%");
    }
}
