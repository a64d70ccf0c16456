//! Files that are laid over submissions.

use crate::support::{Fixture, warned};

const MODERN: &str = "problem_format_version: 2025-09\nname: x\n";

#[test]
fn includes_are_for_all_languages_that_a_code_means() {
    let package = Fixture::with(MODERN)
        .file("include/cpp/grader.cpp", "int main(){}")
        .file("include/cpp/lib/api.h", "x")
        .file("include/python3/__main__.py", "x")
        .file("include/default/data.txt", "x")
        .package();
    let found: Vec<_> = package
        .rules
        .includes
        .iter()
        .map(|include| {
            let names: Vec<_> = include.files.files.iter().map(|file| file.name.as_str()).collect();
            (include.languages.join(" "), names)
        })
        .collect();
    assert_eq!(
        found,
        [
            ("cpp cpp17".to_owned(), vec!["grader.cpp", "lib/api.h"]),
            (String::new(), vec!["data.txt"]),
            ("python pypy".to_owned(), vec!["__main__.py"]),
        ]
    );
    assert_eq!(package.rules.languages, None);
    assert_eq!(package.warnings, [""; 0]);
}

#[test]
fn legacy_includes_leave_only_their_languages() {
    let package = Fixture::with("name: x\n")
        .file("include/cpp/grader.cpp", "int main(){}")
        .file("include/java/Main.java", "x")
        .package();
    assert_eq!(package.rules.languages.clone().unwrap(), ["cpp", "cpp17", "java"]);
    assert!(warned(&package, &["include", "only languages", "java"]));
    let for_all = Fixture::with("name: x\n")
        .file("include/cpp/grader.cpp", "x")
        .file("include/default/a", "x")
        .package();
    assert_eq!(for_all.rules.languages, None);
}

#[test]
fn includes_of_unknown_languages_are_warned_of() {
    let package = Fixture::with("name: x\n")
        .file("include/snobol/a.sno", "x")
        .file("include/stray.txt", "x")
        .package();
    assert!(package.rules.includes.is_empty());
    assert_eq!(package.rules.languages, None);
    for words in ["include/snobol", "include/stray.txt"] {
        assert!(warned(&package, &[words, "ignored"]), "{words}");
    }
}

#[test]
fn huge_includes_are_refused() {
    let mut fixture = Fixture::with("name: x\n").file("include/cpp/a.h", vec![b'x'; 5000]);
    fixture.limits.program_bytes = 4000;
    let error = fixture.refusal();
    assert_eq!((error.code, error.file.as_deref()), ("package.too_large", Some("include/cpp")));
}
