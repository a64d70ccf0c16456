//! `CODESM_SANDBOX_…`.

use super::environment::{Environment, WrongKeys};
use super::parse::{boolean, number, parse_or};
use serde::Deserialize;
use std::path::PathBuf;

/// Settings of the sandbox.
#[derive(Clone, Debug)]
pub struct SandboxSection {
    /// Programs at once; one per core if absent.
    pub slots: Option<usize>,
    /// `A`, `B`, `C` or `D`; the best there is if absent.
    pub tier: Option<char>,
    /// Judge below tier C.
    pub allow_reduced: bool,
    /// A language table instead of the built-in one.
    pub languages: Option<PathBuf>,
    /// Prepare in the background what makes compilations faster.
    pub prepare: bool,
}

#[derive(Default, Deserialize)]
struct Raw {
    slots: Option<String>,
    tier: Option<String>,
    allow_reduced: Option<String>,
    languages: Option<PathBuf>,
    prepare: Option<String>,
}

impl SandboxSection {
    pub(super) fn read(environment: &Environment, wrong: &mut WrongKeys) -> Self {
        let raw: Raw = environment.section("CODESM_SANDBOX_", wrong);
        let slots = number(1, 1024);
        let slots = parse_or("CODESM_SANDBOX_SLOTS", raw.slots.as_deref(), None, wrong, |text| {
            slots(text).map(Some)
        });
        let tier = parse_or("CODESM_SANDBOX_TIER", raw.tier.as_deref(), None, wrong, |text| {
            match text.to_ascii_uppercase().as_str() {
                "AUTO" => Ok(None),
                "A" | "B" | "C" | "D" => Ok(text.to_ascii_uppercase().chars().next()),
                _ => Err("must be `A`, `B`, `C`, `D` or `auto`".to_owned()),
            }
        });
        let allow_reduced = parse_or("CODESM_SANDBOX_ALLOW_REDUCED", raw.allow_reduced.as_deref(), false, wrong, boolean);
        let prepare = parse_or("CODESM_SANDBOX_PREPARE", raw.prepare.as_deref(), true, wrong, boolean);
        Self {
            slots,
            tier,
            allow_reduced,
            languages: raw.languages,
            prepare,
        }
    }
}
