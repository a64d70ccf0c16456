//! Tells Prolog from Perl: both end in `.pl`.

use crate::programs::extension;
use codesm_core::judging::SourceFile;

/// Whether a program of `.pl` files is in Prolog: it has clauses, and nothing that only Perl has.
pub(crate) fn is_meant(files: &[SourceFile]) -> bool {
    let mut sources = files.iter().filter(|file| extension(&file.name) == Some("pl")).peekable();
    sources.peek().is_some() && sources.all(|file| is_prolog(&String::from_utf8_lossy(&file.content)))
}

fn is_prolog(text: &str) -> bool {
    let is_perl = text.starts_with("#!") && text.lines().next().is_some_and(|line| line.contains("perl"));
    let has_clauses = text
        .lines()
        .map(str::trim)
        .any(|line| line.starts_with(":-") || line.ends_with(":-") || line.contains(") :- "));
    let has_perl = text
        .lines()
        .map(str::trim)
        .any(|line| line.starts_with("use strict") || line.starts_with("my $"));
    has_clauses && !is_perl && !has_perl
}

#[cfg(test)]
mod tests {
    use super::is_prolog;

    #[test]
    fn clauses_make_prolog() {
        assert!(is_prolog("main :-\n    read_int(X),\n    write(X).\n"));
        assert!(is_prolog(":- use_module(library(readutil)).\nmain."));
        assert!(is_prolog("f(X, Y) :- Y is X + 1."));
        assert!(!is_prolog("#!/usr/bin/perl\nprint \":- \";\n"));
        assert!(!is_prolog("use strict;\nmy $x = <STDIN>;\nprint $x :- 1;\n"));
        assert!(!is_prolog("print $_ while <>;\n"));
    }
}
