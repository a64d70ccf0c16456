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
    // The sandbox gives some room for what is its own, and may have seen a peak that nothing stopped.
    let over_memory = report.memory_bytes > u64::from(limits.memory_mb) << 20;
    let over_time = report.cpu > Duration::from_millis(u64::from(limits.time_ms));
    match report.limit {
        Some(LimitHit::Memory) => return Some(Verdict::MemoryLimit),
        _ if over_memory => return Some(Verdict::MemoryLimit),
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

/// CPU times from this share of the limit on are measured once more.
const NEAR_FROM: f64 = 0.95;
/// CPU times up to this share of the limit are measured once more.
const NEAR_TO: f64 = 1.05;

/// Whether a CPU time is so near the limit that another measurement may decide otherwise.
#[must_use]
pub fn is_near_limit(cpu: Duration, limits: ResourceLimits) -> bool {
    let share = cpu.as_secs_f64() * 1000.0 / f64::from(limits.time_ms.max(1));
    (NEAR_FROM..=NEAR_TO).contains(&share)
}

/// The first verdict that is not accepted.
#[must_use]
pub fn overall(tests: &[TestResult]) -> Verdict {
    tests
        .iter()
        .map(|test| test.verdict)
        .find(|verdict| !matches!(verdict, Verdict::Accepted | Verdict::Skipped))
        .unwrap_or(Verdict::Accepted)
}

/// Rounding errors of sums of points.
const TOLERANCE: f64 = 1e-6;

/// The verdict that solvers see of a scoring problem, from what the graders say of the root. `max`: most points, if known.
#[must_use]
pub fn scored(graded: Verdict, score: f64, max: Option<f64>, tests: &[TestResult]) -> Verdict {
    if matches!(graded, Verdict::CheckerFailed | Verdict::InternalError) {
        return graded;
    }
    match max {
        Some(max) if score >= max - TOLERANCE && max > 0.0 => Verdict::Accepted,
        None if graded == Verdict::Accepted => Verdict::Accepted,
        _ if score > TOLERANCE => Verdict::Partial,
        _ if graded != Verdict::Accepted => graded,
        _ => overall(tests),
    }
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
    fn a_peak_above_the_limit_is_over_it_though_nothing_stopped_the_run() {
        let mut peak = report(Exit::Code(0), None, 10);
        peak.memory_bytes = 64 << 20;
        assert_eq!(verdict_of_run(&peak, LIMITS), None);
        peak.memory_bytes += 1;
        assert_eq!(verdict_of_run(&peak, LIMITS), Some(Verdict::MemoryLimit));
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
    fn points_make_the_verdict_of_a_scoring_problem() {
        use Verdict as V;
        let failed = [V::Accepted, V::WrongAnswer].map(result);
        assert_eq!(scored(V::Accepted, 100.0, Some(100.0), &failed), V::Accepted);
        assert_eq!(scored(V::Accepted, 40.0, Some(100.0), &failed), V::Partial);
        assert_eq!(scored(V::Accepted, 0.0, Some(100.0), &failed), V::WrongAnswer);
        assert_eq!(scored(V::TimeLimit, 0.0, Some(100.0), &failed), V::TimeLimit);
        assert_eq!(scored(V::TimeLimit, 3.0, None, &failed), V::Partial);
        assert_eq!(scored(V::Accepted, 3.0, None, &failed), V::Accepted);
        assert_eq!(scored(V::CheckerFailed, 3.0, Some(3.0), &failed), V::CheckerFailed);
    }

    #[test]
    fn only_times_near_the_limit_are_measured_again() {
        for (cpu, near) in [(900, false), (950, true), (1000, true), (1050, true), (1060, false)] {
            assert_eq!(is_near_limit(Duration::from_millis(cpu), LIMITS), near, "{cpu} ms");
        }
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
