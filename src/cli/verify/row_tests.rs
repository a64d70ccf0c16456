use super::super::summary::Summary;
use super::*;
use codesm_core::judging::engine::StageTimes;

fn test(name: &str, verdict: Verdict, cpu_ms: u32) -> TestResult {
    TestResult {
        index: 1,
        name: name.to_owned(),
        sample: false,
        verdict,
        score: 0.0,
        cpu_ms,
        wall_ms: 2 * cpu_ms,
        memory_kb: 1024,
        exit_code: None,
        signal: None,
        message: Some("for the solver".to_owned()),
        judge_message: Some("line 1\nline 2".to_owned()),
        stdout: None,
        stderr: None,
    }
}

fn row(outcome: JudgeOutcome, mismatches: &[&str]) -> Row {
    Row {
        package: "sum".to_owned(),
        submission: "accepted/a.cpp".to_owned(),
        language: Some("cpp".to_owned()),
        expected: vec![Verdict::Accepted],
        result: RowResult::Judged {
            outcome: Box::new(outcome),
            mismatches: mismatches.iter().map(|&text| text.to_owned()).collect(),
            limit_ms: 1000,
        },
    }
}

fn scoring(tests: Vec<TestResult>) -> JudgeOutcome {
    JudgeOutcome {
        verdict: Verdict::Partial,
        graded: Verdict::WrongAnswer,
        score: 40.0,
        max_score: Some(100.0),
        compile_output: None,
        tests,
        groups: vec![GroupResult {
            name: "secret/1".to_owned(),
            verdict: Verdict::Accepted,
            score: 40.0,
            max_score: None,
            tests: vec![1],
        }],
        measured_by: None,
        tier: None,
        speed: None,
        stages: StageTimes::default(),
    }
}

#[test]
fn a_row_says_what_clients_rely_on() {
    let row = row(
        scoring(vec![test("secret/a", Verdict::WrongAnswer, 12)]),
        &["the score is 40, expected 100"],
    );
    let wanted = json!({
        "package": "sum", "submission": "accepted/a.cpp", "language": "cpp", "expected": ["accepted"], "verdict": "partial",
        "score": 40.0, "cpuMs": 12, "ok": false, "maxScore": 100.0, "timeLimitMs": 1000,
        "groups": [{ "name": "secret/1", "verdict": "accepted", "score": 40.0, "maxScore": null }],
        "mismatches": ["the score is 40, expected 100"],
    });
    assert_eq!(row.value(), wanted);
}

#[test]
fn a_mismatch_is_explained_by_groups_and_by_five_tests() {
    let tests = (1..=7).map(|index| test(&format!("secret/{index}"), Verdict::TimeLimit, index));
    let row = row(scoring(tests.collect()), &["expected accepted, got wrong_answer"]);
    let lines: Vec<String> = row.for_people().lines().map(|line| line.trim_start().to_owned()).collect();
    assert_eq!(
        lines[..5],
        [
            "MISMATCH  sum/accepted/a.cpp  expected accepted, got wrong_answer",
            "all tests: partial  40/100",
            "group secret/1: accepted  40",
            "secret/1: time_limit (1 of 1000 ms CPU, 2 ms wall, 1024 KiB) line 1",
            "line 2"
        ]
    );
    assert_eq!(lines.last().map(String::as_str), Some("and 2 more tests"));
}

#[test]
fn a_program_that_was_too_fast_or_did_not_compile_is_explained_too() {
    let fast = JudgeOutcome {
        verdict: Verdict::Accepted,
        max_score: Some(1.0),
        ..scoring(vec![
            test("secret/a", Verdict::Accepted, 30),
            test("secret/b", Verdict::Accepted, 40),
        ])
    };
    assert!(
        row(fast, &["no"])
            .for_people()
            .contains("slowest test: secret/b: accepted (40 of 1000 ms CPU")
    );
    let broken = JudgeOutcome {
        verdict: Verdict::CompileError,
        compile_output: Some(format!("error: {}\n", "x".repeat(1000))),
        ..scoring(vec![])
    };
    let words = row(broken, &["no"]).for_people();
    assert!(words.contains("error: xxx") && words.ends_with('…') && words.len() < 700);
}

#[test]
fn a_package_that_cannot_be_read_names_file_and_key() {
    let error = PackageError {
        code: "package.invalid_value",
        file: Some("problem.yaml".to_owned()),
        key: Some("limits.memory".to_owned()),
        message: "line 3: must be a number".to_owned(),
        is_local_fault: false,
    };
    let row = Row::unreadable("sum", &error);
    let value = row.value();
    assert_eq!(
        (&value["code"], &value["file"], &value["key"], &value["ok"]),
        (
            &json!("package.invalid_value"),
            &json!("problem.yaml"),
            &json!("limits.memory"),
            &json!(false)
        )
    );
    assert_eq!(value["error"], "problem.yaml: limits.memory: line 3: must be a number");
    let words = "FAILED    sum  problem.yaml: limits.memory: line 3: must be a number (package.invalid_value)";
    assert_eq!(row.for_people(), words);
}

#[test]
fn the_summary_counts_submissions_and_fails_on_any_mismatch() {
    let skipped = Row {
        result: RowResult::Skipped("no cpp".to_owned()),
        ..row(scoring(vec![]), &[])
    };
    assert_eq!(skipped.value()["skipped"], "no cpp");
    assert_eq!(skipped.value().get("verdict"), None);
    let mut summary = Summary::new(2);
    summary.add(&skipped);
    summary.add(&row(scoring(vec![]), &[]));
    assert!(summary.is_good());
    assert_eq!(
        summary.line(true),
        r#"{"mismatched":0,"ok":1,"packages":2,"skipped":1,"submissions":2}"#
    );
    summary.add(&Row::of_package("other", RowResult::Failed("gone".to_owned())));
    assert!(!summary.is_good());
    assert_eq!(summary.line(false), "2 packages, 2 submissions: 1 ok, 1 mismatched, 1 skipped");
}
