//! Constants of a package: `{{name}}` and `{{name.variant}}`.

use crate::fault::refuse_file;
use crate::field::Field;
use codesm_core::problems::PackageError;
use std::borrow::Cow;
use std::collections::BTreeMap;

/// Longest value: a constant is a number or a few words.
const MOST_VALUE_BYTES: usize = 4096;

/// Values by `name` and `name.variant`.
#[derive(Debug, Default)]
pub(crate) struct Constants {
    values: BTreeMap<String, String>,
}

impl Constants {
    /// Reads the `constants` of `problem.yaml`.
    ///
    /// # Errors
    /// `package.invalid_value`.
    pub(crate) fn read(field: &Field<'_>) -> Result<Self, PackageError> {
        let mut values = BTreeMap::new();
        for (name, value) in field.entries()? {
            if value.is_map() {
                for (variant, text) in value.entries()? {
                    values.insert(format!("{name}.{variant}"), short_text(&text)?);
                }
                let plain = value.get("value").ok_or_else(|| value.invalid("the key value is missing"))?;
                values.insert(name.to_owned(), short_text(&plain)?);
            } else {
                let text = short_text(&value)?;
                values.insert(format!("{name}.value"), text.clone());
                values.insert(name.to_owned(), text);
            }
        }
        Ok(Self { values })
    }

    /// The text with `{{name}}` replaced; unknown names stay.
    ///
    /// # Errors
    /// `package.too_large` if the result passes `most` bytes.
    pub(crate) fn fill<'a>(&self, text: &'a str, file: &str, most: u64) -> Result<Cow<'a, str>, PackageError> {
        self.replace(text, ("{{", "}}"), file, most)
    }

    /// The LaTeX text with `\constant{name}` replaced; unknown names stay.
    ///
    /// # Errors
    /// As [`Self::fill`].
    pub(crate) fn fill_latex<'a>(&self, text: &'a str, file: &str, most: u64) -> Result<Cow<'a, str>, PackageError> {
        self.replace(text, ("\\constant{", "}"), file, most)
    }

    /// The bytes of a source file with `{{name}}` replaced; what is not UTF-8 stays as it is.
    ///
    /// # Errors
    /// As [`Self::fill`].
    pub(crate) fn fill_bytes(&self, bytes: Vec<u8>, file: &str, most: u64) -> Result<Vec<u8>, PackageError> {
        if self.values.is_empty() {
            return Ok(bytes);
        }
        match std::str::from_utf8(&bytes) {
            Ok(text) => Ok(self.fill(text, file, most)?.into_owned().into_bytes()),
            Err(_) => Ok(bytes),
        }
    }

    fn replace<'a>(&self, text: &'a str, (open, close): (&str, &str), file: &str, most: u64) -> Result<Cow<'a, str>, PackageError> {
        if self.values.is_empty() || !text.contains(open) {
            return Ok(Cow::Borrowed(text));
        }
        let mut filled = String::with_capacity(text.len());
        let mut rest = text;
        while let Some(at) = rest.find(open) {
            let after = &rest[at + open.len()..];
            // Names are words with one dot at most: the search for the end needs to look no further.
            let length = after
                .bytes()
                .take_while(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'.' | b'-'))
                .count();
            let (name, behind) = after.split_at(length);
            filled.push_str(&rest[..at]);
            rest = if let (Some(value), Some(behind)) = (self.values.get(name), behind.strip_prefix(close)) {
                filled.push_str(value);
                behind
            } else {
                // One byte on: in `{{{n}}}` the name begins at the second brace.
                filled.push_str(&open[..1]);
                &rest[at + 1..]
            };
            if filled.len() as u64 > most {
                let message = format!("larger than {most} bytes with constants filled in");
                return Err(refuse_file("package.too_large", file, message));
            }
        }
        filled.push_str(rest);
        Ok(Cow::Owned(filled))
    }
}

fn short_text(field: &Field<'_>) -> Result<String, PackageError> {
    let text = field.text()?;
    if text.len() > MOST_VALUE_BYTES {
        return Err(field.invalid(&format!("longer than {MOST_VALUE_BYTES} bytes")));
    }
    Ok(text.to_owned())
}

#[cfg(test)]
mod tests {
    use super::Constants;
    use crate::field::Document;

    fn constants() -> Constants {
        let document = Document::parse("constants:\n  n: 7\n  k:\n    value: 5000\n    tex: 5{,}000\n", "problem.yaml").unwrap();
        Constants::read(&document.root().get("constants").unwrap()).unwrap()
    }

    #[test]
    fn names_and_variants_are_replaced_and_unknown_names_stay() {
        let filled = constants()
            .fill("{{n}} {{k}} {{k.tex}} {{k.value}} {{z}} {{ n }} {{n", "f", 1000)
            .unwrap()
            .into_owned();
        assert_eq!(filled, "7 5000 5{,}000 5000 {{z}} {{ n }} {{n");
    }

    #[test]
    fn extra_braces_around_a_constant_stay() {
        assert_eq!(constants().fill("{{{n}}}", "f", 1000).unwrap(), "{7}");
    }

    #[test]
    fn latex_has_a_command_for_them() {
        assert_eq!(constants().fill_latex("\\constant{k.tex}!", "f", 1000).unwrap(), "5{,}000!");
    }

    #[test]
    fn growth_is_bounded() {
        let text = "{{k}}".repeat(100);
        assert_eq!(constants().fill(&text, "f", 100).unwrap_err().code, "package.too_large");
    }
}
