//! Judges names of archive entries and of files.

/// Path components of an archive entry that stays inside the archive.
///
/// # Errors
/// A sentence saying what is unsafe.
pub(crate) fn components(name: &str) -> Result<Vec<String>, &'static str> {
    if name.contains('\\') {
        return Err("the name has a backslash");
    }
    if name.chars().any(char::is_control) {
        return Err("the name has a control character");
    }
    if name.starts_with('/') {
        return Err("the name is absolute");
    }
    let bytes = name.as_bytes();
    if bytes.len() >= 2 && bytes[0].is_ascii_alphabetic() && bytes[1] == b':' {
        return Err("the name begins with a drive letter");
    }
    let mut parts = Vec::new();
    for part in name.split('/') {
        match part {
            "" | "." => {}
            ".." => return Err("the name leaves the archive"),
            part => parts.push(part.to_owned()),
        }
    }
    Ok(parts)
}

/// Whether the format knows such a name: `^[a-zA-Z0-9_][a-zA-Z0-9_.-]{0,254}$`. Others are treated as absent.
pub(crate) fn is_known_to_format(name: &str) -> bool {
    let Some(first) = name.bytes().next() else {
        return false;
    };
    name.len() <= 255
        && (first.is_ascii_alphanumeric() || first == b'_')
        && name
            .bytes()
            .all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'.' | b'-'))
}

/// Whether the entry at this path is kept: every name known to the format, or the dotfile that holds the time limit.
pub(crate) fn is_kept(path: &[String]) -> bool {
    let Some((last, folders)) = path.split_last() else {
        return true;
    };
    folders.iter().all(|name| is_known_to_format(name)) && (is_known_to_format(last) || last == ".timelimit")
}

#[cfg(test)]
mod tests {
    use super::{components, is_kept, is_known_to_format};
    use proptest::prelude::proptest;

    #[test]
    fn plain_names_become_their_components() {
        assert_eq!(components("hello/data/1.in").unwrap(), ["hello", "data", "1.in"]);
        assert_eq!(components("./hello//data/").unwrap(), ["hello", "data"]);
    }

    #[test]
    fn names_that_leave_the_archive_are_refused() {
        for name in ["../x", "a/../../x", "a/..", "/etc/passwd", "a\\b", "C:/x", "c:x", "a\0b", "a\nb"] {
            assert!(components(name).is_err(), "{name:?}");
        }
    }

    #[test]
    fn names_the_format_does_not_know_are_absent() {
        for name in ["", ".hidden", "-x", "with space", "é", &"a".repeat(256)] {
            assert!(!is_known_to_format(name), "{name:?}");
        }
        for name in ["a", "_x", "1.in", "a-b_c.d", &"a".repeat(255)] {
            assert!(is_known_to_format(name), "{name:?}");
        }
    }

    #[test]
    fn the_time_limit_dotfile_is_kept() {
        assert!(is_kept(&["p".into(), ".timelimit".into()]));
        assert!(!is_kept(&[".git".into(), "config".into()]));
    }

    proptest! {
        #[test]
        fn accepted_names_never_hold_a_step_up(name in "[a-c./\\\\:]{0,12}") {
            if let Ok(parts) = components(&name) {
                assert!(parts.iter().all(|part| !part.is_empty() && part != "." && part != ".." && !part.contains(['/', '\\'])));
                assert!(!name.starts_with('/'));
            }
        }
    }
}
