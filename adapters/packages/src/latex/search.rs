//! Finds where arguments, groups and formulas end.

use super::Converter;

/// Most searches that may find nothing: bounds the work on a text of opening braces.
const MOST_FAILURES: usize = 100;

impl Converter {
    /// Calls back with the argument in braces, if there is one.
    pub(super) fn with_argument<'a>(
        &mut self,
        rest: &'a str,
        out: &mut String,
        use_it: impl FnOnce(&mut Self, &str, &mut String),
    ) -> &'a str {
        match self.argument(rest) {
            Some((argument, behind)) => {
                use_it(self, argument, out);
                behind
            }
            None => rest,
        }
    }

    pub(super) fn argument<'a>(&mut self, rest: &'a str) -> Option<(&'a str, &'a str)> {
        let inside = rest.trim_start_matches([' ', '\t', '\n']).strip_prefix('{')?;
        self.braced(inside)
    }

    pub(super) fn without_option<'a>(&mut self, rest: &'a str) -> &'a str {
        match rest.strip_prefix('[').and_then(|inside| self.until(inside, "]")) {
            Some((_, behind)) => behind,
            None => rest,
        }
    }

    /// What stands before the brace that closes a group, and what behind it.
    pub(super) fn braced<'a>(&mut self, inside: &'a str) -> Option<(&'a str, &'a str)> {
        if self.failures >= MOST_FAILURES {
            return None;
        }
        let mut open = 0_usize;
        let mut escaped = false;
        for (at, byte) in inside.bytes().enumerate() {
            match byte {
                _ if escaped => escaped = false,
                b'\\' => escaped = true,
                b'{' => open += 1,
                b'}' if open == 0 => return Some((&inside[..at], &inside[at + 1..])),
                b'}' => open -= 1,
                _ => {}
            }
        }
        self.failures += 1;
        None
    }

    /// What stands before the next `close` that no backslash escapes, and what behind it.
    pub(super) fn until<'a>(&mut self, rest: &'a str, close: &str) -> Option<(&'a str, &'a str)> {
        if self.failures >= MOST_FAILURES {
            return None;
        }
        let found = rest
            .match_indices(close)
            .find(|(at, _)| !rest[..*at].ends_with('\\') || rest[..*at].ends_with("\\\\"));
        if found.is_none() {
            self.failures += 1;
        }
        found.map(|(at, _)| (&rest[..at], &rest[at + close.len()..]))
    }
}
