//! `submissions/`: the jury's programs, and `submissions.yaml` with what their folders do not say.

use super::archive::Archive;
use super::cannot;
use super::labels::{Demand, same};
use super::layout::Layout;
use super::scoring::Plan;
use super::yaml::{line, list, quoted};
use crate::demands;
use crate::labels::{FolderLabel, LabelRules, of_folder};
use codesm_core::problems::{Constraint, JurySubmission, Package, PackageError, Timing};
use std::collections::BTreeMap;

/// Most alternatives of a pattern.
const MOST_ALTERNATIVES: usize = 60;

/// What the reader makes of submissions by their places alone.
#[derive(Default)]
pub(super) struct Natural {
    by_path: BTreeMap<String, JurySubmission>,
}

impl Natural {
    pub(super) fn new(probe: Package) -> Self {
        let by_path = probe
            .submissions
            .into_iter()
            .map(|submission| (submission.path.clone(), submission));
        Self {
            by_path: by_path.collect(),
        }
    }
}

/// Writes the programs. Those that were never read have none and are left out.
///
/// # Errors
/// As [`Archive::add`].
pub(super) fn write(package: &Package, archive: &mut Archive) -> Result<(), PackageError> {
    for submission in &package.submissions {
        let Some(program) = &submission.program else { continue };
        let path = format!("submissions/{}", submission.path);
        let name = submission.path.rsplit('/').next().unwrap_or_default();
        match program.files.as_slice() {
            [only] if only.name == name => archive.add(&path, &only.content)?,
            files => {
                for file in files {
                    archive.add(&format!("{path}/{}", file.name), &file.content)?;
                }
            }
        }
    }
    Ok(())
}

/// `submissions.yaml`; empty if the folders say it all.
///
/// # Errors
/// `package.cannot_express` for labels that have no words.
pub(super) fn rules(package: &Package, natural: &Natural, layout: &Layout, scoring: Option<&Plan>) -> Result<String, PackageError> {
    let mut by_folder: BTreeMap<&str, Vec<&JurySubmission>> = BTreeMap::new();
    for submission in package.submissions.iter().filter(|submission| submission.program.is_some()) {
        match submission.path.split_once('/') {
            Some((folder, name)) if !name.contains('/') => by_folder.entry(folder).or_default().push(submission),
            _ => {
                return Err(cannot(format!(
                    "the submission {} does not lie in a folder of submissions/",
                    submission.path
                )));
            }
        }
    }
    let writer = Rules {
        package,
        natural,
        layout,
        is_converted: scoring.is_some_and(|plan| plan.is_converted),
    };
    let mut rules = Vec::new();
    for (folder, submissions) in by_folder {
        writer.folder(folder, &submissions, &mut rules)?;
    }
    Ok(rules.iter().map(Rule::text).collect())
}

/// One key of the file.
#[derive(Default)]
struct Rule {
    pattern: String,
    demand: Demand,
    language: Option<String>,
    entry_point: Option<String>,
    /// Its running time says nothing.
    is_untimed: bool,
    /// About some tests each, by pattern.
    parts: BTreeMap<String, Demand>,
}

impl Rule {
    fn says_something(&self) -> bool {
        self.demand != Demand::default()
            || self.language.is_some()
            || self.entry_point.is_some()
            || self.is_untimed
            || !self.parts.is_empty()
    }

    fn text(&self) -> String {
        let mut text = format!("{}:\n", quoted(&self.pattern));
        for (key, value) in [("language", &self.language), ("entrypoint", &self.entry_point)] {
            if let Some(value) = value {
                line(&mut text, 1, key, &quoted(value));
            }
        }
        if self.is_untimed {
            line(&mut text, 1, "use_for_time_limit", "false");
        }
        demand_text(&mut text, 1, &self.demand);
        for (pattern, demand) in &self.parts {
            line(&mut text, 1, &quoted(pattern), "");
            demand_text(&mut text, 2, demand);
        }
        text
    }
}

fn demand_text(text: &mut String, depth: usize, demand: &Demand) {
    let Demand {
        permitted,
        required,
        score,
        message,
    } = demand;
    for (key, outcomes) in [("permitted", permitted), ("required", required)] {
        if let Some(outcomes) = outcomes {
            line(text, depth, key, &list(outcomes));
        }
    }
    if let Some((least, most)) = score {
        line(text, depth, "score", &format!("[{least}, {most}]"));
    }
    if let Some(message) = message {
        line(text, depth, "message", &quoted(message));
    }
}

struct Rules<'a> {
    package: &'a Package,
    natural: &'a Natural,
    layout: &'a Layout,
    is_converted: bool,
}

impl Rules<'_> {
    /// Rules about the submissions of one folder.
    fn folder(&self, folder: &str, submissions: &[&JurySubmission], rules: &mut Vec<Rule>) -> Result<(), PackageError> {
        let is_odd = |submission: &&&JurySubmission| !self.is_labelled(submission);
        let odd = submissions.iter().filter(is_odd).count();
        let usual = self.usual(folder);
        let mut of_folder: Option<Demand> = None;
        for submission in submissions {
            let mut own = self.about_program(submission);
            if self.is_labelled(submission) {
                rules.extend(Some(own).filter(Rule::says_something));
                continue;
            }
            let mut wholes = wholes(submission)?;
            own.parts = self.parts(submission)?;
            if let Some(usual) = &usual {
                let base = if wholes.is_empty() { Demand::default() } else { wholes.remove(0) };
                if base != *usual {
                    // A rule about the folder takes the place of what the folder says, for all that is in it.
                    let is_shared = of_folder.as_ref().is_none_or(|known| *known == base);
                    if !is_shared || odd < submissions.len() || (usual.required.is_some() && base.required.is_none()) {
                        return Err(beside(submission));
                    }
                    of_folder = Some(base);
                }
            }
            rules.extend(of_submission(own, wholes));
        }
        if let Some(demand) = of_folder {
            let every = || vec!["AC", "WA", "TLE", "RTE"];
            rules.push(Rule {
                pattern: folder.to_owned(),
                demand: Demand {
                    permitted: Some(demand.permitted.clone().unwrap_or_else(every)),
                    ..demand
                },
                ..Rule::default()
            });
        }
        Ok(())
    }

    /// What the folder demands in terms of the format; nothing if it demands nothing in these terms.
    fn usual(&self, folder: &str) -> Option<Demand> {
        let rules = LabelRules {
            by_test: true,
            scoring: self.package.rules.tree.is_some(),
            modern_grading: true,
        };
        match of_folder(folder, rules)? {
            FolderLabel::Format(demand) => {
                let label = demands::label(&[demand], true)?;
                Demand::of_all(&label)
            }
            FolderLabel::Other(_) | FolderLabel::Unusable(_) => None,
        }
    }

    fn natural(&self, submission: &JurySubmission) -> Option<&JurySubmission> {
        self.natural.by_path.get(&submission.path)
    }

    /// Whether its place already says what it must get.
    fn is_labelled(&self, submission: &JurySubmission) -> bool {
        self.natural(submission)
            .is_some_and(|natural| same(&submission.label, &natural.label, self.is_converted))
    }

    /// Language and entry point where file names do not tell.
    fn about_program(&self, submission: &JurySubmission) -> Rule {
        let mut rule = Rule {
            pattern: submission.path.clone(),
            ..Rule::default()
        };
        let Some(program) = &submission.program else { return rule };
        let natural = self.natural(submission);
        let told = natural.and_then(|natural| natural.program.as_ref());
        let is_switched_off = natural.is_some_and(|natural| natural.program.is_none() && submission.skipped.is_some());
        if told.is_none_or(|told| told.language != program.language) && !is_switched_off {
            rule.language = Some(program.language.clone());
        }
        let first = program.files.first().map(|file| &file.name);
        let told_first = told.and_then(|told| told.files.first()).map(|file| &file.name);
        if program.files.len() > 1 && (first != told_first || rule.language.is_some()) {
            rule.entry_point = first.cloned();
        }
        let is_measured = self.package.time_limit_ms.is_none();
        let is_timed = natural.is_some_and(|natural| natural.timing != Timing::Nothing);
        rule.is_untimed = is_measured && is_timed && submission.timing == Timing::Nothing;
        rule
    }

    /// What is demanded of single tests and groups.
    fn parts(&self, submission: &JurySubmission) -> Result<BTreeMap<String, Demand>, PackageError> {
        let mut parts: BTreeMap<String, Demand> = BTreeMap::new();
        for constraint in &submission.label.constraints {
            let pattern = match (&constraint.tests, &constraint.group) {
                (None, None) => continue,
                (_, Some(group)) => self.layout.folder(group),
                (Some(tests), None) => self.pattern(tests).ok_or_else(|| beside(submission))?,
            };
            let demand = Demand::of(constraint).ok_or_else(|| beside(submission))?;
            let known = parts.entry(pattern).or_default();
            let clashes = (known.permitted.is_some() && demand.permitted.is_some())
                || (known.required.is_some() && demand.required.is_some())
                || (known.score.is_some() && demand.score.is_some())
                || (known.message.is_some() && demand.message.is_some());
            if clashes {
                return Err(beside(submission));
            }
            *known = Demand {
                permitted: demand.permitted.or(known.permitted.take()),
                required: demand.required.or(known.required.take()),
                score: demand.score.or(known.score),
                message: demand.message.or(known.message.take()),
            };
        }
        Ok(parts)
    }

    /// A pattern for exactly these tests: a folder, a test, or several tests.
    fn pattern(&self, tests: &[u32]) -> Option<String> {
        let paths = &self.layout.tests;
        let meant: Vec<&String> = (1..)
            .zip(paths)
            .filter(|(index, _)| tests.contains(index))
            .map(|(_, path)| path)
            .collect();
        let first = *meant.first()?;
        let folders = first.match_indices('/').map(|(at, _)| &first[..at]);
        for folder in folders {
            let inside = paths
                .iter()
                .filter(|path| path.strip_prefix(folder).is_some_and(|rest| rest.starts_with('/')));
            if inside.eq(meant.iter().copied()) {
                return Some(folder.to_owned());
            }
        }
        match meant.as_slice() {
            [only] => Some((*only).clone()),
            several if several.len() <= MOST_ALTERNATIVES => {
                let names: Vec<&str> = several.iter().map(|path| path.as_str()).collect();
                Some(format!("{{{}}}", names.join(",")))
            }
            _ => None,
        }
    }
}

/// The rules of one submission: a rule demands one thing of all tests, so that there may be several with patterns that
/// mean the same.
fn of_submission(own: Rule, wholes: Vec<Demand>) -> Vec<Rule> {
    let mut wholes = wholes.into_iter();
    let (folder, name) = own.pattern.split_once('/').unwrap_or((&own.pattern, ""));
    let (folder, name) = (folder.to_owned(), name.to_owned());
    let first = Rule {
        demand: wholes.next().unwrap_or_default(),
        ..own
    };
    let others = (1..).zip(wholes).map(|(depth, demand)| Rule {
        pattern: format!("{}{folder}{}/{name}", "{".repeat(depth), "}".repeat(depth)),
        demand,
        ..Rule::default()
    });
    std::iter::once(first).chain(others).filter(Rule::says_something).collect()
}

/// What is demanded of all tests, one by one.
fn wholes(submission: &JurySubmission) -> Result<Vec<Demand>, PackageError> {
    let label = &submission.label;
    if label.constraints.is_empty() {
        let demand = Demand::of_all(label).ok_or_else(|| beside(submission))?;
        return Ok(vec![demand]);
    }
    let is_of_all = |constraint: &&Constraint| constraint.tests.is_none() && constraint.group.is_none();
    let constraints = label.constraints.iter().filter(is_of_all);
    constraints
        .map(|constraint| Demand::of(constraint).ok_or_else(|| beside(submission)))
        .collect()
}

fn beside(submission: &JurySubmission) -> PackageError {
    let path = &submission.path;
    cannot(format!(
        "the submission {path} lies in a folder that says something else than it must get, and submissions.yaml has no words for that"
    ))
}
