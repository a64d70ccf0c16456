//! What the format can say about the checker, and in which words.

use super::cannot;
use codesm_core::judging::{Checker, CheckerKind, ComparatorOptions, ValidatorConvention};
use codesm_core::problems::{Package, PackageError, PackageTest};

/// Refuses checkers and interactors that the format does not know.
///
/// # Errors
/// `package.cannot_express`.
pub(super) fn require_expressible(package: &Package) -> Result<(), PackageError> {
    let rules = &package.rules;
    match &package.checker.kind {
        CheckerKind::Custom {
            convention: ValidatorConvention::Testlib,
            ..
        } => Err(cannot("the checker is called as testlib's are, and 2025-09 calls them otherwise")),
        CheckerKind::Custom { more, .. } if !more.is_empty() => Err(cannot("there are several output validators, and 2025-09 has one")),
        CheckerKind::Default { .. } if rules.interactive || rules.passes.is_some() => {
            Err(cannot("the problem is interactive or has several passes, but no output validator"))
        }
        _ if rules.interactor.is_some() => Err(cannot("the interactor is not the output validator, as it is in 2025-09")),
        CheckerKind::Custom { .. } | CheckerKind::Default { .. } => Ok(()),
    }
}

/// Arguments of the validator for most tests.
pub(super) fn usual_args(checker: &Checker) -> Vec<String> {
    match &checker.kind {
        CheckerKind::Default { options } => words(*options),
        CheckerKind::Custom { .. } => checker.args.clone(),
    }
}

/// Arguments of the validator for one test.
pub(super) fn args_of(checker: &Checker, test: &PackageTest) -> Vec<String> {
    match &checker.kind {
        CheckerKind::Default { options } => words(test.comparator.unwrap_or(*options)),
        CheckerKind::Custom { .. } => test.checker_args.clone().unwrap_or_else(|| checker.args.clone()),
    }
}

fn words(options: ComparatorOptions) -> Vec<String> {
    let ComparatorOptions {
        case_sensitive,
        space_change_sensitive,
        float_absolute_tolerance,
        float_relative_tolerance,
    } = options;
    let mut words = Vec::new();
    for (is_set, flag) in [
        (case_sensitive, "case_sensitive"),
        (space_change_sensitive, "space_change_sensitive"),
    ] {
        if is_set {
            words.push(flag.to_owned());
        }
    }
    for (tolerance, flag) in [
        (float_absolute_tolerance, "float_absolute_tolerance"),
        (float_relative_tolerance, "float_relative_tolerance"),
    ] {
        if let Some(tolerance) = tolerance {
            words.extend([flag.to_owned(), format!("{tolerance:e}")]);
        }
    }
    words
}
