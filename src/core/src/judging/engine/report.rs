//! Results from reports.

use super::PlannedTest;
use crate::judging::{Exit, ResourceLimits, RunLimits, RunReport, TestResult, Verdict};
use bytes::Bytes;
use std::time::Duration;

/// Bytes of standard output and error shown for samples and runs.
pub(super) const EXCERPT_BYTES: usize = 16 * 1024;
/// Bytes of a checker's words shown.
pub(super) const MESSAGE_BYTES: usize = 4 * 1024;

/// Programs are killed at 1.1 × the limit, so that a measured time just over it is known and not guessed.
pub(super) fn submission_limits(limits: ResourceLimits) -> RunLimits {
    RunLimits {
        cpu: Duration::from_millis(u64::from(limits.time_ms) * 11 / 10),
        wall: Duration::from_millis(u64::from(limits.wall_ms())),
        memory_bytes: u64::from(limits.memory_mb) << 20,
        output_bytes: u64::from(limits.output_kb) << 10,
        processes: None,
    }
}

pub(super) fn unrun(test: &PlannedTest) -> TestResult {
    TestResult {
        index: test.index,
        name: test.name.clone(),
        sample: test.sample,
        verdict: Verdict::Skipped,
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

/// The measured part of a result; accepted until something says otherwise.
pub(super) fn measured(test: &PlannedTest, report: &RunReport) -> TestResult {
    let (exit_code, signal) = match report.exit {
        Exit::Code(code) => (Some(code), None),
        Exit::Signal(signal) => (None, Some(signal)),
    };
    TestResult {
        verdict: Verdict::Accepted,
        cpu_ms: milliseconds(report.cpu),
        wall_ms: milliseconds(report.wall),
        memory_kb: report.memory_bytes / 1024,
        exit_code,
        signal,
        stdout: test.sample.then(|| text(&report.stdout, EXCERPT_BYTES)),
        stderr: test.sample.then(|| text(&report.stderr, EXCERPT_BYTES)),
        ..unrun(test)
    }
}

/// Keeps the largest numbers of several passes.
pub(super) fn keep_largest(result: &mut TestResult, earlier: &TestResult) {
    result.cpu_ms = result.cpu_ms.max(earlier.cpu_ms);
    result.wall_ms = result.wall_ms.max(earlier.wall_ms);
    result.memory_kb = result.memory_kb.max(earlier.memory_kb);
}

/// Rounded up: a time over the limit is never shown as equal to it.
fn milliseconds(duration: Duration) -> u32 {
    u32::try_from(duration.as_micros().div_ceil(1000)).unwrap_or(u32::MAX)
}

/// Bytes as text that every database stores: valid UTF-8 without NUL.
pub(super) fn text(bytes: &Bytes, max: usize) -> String {
    String::from_utf8_lossy(&bytes[..bytes.len().min(max)]).replace('\0', "\u{fffd}")
}
