//! The jury's solutions and what their tags assert.

use super::PolygonReader;
use super::programs::{file_name, language, load};
use super::testset::TestSet;
use super::xml::Element;
use crate::programs::Programs;
use crate::warnings::Warnings;
use codesm_core::judging::Verdict;
use codesm_core::problems::{Constraint, JurySubmission, Label, PackageError, Timing};

/// What a tag asserts.
struct Tag {
    /// Folder of the package format that is nearest.
    folder: &'static str,
    /// Some test's verdict is one of these.
    expected: Vec<Verdict>,
    timing: Timing,
}

const TIME: [Verdict; 3] = [Verdict::TimeLimit, Verdict::WallTimeLimit, Verdict::OutputLimit];
const ANY_FAILURE: [Verdict; 7] = [
    Verdict::WrongAnswer,
    Verdict::TimeLimit,
    Verdict::WallTimeLimit,
    Verdict::MemoryLimit,
    Verdict::OutputLimit,
    Verdict::ProcessLimit,
    Verdict::RuntimeError,
];

/// Reads the solutions in the order of the file.
///
/// # Errors
/// `package.invalid_value`, `package.too_large`, `package.unreadable`.
pub(super) fn read(
    reader: &PolygonReader<'_>,
    problem: &Element,
    set: &TestSet,
    programs: &mut Programs<'_>,
    warnings: &mut Warnings,
) -> Result<Vec<JurySubmission>, PackageError> {
    let mut found: Vec<JurySubmission> = Vec::new();
    for solution in problem.list("assets/solutions", "solution") {
        let source = solution.child("source").ok_or_else(|| solution.invalid("source", "missing"))?;
        let path = source.attribute("path").ok_or_else(|| source.invalid("path", "missing"))?;
        let tag = solution.attribute("tag").unwrap_or_default();
        let meaning = meaning(tag);
        let folder = meaning.as_ref().map_or("other", |tag| tag.folder);
        let mut submission = JurySubmission {
            path: format!("{folder}/{}", file_name(path)),
            program: None,
            label: Label::default(),
            timing: meaning.as_ref().map(|tag| tag.timing).unwrap_or_default(),
            skipped: None,
        };
        if found.iter().any(|known| known.path == submission.path) {
            warnings.about(path, "ignored: a second solution of that name");
            continue;
        }
        match (reader.file(path), language(reader, programs, source.attribute("type"), path)) {
            (None, _) => submission.skipped = Some("its source is not in the package".to_owned()),
            (Some(_), Err(reason)) => submission.skipped = Some(reason),
            (Some(file), Ok(language)) => {
                let files = [(file_name(path).to_owned(), file)];
                if programs.fits(&files) {
                    submission.program = Some(load(programs, language, path, &files)?);
                } else {
                    submission.skipped = Some("the program is too large".to_owned());
                }
            }
        }
        match meaning {
            Some(tag) => submission.label = label(&tag, solution, set),
            None if tag == "do-not-run" => submission.skipped = Some("not to be run, as its tag says".to_owned()),
            None => submission.skipped = Some(format!("the tag {tag:?} does not say what it must get")),
        }
        found.push(submission);
    }
    Ok(found)
}

/// What a tag means; nothing if it asserts nothing.
fn meaning(name: &str) -> Option<Tag> {
    let [time, wall, output] = TIME;
    let tag = |folder, expected: &[Verdict], timing| Tag {
        folder,
        expected: expected.to_vec(),
        timing,
    };
    Some(match name {
        "main" | "accepted" => tag("accepted", &[Verdict::Accepted], Timing::MustFit),
        // testlib's presentation error is a wrong answer here.
        "wrong-answer" | "presentation-error" => tag("wrong_answer", &[Verdict::WrongAnswer], Timing::MustFit),
        "time-limit-exceeded" => tag("time_limit_exceeded", &TIME, Timing::MustExceed),
        "time-limit-exceeded-or-accepted" => tag("mixed", &[Verdict::Accepted, time, wall, output], Timing::Nothing),
        "memory-limit-exceeded" => tag("memory_limit_exceeded", &[Verdict::MemoryLimit], Timing::Nothing),
        "time-limit-exceeded-or-memory-limit-exceeded" => tag("rejected", &[time, wall, output, Verdict::MemoryLimit], Timing::Nothing),
        "runtime-error" => tag("run_time_error", &[Verdict::RuntimeError, Verdict::ProcessLimit], Timing::Nothing),
        "rejected" | "failed" => tag("rejected", &ANY_FAILURE, Timing::Nothing),
        _ => return None,
    })
}

/// The tag for the whole, and what extra tags say about single groups.
fn label(tag: &Tag, solution: &Element, set: &TestSet) -> Label {
    let mut spoken_for = Vec::new();
    let mut constraints = Vec::new();
    for extra in solution.list("extra-tags", "extra-tag") {
        let (Some(group), Some(meaning)) = (extra.attribute("group"), extra.attribute("tag").and_then(meaning)) else {
            continue;
        };
        let tests: Vec<u32> = (1..)
            .zip(&set.tests)
            .filter(|(_, test)| test.group.as_deref() == Some(group))
            .map(|(index, _)| index)
            .collect();
        if !tests.is_empty() {
            spoken_for.extend(tests.iter().copied());
            constraints.push(constraint(&meaning, tests));
        }
    }
    if constraints.is_empty() {
        return Label {
            expected: tag.expected.clone(),
            permitted: [Verdict::Accepted]
                .into_iter()
                .filter(|verdict| !tag.expected.contains(verdict))
                .collect(),
            ..Label::default()
        };
    }
    // The rest keeps to what is said about the whole, which must be borne out somewhere.
    let rest: Vec<u32> = (1..)
        .zip(&set.tests)
        .map(|(index, _)| index)
        .filter(|index| !spoken_for.contains(index))
        .collect();
    if !rest.is_empty() {
        constraints.push(Constraint {
            required: None,
            ..constraint(tag, rest)
        });
    }
    constraints.push(Constraint {
        required: Some(tag.expected.clone()),
        ..Constraint::default()
    });
    Label {
        constraints,
        ..Label::default()
    }
}

fn constraint(tag: &Tag, tests: Vec<u32>) -> Constraint {
    let mut permitted = tag.expected.clone();
    if !permitted.contains(&Verdict::Accepted) {
        permitted.push(Verdict::Accepted);
    }
    Constraint {
        tests: Some(tests),
        permitted: Some(permitted),
        required: Some(tag.expected.clone()),
        ..Constraint::default()
    }
}
