//! Whether bytes are what they are said to be, by how they begin.

/// How many of the first bytes are looked at.
pub const BEGINNING_BYTES: usize = 4096;

/// Whether a file that begins like this can be of this media type. Types nobody may upload never fit.
#[must_use]
pub(super) fn fits(content_type: &str, beginning: &[u8]) -> bool {
    let at = |offset: usize, bytes: &[u8]| beginning.get(offset..).is_some_and(|rest| rest.starts_with(bytes));
    match content_type {
        "image/png" => at(0, b"\x89PNG\r\n\x1a\n"),
        "image/jpeg" => at(0, b"\xff\xd8\xff"),
        "image/webp" => at(0, b"RIFF") && at(8, b"WEBP"),
        "application/pdf" => at(0, b"%PDF-"),
        "video/mp4" => at(4, b"ftyp"),
        // Matroska's header names its kind among the first elements.
        "video/webm" => {
            at(0, b"\x1a\x45\xdf\xa3")
                && beginning
                    .iter()
                    .take(64)
                    .collect::<Vec<_>>()
                    .windows(4)
                    .any(|four| four == [&b'w', &b'e', &b'b', &b'm'])
        }
        "application/zip" => at(0, b"PK\x03\x04"),
        "text/plain" | "text/markdown" => is_text(beginning),
        _ => false,
    }
}

/// UTF-8 without control characters but tabs, line ends and form feeds; the last character may be cut.
fn is_text(beginning: &[u8]) -> bool {
    let text = match str::from_utf8(beginning) {
        Ok(text) => text,
        Err(error) if error.error_len().is_none() && beginning.len() == BEGINNING_BYTES => {
            str::from_utf8(&beginning[..error.valid_up_to()]).unwrap_or_default()
        }
        Err(_) => return false,
    };
    text.chars().all(|c| !c.is_control() || matches!(c, '\t' | '\n' | '\r' | '\u{c}'))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn beginnings_tell_types_apart() {
        let beginnings: [(&str, &[u8]); 9] = [
            ("image/png", b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR"),
            ("image/jpeg", b"\xff\xd8\xff\xe0\0\x10JFIF"),
            ("image/webp", b"RIFF\x24\0\0\0WEBPVP8 "),
            ("application/pdf", b"%PDF-1.7\n\xe2\xe3"),
            ("video/mp4", b"\0\0\0\x20ftypisom"),
            ("video/webm", b"\x1a\x45\xdf\xa3\x9f\x42\x86\x81\x01\x42\x82\x84webm"),
            ("application/zip", b"PK\x03\x04\x14\0"),
            ("text/plain", "gr\u{fc}n\r\n\tx".as_bytes()),
            ("text/markdown", b"# Title\n"),
        ];
        for (said, _) in beginnings {
            for (really, bytes) in beginnings {
                let both_texts = said.starts_with("text/") && really.starts_with("text/");
                assert_eq!(fits(said, bytes), said == really || both_texts, "{really} as {said}");
            }
            assert!(!fits(said, b"") || said.starts_with("text/"), "{said}");
            assert!(!fits(said, b"MZ\x90\0"), "{said}");
        }
        assert!(!fits("image/svg+xml", b"<svg>"));
        assert!(!fits("text/plain", b"a\0b") && !fits("text/plain", b"\xffa"));
    }

    #[test]
    fn a_text_may_be_cut_in_the_middle_of_a_character() {
        let long = "\u{20ac}".repeat(2000);
        assert!(fits("text/plain", &long.as_bytes()[..BEGINNING_BYTES]));
        assert!(!fits("text/plain", &long.as_bytes()[..100]), "a file that ends so is no text");
    }
}
