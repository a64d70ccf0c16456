//! The checker of a package.

use crate::fault::{refuse_file, refuse_key};
use crate::flags;
use crate::metadata::{self, Metadata, Validation};
use crate::programs::{Programs, extension};
use crate::tree::{Directory, Entry};
use crate::version::Dialect;
use crate::warnings::Warnings;
use codesm_core::judging::{Checker, CheckerKind, ProgramSource};
use codesm_core::problems::PackageError;

/// Extensions of the languages in which validators may be written: C, C++, Python, Java.
const EXTENSIONS: [&str; 9] = ["c", "cc", "cpp", "cxx", "c++", "C", "py", "py3", "java"];
const UNSUPPORTED: &str = "package.unsupported_validator";
/// Folder of the legacy format, with one program per entry.
const MANY: &str = "output_validators";
/// Folder of the new format, which is the program.
const ONE: &str = "output_validator";

/// A program of the package.
struct Program {
    /// Where it is.
    path: String,
    files: Directory,
    /// Name of the folder it was found in, for warnings.
    folder: &'static str,
}

/// Reads the checker; `group_flags` are the flags that all tests share.
///
/// # Errors
/// `package.invalid_flags`, `package.missing_validator`, `package.unsupported_validator`.
pub(crate) fn read_checker(
    root: &Directory,
    metadata: &Metadata,
    group_flags: Vec<String>,
    programs: &mut Programs<'_>,
    warnings: &mut Warnings,
) -> Result<Checker, PackageError> {
    let mut args = metadata.validator_flags.clone();
    args.extend(group_flags);
    let wants_custom = match metadata.validation {
        Validation::Custom => true,
        Validation::Default => false,
        Validation::Unsaid => !metadata.dialect.is_legacy() && (has_entries(root, ONE) || has_entries(root, MANY)),
    };
    let (kind, args) = if wants_custom {
        let program = find(root, metadata.dialect, programs, warnings)?;
        (CheckerKind::Custom(load(&program, programs)?), args)
    } else {
        for folder in [ONE, MANY] {
            if has_entries(root, folder) {
                warnings.about(folder, "ignored: the package uses the default validator");
            }
        }
        let options = flags::parse(&args, metadata.dialect == Dialect::V202509)
            .map_err(|message| refuse_key("package.invalid_flags", metadata::NAME, "output validator flags", message))?;
        (CheckerKind::Default(options), Vec::new())
    };
    Ok(Checker {
        kind,
        args,
        time_limit_ms: metadata.limits.validation_time_ms.unwrap_or(Checker::DEFAULT_TIME_LIMIT_MS),
        memory_limit_mb: metadata.limits.validation_memory_mb.unwrap_or(Checker::DEFAULT_MEMORY_LIMIT_MB),
    })
}

fn has_entries(root: &Directory, folder: &str) -> bool {
    root.directory(folder).is_some_and(|directory| !directory.entries.is_empty())
}

/// The one validator, in the folder usual for the version, else in the other one.
fn find(root: &Directory, dialect: Dialect, programs: &Programs<'_>, warnings: &mut Warnings) -> Result<Program, PackageError> {
    let folders = if dialect.is_legacy() { [MANY, ONE] } else { [ONE, MANY] };
    let found = folders.into_iter().find(|folder| has_entries(root, folder));
    let program = match found {
        Some(ONE) => one(root.directory(ONE).expect("it has entries")),
        Some(folder) => among_many(root.directory(folder).expect("it has entries"), programs, warnings)?,
        None => {
            let message = format!("validation is custom, but {}/ is missing or empty", folders[0]);
            return Err(refuse_file("package.missing_validator", folders[0], message));
        }
    };
    if program.folder != folders[0] {
        warnings.about(program.folder, "does not belong to this version of the format; read all the same");
    }
    Ok(program)
}

/// The folder itself; in early drafts the program lies one folder deeper.
fn one(directory: &Directory) -> Program {
    let mut entries = directory.entries.iter();
    let (path, files) = match (entries.next(), entries.next()) {
        (Some((name, Entry::Directory(only))), None) => (format!("{ONE}/{name}"), only),
        _ => (ONE.to_owned(), directory),
    };
    Program {
        path,
        files: files.clone(),
        folder: ONE,
    }
}

/// The only program of the legacy folder: a folder, or a source file with the headers beside it.
fn among_many(directory: &Directory, programs: &Programs<'_>, warnings: &mut Warnings) -> Result<Program, PackageError> {
    let folders: Vec<_> = directory.directories().collect();
    let sources: Vec<_> = directory
        .files()
        .map(|(name, _)| name)
        .filter(|name| is_script(name) || programs.language_of(name).is_some() || is_validator_source(name))
        .collect();
    let (name, files) = match (folders.as_slice(), sources.as_slice()) {
        ([(name, files)], []) => (*name, (*files).clone()),
        ([], [name]) => {
            if directory.entries.len() > 1 {
                warnings.about(MANY, "several files, one of them a program: taken as one validator");
            }
            (*name, directory.clone())
        }
        ([], []) => return Err(refuse_file(UNSUPPORTED, MANY, "validators must be in C, C++, Python or Java")),
        _ => {
            let names: Vec<_> = folders.into_iter().map(|(name, _)| name).chain(sources).collect();
            let message = format!(
                "several validators that must all accept are not supported yet: {}",
                names.join(", ")
            );
            return Err(refuse_file(UNSUPPORTED, MANY, message));
        }
    };
    Ok(Program {
        path: format!("{MANY}/{name}"),
        files,
        folder: MANY,
    })
}

fn load(program: &Program, programs: &mut Programs<'_>) -> Result<ProgramSource, PackageError> {
    let files = program.files.all_files();
    if let Some((name, _)) = files.iter().find(|(name, _)| is_script(name)) {
        let message = format!("validators with a {name} script are not supported yet");
        return Err(refuse_file(UNSUPPORTED, &program.path, message));
    }
    if !programs.fits(&files) {
        return Err(refuse_file("package.too_large", &program.path, "the validator is too large"));
    }
    let sources: Vec<_> = files
        .iter()
        .map(|(name, _)| name.as_str())
        .filter(|name| is_validator_source(name))
        .collect();
    if sources.is_empty() {
        return Err(refuse_file(
            UNSUPPORTED,
            &program.path,
            "validators must be in C, C++, Python or Java",
        ));
    }
    let language = programs
        .language(&sources)
        .map_err(|message| refuse_file(UNSUPPORTED, &program.path, message))?;
    let mut files = programs.load(&program.path, &files)?;
    programs.entry_point_first(&mut files, language, None);
    Ok(ProgramSource {
        language: language.id.clone(),
        files,
    })
}

fn is_validator_source(name: &str) -> bool {
    extension(name).is_some_and(|found| EXTENSIONS.contains(&found) || EXTENSIONS.contains(&found.to_ascii_lowercase().as_str()))
}

fn is_script(name: &str) -> bool {
    matches!(name, "build" | "run")
}
