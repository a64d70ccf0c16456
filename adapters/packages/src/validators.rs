//! The checker of a package, and its grader.

use crate::fault::refuse_file;
use crate::field::Place;
use crate::kind::Validation;
use crate::metadata::Metadata;
use crate::own_programs::{OwnProgram, among};
use crate::programs::Programs;
use crate::tree::{Directory, Entry};
use crate::warnings::Warnings;
use codesm_core::judging::{Checker, CheckerKind, ComparatorOptions, ProgramSource, ValidatorConvention};
use codesm_core::problems::PackageError;

/// Folder of the legacy format, with one program per entry.
const MANY: &str = "output_validators";
/// Folder of the new format, which is the program.
const ONE: &str = "output_validator";
/// problemtools and `DOMjudge` know one validator for these problems; which of several would talk, or say what comes next,
/// is nowhere said.
const ONE_ONLY: &str = "an interactive or multi-pass problem must have exactly one output validator";
/// Folder with the legacy format's grader.
const GRADERS: &str = "graders";

/// Reads the checker, without the flags it is called with.
///
/// # Errors
/// `package.missing_validator`, `package.several_validators`, `package.unsupported_validator`, `package.too_large`.
pub(crate) fn read_checker(
    root: &Directory,
    metadata: &Metadata,
    programs: &mut Programs<'_>,
    warnings: &mut Warnings,
) -> Result<Checker, PackageError> {
    let kind = metadata.kind;
    let has_own = has_entries(root, ONE) || has_entries(root, MANY);
    let wants_custom = match kind.validation {
        Validation::Custom | Validation::CustomScore => true,
        Validation::Default => false,
        Validation::Unsaid => kind.interactive || kind.multi_pass || (!metadata.dialect.is_legacy() && has_own),
    };
    let decides = if wants_custom {
        let mut validators = find(root, metadata, programs, warnings)?.into_iter();
        let any_language = metadata.dialect.is_legacy();
        let first = validators.next().expect("there is one at least");
        if let Some(second) = validators.as_slice().first().filter(|_| kind.interactive || kind.multi_pass) {
            return Err(refuse_file("package.several_validators", &second.path, ONE_ONLY));
        }
        let program = first.load(any_language, programs)?;
        let more = validators
            .map(|validator| validator.load(any_language, programs))
            .collect::<Result<_, _>>()?;
        CheckerKind::Custom {
            program,
            more,
            convention: ValidatorConvention::Kattis,
        }
    } else {
        for folder in [ONE, MANY] {
            if has_entries(root, folder) {
                warnings.about(folder, "ignored: the package uses the default validator");
            }
        }
        CheckerKind::Default {
            options: ComparatorOptions::default(),
        }
    };
    let usual = Checker::new(decides);
    let limits = metadata.limits;
    Ok(Checker {
        time_limit_ms: limits.validation_time_ms.unwrap_or(usual.time_limit_ms),
        memory_limit_mb: limits.validation_memory_mb.unwrap_or(usual.memory_limit_mb),
        output_limit_kb: limits.validation_output_kb.unwrap_or(usual.output_limit_kb),
        ..usual
    })
}

/// Reads the grader, if some group wants it.
///
/// # Errors
/// `package.missing_grader`, `package.unsupported_validator`, `package.too_large`.
pub(crate) fn read_grader(
    root: &Directory,
    wanted: Option<&Place>,
    programs: &mut Programs<'_>,
    warnings: &mut Warnings,
) -> Result<Option<ProgramSource>, PackageError> {
    let Some(place) = wanted else {
        if has_entries(root, GRADERS) {
            warnings.about(GRADERS, "ignored: no group asks for a custom grader");
        }
        return Ok(None);
    };
    let found = root.directory(GRADERS).map(|directory| among(GRADERS, directory, programs).0);
    match found.as_deref() {
        None | Some([]) => Err(place.refuse("package.missing_grader", "there is no program in graders/")),
        Some([only]) => only.load(true, programs).map(Some),
        Some([_, other, ..]) => {
            let message = "there must not be more than one grader";
            Err(refuse_file("package.unsupported_validator", &other.path, message))
        }
    }
}

fn has_entries(root: &Directory, folder: &str) -> bool {
    root.directory(folder).is_some_and(|directory| !directory.entries.is_empty())
}

/// The validators, one at least, in the folder usual for the version, else in the other one.
fn find<'a>(
    root: &'a Directory,
    metadata: &Metadata,
    programs: &Programs<'_>,
    warnings: &mut Warnings,
) -> Result<Vec<OwnProgram<'a>>, PackageError> {
    let folders = if metadata.dialect.is_legacy() { [MANY, ONE] } else { [ONE, MANY] };
    let found = folders.into_iter().find(|folder| has_entries(root, folder));
    let Some((folder, directory)) = found.and_then(|folder| Some((folder, root.directory(folder)?))) else {
        let message = format!("the problem has its own validator, but {}/ is missing or empty", folders[0]);
        return Err(refuse_file("package.missing_validator", folders[0], message));
    };
    if folder != folders[0] {
        warnings.about(folder, "does not belong to this version of the format; read all the same");
    }
    if folder == ONE {
        return Ok(vec![one(directory)]);
    }
    let (programs, strange) = among(folder, directory, programs);
    for name in strange {
        warnings.about(&format!("{folder}/{name}"), "ignored: no program is in it");
    }
    if programs.is_empty() {
        let message = "no file has the extension of a known language";
        return Err(refuse_file("package.unsupported_validator", folder, message));
    }
    Ok(programs)
}

/// The folder itself; in early drafts the program lies one folder deeper.
fn one(directory: &Directory) -> OwnProgram<'_> {
    let mut entries = directory.entries.iter();
    match (entries.next(), entries.next()) {
        (Some((name, Entry::Directory(only))), None) => OwnProgram::folder(format!("{ONE}/{name}"), only),
        _ => OwnProgram::folder(ONE.to_owned(), directory),
    }
}
