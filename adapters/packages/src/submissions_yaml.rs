//! `submissions/submissions.yaml`: constraints on jury submissions.

use crate::field::Field;
use crate::glob;
use crate::labels::{Constraint, Outcome};
use crate::warnings::Warnings;
use codesm_core::problems::PackageError;

/// Keys of a rule that have no effect here.
const WITHOUT_EFFECT: [&str; 3] = ["authors", "model_solution", "use_for_time_limit"];

/// Rules in the file's order.
#[derive(Debug, Default)]
pub(crate) struct Rules {
    rules: Vec<Rule>,
}

#[derive(Debug, Default)]
struct Rule {
    pattern: String,
    permitted: Option<Vec<Outcome>>,
    required: Option<Vec<Outcome>>,
    language: Option<String>,
    entry_point: Option<String>,
}

/// What the rules say about one submission.
#[derive(Debug, Default)]
pub(crate) struct Said {
    /// The constraint, if the folder or a rule gives one.
    pub(crate) constraint: Option<Constraint>,
    /// Code of the language.
    pub(crate) language: Option<String>,
    /// File the program starts with.
    pub(crate) entry_point: Option<String>,
}

impl Rules {
    /// Reads the file.
    ///
    /// # Errors
    /// `package.invalid_value`.
    pub(crate) fn read(root: &Field<'_>, warnings: &mut Warnings) -> Result<Self, PackageError> {
        let mut rules = Vec::new();
        for (pattern, value) in root.entries()? {
            let mut rule = Rule {
                pattern: pattern.to_owned(),
                ..Rule::default()
            };
            for (key, value) in value.entries()? {
                match key {
                    "permitted" => rule.permitted = Some(outcomes(&value)?),
                    "required" => rule.required = Some(outcomes(&value)?),
                    "language" => rule.language = Some(value.text()?.to_owned()),
                    "entrypoint" => rule.entry_point = Some(value.text()?.to_owned()),
                    key if WITHOUT_EFFECT.contains(&key) => {}
                    _ if value.is_map() => {
                        warnings.about_key(value.file, &value.key, "ignored: constraints on single tests are not checked");
                    }
                    _ => warnings.about_key(value.file, &value.key, "ignored"),
                }
            }
            rules.push(rule);
        }
        Ok(Self { rules })
    }

    /// What is said about the submission at a path such as `accepted/fast.cpp`, whose folder asserts `usual`.
    ///
    /// A rule with the folder's own name replaces what the folder asserts, key by key; all others add to it.
    pub(crate) fn about(&self, path: &str, usual: Option<Constraint>) -> Said {
        let folder = path.split('/').next().unwrap_or(path);
        let mut said = Said {
            constraint: usual,
            ..Said::default()
        };
        let (replacing, adding): (Vec<_>, Vec<_>) = self
            .rules
            .iter()
            .filter(|rule| glob::matches(&rule.pattern, path))
            .partition(|rule| rule.pattern == folder);
        for (rule, replaces) in replacing
            .into_iter()
            .map(|rule| (rule, true))
            .chain(adding.into_iter().map(|rule| (rule, false)))
        {
            if rule.permitted.is_some() || rule.required.is_some() {
                let constraint = said.constraint.get_or_insert_with(Constraint::none);
                constrain(&mut constraint.permitted, rule.permitted.as_deref(), replaces);
                constrain(&mut constraint.required, rule.required.as_deref(), replaces);
            }
            said.language = rule.language.clone().or(said.language);
            said.entry_point = rule.entry_point.clone().or(said.entry_point);
        }
        said
    }
}

fn constrain(outcomes: &mut Vec<Outcome>, by: Option<&[Outcome]>, replaces: bool) {
    let Some(by) = by else {
        return;
    };
    if replaces {
        *outcomes = by.to_vec();
    } else {
        outcomes.retain(|outcome| by.contains(outcome));
    }
}

fn outcomes(value: &Field<'_>) -> Result<Vec<Outcome>, PackageError> {
    let mut found = Vec::new();
    for word in value.words()? {
        let outcome = Outcome::parse(&word).ok_or_else(|| value.invalid("must be a list of AC, WA, TLE, RTE"))?;
        if !found.contains(&outcome) {
            found.push(outcome);
        }
    }
    Ok(found)
}
