//! The checker, and the interactor if there is one: programs written with testlib.

use super::programs::{file_name, headers, language, load};
use super::xml::Element;
use super::{NAME, PolygonReader, standard};
use crate::fault::refuse_file;
use crate::programs::Programs;
use crate::warnings::Warnings;
use codesm_core::judging::{Checker, CheckerKind, ProgramSource, ValidatorConvention};
use codesm_core::problems::PackageError;

const UNSUPPORTED: &str = "package.unsupported_validator";
const MISSING: &str = "package.missing_validator";
/// Languages for which there is a testlib that keeps to its exit codes and can be compiled from a folder of sources.
const LANGUAGES: [&str; 3] = ["c", "cpp", "cpp17"];
const TESTLIB: &str = "testlib.h";
/// By these words of testlib a checker gives part of the points.
const PARTIAL: [&str; 3] = ["quitp(", "quitpi(", "_points"];
/// By these it gives a percentage, for which other judges have other rules.
const PERCENT: [&str; 2] = ["_pc(", "_partially"];

/// What decides.
pub(super) struct FoundChecker {
    pub(super) checker: Checker,
    pub(super) interactor: Option<ProgramSource>,
    /// Whether it may give part of the points.
    pub(super) gives_points: bool,
}

/// Reads checker and interactor.
///
/// # Errors
/// `package.missing_validator`, `package.unsupported_validator`, `package.too_large`, `package.unreadable`.
pub(super) fn read(
    reader: &PolygonReader<'_>,
    problem: &Element,
    programs: &mut Programs<'_>,
    warnings: &mut Warnings,
) -> Result<FoundChecker, PackageError> {
    let element = problem
        .at("assets/checker")
        .ok_or_else(|| problem.refuse(MISSING, "assets.checker", "missing"))?;
    if let Some(kind) = element.attribute("type").filter(|kind| *kind != "testlib") {
        return Err(element.refuse(UNSUPPORTED, "checker", &format!("checkers of type {kind} are not supported")));
    }
    let interactor = match problem.at("assets/interactor") {
        Some(interactor) => Some(program(reader, interactor, programs)?.ok_or_else(|| missing(interactor))?),
        None => None,
    };
    let Some(program) = program(reader, element, programs)? else {
        let name = element.attribute("name").unwrap_or_default();
        let options = standard::options(name)
            .filter(|_| interactor.is_none())
            .ok_or_else(|| missing(element))?;
        let message = format!("the source of {name} is missing: the default comparator, set up to do the same, takes its place");
        warnings.about_key(NAME, "checker", &message);
        return Ok(FoundChecker {
            checker: Checker::tokens(options),
            interactor: None,
            gives_points: false,
        });
    };
    let says = |words: &[&str]| std::iter::once(&program).chain(&interactor).any(|program| mentions(program, words));
    if says(&PERCENT) {
        warnings.about_key(
            NAME,
            "checker",
            "it seems to give percentages, which count as its failure: only points are understood",
        );
    }
    Ok(FoundChecker {
        gives_points: says(&PARTIAL),
        checker: Checker::new(CheckerKind::Custom {
            program,
            more: Vec::new(),
            convention: ValidatorConvention::Testlib,
        }),
        interactor,
    })
}

/// The program of a checker or interactor with all headers beside it; nothing if its source is missing.
fn program(reader: &PolygonReader<'_>, element: &Element, programs: &mut Programs<'_>) -> Result<Option<ProgramSource>, PackageError> {
    let Some(source) = element.child("source") else {
        return Ok(None);
    };
    let path = source.attribute("path").ok_or_else(|| source.invalid("path", "missing"))?;
    let Some(file) = reader.file(path) else {
        return Ok(None);
    };
    let language = language(reader, programs, source.attribute("type"), path).map_err(|reason| refuse_file(UNSUPPORTED, path, reason))?;
    if !LANGUAGES.contains(&language.as_str()) {
        let message = format!("checkers and interactors must be in C or C++, not in {language}");
        return Err(refuse_file(UNSUPPORTED, path, message));
    }
    let mut files = vec![(file_name(path).to_owned(), file)];
    files.extend(headers(reader));
    if !programs.fits(&files) {
        return Err(refuse_file("package.too_large", path, "the program with its headers is too large"));
    }
    let has_testlib = files.iter().any(|(name, _)| name == TESTLIB);
    let program = load(programs, language, path, &files)?;
    if !has_testlib && mentions(&program, &[TESTLIB]) {
        return Err(refuse_file(
            MISSING,
            path,
            "includes testlib.h, which is not among the files of the package",
        ));
    }
    Ok(Some(program))
}

fn missing(element: &Element) -> PackageError {
    let message = "its source is not in the package, and it is none that this judge has: take the full package from Polygon";
    element.refuse(MISSING, &element.name, message)
}

/// Whether the program's main file holds one of these words.
fn mentions(program: &ProgramSource, words: &[&str]) -> bool {
    let main = program.files.first().map(|file| String::from_utf8_lossy(&file.content));
    main.is_some_and(|text| words.iter().any(|word| text.contains(word)))
}
