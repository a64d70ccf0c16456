//! Tests of a package.

use crate::support::{Fixture, content, warned};

const MODERN: &str = "problem_format_version: 2025-09\nname: x\n";

#[test]
fn samples_come_first_then_secret_tests_in_byte_order() {
    let mut fixture = Fixture::with("");
    for path in [
        "secret/b",
        "secret/B",
        "secret/10",
        "secret/2",
        "sample/z",
        "secret/g1/1",
        "secret/g1/sub/1",
        "sample/g/1",
    ] {
        fixture = fixture.case(path);
    }
    let package = fixture.package();
    let names: Vec<_> = package
        .tests
        .iter()
        .map(|test| (test.name.as_str(), test.sample, test.group.as_deref()))
        .collect();
    assert_eq!(
        names,
        [
            ("sample/1", true, None),
            ("sample/g/1", true, None),
            ("sample/z", true, None),
            ("secret/1", false, None),
            ("secret/10", false, None),
            ("secret/2", false, None),
            ("secret/B", false, None),
            ("secret/b", false, None),
            ("secret/g1/1", false, Some("g1")),
            ("secret/g1/sub/1", false, Some("g1/sub")),
        ]
    );
    let input = &package.tests[8].input;
    assert_eq!((content(&input.path).as_str(), input.size), ("secret/g1/1", 11));
}

#[test]
fn a_missing_answer_is_refused_naming_the_input() {
    let error = Fixture::with("").without("data/secret/1.ans").refusal();
    assert_eq!(
        (error.code, error.file.as_deref()),
        ("package.missing_answer", Some("data/secret/1.in"))
    );
}

#[test]
fn a_package_without_tests_is_refused() {
    assert_eq!(Fixture::with("").without("data").refusal().code, "package.no_tests");
    let other = Fixture::with("").without("data").case("secrets/1");
    assert_eq!(other.refusal().code, "package.no_tests");
}

#[test]
fn samples_alone_are_enough_but_warned_of() {
    assert!(warned(&Fixture::with("").without("data/secret").package(), &["no secret tests"]));
}

#[test]
fn side_files_are_no_tests() {
    let package = Fixture::with(MODERN)
        .file("data/sample/1.in.statement", "x")
        .file("data/sample/1.ans.statement", "x")
        .file("data/sample/1.in.download", "x")
        .file("data/sample/2.interaction", "x")
        .file("data/invalid_input/1.in", "x")
        .file("data/invalid_output/1.in", "x")
        .package();
    assert_eq!(package.tests.len(), 2);
    assert_eq!(package.warnings, [""; 0]);
}

#[test]
fn strays_are_warned_of() {
    let package = Fixture::with("")
        .file("data/1.in", "")
        .file("data/other/1.in", "")
        .file("data/secret/9.ans", "")
        .package();
    for words in ["data/1.in", "data/other", "data/secret/9.ans"] {
        assert!(warned(&package, &[words, "ignored"]), "{words}");
    }
}

#[test]
fn empty_files_are_legal() {
    let package = Fixture::with("")
        .file("data/secret/1.in", "")
        .file("data/secret/1.ans", "")
        .package();
    assert_eq!((package.tests[1].input.size, package.tests[1].answer.size), (0, 0));
}

#[test]
fn words_of_samples_are_explanations() {
    let package = Fixture::with("")
        .file("data/sample/1.desc", "Add them.\n")
        .file("data/sample/1.hint", "Use +.\n")
        .file("data/secret/1.desc", "Overflow")
        .package();
    assert_eq!(package.tests[0].explanation.as_deref(), Some("Add them.\n\nHint: Use +."));
    assert_eq!(package.tests[1].explanation, None);
    let modern = Fixture::with(MODERN)
        .file("data/sample/1.yaml", "description: Add them.\nhint: Use +.\n")
        .package();
    assert_eq!(modern.tests[0].explanation.as_deref(), Some("Add them.\n\nHint: Use +."));
}

#[test]
fn arguments_are_inherited_or_a_tests_own() {
    let package = Fixture::with(MODERN)
        .file("data/secret/test_group.yaml", "args: [--fast, 'a b']\n")
        .case("secret/2")
        .file("data/secret/2.yaml", "args: [x]\n")
        .case("secret/3")
        .file("data/secret/3.yaml", "args: []\n")
        .case("secret/4")
        .file("data/secret/4.args", "  y\tz\n")
        .package();
    let args: Vec<Vec<&str>> = package
        .tests
        .iter()
        .map(|test| test.args.iter().map(String::as_str).collect())
        .collect();
    assert_eq!(
        args,
        [vec![], vec!["--fast", "a b"], vec!["x"], vec![], vec!["y", "z"]] as [Vec<&str>; 5]
    );
    let error = Fixture::with(MODERN).file("data/secret/1.yaml", "args: x\n").refusal();
    assert_eq!(
        (error.code, error.file.as_deref(), error.key.as_deref()),
        ("package.invalid_value", Some("data/secret/1.yaml"), Some("args"))
    );
}

#[test]
fn files_beside_a_test_belong_to_it() {
    let fixture = Fixture::with(MODERN)
        .file("data/secret/1.files/map.txt", "###")
        .file("data/secret/1.files/more/deep.txt", "")
        .file("data/secret/9.files/stray.txt", "");
    let package = fixture.package();
    let files: Vec<_> = package.tests[1]
        .files
        .iter()
        .map(|(name, file)| (name.as_str(), content(&file.path)))
        .collect();
    assert_eq!(files, [("map.txt", "###".to_owned()), ("more/deep.txt", String::new())]);
    assert!(package.tests[0].files.is_empty());
    assert!(warned(&package, &["data/secret/9.files", "no input"]));
}

#[test]
fn tests_and_folders_of_a_folder_are_in_one_order() {
    let package = Fixture::with("")
        .case("secret/a")
        .case("secret/b/1")
        .case("secret/c")
        .case("secret/c/1")
        .case("secret/c.d")
        .package();
    let names: Vec<_> = package.tests.iter().skip(2).map(|test| test.name.as_str()).collect();
    assert_eq!(names, ["secret/a", "secret/b/1", "secret/c", "secret/c/1", "secret/c.d"]);
}

#[test]
fn group_keys_without_effect_are_accepted_and_unknown_ones_warned_of() {
    let package = Fixture::with("")
        .file(
            "data/secret/testdata.yaml",
            "on_reject: continue\nrange: 0 5\naccept_score: 5\ngrader_flags: sum\nfoo: 1\n",
        )
        .package();
    assert!(warned(&package, &["data/secret/testdata.yaml: on_reject"]));
    assert!(warned(&package, &["data/secret/testdata.yaml: foo", "line 5", "unknown key"]));
    assert_eq!(package.warnings.len(), 3, "{:?}", package.warnings);
    assert_eq!(package.rules.tree, None);
}

#[test]
fn keys_that_stand_twice_in_a_group_file_are_forgiven() {
    let package = Fixture::with("")
        .file("data/secret/testdata.yaml", "input_validator_flags: a\ninput_validator_flags: b\n")
        .package();
    assert!(warned(
        &package,
        &["data/secret/testdata.yaml", "line 2", "input_validator_flags", "twice"]
    ));
}

#[test]
fn a_group_file_of_the_other_format_is_read_with_a_warning() {
    let package = Fixture::with(MODERN).file("data/secret/testdata.yaml", "scoring: {}\n").package();
    assert!(warned(&package, &["data/secret/testdata.yaml", "does not belong"]));
}

#[test]
fn cases_may_be_shared_by_links() {
    let fixture = Fixture::with("")
        .link("data/secret/2.in", "../sample/1.in")
        .link("data/secret/2.ans", "../sample/1.ans");
    assert_eq!(content(&fixture.package().tests[2].input.path), "1 2\n");
}
