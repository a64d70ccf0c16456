//! Compares what was read back with what was meant.

use super::checker::args_of;
use super::labels::same as same_label;
use super::{Plans, cannot};
use codesm_core::judging::{CheckerKind, Points, Rules};
use codesm_core::kernel::LocalFile;
use codesm_core::problems::{JurySubmission, Package, PackageError, PackageTest};

/// Nothing if the package says what was meant.
///
/// # Errors
/// `package.cannot_express` naming what differs.
pub(super) fn same(plans: &Plans<'_>, read: &Package) -> Result<(), PackageError> {
    let meant = plans.package;
    require(meant.title == read.title, "the title")?;
    require(meant.statement == read.statement, "the statement")?;
    let limits = |package: &Package| (package.time_limit_ms, package.memory_limit_mb, package.output_limit_kb);
    require(limits(meant) == limits(read), "a limit")?;
    require(
        meant.time_limit_ms.is_some() || meant.time_rule == read.time_rule,
        "how the time limit is measured",
    )?;
    checker(meant, read)?;
    rules(plans, &read.rules)?;
    tests(plans, read)?;
    require(same_files(&meant.attachments, &read.attachments), "the attachments")?;
    submissions(plans, read)
}

fn require(is_same: bool, what: &str) -> Result<(), PackageError> {
    if is_same {
        return Ok(());
    }
    Err(cannot(format!("{what} would not be read back as it is")))
}

fn checker(meant: &Package, read: &Package) -> Result<(), PackageError> {
    let limits = |package: &Package| {
        let checker = &package.checker;
        (checker.time_limit_ms, checker.memory_limit_mb, checker.output_limit_kb)
    };
    require(limits(meant) == limits(read), "a limit of the output validator")?;
    let is_same = match (&meant.checker.kind, &read.checker.kind) {
        // How it compares is looked at test by test.
        (CheckerKind::Default { .. }, CheckerKind::Default { .. }) => true,
        (CheckerKind::Custom { .. }, CheckerKind::Custom { .. }) => meant.checker.kind == read.checker.kind,
        _ => false,
    };
    require(is_same, "the output validator")
}

fn rules(plans: &Plans<'_>, read: &Rules) -> Result<(), PackageError> {
    let meant = Rules {
        tree: plans.scoring.as_ref().map(|plan| plan.tree.clone()),
        // Whoever may give points in 2025-09 need not; and validators that give none give none.
        points: Points::None,
        // Where it could matter the plan was refused.
        accepted_only: false,
        ..plans.package.rules.clone()
    };
    let read = Rules {
        points: Points::None,
        ..read.clone()
    };
    require(meant.tree == read.tree, "the groups and their points")?;
    require(meant.includes == read.includes, "the files that are laid over submissions")?;
    require(meant.languages == read.languages, "the languages that may be used")?;
    require(meant == read, "how submissions are judged")
}

fn tests(plans: &Plans<'_>, read: &Package) -> Result<(), PackageError> {
    let meant = plans.package;
    require(meant.tests.len() == read.tests.len(), "the number of tests")?;
    for ((own, path), found) in meant.tests.iter().zip(&plans.layout.tests).zip(&read.tests) {
        let what = format!("the test {}", own.name);
        let words = |package: &Package, test: &PackageTest| args_of(&package.checker, test);
        let is_same = found.name == *path
            && own.sample == found.sample
            && (plans.scoring.is_some() || own.group == found.group)
            && own.input.size == found.input.size
            && own.answer.size == found.answer.size
            && own.args == found.args
            && same_files(&own.files, &found.files)
            && words(meant, own) == words(read, found)
            && own.explanation == found.explanation;
        require(is_same, &what)?;
    }
    Ok(())
}

/// In any order. The archive itself vouches for their bytes.
fn same_files(meant: &[(String, LocalFile)], read: &[(String, LocalFile)]) -> bool {
    let sorted = |files: &[(String, LocalFile)]| {
        let mut sizes: Vec<(String, u64)> = files.iter().map(|(name, file)| (name.clone(), file.size)).collect();
        sizes.sort();
        sizes
    };
    sorted(meant) == sorted(read)
}

fn submissions(plans: &Plans<'_>, read: &Package) -> Result<(), PackageError> {
    let is_converted = plans.scoring.as_ref().is_some_and(|plan| plan.is_converted);
    let is_measured = plans.package.time_limit_ms.is_none();
    let written = plans.package.submissions.iter().filter(|submission| submission.program.is_some());
    for own in written {
        let what = format!("the submission {}", own.path);
        let found = read.submissions.iter().find(|found| found.path == own.path);
        let is_same = |found: &JurySubmission| {
            // One that is switched off by its name is not read.
            if found.program.is_none() && own.skipped.is_some() && found.skipped.is_some() {
                return true;
            }
            same_program(own, found)
                && same_label(&own.label, &found.label, is_converted)
                && own.skipped.is_some() == found.skipped.is_some()
                && (!is_measured || own.timing == found.timing)
        };
        require(found.is_some_and(is_same), &what)?;
    }
    Ok(())
}

/// The same language, entry point and files, the others in any order.
fn same_program(meant: &JurySubmission, read: &JurySubmission) -> bool {
    let (Some(meant), Some(read)) = (&meant.program, &read.program) else {
        return false;
    };
    let has = |name: &str| read.files.iter().find(|file| file.name == name);
    let first = |files: &[codesm_core::judging::SourceFile]| files.first().map(|file| file.name.clone());
    meant.language == read.language
        && first(&meant.files) == first(&read.files)
        && meant.files.len() == read.files.len()
        && meant.files.iter().all(|file| has(&file.name) == Some(file))
}
