//! Writes YAML: every text in double quotes, so that nothing is taken for a number, a date or a word of YAML's own.

use std::fmt::Write;

/// Adds a key with its value, which stands for itself (see [`quoted`]); without one, the lines below are the value.
pub(super) fn line(text: &mut String, depth: usize, key: &str, value: &str) {
    let indent = "  ".repeat(depth);
    let space = if value.is_empty() { "" } else { " " };
    writeln!(text, "{indent}{key}:{space}{value}").expect("a String takes everything");
}

/// A text in double quotes.
pub(super) fn quoted(text: &str) -> String {
    let mut out = String::with_capacity(text.len() + 2);
    out.push('"');
    for letter in text.chars() {
        match letter {
            '"' => out.push_str("\\\""),
            '\\' => out.push_str("\\\\"),
            '\n' => out.push_str("\\n"),
            '\t' => out.push_str("\\t"),
            letter if needs_escape(letter) => {
                write!(out, "\\U{:08X}", u32::from(letter)).expect("a String takes everything");
            }
            letter => out.push(letter),
        }
    }
    out.push('"');
    out
}

/// Controls, line ends of other scripts, the byte order mark and non-characters.
fn needs_escape(letter: char) -> bool {
    letter.is_control() || matches!(letter, '\u{2028}' | '\u{2029}' | '\u{feff}' | '\u{fffe}' | '\u{ffff}')
}

/// A list of texts on one line.
pub(super) fn list<T: AsRef<str>>(items: impl IntoIterator<Item = T>) -> String {
    let items: Vec<String> = items.into_iter().map(|item| quoted(item.as_ref())).collect();
    format!("[{}]", items.join(", "))
}

#[cfg(test)]
mod tests {
    use super::{list, quoted};
    use crate::field::Document;
    use proptest::prelude::{any, prop_assert_eq, proptest};

    fn read_back(yaml: &str) -> Vec<String> {
        let document = Document::parse(&format!("k: {yaml}\n"), "f").unwrap();
        let field = document.root().get("k").unwrap();
        field.items().iter().map(|item| item.text().unwrap().to_owned()).collect()
    }

    #[test]
    fn words_of_yaml_stay_texts() {
        for text in [
            "no",
            "~",
            "1e5",
            "a: b",
            "- x",
            "2025-09-01",
            "\"\\\"",
            "a\nb\tc",
            "\u{85}\u{2028}\u{feff}\u{0}\u{7f}é𝄞",
        ] {
            assert_eq!(read_back(&quoted(text)), [text]);
        }
    }

    proptest! {
        #[test]
        fn any_texts_are_read_back(texts in proptest::collection::vec(any::<String>(), 1..4)) {
            prop_assert_eq!(read_back(&list(&texts)), texts);
        }
    }
}
