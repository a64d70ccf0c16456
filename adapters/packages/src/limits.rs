//! Limits of a package and what is too absurd to honour.

use crate::fault::refuse_key;
use crate::field::Field;
use crate::ini;
use crate::kind::Kind;
use crate::settings::PackageLimits;
use crate::tree::Directory;
use crate::version::Dialect;
use crate::warnings::Warnings;
use crate::{content, fault};
use codesm_core::problems::{PackageError, TimeRule};

/// Longest time limit per test, in seconds.
const MOST_TIME_S: f64 = 60.0;
/// Longest time of one validation, in seconds; the format's usual value is 60.
const MOST_VALIDATION_TIME_S: f64 = 300.0;
/// Largest memory of a submission or validator, in MiB.
const MOST_MEMORY_MIB: f64 = 8192.0;
/// Largest output, in MiB.
const MOST_OUTPUT_MIB: f64 = 1024.0;

/// Longest time of one compilation, in seconds; the format's usual value is 60.
const MOST_COMPILATION_TIME_S: f64 = 300.0;
/// Most source code, in KiB; the format's usual value is 128.
const MOST_CODE_KIB: f64 = 4096.0;
/// Most passes of a multi-pass problem.
const MOST_PASSES: f64 = 1000.0;
/// Passes of a multi-pass problem where nothing is said.
const USUAL_PASSES: u32 = 2;
/// Largest multiplier of running times.
const MOST_MULTIPLIER: f64 = 1000.0;

/// What a package says about limits; nothing where it says nothing.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Limits {
    pub(crate) time_ms: Option<u32>,
    pub(crate) time_rule: TimeRule,
    pub(crate) memory_mb: Option<u32>,
    pub(crate) output_kb: Option<u32>,
    pub(crate) code_kb: Option<u32>,
    pub(crate) compilation_time_ms: Option<u32>,
    pub(crate) compilation_memory_mb: Option<u32>,
    pub(crate) validation_time_ms: Option<u32>,
    pub(crate) validation_memory_mb: Option<u32>,
    pub(crate) validation_output_kb: Option<u32>,
    /// Most passes, if it is a multi-pass problem.
    pub(crate) passes: Option<u32>,
}

impl Limits {
    /// Reads the `limits` of `problem.yaml`.
    ///
    /// # Errors
    /// `package.absurd_limit`, `package.invalid_value`.
    pub(crate) fn read(field: Option<&Field<'_>>, dialect: Dialect, kind: Kind, warnings: &mut Warnings) -> Result<Self, PackageError> {
        let mut limits = Self {
            time_ms: None,
            time_rule: if dialect.is_legacy() { TimeRule::LEGACY } else { TimeRule::MODERN },
            memory_mb: None,
            output_kb: None,
            code_kb: None,
            compilation_time_ms: None,
            compilation_memory_mb: None,
            validation_time_ms: None,
            validation_memory_mb: None,
            validation_output_kb: None,
            passes: kind.multi_pass.then_some(USUAL_PASSES),
        };
        for (key, value) in field.map(Field::entries).transpose()?.unwrap_or_default() {
            if !value.is_empty() {
                limits.set(key, &value, (dialect, kind), warnings)?;
            }
        }
        Ok(limits)
    }

    fn set(&mut self, key: &str, value: &Field<'_>, (dialect, kind): (Dialect, Kind), warnings: &mut Warnings) -> Result<(), PackageError> {
        let rule = &mut self.time_rule;
        match key {
            "time_limit" => self.time_ms = Some(milliseconds(value, MOST_TIME_S)?),
            "time_multiplier" => rule.fit_multiplier = multiplier(value)?,
            "time_safety_margin" => rule.exceed_multiplier = multiplier(value)?,
            "time_resolution" => rule.resolution_ms = milliseconds(value, MOST_TIME_S)?,
            "time_multipliers" if dialect.is_legacy() && !value.is_map() => {
                warnings.about_field(value, "does not belong to this version of the format; ignored");
            }
            "time_multipliers" => {
                for (key, value) in value.entries()? {
                    match key {
                        "ac_to_time_limit" => rule.fit_multiplier = multiplier(&value)?,
                        "time_limit_to_tle" => rule.exceed_multiplier = multiplier(&value)?,
                        _ => warnings.about_field(&value, "unknown key, ignored"),
                    }
                }
            }
            "memory" => self.memory_mb = Some(mebibytes(value)?),
            "output" => self.output_kb = Some(kibibytes(value)?),
            "code" => self.code_kb = Some(whole(value, 1.0, MOST_CODE_KIB, "KiB")?),
            "compilation_time" => self.compilation_time_ms = Some(milliseconds(value, MOST_COMPILATION_TIME_S)?),
            "compilation_memory" => self.compilation_memory_mb = Some(mebibytes(value)?),
            "validation_time" => self.validation_time_ms = Some(milliseconds(value, MOST_VALIDATION_TIME_S)?),
            "validation_memory" => self.validation_memory_mb = Some(mebibytes(value)?),
            "validation_output" => self.validation_output_kb = Some(kibibytes(value)?),
            "validation_passes" if kind.multi_pass => self.passes = Some(whole(value, 2.0, MOST_PASSES, "passes")?),
            "validation_passes" => warnings.about_field(value, "ignored: it is no multi-pass problem"),
            _ => warnings.about_field(value, "unknown key, ignored"),
        }
        Ok(())
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

fn mebibytes(field: &Field<'_>) -> Result<u32, PackageError> {
    whole(field, 1.0, MOST_MEMORY_MIB, "MiB")
}

/// Rounded up.
#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "callers give bounds between 1 and some thousands"
)]
fn whole(field: &Field<'_>, least: f64, most: f64, unit: &str) -> Result<u32, PackageError> {
    let number = field.number()?;
    if !(least..=most).contains(&number) {
        let message = format!("must be at least {least} and at most {most} {unit}");
        return Err(field.refuse("package.absurd_limit", &message));
    }
    Ok(number.ceil() as u32)
}

fn multiplier(field: &Field<'_>) -> Result<f64, PackageError> {
    let number = field.number()?;
    if (1.0..=MOST_MULTIPLIER).contains(&number) {
        return Ok(number);
    }
    let message = format!("must be at least 1 and at most {MOST_MULTIPLIER}");
    Err(field.refuse("package.absurd_limit", &message))
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
