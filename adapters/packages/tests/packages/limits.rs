//! Limits and where they come from.

use crate::support::{Fixture, warned};
use codesm_core::problems::TimeRule;

#[test]
fn the_time_limit_is_taken_in_order() {
    let all = || {
        Fixture::with("limits: {time_limit: 1.5}\n")
            .file("domjudge-problem.ini", "timelimit='4'\n")
            .file(".timelimit", "7")
    };
    assert_eq!(all().package().time_limit_ms, Some(1500));
    assert_eq!(all().file("problem.yaml", "").package().time_limit_ms, Some(4000));
    assert_eq!(
        all()
            .file("problem.yaml", "")
            .without("domjudge-problem.ini")
            .package()
            .time_limit_ms,
        Some(7000)
    );
    let none = all()
        .file("problem.yaml", "")
        .without("domjudge-problem.ini")
        .without(".timelimit")
        .package();
    assert_eq!(none.time_limit_ms, None);
    assert!(warned(&none, &["no time limit"]));
}

#[test]
fn memory_output_and_validation_limits_are_read() {
    let package = Fixture::with("limits: {memory: 512, output: 2, validation_time: 10, validation_memory: 1024}\n").package();
    assert_eq!((package.memory_limit_mb, package.output_limit_kb), (Some(512), Some(2048)));
    assert_eq!((package.checker.time_limit_ms, package.checker.memory_limit_mb), (10_000, 1024));
    let silent = Fixture::with("").package();
    assert_eq!((silent.memory_limit_mb, silent.output_limit_kb), (None, None));
    assert_eq!((silent.checker.time_limit_ms, silent.checker.memory_limit_mb), (60_000, 2048));
}

#[test]
fn absurd_limits_are_refused_naming_file_and_key() {
    for (key, value) in [
        ("time_limit", "0"),
        ("time_limit", "-1"),
        ("time_limit", "61"),
        ("time_limit", ".inf"),
        ("time_limit", ".nan"),
        ("time_limit", "1e400"),
        ("memory", "0"),
        ("memory", "8193"),
        ("memory", ".nan"),
        ("output", "0"),
        ("output", "1025"),
        ("validation_time", "0"),
        ("validation_time", "301"),
        ("validation_memory", "1e12"),
        ("validation_output", "0"),
        ("code", "0"),
        ("code", "1e9"),
        ("compilation_time", "301"),
        ("compilation_memory", "0.5"),
        ("time_multiplier", "0.5"),
        ("time_safety_margin", ".inf"),
        ("time_resolution", "0"),
    ] {
        let error = Fixture::with(&format!("limits:\n  {key}: {value}\n")).refusal();
        assert_eq!(error.code, "package.absurd_limit", "{key}: {value}");
        assert_eq!(error.file.as_deref(), Some("problem.yaml"));
        assert_eq!(error.key, Some(format!("limits.{key}")));
        assert!(error.to_string().contains("line 2"), "{error}");
    }
    for file in [".timelimit", "domjudge-problem.ini"] {
        let text = if file == ".timelimit" { "3600" } else { "timelimit = 3600" };
        let error = Fixture::with("").without(".timelimit").file(file, text).refusal();
        assert_eq!(
            (error.code, error.file.as_deref(), error.key.as_deref()),
            ("package.absurd_limit", Some(file), Some("timelimit"))
        );
    }
}

#[test]
fn limits_that_are_no_numbers_are_refused() {
    for value in ["fast", "[1]", "{a: 1}", "1s"] {
        let error = Fixture::with(&format!("limits: {{memory: {value}}}\n")).refusal();
        assert_eq!(
            (error.code, error.key.as_deref()),
            ("package.invalid_value", Some("limits.memory")),
            "{value}"
        );
    }
    assert_eq!(Fixture::with("limits: 5\n").refusal().code, "package.invalid_value");
}

#[test]
fn limits_of_compilers_and_code_are_rules() {
    let package = Fixture::with(
        "name: x\nlimits: {code: 64, compilation_time: 20, compilation_memory: 512, validation_output: 2, time_multiplier: 3, speed: 3}\n",
    )
    .package();
    let rules = &package.rules;
    assert_eq!(
        (rules.code_kb, rules.compile_time_ms, rules.compile_memory_mb),
        (Some(64), Some(20_000), Some(512))
    );
    assert_eq!(package.checker.output_limit_kb, 2048);
    assert!(warned(&package, &["problem.yaml: limits.speed", "line 2", "unknown key"]));
    assert_eq!(package.warnings.len(), 1, "{:?}", package.warnings);
    let silent = Fixture::with("").package();
    assert_eq!(
        (silent.rules.code_kb, silent.rules.compile_time_ms, silent.rules.compile_memory_mb),
        (None, None, None)
    );
    assert_eq!(silent.checker.output_limit_kb, 8192);
}

#[test]
fn the_rule_for_measuring_is_that_of_the_format_unless_said() {
    let rule = |yaml: &str| Fixture::with(yaml).package().time_rule;
    assert_eq!(rule(""), TimeRule::LEGACY);
    assert_eq!(rule("problem_format_version: 2025-09\nname: x\n"), TimeRule::MODERN);
    let legacy = rule("limits: {time_multiplier: 2.5, time_safety_margin: 4}\n");
    assert_eq!(
        legacy,
        TimeRule {
            fit_multiplier: 2.5,
            exceed_multiplier: 4.0,
            resolution_ms: 1000
        }
    );
    let modern = rule(
        "problem_format_version: 2025-09\nname: x\nlimits:\n  time_resolution: 0.5\n  time_multipliers: {ac_to_time_limit: 3, time_limit_to_tle: 2}\n",
    );
    assert_eq!(
        modern,
        TimeRule {
            fit_multiplier: 3.0,
            exceed_multiplier: 2.0,
            resolution_ms: 500
        }
    );
    let mistaken = Fixture::with("limits: {time_multipliers: 149}\n").package();
    assert!(warned(&mistaken, &["limits.time_multipliers", "ignored"]));
}

#[test]
fn passes_are_limited_in_multi_pass_problems() {
    let with =
        |limits: &str| Fixture::with(&format!("validation: custom multi-pass\nlimits: {{{limits}}}\n")).file("output_validators/v.py", "x");
    assert_eq!(with("").package().rules.passes, Some(2));
    assert_eq!(with("validation_passes: 26").package().rules.passes, Some(26));
    for passes in ["1", "0", "100000", ".nan"] {
        let error = with(&format!("validation_passes: {passes}")).refusal();
        assert_eq!(
            (error.code, error.key.as_deref()),
            ("package.absurd_limit", Some("limits.validation_passes"))
        );
    }
    assert_eq!(Fixture::with("").package().rules.passes, None);
}
