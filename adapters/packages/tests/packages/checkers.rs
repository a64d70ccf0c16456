//! Output validators and their flags.

use crate::support::{Fixture, warned};
use codesm_core::judging::{CheckerKind, ComparatorOptions, ProgramSource, SCRIPT_LANGUAGE};
use codesm_core::problems::Package;

const MODERN: &str = "problem_format_version: 2025-09\nname: x\n";

fn options(package: &Package) -> ComparatorOptions {
    match &package.checker.kind {
        CheckerKind::Default { options } => *options,
        CheckerKind::Custom { .. } => panic!("a custom validator"),
    }
}

fn program(package: &Package) -> (&ProgramSource, Vec<&str>) {
    match &package.checker.kind {
        CheckerKind::Custom { program, .. } => (program, program.files.iter().map(|file| file.name.as_str()).collect()),
        CheckerKind::Default { .. } => panic!("the default validator"),
    }
}

/// Names of the files of all validators.
fn programs(package: &Package) -> Vec<Vec<&str>> {
    let programs = package.checker.programs().into_iter();
    programs
        .map(|program| program.files.iter().map(|file| file.name.as_str()).collect())
        .collect()
}

#[test]
fn the_default_validator_takes_flags_of_problem_and_groups() {
    let package = Fixture::with("name: x\nvalidator_flags: case_sensitive\n")
        .file("data/testdata.yaml", "output_validator_flags: float_tolerance 1e-6\n")
        .package();
    let options = options(&package);
    assert!(options.case_sensitive);
    assert_eq!(options.float_absolute_tolerance, Some(1e-6));
    assert!(package.checker.args.is_empty());
}

#[test]
fn modern_packages_give_flags_as_lists() {
    let package = Fixture::with(MODERN)
        .file("data/test_group.yaml", "output_validator_args: [float_relative_tolerance, 1e-4]\n")
        .package();
    assert_eq!(options(&package).float_relative_tolerance, Some(1e-4));
    let error = Fixture::with(MODERN)
        .file("data/secret/test_group.yaml", "output_validator_args: case_sensitive\n")
        .refusal();
    assert_eq!(
        (error.code, error.file.as_deref(), error.key.as_deref()),
        (
            "package.invalid_value",
            Some("data/secret/test_group.yaml"),
            Some("output_validator_args")
        )
    );
}

#[test]
fn flags_are_inherited_and_may_be_a_map() {
    let package = Fixture::with("")
        .file("data/testdata.yaml", "output_validator_flags: case_sensitive\n")
        .file(
            "data/secret/testdata.yaml",
            "output_validator_flags: {default: x, flags: case_sensitive}\n",
        )
        .file("data/secret/g/testdata.yaml", "on_reject: break\n")
        .file("data/secret/g/1.in", "")
        .file("data/secret/g/1.ans", "")
        .package();
    assert!(options(&package).case_sensitive);
}

#[test]
fn tests_of_other_groups_have_other_options() {
    let package = Fixture::with("validator_flags: float_absolute_tolerance 1e-6\n")
        .file("data/secret/exact/testdata.yaml", "output_validator_flags: case_sensitive\n")
        .case("secret/exact/1")
        .file(
            "data/secret/loose/testdata.yaml",
            "output_validator_flags: float_absolute_tolerance 1\n",
        )
        .case("secret/loose/1")
        .package();
    let tolerance = |value| ComparatorOptions {
        float_absolute_tolerance: Some(value),
        ..ComparatorOptions::default()
    };
    assert_eq!(options(&package), tolerance(1e-6));
    let exact = ComparatorOptions {
        case_sensitive: true,
        ..tolerance(1e-6)
    };
    let own: Vec<_> = package.tests.iter().map(|test| (test.name.as_str(), test.comparator)).collect();
    assert_eq!(
        own,
        [
            ("sample/1", None),
            ("secret/1", None),
            ("secret/exact/1", Some(exact)),
            ("secret/loose/1", Some(tolerance(1.0))),
        ]
    );
}

#[test]
fn tests_of_other_groups_give_other_arguments_to_a_custom_validator() {
    let package = Fixture::with("validation: custom\nvalidator_flags: a b\n")
        .file("output_validators/v.py", "x")
        .file("data/testdata.yaml", "output_validator_flags: c\n")
        .file("data/secret/g/testdata.yaml", "output_validator_flags: {flags: d e}\n")
        .case("secret/g/1")
        .package();
    assert_eq!(package.checker.args, ["a", "b", "c"]);
    let own: Vec<_> = package.tests.iter().map(|test| test.checker_args.clone()).collect();
    assert_eq!(own, [None, None, Some(["a", "b", "d", "e"].map(str::to_owned).to_vec())]);
}

#[test]
fn a_single_test_may_have_its_own_arguments() {
    let package = Fixture::with(MODERN)
        .file("output_validator/v.py", "x")
        .file("data/secret/test_group.yaml", "output_validator_args: [a]\n")
        .case("secret/2")
        .file("data/secret/2.yaml", "output_validator_args: [b, 'c d']\n")
        .case("secret/3")
        .file("data/secret/3.yaml", "output_validator_args: []\n")
        .package();
    let own: Vec<_> = package.tests.iter().map(|test| test.checker_args.clone()).collect();
    assert_eq!(package.checker.args, ["a"]);
    assert_eq!(
        own,
        [Some(vec![]), None, Some(["b", "c d"].map(str::to_owned).to_vec()), Some(vec![])]
    );
}

#[test]
fn bad_flags_are_refused_naming_the_file_that_says_them() {
    let error = Fixture::with("name: x\nvalidator_flags: case_sensitiv\n")
        .file("data/testdata.yaml", "output_validator_flags: case_sensitive\n")
        .refusal();
    assert_eq!(
        (error.code, error.file.as_deref(), error.key.as_deref()),
        ("package.invalid_flags", Some("problem.yaml"), Some("validator_flags"))
    );
    assert!(error.message.contains("line 2"), "{error}");
    let error = Fixture::with("validator_flags: case_sensitive\n")
        .file(
            "data/secret/testdata.yaml",
            "on_reject: break\noutput_validator_flags: float_tolerance x\n",
        )
        .refusal();
    assert_eq!(
        (error.code, error.file.as_deref(), error.key.as_deref()),
        (
            "package.invalid_flags",
            Some("data/secret/testdata.yaml"),
            Some("output_validator_flags")
        )
    );
    assert!(error.message.contains("line 2"), "{error}");
    let error = Fixture::with(MODERN)
        .file(
            "data/secret/1.yaml",
            "output_validator_args: [float_tolerance, 1, float_absolute_tolerance, 1]\n",
        )
        .refusal();
    assert_eq!(
        (error.code, error.file.as_deref()),
        ("package.invalid_flags", Some("data/secret/1.yaml"))
    );
}

#[test]
fn bad_flags_are_refused() {
    for flags in [
        "float_tolerance",
        "float_tolerance tiny",
        "float_tolerance -1",
        "casesensitive",
        "1e-6",
    ] {
        let error = Fixture::with(&format!("validator_flags: {flags}\n")).refusal();
        assert_eq!(error.code, "package.invalid_flags", "{flags}");
    }
}

#[test]
fn a_legacy_validator_is_a_folder_with_headers() {
    let package = Fixture::with("validation: custom\nvalidator_flags: a b\n")
        .file("output_validators/check/VALIDATE.cc", "int main(){}")
        .file("output_validators/check/lib/validate.h", "#pragma once")
        .file("output_validators/check/README.md", "words")
        .file("output_validators/README.txt", "words")
        .package();
    let (program, names) = program(&package);
    assert_eq!(program.language, "cpp");
    assert_eq!(names, ["VALIDATE.cc", "README.md", "lib/validate.h"]);
    assert_eq!(package.checker.args, ["a", "b"]);
}

#[test]
fn a_legacy_validator_is_a_file() {
    for (file, language) in [
        ("v.py", "python"),
        ("v.cpp", "cpp"),
        ("v.c", "c"),
        ("V.java", "java"),
        ("V.C", "cpp"),
    ] {
        let package = Fixture::with("validation: custom\n")
            .file(&format!("output_validators/{file}"), "x")
            .package();
        let (program, names) = program(&package);
        assert_eq!((program.language.as_str(), names.as_slice()), (language, &[file][..]));
    }
}

#[test]
fn several_legacy_validators_must_all_accept() {
    let package = Fixture::with("validation: custom\n")
        .file("output_validators/a.py", "x")
        .file("output_validators/b/b.cc", "x")
        .file("output_validators/b/b.h", "x")
        .file("output_validators/c.cpp", "x")
        .file("output_validators/common.h", "x")
        .file("output_validators/notes/README.txt", "x")
        .package();
    assert_eq!(
        programs(&package),
        [vec!["a.py", "common.h"], vec!["b.cc", "b.h"], vec!["c.cpp", "common.h"]]
    );
    assert!(warned(&package, &["output_validators/notes", "no program"]));
}

#[test]
fn of_several_validators_none_could_talk_or_say_what_comes_next() {
    for kind in ["custom interactive", "custom multi-pass"] {
        let package = |second: &str| {
            Fixture::with(&format!("validation: {kind}\n"))
                .file("output_validators/a/a.py", "x")
                .file("output_validators/a/b.py", "x")
                .file(second, "x")
        };
        let refusal = package("output_validators/b/check.cpp").refusal();
        assert_eq!(
            (refusal.code, refusal.file.as_deref()),
            ("package.several_validators", Some("output_validators/b")),
            "{kind}"
        );
        assert!(refusal.message.contains("exactly one output validator"), "{}", refusal.message);
        // Other files beside it are none.
        package("output_validators/README.md").package();
    }
}

#[test]
fn a_modern_validator_is_its_folder() {
    let package = Fixture::with(MODERN)
        .file("output_validator/a_helper.py", "x")
        .file("output_validator/__main__.py", "x")
        .file("output_validator/__init__.py", "x")
        .package();
    assert_eq!(program(&package).1, ["__main__.py", "__init__.py", "a_helper.py"]);
    let deeper = Fixture::with("problem_format_version: 2023-07-draft\nname: x\n")
        .file("output_validator/guess/validate.cc", "x")
        .package();
    assert_eq!(program(&deeper).1, ["validate.cc"]);
}

#[test]
fn c_and_cpp_may_be_mixed_but_no_other_languages() {
    let mixed = |a: &str, b: &str| {
        Fixture::with(MODERN)
            .file(&format!("output_validator/{a}"), "x")
            .file(&format!("output_validator/{b}"), "x")
    };
    assert_eq!(program(&mixed("a.c", "b.cpp").package()).0.language, "cpp");
    assert_eq!(mixed("a.py", "b.cpp").refusal().code, "package.unsupported_validator");
}

#[test]
fn scripts_build_or_are_the_validator() {
    for (folder, yaml) in [
        ("output_validator", MODERN.to_owned()),
        ("output_validators/v", "validation: custom\n".to_owned()),
        ("output_validators", "validation: custom\n".to_owned()),
    ] {
        for script in ["build", "run"] {
            let package = Fixture::with(&yaml)
                .file(&format!("{folder}/v.cc"), "x")
                .file(&format!("{folder}/lib/v.h"), "x")
                .file(&format!("{folder}/{script}"), "#!/bin/sh")
                .package();
            let (program, mut names) = program(&package);
            names.sort_unstable();
            assert_eq!(program.language, SCRIPT_LANGUAGE);
            let mut expected = [script, "lib/v.h", "v.cc"];
            expected.sort_unstable();
            assert_eq!(names, expected, "{folder}");
        }
    }
}

#[test]
fn validators_in_other_languages_are_for_the_legacy_format() {
    assert_eq!(
        Fixture::with(MODERN).file("output_validator/v.rs", "x").refusal().code,
        "package.unsupported_validator"
    );
    let legacy = Fixture::with("validation: custom\n").file("output_validators/v.rs", "x").package();
    assert_eq!(program(&legacy).0.language, "rust");
}

#[test]
fn a_custom_validator_must_be_there() {
    let error = Fixture::with("validation: custom\n").refusal();
    assert_eq!(
        (error.code, error.file.as_deref()),
        ("package.missing_validator", Some("output_validators"))
    );
}

#[test]
fn a_legacy_validator_nobody_asks_for_is_ignored_with_a_warning() {
    let package = Fixture::with("name: x\n").file("output_validators/v.cc", "x").package();
    assert!(warned(&package, &["output_validators", "default validator"]));
    assert_eq!(options(&package), ComparatorOptions::default());
}

#[test]
fn constants_are_filled_into_validators_and_groups() {
    let package = Fixture::with(&format!("{MODERN}constants: {{limit: 100}}\n"))
        .file("output_validator/v.py", "MAX = {{limit}}  # {{other}}")
        .file("data/test_group.yaml", "output_validator_args: ['{{limit}}']\n")
        .file("include/python3/lib.py", "MAX = {{limit}}")
        .file("submissions/accepted/a.py", "MAX = {{limit}}")
        .package();
    assert_eq!(package.rules.includes[0].files.files[0].content, "MAX = 100");
    assert_eq!(package.submissions[0].program.as_ref().unwrap().files[0].content, "MAX = 100");
    assert_eq!(program(&package).0.files[0].content, "MAX = 100  # {{other}}");
    assert_eq!(package.checker.args, ["100"]);
}

#[test]
fn a_huge_validator_is_refused() {
    let mut fixture = Fixture::with(MODERN).file("output_validator/v.py", vec![b'#'; 5000]);
    fixture.limits.program_bytes = 4000;
    assert_eq!(fixture.refusal().code, "package.too_large");
}
