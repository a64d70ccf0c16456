//! How the submissions of a problem are judged, apart from its tests and its checker.

use super::ProgramSource;
use super::grading::TestGroup;
use serde::{Deserialize, Serialize};

/// How the submissions of a problem are judged, apart from tests and checker. The default is a plain pass-fail problem.
/// `P` is how programs are held: [`ProgramSource`] in memory, or stored.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(default, bound(deserialize = "P: Deserialize<'de>"))]
#[expect(
    clippy::struct_excessive_bools,
    reason = "switches of the package format that do not depend on each other"
)]
pub struct Rules<P = ProgramSource> {
    /// The validator (or `interactor`) and the submission run together and talk to each other.
    pub interactive: bool,
    /// testlib's interactor; in the package format the validator is the interactor.
    pub interactor: Option<P>,
    /// Multi-pass: most passes. `None`: one pass, and a `nextpass.in` is nobody's business.
    pub passes: Option<u32>,
    /// Whether validators give points.
    pub points: Points,
    /// Scoring: the tree of test groups. `None`: pass-fail over the tests in their order.
    pub tree: Option<TestGroup>,
    /// Whether less is better.
    pub minimise: bool,
    /// Legacy format: only submissions that the root of the tree accepts have points.
    pub accepted_only: bool,
    /// The custom grader that groups of the tree may name.
    pub grader: Option<P>,
    /// Files that are laid over a submission before it is compiled. The first that fits its language is taken.
    pub includes: Vec<Include<P>>,
    /// Language ids that may be used; `None`: all.
    pub languages: Option<Vec<String>>,
    /// Whether a submission may write files in its work folder.
    pub file_writing: bool,
    /// Most bytes of source code, in KiB.
    pub code_kb: Option<u32>,
    /// CPU time of the compiler in milliseconds, if the package says.
    pub compile_time_ms: Option<u32>,
    /// Memory of the compiler in MiB, if the package says.
    pub compile_memory_mb: Option<u32>,
}

impl<P> Default for Rules<P> {
    fn default() -> Self {
        Self {
            interactive: false,
            interactor: None,
            passes: None,
            points: Points::None,
            tree: None,
            minimise: false,
            accepted_only: false,
            grader: None,
            includes: Vec::new(),
            languages: None,
            file_writing: true,
            code_kb: None,
            compile_time_ms: None,
            compile_memory_mb: None,
        }
    }
}

/// Whether and how validators give points (`score.txt`, `score_multiplier.txt`, testlib's exit code 7).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Points {
    /// They need not. In a scoring problem points that one gives all the same count (as in `DOMjudge`); with 43 they are
    /// nobody's business.
    #[default]
    None,
    /// Legacy `custom score`: `score.txt` is mandatory with 42 and forbidden with 43.
    Legacy,
    /// 2025-09 scoring: `score.txt` or `score_multiplier.txt` may be given with 42.
    Modern,
    /// testlib: exit code 7 gives as many points as standard error says (`points X`).
    Testlib,
}

/// Files laid over submissions in some languages.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Include<P = ProgramSource> {
    /// Language ids; empty: those for which there is nothing else (`include/default`).
    pub languages: Vec<String>,
    /// The files, held like a program whose language does not matter.
    pub files: P,
}

impl<P> Rules<P> {
    /// Whether validators give points.
    #[must_use]
    pub fn are_points_given(&self) -> bool {
        self.points != Points::None
    }

    /// Most points of a submission, 1 for pass-fail; `None`: unbounded.
    #[must_use]
    pub fn max_score(&self) -> Option<f64> {
        match &self.tree {
            None => Some(1.0),
            Some(_) if self.minimise => None,
            Some(tree) => tree.max_score(self.are_points_given()),
        }
    }
}

impl Rules<ProgramSource> {
    /// The program with the files of the problem laid over it. An included file that is a driver becomes the entry point.
    #[must_use]
    pub fn with_includes(&self, program: &ProgramSource) -> ProgramSource {
        let own = |include: &&Include| include.languages.contains(&program.language);
        let rest = |include: &&Include| include.languages.is_empty();
        let Some(include) = self.includes.iter().find(own).or_else(|| self.includes.iter().find(rest)) else {
            return program.clone();
        };
        let mut files = program.files.clone();
        let mut entry = program.entry.clone();
        for included in &include.files.files {
            files.retain(|file| file.name != included.name);
            if is_driver(&included.name) {
                files.insert(0, included.clone());
                entry = Some(included.name.clone());
            } else {
                files.push(included.clone());
            }
        }
        ProgramSource {
            language: program.language.clone(),
            files,
            entry,
        }
    }
}

/// Names that languages start from (package format, 8).
fn is_driver(name: &str) -> bool {
    let stem = name.rsplit_once('.').map_or(name, |(stem, _)| stem);
    let extension = name.rsplit_once('.').map_or("", |(_, extension)| extension);
    let is_header = ["h", "hpp", "hh"].contains(&extension);
    !is_header && ["main", "Main", "MainKt", "__main__"].contains(&stem)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::judging::SourceFile;
    use bytes::Bytes;

    fn program(language: &str, names: &[&str]) -> ProgramSource {
        let files = names.iter().map(|name| SourceFile {
            name: (*name).to_owned(),
            content: Bytes::new(),
        });
        ProgramSource {
            entry: None,
            language: language.to_owned(),
            files: files.collect(),
        }
    }

    fn names(program: &ProgramSource) -> Vec<&str> {
        program.files.iter().map(|file| file.name.as_str()).collect()
    }

    #[test]
    fn includes_go_over_the_submission_and_drivers_go_first() {
        let rules = Rules {
            includes: vec![
                Include {
                    languages: vec![],
                    files: program("", &["other.txt"]),
                },
                Include {
                    languages: vec!["cpp".into()],
                    files: program("", &["main.cpp", "lib.h"]),
                },
            ],
            ..Rules::default()
        };
        assert_eq!(
            names(&rules.with_includes(&program("cpp", &["a.cpp", "lib.h"]))),
            ["main.cpp", "a.cpp", "lib.h"]
        );
        assert_eq!(names(&rules.with_includes(&program("python", &["a.py"]))), ["a.py", "other.txt"]);
        assert_eq!(names(&Rules::default().with_includes(&program("c", &["a.c"]))), ["a.c"]);
    }

    #[test]
    fn rules_of_earlier_versions_are_read() {
        let rules: Rules<crate::problems::StoredProgram> = serde_json::from_str("{}").expect("defaults");
        assert_eq!(rules, Rules::default());
    }
}
