//! What must be known of Java: the public type a file is named after, and the class with `main`.

/// Name of the public top-level type of a source file.
pub(crate) fn public_type(source: &str) -> Option<String> {
    let words = top_level_words(source);
    let mut public = false;
    let mut words = words.iter().map(String::as_str);
    while let Some(word) = words.next() {
        match word {
            "public" => public = true,
            "class" | "interface" | "enum" | "record" if public => return words.next().map(str::to_owned),
            "final" | "abstract" | "strictfp" | "sealed" | "non" => {}
            _ => public = false,
        }
    }
    None
}

/// Words outside of braces, parentheses, comments and literals.
fn top_level_words(source: &str) -> Vec<String> {
    let mut words = Vec::new();
    let mut word = String::new();
    let mut depth = 0_u32;
    let mut rest = source;
    while let Some(character) = rest.chars().next() {
        let skipped = if rest.starts_with("//") {
            rest.find('\n').unwrap_or(rest.len())
        } else if let Some(comment) = rest.strip_prefix("/*") {
            comment.find("*/").map_or(rest.len(), |end| end + 4)
        } else if let Some(block) = rest.strip_prefix("\"\"\"") {
            block.find("\"\"\"").map_or(rest.len(), |end| end + 6)
        } else if character == '"' || character == '\'' {
            literal(rest, character)
        } else {
            0
        };
        if depth == 0 && skipped == 0 && (character.is_alphanumeric() || character == '_' || character == '$') {
            word.push(character);
        } else if !word.is_empty() {
            words.push(std::mem::take(&mut word));
        }
        match character {
            '{' | '(' if skipped == 0 => depth += 1,
            '}' | ')' if skipped == 0 => depth = depth.saturating_sub(1),
            _ => {}
        }
        rest = &rest[skipped.max(character.len_utf8())..];
    }
    words
}

/// Length of a literal with its quotes.
fn literal(text: &str, quote: char) -> usize {
    let mut escaped = false;
    for (index, character) in text.char_indices().skip(1) {
        match character {
            _ if escaped => escaped = false,
            '\\' => escaped = true,
            '\n' => return index,
            _ if character == quote => return index + 1,
            _ => {}
        }
    }
    text.len()
}

/// Longest name of a class with `main`.
const MAX_CLASS_NAME_BYTES: usize = 1024;

/// Reads numbers from a class file.
struct Cursor<'a>(&'a [u8]);

impl<'a> Cursor<'a> {
    fn take(&mut self, count: usize) -> Option<&'a [u8]> {
        let (taken, rest) = self.0.split_at_checked(count)?;
        self.0 = rest;
        Some(taken)
    }

    fn number16(&mut self) -> Option<u16> {
        Some(u16::from_be_bytes(self.take(2)?.try_into().ok()?))
    }

    fn number32(&mut self) -> Option<usize> {
        let number = u32::from_be_bytes(self.take(4)?.try_into().ok()?);
        usize::try_from(number).ok()
    }

    fn skip_attributes(&mut self) -> Option<()> {
        for _ in 0..self.number16()? {
            self.take(2)?;
            let length = self.number32()?;
            self.take(length)?;
        }
        Some(())
    }
}

/// Whether a name can stand in a command: class files may come from the solver, who may call his class anything.
fn is_usable(name: &str) -> bool {
    name.len() <= MAX_CLASS_NAME_BYTES && !name.starts_with(['-', '@']) && !name.chars().any(char::is_control)
}

/// Name of the class in a class file, if it has `public static void main(String[])` (format: JVM specification, 4).
pub(crate) fn main_class(class_file: &[u8]) -> Option<String> {
    const PUBLIC_STATIC: u16 = 0x0009;
    let mut cursor = Cursor(class_file);
    if cursor.take(4)? != [0xCA, 0xFE, 0xBA, 0xBE] {
        return None;
    }
    cursor.take(4)?;
    let count = usize::from(cursor.number16()?);
    let mut texts: Vec<Option<&[u8]>> = vec![None; count];
    let mut classes: Vec<Option<u16>> = vec![None; count];
    let mut index = 1;
    while index < count {
        match cursor.take(1)?[0] {
            1 => {
                let length = usize::from(cursor.number16()?);
                texts[index] = Some(cursor.take(length)?);
            }
            7 => classes[index] = Some(cursor.number16()?),
            8 | 16 | 19 | 20 => drop(cursor.take(2)?),
            15 => drop(cursor.take(3)?),
            3 | 4 | 9 | 10 | 11 | 12 | 17 | 18 => drop(cursor.take(4)?),
            5 | 6 => {
                cursor.take(8)?;
                // Long numbers count twice.
                index += 1;
            }
            _ => return None,
        }
        index += 1;
    }
    cursor.take(2)?;
    let this = usize::from(cursor.number16()?);
    cursor.take(2)?;
    let interfaces = usize::from(cursor.number16()?);
    cursor.take(interfaces * 2)?;
    for _ in 0..cursor.number16()? {
        cursor.take(6)?;
        cursor.skip_attributes()?;
    }
    let text = |index: u16| texts.get(usize::from(index)).copied().flatten();
    for _ in 0..cursor.number16()? {
        let flags = cursor.number16()?;
        let (name, descriptor) = (cursor.number16()?, cursor.number16()?);
        cursor.skip_attributes()?;
        let is_main = text(name) == Some(b"main") && text(descriptor) == Some(b"([Ljava/lang/String;)V");
        if is_main && flags & PUBLIC_STATIC == PUBLIC_STATIC {
            let name = text(classes.get(this).copied().flatten()?)?;
            let name = String::from_utf8(name.to_vec()).ok()?.replace('/', ".");
            return is_usable(&name).then_some(name);
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_public_type_is_found_behind_comments_annotations_and_inner_types() {
        let source = "// public class No {}\n/* public class No2 */ import java.util.*;\n\
            class Helper { public class Inner {} String s = \"} public class Fake {\"; char c = '\"'; }\n\
            @SuppressWarnings(\"x\") public final class Solution { }";
        assert_eq!(public_type(source).as_deref(), Some("Solution"));
        assert_eq!(public_type("class Main { public static void main(String[] a) {} }"), None);
        assert_eq!(public_type("public static void x"), None);
        assert_eq!(public_type("public record Point(int x) {}").as_deref(), Some("Point"));
    }

    #[test]
    fn a_class_whose_name_is_an_option_or_no_argument_at_all_is_not_run() {
        assert!(is_usable("a.b.Main$1") && is_usable("Größe"));
        for name in ["-version", "@file", "a\0b", "a\nb", &"x".repeat(2000)] {
            assert!(!is_usable(name), "{name:?}");
        }
    }

    #[test]
    fn garbage_is_no_class_file() {
        assert_eq!(main_class(b""), None);
        assert_eq!(main_class(&[0xCA, 0xFE, 0xBA, 0xBE, 0, 0, 0, 61, 255, 255, 1, 255]), None);
    }
}
