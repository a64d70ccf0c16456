//! Gives tests the flags of the output validator: as arguments of a custom one, as options of the default one.

use crate::fault::refuse_key;
use crate::flags::{self, Flags};
use crate::metadata;
use codesm_core::judging::{Checker, CheckerKind, ComparatorOptions};
use codesm_core::problems::{PackageError, PackageTest};
use std::collections::BTreeMap;

/// Writes the flags into checker and tests. What most tests have in common stands in the checker: the flags of the first
/// secret test. `strict`: by the rules of 2025-09.
///
/// # Errors
/// `package.invalid_flags` for flags that the default validator does not know, naming file and key.
pub(crate) fn apply(
    checker: &mut Checker,
    tests: &mut [PackageTest],
    of_problem: Option<&Flags>,
    of_tests: &[Option<Flags>],
    strict: bool,
) -> Result<(), PackageError> {
    let common = tests.iter().position(|test| !test.sample).unwrap_or(0);
    let words = |own: &Option<Flags>| -> Vec<String> {
        let all = of_problem.into_iter().chain(own.as_ref());
        all.flat_map(|flags| flags.words.iter().cloned()).collect()
    };
    match &mut checker.kind {
        CheckerKind::Custom { .. } => {
            checker.args = of_tests.get(common).map(&words).unwrap_or_default();
            for (test, own) in tests.iter_mut().zip(of_tests) {
                let args = words(own);
                test.checker_args = (args != checker.args).then_some(args);
            }
        }
        CheckerKind::Default { options } => {
            // Most tests have the same flags: they are parsed once.
            let mut parsed: BTreeMap<Vec<String>, ComparatorOptions> = BTreeMap::new();
            let mut of = |own: &Option<Flags>| {
                let words = words(own);
                if let Some(options) = parsed.get(&words) {
                    return Ok(*options);
                }
                let options = flags::parse(&words, strict).map_err(|message| blame(&message, of_problem, own.as_ref(), strict))?;
                parsed.insert(words, options);
                Ok::<_, PackageError>(options)
            };
            if let Some(own) = of_tests.get(common) {
                *options = of(own)?;
            }
            for (test, own) in tests.iter_mut().zip(of_tests) {
                let found = of(own)?;
                test.comparator = (found != *options).then_some(found);
            }
        }
    }
    Ok(())
}

/// Where the flags are wrong: in the file of the group, unless those of the problem are so already.
fn blame(message: &str, of_problem: Option<&Flags>, own: Option<&Flags>, strict: bool) -> PackageError {
    let problem = of_problem.filter(|flags| own.is_none() || flags::parse(&flags.words, strict).is_err());
    match problem.or(own) {
        Some(flags) => flags.place.refuse("package.invalid_flags", message),
        None => refuse_key("package.invalid_flags", metadata::NAME, "validator_flags", message),
    }
}
