//! What to do when a submission has no verdict on its program, because CodeSM or the problem itself failed.

use super::Submission;
use crate::judging::Verdict;

/// What solvers are told instead of the problem's own words: these may quote hidden tests.
pub(super) const CHECKER_FAILED: &str =
    "The problem's own checker failed here, which is not this program's fault. The problem's author can see why.";
const CHECKER_FAILED_AUTHOR: &str = "The problem's own checker, interactor or grader failed; `judgeMessage` of the tests says how. Correct it, give the \
     problem its new tests, and submit again.";

/// What to do about a submission without a verdict on its program; `None` for all others. `full`: for the problem's author.
#[must_use]
pub(super) fn of_submission(submission: &Submission, full: bool) -> Option<&'static str> {
    match submission.verdict? {
        Verdict::CheckerFailed if full => Some(CHECKER_FAILED_AUTHOR),
        Verdict::CheckerFailed => Some(CHECKER_FAILED),
        Verdict::InternalError => Some(of_code(submission.error_code.as_deref().unwrap_or_default())),
        Verdict::Accepted
        | Verdict::Partial
        | Verdict::WrongAnswer
        | Verdict::CompileError
        | Verdict::CompileLimit
        | Verdict::TimeLimit
        | Verdict::WallTimeLimit
        | Verdict::MemoryLimit
        | Verdict::OutputLimit
        | Verdict::ProcessLimit
        | Verdict::RuntimeError
        | Verdict::Skipped
        | Verdict::Cancelled => None,
    }
}

/// What to do about a failure of CodeSM with this code.
fn of_code(code: &str) -> &'static str {
    match code {
        "sandbox.disk_full" => "The disks of the workers are full. Submit again when the operator has freed space.",
        "sandbox.language_unavailable" => {
            "No worker that tried has this language, or that of the problem's own programs. Choose another language, or ask the \
             operator to install it; `codesm doctor` on the worker lists what it has."
        }
        "sandbox.unavailable" => {
            "The workers cannot run programs safely at present. Submit again later; `codesm doctor` on the worker tells the \
             operator what is missing."
        }
        "job.lost_leases" => {
            "Several workers went silent while they judged this: they were stopped, lost the database, or ran out of memory. \
             Submit again; if it happens again, the operator should look at the logs and the memory of the workers."
        }
        "blob.missing" => {
            "Test data of this problem is missing from the storage. The problem's author has to set its tests or import its \
             package again, or the operator has to restore the storage."
        }
        "judging.no_interactor" => {
            "The problem is interactive, but its package has no interactor. The problem's author has to import a complete package."
        }
        "internal.panic" | "internal.unexpected" => {
            "CodeSM itself failed. Submit again; if it happens again, report the id of this submission to the operator, who finds \
             the reason in the worker's log."
        }
        other => of_family(other),
    }
}

/// Codes of which only the part before the dot matters to people.
fn of_family(code: &str) -> &'static str {
    match code.split('.').next().unwrap_or_default() {
        "sandbox" => {
            "The sandbox failed on every worker that tried. Submit again; if it happens again, report the code and the id of this \
             submission to the operator, who finds the reason in the worker's log."
        }
        "storage" | "blob" => "The storage of test data could not be read. Submit again when the operator has brought it back.",
        "database" | "store" => "The database could not be reached. Submit again when the operator has brought it back.",
        "problem" | "judging" => "The problem cannot be judged as it is. The problem's author has to correct it.",
        _ => "CodeSM failed. Submit again; if it happens again, report the code and the id of this submission to the operator.",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_code_says_what_to_do() {
        let codes = [
            "sandbox.disk_full",
            "sandbox.language_unavailable",
            "sandbox.unavailable",
            "sandbox.helper_failed",
            "job.lost_leases",
            "blob.missing",
            "storage.unavailable",
            "database.unavailable",
            "judging.no_interactor",
            "internal.panic",
            "something.new",
            "",
        ];
        for code in codes {
            let hint = of_code(code);
            let says = ["Submit again", "has to", "Choose another"]
                .iter()
                .any(|advice| hint.contains(advice));
            assert!(says && hint.ends_with('.'), "{code}: {hint}");
        }
        assert_ne!(of_code("sandbox.disk_full"), of_code("sandbox.helper_failed"));
        assert_ne!(of_code("storage.unavailable"), of_code("something.new"));
    }
}
