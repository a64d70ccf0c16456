//! Judges one jury submission, as far as its label asks.

use super::super::judge::plan;
use super::row::{Row, RowResult};
use codesm_core::judging::engine::{Engine, JudgeOutcome, Unobserved};
use codesm_core::judging::{ProgramSource, SandboxError, Verdict};
use codesm_core::problems::{JurySubmission, Label, Package, out_of_range};

pub(super) async fn judge_submission(engine: &Engine, package: &Package, submission: &JurySubmission, limit_ms: u32) -> Row {
    let result = match (&submission.program, &submission.skipped) {
        (_, Some(reason)) => RowResult::Skipped(reason.clone()),
        (None, None) => RowResult::Skipped("the language is not known".to_owned()),
        (Some(program), None) => match judge_as_labelled(engine, package, program, &submission.label).await {
            Ok(outcome) => RowResult::Judged {
                mismatches: mismatches(package, &submission.label, &outcome),
                outcome: Box::new(outcome),
                limit_ms,
            },
            Err(SandboxError::LanguageUnavailable { language, reason }) => RowResult::Skipped(format!("language `{language}`: {reason}")),
            Err(error) => RowResult::Failed(error.to_string()),
        },
    };
    Row {
        package: package.name.clone(),
        submission: submission.path.clone(),
        language: submission.program.as_ref().map(|program| program.language.clone()),
        expected: expected(&submission.label),
        result,
    }
}

/// What the label says and does not hold; and points that are against what the package says of them, whoever has them.
fn mismatches(package: &Package, label: &Label, outcome: &JudgeOutcome) -> Vec<String> {
    let mut mismatches = label.mismatches(outcome);
    mismatches.extend(out_of_range(&package.rules, outcome));
    mismatches
}

/// Judges as a solver's submission is judged; all tests are run only if the label is about them, or may still be borne out
/// by a later one. What the whole submission gets is then known from the first time.
async fn judge_as_labelled(
    engine: &Engine,
    package: &Package,
    program: &ProgramSource,
    label: &Label,
) -> Result<JudgeOutcome, SandboxError> {
    let outcome = engine.judge(&plan(package, program.clone(), true), &Unobserved).await?;
    let is_open = label.needs_all_tests() || (label.permitted.contains(&outcome.graded) && !label.mismatches(&outcome).is_empty());
    if !is_open || !has_more_to_run(&outcome) {
        return Ok(outcome);
    }
    let whole = engine.judge(&plan(package, program.clone(), false), &Unobserved).await?;
    Ok(JudgeOutcome {
        tests: whole.tests,
        ..outcome
    })
}

/// Whether the program ran, and tests were left out.
fn has_more_to_run(outcome: &JudgeOutcome) -> bool {
    outcome.measured_by.is_some() && outcome.tests.iter().any(|test| test.verdict == Verdict::Skipped)
}

/// The label in a word: what it expects, or else what it asks of the tests.
fn expected(label: &Label) -> Vec<Verdict> {
    if !label.expected.is_empty() {
        return label.expected.clone();
    }
    let of_all = label.constraints.iter().filter(|constraint| constraint.tests.is_none());
    let required = of_all.clone().find_map(|constraint| constraint.required.clone());
    required
        .or_else(|| of_all.clone().find_map(|constraint| constraint.permitted.clone()))
        .unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::expected;
    use codesm_core::judging::Verdict::{Accepted, RuntimeError, TimeLimit, WrongAnswer};
    use codesm_core::problems::{Constraint, Label};

    #[test]
    fn what_is_expected_is_said_by_the_label_or_its_constraints() {
        let constraint = |tests: Option<Vec<u32>>, permitted: &[_], required: &[_]| Constraint {
            tests,
            permitted: (!permitted.is_empty()).then(|| permitted.to_vec()),
            required: (!required.is_empty()).then(|| required.to_vec()),
            ..Constraint::default()
        };
        let label = |constraints| Label {
            constraints,
            ..Label::default()
        };
        assert_eq!(expected(&Label::one_of([Accepted])), [Accepted]);
        assert_eq!(expected(&Label::default()), []);
        assert_eq!(expected(&label(vec![constraint(Some(vec![1]), &[], &[TimeLimit])])), []);
        let permitted = constraint(None, &[Accepted, WrongAnswer], &[]);
        assert_eq!(expected(&label(vec![permitted.clone()])), [Accepted, WrongAnswer]);
        let required = constraint(None, &[], &[RuntimeError]);
        assert_eq!(expected(&label(vec![permitted, required])), [RuntimeError]);
    }
}
