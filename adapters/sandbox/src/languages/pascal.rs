//! What must be known of Pascal: which of several files is the program.

/// How well a source file fits for the one that is compiled: the compiler finds the units that it uses by itself.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Fitness {
    /// It begins with `unit` or `library`.
    Unit,
    /// The heading of a program may be left out; so may be that of a file that is included.
    Unsaid,
    /// It begins with `program`.
    Program,
}

/// By the first word of a source file that is not in a comment.
pub(crate) fn fitness(source: &str) -> Fitness {
    let code = after_comments(source);
    let end = code.find(|character: char| !character.is_ascii_alphanumeric() && character != '_');
    match code[..end.unwrap_or(code.len())].to_ascii_lowercase().as_str() {
        "program" => Fitness::Program,
        "unit" | "library" => Fitness::Unit,
        _ => Fitness::Unsaid,
    }
}

fn after_comments(source: &str) -> &str {
    let mut rest = source.trim_start_matches('\u{feff}');
    loop {
        rest = rest.trim_start();
        let end = if rest.starts_with("//") {
            rest.find('\n')
        } else if rest.starts_with('{') {
            rest.find('}').map(|at| at + 1)
        } else if let Some(comment) = rest.strip_prefix("(*") {
            comment.find("*)").map(|at| at + 4)
        } else {
            return rest;
        };
        // A comment without an end is all there is.
        rest = end.map_or("", |end| &rest[end..]);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_heading_is_found_behind_comments_and_directives() {
        for (source, expected) in [
            ("program hello;", Fitness::Program),
            ("PROGRAM\nx;", Fitness::Program),
            (
                "\u{feff}{$mode objfpc}{ unit }\r\n// unit\n(* unit * ) { *)\n Program x;",
                Fitness::Program,
            ),
            ("unit helper; interface", Fitness::Unit),
            ("// program x;\nUnit Helper;", Fitness::Unit),
            ("library x;", Fitness::Unit),
            ("uses math; begin end.", Fitness::Unsaid),
            ("programs;", Fitness::Unsaid),
            ("", Fitness::Unsaid),
            ("{ program x;", Fitness::Unsaid),
            ("(*) program x;", Fitness::Unsaid),
            ("// program x;", Fitness::Unsaid),
        ] {
            assert_eq!(fitness(source), expected, "{source:?}");
        }
        assert!(Fitness::Program > Fitness::Unsaid && Fitness::Unsaid > Fitness::Unit);
    }
}
