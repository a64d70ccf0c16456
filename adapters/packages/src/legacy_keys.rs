//! Keys of the legacy format's `testdata.yaml` that say how a group is graded. Each is inherited by the groups below.

use crate::field::{Field, Place};
use codesm_core::judging::grading::OnReject;
use codesm_core::problems::PackageError;

/// What is said; absent keys are inherited.
#[derive(Clone, Debug, Default, PartialEq)]
pub(crate) struct LegacyKeys {
    pub(crate) on_reject: Option<OnReject>,
    /// `grading: custom`, and where that is said.
    pub(crate) custom: Option<(bool, Place)>,
    pub(crate) grader_flags: Option<(Vec<String>, Place)>,
    pub(crate) accept_score: Option<f64>,
    pub(crate) reject_score: Option<f64>,
    pub(crate) range: Option<(Option<f64>, Option<f64>)>,
}

impl LegacyKeys {
    /// Reads a key if it is one of these; says whether it is.
    ///
    /// # Errors
    /// `package.invalid_value`, `package.too_large`.
    pub(crate) fn read(&mut self, key: &str, value: &Field<'_>) -> Result<bool, PackageError> {
        match key {
            "on_reject" => {
                self.on_reject = Some(match value.text()? {
                    // The last three are older than the legacy format.
                    "break" | "first_error" => OnReject::Break,
                    "continue" | "grade" | "worst_error" => OnReject::Continue,
                    _ => return Err(value.invalid("must be break or continue")),
                });
            }
            "grading" => {
                let custom = match value.text()? {
                    "default" => false,
                    "custom" => true,
                    _ => return Err(value.invalid("must be default or custom")),
                };
                self.custom = Some((custom, value.place()));
            }
            "grader_flags" => self.grader_flags = Some((value.few_words()?, value.place())),
            "accept_score" => self.accept_score = Some(value.finite()?),
            "reject_score" => self.reject_score = Some(value.finite()?),
            "range" => self.range = Some(range(value)?),
            _ => return Ok(false),
        }
        Ok(true)
    }

    /// These keys, and those of the folder above where these say nothing.
    pub(crate) fn or(&self, above: &Self) -> Self {
        Self {
            on_reject: self.on_reject.or(above.on_reject),
            custom: self.custom.clone().or_else(|| above.custom.clone()),
            grader_flags: self.grader_flags.clone().or_else(|| above.grader_flags.clone()),
            accept_score: self.accept_score.or(above.accept_score),
            reject_score: self.reject_score.or(above.reject_score),
            range: self.range.or(above.range),
        }
    }
}

/// `A B`; infinities are no bounds.
fn range(value: &Field<'_>) -> Result<(Option<f64>, Option<f64>), PackageError> {
    let bad = || value.invalid("must be two numbers, such as 0 100, the lower first");
    let words = value.words()?;
    let [low, high] = words.as_slice() else {
        return Err(bad());
    };
    let number = |text: &str| {
        let text = text.trim_start_matches('+').to_ascii_lowercase();
        let number: f64 = text.replace(".inf", "inf").parse().map_err(|_| bad())?;
        if number.is_nan() { Err(bad()) } else { Ok(number) }
    };
    let (low, high) = (number(low)?, number(high)?);
    if low > high {
        return Err(bad());
    }
    Ok((Some(low).filter(|low| low.is_finite()), Some(high).filter(|high| high.is_finite())))
}

#[cfg(test)]
mod tests {
    use super::LegacyKeys;
    use crate::field::Document;
    use codesm_core::judging::grading::OnReject;

    fn keys(yaml: &str) -> Result<LegacyKeys, &'static str> {
        let document = Document::parse(yaml, "f").unwrap();
        let mut keys = LegacyKeys::default();
        for (key, value) in document.root().entries().unwrap() {
            keys.read(key, &value).map_err(|error| error.code)?;
        }
        Ok(keys)
    }

    #[test]
    fn ranges_have_bounds_or_none() {
        for (text, range) in [
            ("0 100", (Some(0.0), Some(100.0))),
            ("-1 0", (Some(-1.0), Some(0.0))),
            ("-inf +inf", (None, None)),
            ("0 .inf", (Some(0.0), None)),
        ] {
            assert_eq!(keys(&format!("range: {text}")).unwrap().range, Some(range), "{text}");
        }
        for text in ["0", "1 0", "a b", "nan 1", "1 2 3"] {
            assert_eq!(keys(&format!("range: {text}")), Err("package.invalid_value"), "{text}");
        }
    }

    #[test]
    fn keys_are_inherited_one_by_one() {
        let above = keys("on_reject: continue\naccept_score: 3\n").unwrap();
        let both = keys("accept_score: 5\n").unwrap().or(&above);
        assert_eq!((both.on_reject, both.accept_score), (Some(OnReject::Continue), Some(5.0)));
        assert_eq!(both.reject_score, None);
    }
}
