//! What `testdata.yaml`, `test_group.yaml` and the YAML file of a test say.

use crate::field::{Field, Place};
use crate::flags::Flags;
use crate::legacy_keys::LegacyKeys;
use crate::version::Dialect;
use crate::warnings::Warnings;
use codesm_core::judging::grading::Aggregation;
use codesm_core::problems::PackageError;

/// Keys that concern input validation, pictures or what solvers are shown.
const WITHOUT_EFFECT: [&str; 9] = [
    "input_validator_flags",
    "input_validator_args",
    "static_validator_args",
    "static_validator_flags",
    "input_visualizer_args",
    "output_visualizer_args",
    "full_feedback",
    "hint",
    "description",
];

/// Most groups that one may depend on.
const MOST_REQUIRED: usize = 100;

/// What the file of a folder, or of a test, says; absent keys are inherited or have their defaults.
#[derive(Clone, Debug, Default)]
pub(crate) struct GroupKeys {
    /// Where the file is, if there is one.
    pub(crate) file: Option<String>,
    /// Of the output validator.
    pub(crate) flags: Option<Flags>,
    /// Of submissions.
    pub(crate) args: Option<Vec<String>>,
    pub(crate) legacy: LegacyKeys,
    pub(crate) modern: ModernKeys,
    pub(crate) early: Option<EarlyKeys>,
}

/// Keys of 2025-09 that say how a group is graded. They are not inherited.
#[derive(Clone, Debug, Default, PartialEq)]
pub(crate) struct ModernKeys {
    pub(crate) max_score: Option<MaxScore>,
    pub(crate) aggregation: Option<Aggregation>,
    /// Groups that must be accepted, as written, and where that is said.
    pub(crate) require_pass: Option<(Vec<String>, Place)>,
}

/// Most points of a group.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) enum MaxScore {
    Unbounded,
    Points(f64),
}

impl MaxScore {
    /// The points, if there is a bound.
    pub(crate) const fn points(self) -> Option<f64> {
        match self {
            Self::Unbounded => None,
            Self::Points(points) => Some(points),
        }
    }
}

/// `grading` as a map, in early drafts of 2023-07.
#[derive(Clone, Debug, Default, PartialEq)]
pub(crate) struct EarlyKeys {
    /// Points of an accepted test.
    pub(crate) score: Option<f64>,
    pub(crate) max_score: Option<f64>,
    /// Whether the least score counts; else the sum.
    pub(crate) is_min: Option<bool>,
    pub(crate) accept_if_any_accepted: Option<bool>,
}

impl GroupKeys {
    /// Reads a document.
    ///
    /// # Errors
    /// `package.unsupported_type` for tests of static validators, `package.invalid_value`, `package.too_large`.
    pub(crate) fn read(root: &Field<'_>, dialect: Dialect, warnings: &mut Warnings) -> Result<Self, PackageError> {
        let mut keys = Self {
            file: Some(root.file.to_owned()),
            ..Self::default()
        };
        for (key, value) in root.entries()? {
            if value.is_empty() && !matches!(key, "output_validator_flags" | "output_validator_args" | "grader_flags" | "args") {
                continue;
            }
            match key {
                "output_validator_flags" => keys.flags = Some(Flags::read(&value)?),
                "output_validator_args" => {
                    must_be_list(&value, dialect)?;
                    keys.flags = Some(Flags::read(&value)?);
                }
                "args" => {
                    must_be_list(&value, dialect)?;
                    keys.args = Some(value.few_words()?);
                }
                "grading" if value.is_map() => keys.early = Some(EarlyKeys::read(&value, warnings)?),
                "scoring" => keys.modern.read_scoring(&value, warnings)?,
                "static_validation" if !value.is_map() && !value.truth()? => {}
                "static_validation" | "static_validation_score" => {
                    return Err(value.refuse("package.unsupported_type", "static validators are not supported"));
                }
                "run_samples" => {
                    if !value.truth()? {
                        warnings.about_field(&value, "ignored: samples are run all the same");
                    }
                }
                key if WITHOUT_EFFECT.contains(&key) => {}
                key if keys.modern.read(key, &value)? || keys.legacy.read(key, &value)? => {}
                _ => warnings.about_field(&value, "unknown key, ignored"),
            }
        }
        Ok(keys)
    }

    /// Whether something is said that only the legacy format knows.
    pub(crate) fn is_legacy(&self) -> bool {
        self.legacy != LegacyKeys::default()
    }

    /// Whether something is said about scores that only 2025-09 and the drafts near it know.
    pub(crate) fn is_modern(&self) -> bool {
        self.modern != ModernKeys::default()
    }
}

impl ModernKeys {
    fn read(&mut self, key: &str, value: &Field<'_>) -> Result<bool, PackageError> {
        match key {
            "max_score" => self.max_score = Some(max_score(value)?),
            "score_aggregation" => {
                self.aggregation = Some(match value.text()? {
                    "pass-fail" => Aggregation::PassFail,
                    "sum" => Aggregation::Sum,
                    "min" => Aggregation::Min,
                    _ => return Err(value.invalid("must be pass-fail, sum or min")),
                });
            }
            "require_pass" => {
                let items = value.items();
                if items.len() > MOST_REQUIRED {
                    return Err(value.invalid(&format!("names more than {MOST_REQUIRED} groups")));
                }
                let names = items.iter().map(|name| name.text().map(str::to_owned));
                self.require_pass = Some((names.collect::<Result<_, _>>()?, value.place()));
            }
            _ => return Ok(false),
        }
        Ok(true)
    }

    /// `scoring` of later drafts: the same keys by other names.
    fn read_scoring(&mut self, value: &Field<'_>, warnings: &mut Warnings) -> Result<(), PackageError> {
        for (key, value) in value.entries()? {
            let now = match key {
                "score" => "max_score",
                "aggregation" => "score_aggregation",
                "require-pass" => "require_pass",
                key => key,
            };
            if !self.read(now, &value)? {
                warnings.about_field(&value, "unknown key, ignored");
            }
        }
        Ok(())
    }
}

impl EarlyKeys {
    fn read(value: &Field<'_>, warnings: &mut Warnings) -> Result<Self, PackageError> {
        let mut keys = Self::default();
        for (key, value) in value.entries()? {
            match key {
                "score" => keys.score = Some(value.finite()?),
                "max_score" => keys.max_score = max_score(&value)?.points(),
                "aggregation" => {
                    keys.is_min = Some(match value.text()? {
                        "sum" => false,
                        "min" => true,
                        _ => return Err(value.invalid("must be sum or min")),
                    });
                }
                "verdict" => {
                    keys.accept_if_any_accepted = Some(match value.text()? {
                        "first_error" => false,
                        "accept_if_any_accepted" => true,
                        _ => return Err(value.invalid("must be first_error or accept_if_any_accepted")),
                    });
                }
                _ => warnings.about_field(&value, "unknown key, ignored"),
            }
        }
        Ok(keys)
    }
}

/// A number that is not negative, or `unbounded`.
fn max_score(value: &Field<'_>) -> Result<MaxScore, PackageError> {
    if value.text()? == "unbounded" {
        return Ok(MaxScore::Unbounded);
    }
    let number = value.finite()?;
    if number < 0.0 {
        return Err(value.invalid("must not be negative"));
    }
    Ok(MaxScore::Points(number))
}

fn must_be_list(value: &Field<'_>, dialect: Dialect) -> Result<(), PackageError> {
    if dialect == Dialect::V202509 && !value.is_list() && !value.is_empty() {
        return Err(value.invalid("must be a list"));
    }
    Ok(())
}
