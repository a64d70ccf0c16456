//! Verdicts of one run, and of a whole submission.

use super::{Exit, LimitHit, ResourceLimits, RunReport, TestResult, Verdict};
use std::time::Duration;

/// The verdict of a run before any checker looks at its output; `None`: the checker decides.
///
/// The limit that stopped the run decides; else CPU time over the limit, then a crash (the package format's order
/// TLE > RTE > validator).
#[must_use]
pub fn verdict_of_run(report: &RunReport, limits: ResourceLimits) -> Option<Verdict> {
    let failed = report.exit != Exit::Code(0);
    let over_time = report.cpu > Duration::from_millis(u64::from(limits.time_ms));
    match report.limit {
        Some(LimitHit::Memory) => return Some(Verdict::MemoryLimit),
        Some(LimitHit::Cpu) => return Some(Verdict::TimeLimit),
        Some(LimitHit::Wall) if over_time => return Some(Verdict::TimeLimit),
        Some(LimitHit::Wall) => return Some(Verdict::WallTimeLimit),
        Some(LimitHit::Output) if !over_time => return Some(Verdict::OutputLimit),
        Some(LimitHit::Processes) if failed && !over_time => return Some(Verdict::ProcessLimit),
        Some(LimitHit::Output | LimitHit::Processes) | None => {}
    }
    if over_time {
        return Some(Verdict::TimeLimit);
    }
    failed.then_some(Verdict::RuntimeError)
}

/// The overall verdict of a pass-fail submission: the first test that was not accepted decides.
#[must_use]
pub fn overall(tests: &[TestResult]) -> Verdict {
    tests
        .iter()
        .map(|test| test.verdict)
        .find(|verdict| !matches!(verdict, Verdict::Accepted | Verdict::Skipped))
        .unwrap_or(Verdict::Accepted)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::judging::StdoutOutcome;
    use bytes::Bytes;

    const LIMITS: ResourceLimits = ResourceLimits {
        time_ms: 1000,
        memory_mb: 64,
        output_kb: 64,
    };

    fn report(exit: Exit, limit: Option<LimitHit>, cpu_ms: u64) -> RunReport {
        RunReport {
            exit,
            limit,
            cpu: Duration::from_millis(cpu_ms),
            wall: Duration::from_millis(cpu_ms),
            memory_bytes: 0,
            stdout: Bytes::new(),
            stdout_total: 0,
            stdout_outcome: StdoutOutcome::Captured,
            stderr: Bytes::new(),
            feedback: vec![],
            measured_by: String::new(),
        }
    }

    fn result(verdict: Verdict) -> TestResult {
        TestResult {
            index: 1,
            name: String::new(),
            sample: false,
            verdict,
            score: 0.0,
            cpu_ms: 0,
            wall_ms: 0,
            memory_kb: 0,
            exit_code: None,
            signal: None,
            message: None,
            judge_message: None,
            stdout: None,
            stderr: None,
        }
    }

    #[test]
    fn the_limit_that_stopped_the_run_decides() {
        use Verdict as V;
        let killed = Exit::Signal(9);
        for (limit, verdict) in [
            (LimitHit::Memory, V::MemoryLimit),
            (LimitHit::Cpu, V::TimeLimit),
            (LimitHit::Wall, V::WallTimeLimit),
            (LimitHit::Output, V::OutputLimit),
            (LimitHit::Processes, V::ProcessLimit),
        ] {
            assert_eq!(verdict_of_run(&report(killed, Some(limit), 10), LIMITS), Some(verdict));
        }
    }

    #[test]
    fn time_goes_before_a_crash_and_a_crash_before_the_checker() {
        assert_eq!(
            verdict_of_run(&report(Exit::Signal(11), None, 1001), LIMITS),
            Some(Verdict::TimeLimit)
        );
        assert_eq!(
            verdict_of_run(&report(Exit::Code(1), None, 1000), LIMITS),
            Some(Verdict::RuntimeError)
        );
        assert_eq!(verdict_of_run(&report(Exit::Code(0), None, 1000), LIMITS), None);
    }

    #[test]
    fn reaching_the_process_cap_without_failing_is_no_fault() {
        assert_eq!(verdict_of_run(&report(Exit::Code(0), Some(LimitHit::Processes), 10), LIMITS), None);
    }

    #[test]
    fn the_first_test_that_fails_gives_the_verdict() {
        use Verdict as V;
        let tests = [V::Accepted, V::WrongAnswer, V::TimeLimit, V::Skipped].map(result);
        assert_eq!(overall(&tests), V::WrongAnswer);
        assert_eq!(overall(&[V::Accepted, V::Skipped].map(result)), V::Accepted);
        assert_eq!(overall(&[]), V::Accepted);
    }
}
