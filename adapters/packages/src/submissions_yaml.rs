//! `submissions/submissions.yaml`: what is demanded of jury submissions.

use crate::demands::{Demand, Outcome, Scope};
use crate::field::{Field, Place};
use crate::glob::Glob;
use crate::warnings::Warnings;
use codesm_core::problems::{PackageError, PackageTest, Timing};
use std::collections::BTreeSet;

/// Keys of a rule that have no effect here.
const WITHOUT_EFFECT: [&str; 2] = ["authors", "model_solution"];

/// Rules in the file's order.
#[derive(Debug, Default)]
pub(crate) struct Rules {
    rules: Vec<Rule>,
}

#[derive(Debug)]
struct Rule {
    /// As written, without a slash at its end.
    pattern: String,
    glob: Glob,
    /// About all tests.
    whole: Demand,
    /// About some tests each.
    parts: Vec<Demand>,
    language: Option<String>,
    entry_point: Option<String>,
    place: Place,
}

/// What the rules say about one submission.
#[derive(Debug, Default)]
pub(crate) struct Said {
    /// What its folder and the rules demand.
    pub(crate) demands: Vec<Demand>,
    /// Whether a rule demands something.
    pub(crate) by_rules: bool,
    /// Code of the language.
    pub(crate) language: Option<String>,
    /// File the program starts with.
    pub(crate) entry_point: Option<String>,
}

impl Rules {
    /// Reads the file.
    ///
    /// # Errors
    /// `package.invalid_value`, `package.too_large`.
    pub(crate) fn read(root: &Field<'_>, tests: &[PackageTest], warnings: &mut Warnings) -> Result<Self, PackageError> {
        let mut rules = Vec::new();
        let mut budget = Budget::default();
        for (pattern, value) in root.entries()? {
            let pattern = pattern.trim_end_matches('/');
            let glob = Glob::new(pattern);
            budget.spend(glob.alternatives(), 0, &value)?;
            let mut rule = Rule {
                pattern: pattern.to_owned(),
                glob,
                whole: Demand::default(),
                parts: Vec::new(),
                language: None,
                entry_point: None,
                place: value.place(),
            };
            for (key, value) in value.entries()? {
                match key {
                    "language" => rule.language = Some(value.text()?.to_owned()),
                    "entrypoint" => rule.entry_point = Some(value.text()?.to_owned()),
                    key if WITHOUT_EFFECT.contains(&key) => {}
                    key if set(&mut rule.whole, key, &value)? => {}
                    pattern if value.is_map() => rule.parts.extend(part(pattern, &value, tests, &mut budget, warnings)?),
                    _ => warnings.about_field(&value, "unknown key, ignored"),
                }
            }
            rules.push(rule);
        }
        Ok(Self { rules })
    }

    /// What is said about the submission at a path such as `accepted/fast.cpp`, whose folder demands `usual`.
    ///
    /// A rule with the folder's own name replaces what the folder demands, key by key; all others add to it.
    pub(crate) fn about(&self, path: &str, usual: Option<Demand>) -> Said {
        let folder = path.split('/').next().unwrap_or(path);
        let mut said = Said::default();
        let mut base = usual;
        let (mut added, mut parts) = (Vec::new(), Vec::new());
        for rule in self.rules.iter().filter(|rule| rule.glob.matches(path)) {
            let says_something = rule.whole != Demand::default();
            said.by_rules |= rule.whole.is_checked() || rule.parts.iter().any(Demand::is_checked);
            if rule.pattern == folder && says_something {
                base = Some(base.unwrap_or_default().replaced_by(&rule.whole));
            } else if says_something {
                added.push(rule.whole.clone());
            }
            parts.extend(rule.parts.iter().cloned());
            said.language = rule.language.clone().or(said.language);
            said.entry_point = rule.entry_point.clone().or(said.entry_point);
        }
        said.demands = base.into_iter().chain(added).chain(parts).collect();
        said
    }

    /// Notes the rules that are about none of these submissions.
    pub(crate) fn warn_of_idle(&self, paths: &[&str], warnings: &mut Warnings) {
        for rule in &self.rules {
            let is_idle = !paths.iter().any(|path| rule.glob.matches(path));
            if is_idle && (rule.whole.is_checked() || !rule.parts.is_empty()) {
                warnings.about_place(&rule.place, "matches no submission");
            }
        }
    }
}

/// Reads a key of a demand; says whether it is one.
fn set(demand: &mut Demand, key: &str, value: &Field<'_>) -> Result<bool, PackageError> {
    match key {
        "permitted" => demand.permitted = Some(outcomes(value)?),
        "required" => demand.required = Some(outcomes(value)?),
        "score" => demand.score = Some(score(value)?),
        "message" => demand.message = Some(value.text()?.to_owned()).filter(|text| !text.is_empty()),
        "use_for_time_limit" => {
            demand.timing = match value.text()? {
                "lower" => Some(Timing::MustFit),
                "upper" => Some(Timing::MustExceed),
                _ if value.truth()? => None,
                _ => Some(Timing::Nothing),
            };
        }
        _ => return Ok(false),
    }
    Ok(true)
}

/// What is demanded of the tests that a pattern names; nothing if it names none.
fn part(
    pattern: &str,
    value: &Field<'_>,
    tests: &[PackageTest],
    budget: &mut Budget,
    warnings: &mut Warnings,
) -> Result<Option<Demand>, PackageError> {
    let mut demand = Demand::default();
    for (key, value) in value.entries()? {
        if !set(&mut demand, key, &value)? {
            warnings.about_field(&value, "unknown key, ignored");
        }
    }
    let glob = Glob::new(pattern.trim_start_matches("data/"));
    budget.spend(glob.alternatives(), 0, value)?;
    let matching = (1..).zip(tests).filter(|(_, test)| glob.matches(&test.name));
    let found: Vec<u32> = matching.map(|(index, _)| index).collect();
    if found.is_empty() {
        warnings.about_field(value, "matches no test");
        return Ok(None);
    }
    let mut groups: BTreeSet<&str> = BTreeSet::new();
    if demand.score.is_some() {
        let folders = tests.iter().flat_map(|test| folders_of(&test.name));
        groups.extend(folders.filter(|folder| glob.matches_whole(folder)));
    }
    budget.spend(0, found.len() + groups.len(), value)?;
    demand.scope = Scope::Some {
        tests: found,
        groups: groups.into_iter().map(str::to_owned).collect(),
    };
    Ok(Some(demand))
}

/// Most alternatives of all patterns: each is held against every test or every submission.
const MOST_ALTERNATIVES: usize = 2000;
/// Most tests that all patterns together name.
const MOST_NAMED: usize = 1_000_000;

/// What the file has used up of what it may.
#[derive(Debug, Default)]
struct Budget {
    alternatives: usize,
    named: usize,
}

impl Budget {
    fn spend(&mut self, alternatives: usize, named: usize, value: &Field<'_>) -> Result<(), PackageError> {
        self.alternatives += alternatives;
        self.named += named;
        if self.alternatives > MOST_ALTERNATIVES || self.named > MOST_NAMED {
            return Err(value.refuse("package.too_large", "too many patterns, or they name too many tests"));
        }
        Ok(())
    }
}

/// `secret/a` and `secret` for `secret/a/1`.
fn folders_of(name: &str) -> impl Iterator<Item = &str> {
    name.match_indices('/').map(|(at, _)| &name[..at])
}

fn outcomes(value: &Field<'_>) -> Result<Vec<Outcome>, PackageError> {
    let mut found = Vec::new();
    for word in value.words()? {
        let outcome = Outcome::parse(&word).ok_or_else(|| value.invalid("must be a list of AC, WA, TLE, RTE"))?;
        if !found.contains(&outcome) {
            found.push(outcome);
        }
    }
    if found.is_empty() {
        return Err(value.invalid("must name one of AC, WA, TLE, RTE at least"));
    }
    Ok(found)
}

fn score(value: &Field<'_>) -> Result<(f64, f64), PackageError> {
    match value.items().as_slice() {
        [only] => only.finite().map(|score| (score, score)),
        [low, high] => {
            let (low, high) = (low.finite()?, high.finite()?);
            if low > high {
                return Err(value.invalid("the lower score goes first"));
            }
            Ok((low, high))
        }
        _ => Err(value.invalid("must be a number, or two")),
    }
}
