//! `problem.yaml`.

use crate::support::{Fixture, warned};
use codesm_core::judging::Points;

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
fn types_are_a_text_a_list_or_several_words() {
    for kind in [
        "interactive",
        "multi-pass",
        "[pass-fail, interactive]",
        "pass-fail interactive multi-pass",
    ] {
        let package = Fixture::with(&format!("{MODERN}type: {kind}\n"))
            .file("output_validator/v.py", "x")
            .package();
        let rules = &package.rules;
        assert_eq!(rules.interactive, kind.contains("interactive"), "{kind}");
        assert_eq!(rules.passes, kind.contains("multi-pass").then_some(2), "{kind}");
        assert_eq!((rules.points, &rules.tree), (Points::None, &None), "{kind}");
    }
    let scoring = Fixture::with(&format!("{MODERN}type: scoring\n")).package();
    assert_eq!(scoring.rules.points, Points::Modern);
    assert!(scoring.rules.tree.is_some());
    assert_eq!(code("type: fun\n"), "package.invalid_value");
    assert_eq!(code(&format!("{MODERN}type: [pass-fail, scoring]\n")), "package.invalid_value");
}

#[test]
fn legacy_validation_words_are_types_too_in_any_order() {
    for validation in [
        "custom interactive",
        "custom multi-pass",
        "custom score",
        "custom score interactive",
        "custom interactive score multi-pass",
    ] {
        let package = Fixture::with(&format!("type: scoring\nvalidation: {validation}\n"))
            .file("output_validators/v.py", "x")
            .package();
        let points = if validation.contains("score") {
            Points::Legacy
        } else {
            Points::None
        };
        assert_eq!(package.rules.points, points, "{validation}");
        assert_eq!(package.rules.interactive, validation.contains("interactive"), "{validation}");
        assert_eq!(package.rules.passes.is_some(), validation.contains("multi-pass"), "{validation}");
    }
    for validation in ["sometimes", "default score", "default interactive", "score"] {
        let error = Fixture::with(&format!("name: x\nvalidation: {validation}\n")).refusal();
        assert_eq!(
            (error.code, error.key.as_deref()),
            ("package.invalid_value", Some("validation")),
            "{validation}"
        );
        assert!(error.message.contains("line 2"), "{error}");
    }
}

#[test]
fn a_validator_that_scores_makes_a_scoring_problem() {
    let package = Fixture::with("validation: custom score\n")
        .file("output_validators/v.py", "x")
        .package();
    assert!(package.rules.tree.is_some());
    assert!(warned(&package, &["validation", "scoring problem"]));
}

#[test]
fn interactive_problems_need_a_validator() {
    for yaml in [format!("{MODERN}type: interactive\n"), format!("{MODERN}type: multi-pass\n")] {
        let error = Fixture::with(&yaml).refusal();
        assert_eq!(
            (error.code, error.file.as_deref()),
            ("package.missing_validator", Some("output_validator"))
        );
    }
}

#[test]
fn what_changes_judging_and_is_not_supported_is_refused() {
    let error = Fixture::with(&format!("{MODERN}type: submit-answer\n")).refusal();
    assert_eq!(
        (error.code, error.file.as_deref(), error.key.as_deref()),
        ("package.unsupported_type", Some("problem.yaml"), Some("type"))
    );
    assert!(error.message.contains("line 4"), "{error}");
    let error = Fixture::with("").file("static_validator/s.py", "").refusal();
    assert_eq!(error.code, "package.unsupported_type");
    let error = Fixture::with(MODERN)
        .file("data/secret/test_group.yaml", "static_validation_score: pass-fail\n")
        .refusal();
    assert_eq!(
        (error.code, error.key.as_deref()),
        ("package.unsupported_type", Some("static_validation_score"))
    );
}

#[test]
fn writing_files_is_allowed_where_the_format_says() {
    let allowed = |yaml: &str| Fixture::with(yaml).package().rules.file_writing;
    assert!(allowed(""));
    assert!(!allowed(MODERN));
    assert!(allowed(&format!("{MODERN}allow_file_writing: true\n")));
    assert_eq!(code(&format!("{MODERN}allow_file_writing: perhaps\n")), "package.invalid_value");
}

#[test]
fn less_may_be_better() {
    let package = Fixture::with("type: scoring\ngrading: {objective: min, show_test_data_groups: true}\n").package();
    assert!(package.rules.minimise);
    assert!(!Fixture::with("type: scoring\n").package().rules.minimise);
    let error = Fixture::with("type: scoring\ngrading:\n  objective: most\n").refusal();
    assert_eq!(
        (error.code, error.key.as_deref()),
        ("package.invalid_value", Some("grading.objective"))
    );
    let pass_fail = Fixture::with("grading: {objective: min}\n").package();
    assert!(!pass_fail.rules.minimise);
    assert!(warned(&pass_fail, &["grading.objective", "scoring problems"]));
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
fn the_source_is_text() {
    let source = |yaml: &str| Fixture::with(yaml).package().source;
    assert_eq!(source("source: A\nsource_url: http://a\n").as_deref(), Some("A (http://a)"));
    assert_eq!(
        source(&format!("{MODERN}source: [{{name: A, url: http://a}}, B]\n")).as_deref(),
        Some("A (http://a), B")
    );
    assert_eq!(source(""), None);
}

#[test]
fn languages_may_be_restricted() {
    let languages = |yaml: &str| Fixture::with(&format!("{MODERN}languages: {yaml}\n")).package();
    assert_eq!(languages("all").rules.languages, None);
    assert_eq!(
        languages("[python3, cpp]").rules.languages.unwrap(),
        ["cpp", "cpp17", "pypy", "python"]
    );
    let package = languages("[java, snobol]");
    assert_eq!(package.rules.languages.clone().unwrap(), ["java"]);
    assert!(warned(&package, &["problem.yaml: languages", "snobol"]));
    let error = Fixture::with(&format!("{MODERN}languages: [snobol]\n")).refusal();
    assert_eq!(
        (error.code, error.key.as_deref()),
        ("package.unsupported_feature", Some("languages"))
    );
    assert_eq!(code(&format!("{MODERN}languages: []\n")), "package.invalid_value");
}

#[test]
fn attachments_are_files_for_solvers() {
    let package = Fixture::with(MODERN)
        .file("attachments/a.txt", "hello")
        .file("attachments/templates/python3/main.py", "x")
        .package();
    let names: Vec<_> = package.attachments.iter().map(|(name, file)| (name.as_str(), file.size)).collect();
    assert_eq!(names, [("a.txt", 5), ("templates/python3/main.py", 1)]);
    assert_eq!(package.warnings, [""; 0]);
}
