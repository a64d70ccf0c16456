//! What `testdata.yaml`, `test_group.yaml` and the YAML file of a test say.

use crate::field::Field;
use crate::version::Dialect;
use crate::warnings::Warnings;
use codesm_core::problems::PackageError;

/// Keys that concern input validation, scores, pictures or what solvers are shown; a pass-fail verdict does not depend on them.
const WITHOUT_EFFECT: [&str; 14] = [
    "input_validator_flags",
    "input_validator_args",
    "static_validator_args",
    "input_visualizer_args",
    "output_visualizer_args",
    "accept_score",
    "reject_score",
    "range",
    "max_score",
    "score_aggregation",
    "static_validation_score",
    "require_pass",
    "full_feedback",
    "run_samples",
];
/// Flags of the default grader by which a submission can be accepted although a test fails.
const LENIENT_GRADER_FLAGS: [&str; 3] = ["always_accept", "accept_if_any_accepted", "ignore_sample"];

/// The output validator's flags for what a file configures, if the file names any; otherwise they are inherited.
///
/// # Errors
/// `package.unsupported_type` for custom graders, `package.unsupported_feature` for arguments of submissions and for graders
/// that accept failed tests, `package.invalid_value`.
pub(crate) fn validator_flags(root: &Field<'_>, dialect: Dialect, warnings: &mut Warnings) -> Result<Option<Vec<String>>, PackageError> {
    let mut flags = None;
    for (key, value) in root.entries()? {
        match key {
            "output_validator_flags" => flags = Some(legacy_flags(&value)?),
            "output_validator_args" => {
                if dialect == Dialect::V202509 && !value.is_list() && !value.is_empty() {
                    return Err(value.invalid("must be a list"));
                }
                flags = Some(value.words()?);
            }
            "args" if !value.is_empty() => {
                let message = "submissions that take arguments are not supported yet";
                return Err(value.refuse("package.unsupported_feature", message));
            }
            "grading" if !value.is_map() && value.text()? == "custom" => {
                return Err(value.refuse("package.unsupported_type", "custom graders are not supported yet"));
            }
            "grader_flags" => refuse_lenient_grader(&value)?,
            "on_reject" => {
                if value.text()? != "break" {
                    warnings.about_key(value.file, key, "ignored: the first test that fails decides the verdict");
                }
            }
            "args" | "grading" | "hint" | "description" => {}
            key if WITHOUT_EFFECT.contains(&key) => {}
            key => warnings.about_key(value.file, key, "unknown key, ignored"),
        }
    }
    Ok(flags)
}

/// Flags as text or list, or under `flags` in a map that also names the validator.
fn legacy_flags(value: &Field<'_>) -> Result<Vec<String>, PackageError> {
    if value.is_map() {
        return value
            .get("flags")
            .map(|flags| flags.words())
            .transpose()
            .map(Option::unwrap_or_default);
    }
    value.words()
}

fn refuse_lenient_grader(value: &Field<'_>) -> Result<(), PackageError> {
    match value.words()?.iter().find(|flag| LENIENT_GRADER_FLAGS.contains(&flag.as_str())) {
        Some(flag) => Err(value.refuse("package.unsupported_feature", &format!("grader flag {flag} is not supported yet"))),
        None => Ok(()),
    }
}
