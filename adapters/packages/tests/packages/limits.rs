//! Limits and where they come from.

use crate::support::{Fixture, warned};

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
fn limits_that_are_the_same_for_all_problems_are_ignored_with_a_warning() {
    let package = Fixture::with("name: x\nlimits: {code: 64, time_multiplier: 5, speed: 3}\n").package();
    assert!(warned(&package, &["problem.yaml: limits.code", "same for all problems"]));
    assert!(warned(&package, &["problem.yaml: limits.speed", "unknown key"]));
    assert_eq!(package.warnings.len(), 2);
}
