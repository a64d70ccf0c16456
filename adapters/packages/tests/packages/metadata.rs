//! `problem.yaml`.

use crate::support::{Fixture, warned};

const MODERN: &str = "problem_format_version: 2025-09\nname: Adding\nuuid: 5ca6ba5b-36d5-4eff-8aa7-d967cbc4375e\n";

fn code(problem_yaml: &str) -> &'static str {
    Fixture::with(problem_yaml).refusal().code
}

#[test]
fn every_key_may_be_missing_in_a_legacy_package() {
    let package = Fixture::with("").package();
    assert_eq!((package.format_version.as_str(), package.name.as_str()), ("legacy", "adding"));
    assert_eq!(package.title, "adding");
    assert!(warned(&package, &["problem.yaml: name: missing"]));
}

#[test]
fn the_file_itself_must_be_there() {
    assert_eq!(
        Fixture::with("").without("problem.yaml").refusal().code,
        "package.missing_problem_yaml"
    );
}

#[test]
fn a_folder_that_is_not_there_is_not_found() {
    let fixture = Fixture::with("");
    std::fs::remove_dir_all(fixture.root()).unwrap();
    let error = fixture.refusal();
    assert_eq!((error.code, error.is_local_fault), ("package.not_found", false));
}

#[test]
fn known_versions_are_read_and_others_refused() {
    for version in [
        "legacy",
        "legacy-icpc",
        "2025-09",
        "2023-07",
        "2023-07-draft",
        "2025-09-draft",
        "draft",
    ] {
        let package = Fixture::with(&format!("problem_format_version: {version}\nname: x\n")).package();
        assert_eq!(package.format_version, version);
    }
    for version in ["2026-01", "1", "''"] {
        let error = Fixture::with(&format!("problem_format_version: {version}\n")).refusal();
        assert_eq!(
            (error.code, error.key.as_deref()),
            ("package.unknown_version", Some("problem_format_version"))
        );
    }
}

#[test]
fn a_plain_modern_package_is_read_without_warnings() {
    let yaml = format!("{MODERN}type: pass-fail\nlimits: {{time_limit: 1}}\nallow_file_writing: true\nlanguages: all\nkeywords: [a, b]\n");
    let package = Fixture::with(&yaml).package();
    assert_eq!(package.warnings, [""; 0]);
    assert_eq!((package.title.as_str(), package.statement.as_str()), ("Adding", "Add the numbers."));
    assert_eq!(package.tags, ["a", "b"]);
}

#[test]
fn types_other_than_pass_fail_are_refused_by_name() {
    for kind in ["scoring", "interactive", "multi-pass", "submit-answer"] {
        for yaml in [
            format!("type: {kind}\n"),
            format!("{MODERN}type: [pass-fail, {kind}]\n"),
            format!("{MODERN}type: pass-fail {kind}\n"),
        ] {
            let error = Fixture::with(&yaml).refusal();
            assert_eq!(error.code, "package.unsupported_type", "{yaml}");
            assert!(error.message.contains(kind), "{error}");
        }
    }
    assert_eq!(code("type: fun\n"), "package.invalid_value");
}

#[test]
fn legacy_validation_words_are_types_too() {
    for (validation, named) in [
        ("custom interactive", "interactive"),
        ("custom score", "scoring"),
        ("custom multi-pass", "multi-pass"),
    ] {
        let error = Fixture::with(&format!("validation: {validation}\n")).refusal();
        assert_eq!((error.code, error.key.as_deref()), ("package.unsupported_type", Some("validation")));
        assert!(error.message.contains(named));
    }
    assert_eq!(code("validation: sometimes\n"), "package.invalid_value");
}

#[test]
fn what_changes_judging_and_is_not_supported_is_refused() {
    for (folder, expected) in [
        ("graders/g.py", "package.unsupported_type"),
        ("include/cpp/a.h", "package.unsupported_feature"),
        ("static_validator/s.py", "package.unsupported_feature"),
    ] {
        assert_eq!(Fixture::with("").file(folder, "").refusal().code, expected, "{folder}");
    }
}

#[test]
fn bad_yaml_is_refused_with_its_line() {
    for (yaml, line) in [
        ("name: x\nlimits: [\n", "line 3"),
        ("name: x\nname: y\n", "line 2"),
        ("- a\n", "line 1"),
    ] {
        let error = Fixture::with(yaml).refusal();
        assert_eq!(
            (error.code, error.file.as_deref()),
            ("package.invalid_yaml", Some("problem.yaml")),
            "{yaml:?}"
        );
        assert!(error.message.contains(line), "{yaml:?}: {error}");
    }
    let error = Fixture::with("").file("problem.yaml", b"name: a\nsource: \xff\n").refusal();
    assert_eq!(error.code, "package.invalid_yaml");
    assert!(error.message.contains("line 2"), "{error}");
}

#[test]
fn a_byte_order_mark_does_no_harm() {
    assert_eq!(Fixture::with("\u{feff}name: x\n").package().title, "x");
}

#[test]
fn unknown_and_foreign_keys_are_warned_of() {
    let package = Fixture::with("name: x\ncolour: red\ncredits: Ann\n").package();
    assert!(warned(&package, &["problem.yaml: colour", "unknown key"]));
    assert!(warned(&package, &["problem.yaml: credits", "does not belong"]));
    assert_eq!(package.author.as_deref(), Some("Ann"));
}

#[test]
fn the_title_is_english_else_the_first() {
    assert_eq!(Fixture::with("name: {sv: Hej, en: Hello}\n").package().title, "Hello");
    assert_eq!(Fixture::with("name: {sv: Hej, de: Hallo}\n").package().title, "Hallo");
}

#[test]
fn people_and_licence_are_text() {
    let package = Fixture::with("name: x\nauthor: Ann and Bob\nlicense: cc by-sa\nkeywords: graphs  trees\n").package();
    assert_eq!(package.author.as_deref(), Some("Ann and Bob"));
    assert_eq!(package.license.as_deref(), Some("cc by-sa"));
    assert_eq!(package.tags, ["graphs", "trees"]);
}

#[test]
fn restrictions_that_are_not_kept_are_warned_of() {
    let package = Fixture::with(&format!("{MODERN}languages: [cpp]\n"))
        .file("attachments/a.txt", "")
        .package();
    assert!(warned(&package, &["languages", "ignored"]));
    assert!(warned(&package, &["attachments", "ignored"]));
}
