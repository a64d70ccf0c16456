//! Under which name a file is saved.

use std::fmt::Write as _;

/// `Content-Disposition` of a file to be saved under the last part of its name (RFC 6266): ASCII without control characters.
#[must_use]
pub fn attachment_disposition(name: &str) -> String {
    let name = name.rsplit('/').next().unwrap_or_default();
    let plain: String = name
        .chars()
        .map(|c| if c.is_ascii_alphanumeric() || "._- ".contains(c) { c } else { '_' })
        .collect();
    let mut text = format!("attachment; filename=\"{plain}\"");
    if plain != name {
        text.push_str("; filename*=UTF-8''");
        for byte in name.bytes() {
            if byte.is_ascii_alphanumeric() || b"._-".contains(&byte) {
                text.push(char::from(byte));
            } else {
                write!(text, "%{byte:02X}").expect("writing to a text cannot fail");
            }
        }
    }
    text
}

#[cfg(test)]
mod tests {
    use super::attachment_disposition;

    #[test]
    fn files_are_saved_under_the_last_part_of_their_name() {
        let cases = [
            ("tool.py", "attachment; filename=\"tool.py\""),
            ("data/a b.in", "attachment; filename=\"a b.in\""),
            (
                "x/h\u{e4}\"\r\n.in",
                "attachment; filename=\"h____.in\"; filename*=UTF-8''h%C3%A4%22%0D%0A.in",
            ),
        ];
        for (name, expected) in cases {
            assert_eq!(attachment_disposition(name), expected, "{name:?}");
        }
    }
}
