//! Globs of `submissions.yaml`: `*` within a name, and alternatives in braces.

/// Most alternatives one pattern may expand to.
const MOST_ALTERNATIVES: usize = 64;

/// A pattern with its alternatives.
#[derive(Clone, Debug)]
pub(crate) struct Glob {
    alternatives: Vec<String>,
}

impl Glob {
    /// Reads a pattern; one with too many alternatives matches nothing.
    pub(crate) fn new(pattern: &str) -> Self {
        let mut alternatives = Vec::new();
        if !expand(pattern, &mut alternatives) {
            alternatives.clear();
        }
        Self { alternatives }
    }

    /// How many alternatives there are.
    pub(crate) const fn alternatives(&self) -> usize {
        self.alternatives.len()
    }

    /// Whether it matches a path or one of the folders above it.
    pub(crate) fn matches(&self, path: &str) -> bool {
        self.alternatives.iter().any(|pattern| matches_prefix(pattern, path))
    }

    /// Whether it matches a path as a whole.
    pub(crate) fn matches_whole(&self, path: &str) -> bool {
        let depth = |text: &str| text.trim_end_matches('/').split('/').count();
        let matches = |pattern: &String| depth(pattern) == depth(path) && matches_prefix(pattern, path);
        self.alternatives.iter().any(matches)
    }
}

/// Collects the pattern with its braces expanded; `false` if there are too many.
fn expand(pattern: &str, found: &mut Vec<String>) -> bool {
    let mut waiting = vec![pattern.to_owned()];
    while let Some(pattern) = waiting.pop() {
        // The first brace to close belongs with the last one opened before it: innermost first.
        let inner = pattern.find('}').and_then(|close| Some((pattern[..close].rfind('{')?, close)));
        match inner {
            None => found.push(pattern),
            Some((open, close)) => {
                for choice in pattern[open + 1..close].split(',') {
                    waiting.push(format!("{}{choice}{}", &pattern[..open], &pattern[close + 1..]));
                }
            }
        }
        if found.len() + waiting.len() > MOST_ALTERNATIVES {
            return false;
        }
    }
    true
}

fn matches_prefix(pattern: &str, path: &str) -> bool {
    let mut names = path.split('/');
    pattern
        .trim_end_matches('/')
        .split('/')
        .all(|part| names.next().is_some_and(|name| matches_name(part.as_bytes(), name.as_bytes())))
}

/// Linear but for one step back per star: on a mismatch the last star takes one byte more.
fn matches_name(pattern: &[u8], name: &[u8]) -> bool {
    let (mut at, mut read) = (0, 0);
    let mut star: Option<(usize, usize)> = None;
    while read < name.len() {
        if pattern.get(at) == Some(&b'*') {
            star = Some((at, read));
            at += 1;
        } else if pattern.get(at) == Some(&name[read]) {
            at += 1;
            read += 1;
        } else if let Some((star_at, star_read)) = star {
            star = Some((star_at, star_read + 1));
            at = star_at + 1;
            read = star_read + 1;
        } else {
            return false;
        }
    }
    pattern[at..].iter().all(|byte| *byte == b'*')
}

#[cfg(test)]
mod tests {
    use super::Glob;
    use proptest::prelude::proptest;

    fn matches(pattern: &str, path: &str) -> bool {
        Glob::new(pattern).matches(path)
    }

    fn matches_whole(pattern: &str, path: &str) -> bool {
        Glob::new(pattern).matches_whole(path)
    }

    #[test]
    fn stars_stay_within_a_name() {
        assert!(matches("accepted/*.py", "accepted/a.py"));
        assert!(matches("*/*", "accepted/a.py"));
        assert!(!matches("*.py", "accepted/a.py"));
        assert!(!matches("accepted/*.py", "accepted/a.cc"));
        assert!(matches("a*b*c", "aXbYbZc"));
    }

    #[test]
    fn a_folder_matches_what_is_in_it() {
        assert!(matches("accepted", "accepted/a.py"));
        assert!(matches("accepted/", "accepted/a.py"));
        assert!(!matches("accept", "accepted/a.py"));
        assert!(matches_whole("secret/{a,b}", "secret/b"));
        assert!(!matches_whole("secret", "secret/b"));
    }

    #[test]
    fn braces_give_alternatives() {
        assert!(matches("a/{x,y}.{py,cpp}", "a/y.cpp"));
        assert!(matches("a/{x,{y,z}1}.py", "a/z1.py"));
        assert!(!matches("a/{x,y}.py", "a/z.py"));
    }

    #[test]
    fn too_many_alternatives_match_nothing() {
        assert!(!matches(&"{a,b}".repeat(30), &"a".repeat(30)));
    }

    proptest! {
        #[test]
        fn any_pattern_ends(pattern in "[ab*{},/]{0,20}", path in "[ab/]{0,20}") {
            let _ = matches(&pattern, &path);
        }

        #[test]
        fn a_path_matches_itself(path in "[a-z]{1,5}/[a-z.]{1,5}") {
            assert!(matches(&path, &path));
        }
    }
}
