//! Output validators and their flags.

use crate::support::{Fixture, warned};
use codesm_core::judging::{CheckerKind, ComparatorOptions, ProgramSource};
use codesm_core::problems::Package;

const MODERN: &str = "problem_format_version: 2025-09\nname: x\n";

fn options(package: &Package) -> ComparatorOptions {
    match &package.checker.kind {
        CheckerKind::Default(options) => *options,
        CheckerKind::Custom(_) => panic!("a custom validator"),
    }
}

fn program(package: &Package) -> (&ProgramSource, Vec<&str>) {
    match &package.checker.kind {
        CheckerKind::Custom(program) => (program, program.files.iter().map(|file| file.name.as_str()).collect()),
        CheckerKind::Default(_) => panic!("the default validator"),
    }
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
fn groups_with_different_flags_are_refused_naming_tests_of_both() {
    let error = Fixture::with("")
        .file("data/secret/testdata.yaml", "output_validator_flags: case_sensitive\n")
        .refusal();
    assert_eq!(error.code, "package.unsupported_feature");
    assert!(error.message.contains("sample/1") && error.message.contains("secret/1"), "{error}");
    let error = Fixture::with(MODERN)
        .file("data/secret/1.yaml", "output_validator_args: [case_sensitive]\n")
        .refusal();
    assert_eq!(error.code, "package.unsupported_feature");
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
fn several_legacy_validators_are_refused() {
    for (a, b) in [("a.py", "b.py"), ("a/a.cc", "b/b.cc"), ("a.py", "b/b.cc")] {
        let error = Fixture::with("validation: custom\n")
            .file(&format!("output_validators/{a}"), "x")
            .file(&format!("output_validators/{b}"), "x")
            .refusal();
        assert_eq!(error.code, "package.unsupported_validator");
        assert!(error.message.contains("several validators"), "{error}");
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
fn scripts_and_other_languages_are_refused() {
    for file in ["build", "run"] {
        let error = Fixture::with(MODERN)
            .file("output_validator/v.cc", "x")
            .file(&format!("output_validator/{file}"), "#!/bin/sh")
            .refusal();
        assert_eq!(error.code, "package.unsupported_validator");
        assert!(error.message.contains(file));
    }
    assert_eq!(
        Fixture::with(MODERN).file("output_validator/v.rs", "x").refusal().code,
        "package.unsupported_validator"
    );
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
        .package();
    assert_eq!(program(&package).0.files[0].content, "MAX = 100  # {{other}}");
    assert_eq!(package.checker.args, ["100"]);
}

#[test]
fn a_huge_validator_is_refused() {
    let mut fixture = Fixture::with(MODERN).file("output_validator/v.py", vec![b'#'; 5000]);
    fixture.limits.program_bytes = 4000;
    assert_eq!(fixture.refusal().code, "package.too_large");
}
