//! Limits of a package and what is too absurd to honour.

use crate::fault::refuse_key;
use crate::field::Field;
use crate::ini;
use crate::settings::PackageLimits;
use crate::tree::Directory;
use crate::warnings::Warnings;
use crate::{content, fault};
use codesm_core::problems::PackageError;

/// Longest time limit per test, in seconds.
const MOST_TIME_S: f64 = 60.0;
/// Longest time of one validation, in seconds; the format's usual value is 60.
const MOST_VALIDATION_TIME_S: f64 = 300.0;
/// Largest memory of a submission or validator, in MiB.
const MOST_MEMORY_MIB: f64 = 8192.0;
/// Largest output, in MiB.
const MOST_OUTPUT_MIB: f64 = 1024.0;

/// Keys of `limits` that have no effect here: they steer how a time limit is found, or passes of multi-pass problems.
const WITHOUT_EFFECT: [&str; 5] = [
    "time_multiplier",
    "time_safety_margin",
    "time_multipliers",
    "time_resolution",
    "validation_passes",
];
/// Keys of `limits` for which this judge has one value for all problems.
const NOT_PER_PROBLEM: [&str; 4] = ["code", "compilation_time", "compilation_memory", "validation_output"];

/// What a package says about limits; nothing where it says nothing.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Limits {
    pub(crate) time_ms: Option<u32>,
    pub(crate) memory_mb: Option<u32>,
    pub(crate) output_kb: Option<u32>,
    pub(crate) validation_time_ms: Option<u32>,
    pub(crate) validation_memory_mb: Option<u32>,
}

impl Limits {
    /// Reads the `limits` of `problem.yaml`.
    ///
    /// # Errors
    /// `package.absurd_limit`, `package.invalid_value`.
    pub(crate) fn read(field: &Field<'_>, warnings: &mut Warnings) -> Result<Self, PackageError> {
        let mut limits = Self::default();
        for (key, value) in field.entries()? {
            if value.is_empty() {
                continue;
            }
            match key {
                "time_limit" => limits.time_ms = Some(milliseconds(&value, MOST_TIME_S)?),
                "memory" => limits.memory_mb = Some(mebibytes(&value)?),
                "output" => limits.output_kb = Some(kibibytes(&value)?),
                "validation_time" => limits.validation_time_ms = Some(milliseconds(&value, MOST_VALIDATION_TIME_S)?),
                "validation_memory" => limits.validation_memory_mb = Some(mebibytes(&value)?),
                key if WITHOUT_EFFECT.contains(&key) => {}
                key if NOT_PER_PROBLEM.contains(&key) => {
                    warnings.about_key(value.file, &value.key, "ignored: this limit is the same for all problems");
                }
                _ => warnings.about_key(value.file, &value.key, "unknown key, ignored"),
            }
        }
        Ok(limits)
    }
}

/// The time limit where `problem.yaml` says none: from `domjudge-problem.ini`, else `.timelimit`, in milliseconds.
///
/// # Errors
/// `package.absurd_limit`, `package.invalid_value`, `package.unsupported_feature`.
pub(crate) fn time_limit_elsewhere(root: &Directory, caps: &PackageLimits, warnings: &mut Warnings) -> Result<Option<u32>, PackageError> {
    if let Some(file) = root.file(ini::NAME) {
        let text = content::lossy_text(file, ini::NAME, caps.document_bytes)?;
        if let Some(value) = ini::time_limit(&text, warnings)? {
            return plain_time(&value, ini::NAME, "timelimit").map(Some);
        }
    }
    if let Some(file) = root.file(".timelimit") {
        let text = content::lossy_text(file, ".timelimit", caps.document_bytes)?;
        return plain_time(text.trim(), ".timelimit", "timelimit").map(Some);
    }
    Ok(None)
}

fn plain_time(text: &str, file: &str, key: &str) -> Result<u32, PackageError> {
    let seconds = text
        .parse()
        .map_err(|_| fault::refuse_key("package.invalid_value", file, key, "must be a number of seconds"))?;
    to_milliseconds(seconds, MOST_TIME_S).map_err(|message| refuse_key("package.absurd_limit", file, key, message))
}

fn milliseconds(field: &Field<'_>, most: f64) -> Result<u32, PackageError> {
    to_milliseconds(field.number()?, most).map_err(|message| field.refuse("package.absurd_limit", &message))
}

/// Rounded up: the limit must be honoured, and a limit of zero would be none.
#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "0 < seconds <= most, which is a few minutes"
)]
fn to_milliseconds(seconds: f64, most: f64) -> Result<u32, String> {
    if seconds > 0.0 && seconds <= most {
        return Ok((seconds * 1000.0).ceil() as u32);
    }
    Err(format!("must be more than 0 and at most {most} seconds"))
}

#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "1 <= number <= MOST_MEMORY_MIB"
)]
fn mebibytes(field: &Field<'_>) -> Result<u32, PackageError> {
    let number = field.number()?;
    if !(1.0..=MOST_MEMORY_MIB).contains(&number) {
        let message = format!("must be at least 1 and at most {MOST_MEMORY_MIB} MiB");
        return Err(field.refuse("package.absurd_limit", &message));
    }
    Ok(number.ceil() as u32)
}

#[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "0 < number <= MOST_OUTPUT_MIB")]
fn kibibytes(field: &Field<'_>) -> Result<u32, PackageError> {
    let number = field.number()?;
    if number > 0.0 && number <= MOST_OUTPUT_MIB {
        return Ok((number * 1024.0).ceil() as u32);
    }
    let message = format!("must be more than 0 and at most {MOST_OUTPUT_MIB} MiB");
    Err(field.refuse("package.absurd_limit", &message))
}

#[cfg(test)]
mod tests {
    use super::{MOST_TIME_S, plain_time, to_milliseconds};
    use proptest::prelude::{prop_assert, proptest};

    #[test]
    fn fractions_of_a_millisecond_round_up() {
        assert_eq!(to_milliseconds(0.0001, MOST_TIME_S), Ok(1));
        assert_eq!(to_milliseconds(1.5, MOST_TIME_S), Ok(1500));
        assert_eq!(to_milliseconds(60.0, MOST_TIME_S), Ok(60_000));
    }

    #[test]
    fn absurd_times_are_refused() {
        for text in ["0", "-1", "60.1", "inf", "NaN", "1e300", "-0"] {
            assert_eq!(plain_time(text, "f", "k").unwrap_err().code, "package.absurd_limit", "{text}");
        }
        for text in ["", "1s", "one", "1 2"] {
            assert_eq!(plain_time(text, "f", "k").unwrap_err().code, "package.invalid_value", "{text}");
        }
    }

    proptest! {
        #[test]
        fn an_accepted_time_is_within_bounds(seconds in proptest::num::f64::ANY) {
            if let Ok(ms) = to_milliseconds(seconds, MOST_TIME_S) {
                prop_assert!((1..=60_000).contains(&ms));
            }
        }
    }
}
