//! Flags of output validators, and what they mean to the default one.

use crate::field::{Field, Place};
use codesm_core::judging::ComparatorOptions;
use codesm_core::problems::PackageError;

/// Flags and where they are said.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Flags {
    pub(crate) words: Vec<String>,
    pub(crate) place: Place,
}

impl Flags {
    /// Flags as text or list, or under `flags` in a map that also names the validator.
    ///
    /// # Errors
    /// `package.invalid_value`, `package.too_large`.
    pub(crate) fn read(value: &Field<'_>) -> Result<Self, PackageError> {
        let words = if value.is_map() {
            value.get("flags").map(|flags| flags.few_words()).transpose()?.unwrap_or_default()
        } else {
            value.few_words()?
        };
        Ok(Self {
            words,
            place: value.place(),
        })
    }
}

/// The options that flags such as `case_sensitive float_tolerance 1e-6` ask for.
///
/// `strict` is the rule of 2025-09: no tolerance may be given twice. In the legacy format the last one wins.
///
/// # Errors
/// A sentence naming the flag.
pub(crate) fn parse(flags: &[String], strict: bool) -> Result<ComparatorOptions, String> {
    let mut options = ComparatorOptions::default();
    let mut rest = flags.iter();
    while let Some(flag) = rest.next() {
        let (absolute, relative) = match flag.as_str() {
            "case_sensitive" => {
                options.case_sensitive = true;
                continue;
            }
            "space_change_sensitive" => {
                options.space_change_sensitive = true;
                continue;
            }
            "float_tolerance" => (true, true),
            "float_absolute_tolerance" => (true, false),
            "float_relative_tolerance" => (false, true),
            _ => return Err(format!("the default validator has no flag {flag}")),
        };
        let number = rest.next().ok_or_else(|| format!("{flag} needs a number after it"))?;
        let tolerance = tolerance(number).ok_or_else(|| format!("{flag}: {number} is no tolerance, such as 1e-6"))?;
        let repeated = (absolute && options.float_absolute_tolerance.is_some()) || (relative && options.float_relative_tolerance.is_some());
        if strict && repeated {
            return Err(format!("{flag} is given although a tolerance of its kind is given before"));
        }
        if absolute {
            options.float_absolute_tolerance = Some(tolerance);
        }
        if relative {
            options.float_relative_tolerance = Some(tolerance);
        }
    }
    Ok(options)
}

/// A finite number that is not negative, as the format writes them: `[+]?(\d*\.\d+|\d+\.|\d+)([eE][+-]?\d+)?`.
fn tolerance(text: &str) -> Option<f64> {
    let unsigned = text.strip_prefix('+').unwrap_or(text);
    // Rust would also read `inf`, `nan` and a second sign.
    if !unsigned.starts_with(|first: char| first.is_ascii_digit() || first == '.') {
        return None;
    }
    unsigned.parse().ok().filter(|number: &f64| number.is_finite())
}

#[cfg(test)]
mod tests {
    use super::{parse, tolerance};
    use codesm_core::judging::ComparatorOptions;
    use proptest::prelude::{prop_assert, prop_assert_eq, proptest};

    fn flags(text: &str) -> Vec<String> {
        text.split_whitespace().map(str::to_owned).collect()
    }

    #[test]
    fn every_flag_has_its_option() {
        let options = parse(
            &flags("case_sensitive space_change_sensitive float_absolute_tolerance 1e-6 float_relative_tolerance .5"),
            true,
        );
        assert_eq!(
            options,
            Ok(ComparatorOptions {
                case_sensitive: true,
                space_change_sensitive: true,
                float_absolute_tolerance: Some(1e-6),
                float_relative_tolerance: Some(0.5),
            })
        );
        assert_eq!(parse(&[], true), Ok(ComparatorOptions::default()));
    }

    #[test]
    fn float_tolerance_means_both_kinds() {
        let options = parse(&flags("float_tolerance 1E-4"), true).unwrap();
        assert_eq!(options.float_absolute_tolerance, Some(1e-4));
        assert_eq!(options.float_relative_tolerance, Some(1e-4));
    }

    #[test]
    fn unknown_flags_and_bad_numbers_are_named() {
        for (text, named) in [
            ("case_insensitive", "case_insensitive"),
            ("float_tolerance", "float_tolerance"),
            ("float_tolerance case_sensitive", "case_sensitive"),
            ("float_tolerance -1", "-1"),
            ("float_tolerance 1e", "1e"),
            ("float_tolerance 1e999", "1e999"),
            ("float_tolerance nan", "nan"),
            ("1e-6", "1e-6"),
        ] {
            assert!(parse(&flags(text), false).unwrap_err().contains(named), "{text}");
        }
    }

    #[test]
    fn repeated_tolerances_are_refused_by_the_new_format_only() {
        let repeated = flags("float_tolerance 1 float_absolute_tolerance 2");
        assert!(parse(&repeated, true).is_err());
        assert_eq!(parse(&repeated, false).unwrap().float_absolute_tolerance, Some(2.0));
        assert!(parse(&flags("float_absolute_tolerance 1 float_relative_tolerance 2"), true).is_ok());
    }

    #[test]
    fn numbers_follow_the_grammar() {
        for (text, value) in [("1", 1.0), ("1.", 1.0), (".5", 0.5), ("+1.5e+1", 15.0), ("0", 0.0)] {
            assert_eq!(tolerance(text), Some(value), "{text}");
        }
        for text in ["", ".", "+", "++1", "+-1", "-1", "0x10", "inf", "1_0", "1e", "e5", "1 "] {
            assert_eq!(tolerance(text), None, "{text}");
        }
    }

    proptest! {
        #[test]
        fn written_tolerances_are_read_back(number in 0.0..1e9_f64) {
            prop_assert_eq!(tolerance(&format!("{number:e}")), Some(number));
            prop_assert_eq!(tolerance(&number.to_string()), Some(number));
        }

        #[test]
        fn any_flags_are_parsed_or_refused(text in "(case_sensitive|float_tolerance|float_relative_tolerance|[-+.0-9einfa]{1,6}| ){0,12}") {
            if let Ok(options) = parse(&flags(&text), false) {
                prop_assert!(options.float_absolute_tolerance.is_none_or(|number| number.is_finite() && number >= 0.0));
            }
        }
    }
}
