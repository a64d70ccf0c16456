//! The hostile programs and what is expected of each: `tests/hostile`, as it was when this was built.

use crate::settings::Tier;
use codesm_core::judging::{ProgramSource, SourceFile, Verdict};
use serde::Deserialize;

/// Every file of `tests/hostile`: its path there and its bytes.
const FILES: &[(&str, &[u8])] = include!(concat!(env!("OUT_DIR"), "/hostile_files.rs"));
const TABLE: &str = "verdicts.toml";

/// A language whose compiler runs the source: so that it is code that is hostile while compiling. Beside the usual ones.
pub(super) const COMPILER_LANGUAGE: &str = "hostile-compiler";
pub(super) const COMPILER_ENTRY: &str = r#"
[[language]]
id = "hostile-compiler"
name = "Programs that are run by their compiler"
file_name = "main.py"
extensions = []
source_extensions = ["py"]
program = "python3"
sysroot = ["{program}", "-I", "-c", "import sys; print(sys.base_prefix)"]
version = ["{program}", "--version"]
compile = ["{program}", "-E", "-s", "-B", "main.py"]
run = ["/program/program"]
artefact = "program"
processes = 64
compile_seconds = 10
internal = true
"#;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Table {
    program: Vec<HostileProgram>,
}

/// What the hostile program is in the problem it is tried in.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(super) enum Role {
    /// A solver's program. With `against`: in an interactive problem whose interactor is that.
    #[default]
    Submission,
    /// The problem's own checker. The submission is `against`, or one that does nothing wrong.
    Checker,
    /// The problem's own interactor, in the same way.
    Interactor,
}

/// One line of `verdicts.toml`, which explains the keys.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct HostileProgram {
    /// A file, or a folder with several.
    pub(super) file: String,
    verdict: String,
    tier_a: Option<String>,
    tier_b: Option<String>,
    tier_c: Option<String>,
    tier_d: Option<String>,
    language: Option<String>,
    #[serde(default)]
    pub(super) role: Role,
    pub(super) against: Option<String>,
    #[serde(default = "default_wall_seconds")]
    pub(super) wall_seconds: u64,
    #[serde(default = "default_cpu_ms")]
    pub(super) cpu_ms: u32,
    #[serde(default = "default_output_mb")]
    pub(super) output_mb: u32,
    pub(super) compile_seconds: Option<u32>,
    /// How often it is run, on the same slot.
    #[serde(default = "default_runs")]
    pub(super) runs: u32,
    /// Whether nothing in it depends on who runs it and where.
    #[serde(default)]
    pub(super) same: bool,
    /// Whether there is something to be found by who looks for hidden tests.
    #[serde(default)]
    pub(super) canaries: bool,
    /// Whether one of the words is put where the program must find it: who finds nothing must have looked.
    #[serde(default)]
    pub(super) planted: bool,
}

const fn default_wall_seconds() -> u64 {
    15
}

const fn default_cpu_ms() -> u32 {
    1000
}

const fn default_output_mb() -> u32 {
    1
}

const fn default_runs() -> u32 {
    1
}

impl HostileProgram {
    /// The one verdict that is right in a tier; `None` if the table says no verdict at all.
    pub(super) fn expected(&self, tier: Tier) -> Option<Verdict> {
        let own = match tier {
            Tier::A => &self.tier_a,
            Tier::B => &self.tier_b,
            Tier::C => &self.tier_c,
            Tier::D => &self.tier_d,
        };
        Verdict::parse(own.as_ref().unwrap_or(&self.verdict))
    }

    /// Its file, and what tells it from others of that file.
    pub(super) fn name(&self) -> String {
        match &self.language {
            _ if self.planted => format!("{} (planted)", self.file),
            Some(language) if self.file.contains('.') => format!("{} ({language})", self.file),
            _ => self.file.clone(),
        }
    }

    /// Language id.
    pub(super) fn language(&self) -> String {
        self.language.clone().unwrap_or_else(|| language_of(&self.file).to_owned())
    }

    /// Its sources.
    pub(super) fn source(&self) -> ProgramSource {
        ProgramSource {
            entry: None,
            language: self.language(),
            files: files_of(&self.file, &self.language()),
        }
    }

    /// The other program, if it takes two.
    pub(super) fn other(&self) -> Option<ProgramSource> {
        self.against.as_ref().map(|file| ProgramSource {
            entry: None,
            language: language_of(file).to_owned(),
            files: files_of(file, language_of(file)),
        })
    }
}

fn language_of(file: &str) -> &'static str {
    match file.rsplit_once('.').map(|(_, ending)| ending) {
        Some("c") => "c",
        Some("cpp") => "cpp",
        Some("py") => "python",
        Some("js") => "javascript",
        Some("java") => "java",
        Some("rs") => "rust",
        Some("go") => "go",
        Some("pl") => "perl",
        Some("hs") => "haskell",
        _ => "unknown",
    }
}

/// A file under the usual name of its language, or a folder's files under their own.
fn files_of(name: &str, language: &str) -> Vec<SourceFile> {
    if let Some((_, content)) = FILES.iter().find(|(path, _)| *path == name) {
        let usual = match language {
            "java" => "Main.java".to_owned(),
            COMPILER_LANGUAGE => "main.py".to_owned(),
            _ => format!("main.{}", name.rsplit_once('.').map_or("", |(_, ending)| ending)),
        };
        return vec![file(usual, content)];
    }
    let prefix = format!("{name}/");
    let below = FILES
        .iter()
        .filter_map(|(path, content)| Some(file(path.strip_prefix(&prefix)?.to_owned(), content)));
    below.collect()
}

const fn file(name: String, content: &'static [u8]) -> SourceFile {
    SourceFile {
        name,
        content: bytes::Bytes::from_static(content),
    }
}

/// The table in its order.
///
/// # Errors
/// A sentence, if it is not as it should be: that is a mistake of whoever built this.
pub(super) fn programs() -> Result<Vec<HostileProgram>, String> {
    let bytes = FILES.iter().find(|(path, _)| *path == TABLE).map(|(_, content)| *content);
    let text = std::str::from_utf8(bytes.ok_or("there is no verdicts.toml")?).map_err(|error| error.to_string())?;
    let table: Table = toml::from_str(text).map_err(|error| error.to_string())?;
    Ok(table.program)
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::BTreeSet;

    const TIERS: [Tier; 4] = [Tier::A, Tier::B, Tier::C, Tier::D];

    #[test]
    fn every_program_has_one_verdict_in_every_tier_and_a_language() {
        for program in programs().unwrap() {
            for tier in TIERS {
                assert!(program.expected(tier).is_some(), "{}: {tier:?}", program.file);
            }
            assert_ne!(program.language(), "unknown", "{}", program.file);
            assert!(!program.source().files.is_empty(), "{} does not exist", program.file);
            assert!(
                program.other().is_none_or(|other| !other.files.is_empty()),
                "{:?} does not exist",
                program.against
            );
        }
    }

    #[test]
    fn every_file_is_in_the_table_and_nothing_twice() {
        let mut listed: Vec<String> = programs()
            .unwrap()
            .into_iter()
            .map(|program| format!("{:?} {} {:?}", program.role, program.name(), program.against))
            .collect();
        let lines = listed.len();
        listed.sort();
        listed.dedup();
        assert_eq!(listed.len(), lines, "a program is listed twice");
        let used: BTreeSet<String> = programs()
            .unwrap()
            .into_iter()
            .flat_map(|program| [Some(program.file), program.against])
            .flatten()
            .collect();
        let there: BTreeSet<String> = FILES
            .iter()
            .map(|(path, _)| path.split('/').next().unwrap_or_default().to_owned())
            .filter(|name| name != TABLE)
            .collect();
        assert_eq!(used, there);
    }
}
