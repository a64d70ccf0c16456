//! What came of it, for machines (JSON) and for people.

use crate::settings::Tier;
use codesm_core::judging::Verdict;
use serde::Serialize;

/// One thing that is told.
#[derive(Clone, Debug, Serialize)]
#[serde(tag = "event", rename_all = "snake_case")]
pub enum HostileEvent {
    /// Whether a tier is possible here.
    Tier(TierReport),
    /// A program was tried, or skipped.
    Program(HostileReport),
}

/// Whether a tier is possible here.
#[derive(Clone, Debug, Serialize)]
pub struct TierReport {
    /// Its letter.
    pub tier: char,
    /// Whether programs can be confined in this way here.
    pub available: bool,
    /// How they are, or why not.
    pub detail: String,
}

/// What came of one program in one tier.
#[derive(Clone, Debug, Serialize)]
pub struct HostileReport {
    /// Name in `tests/hostile`.
    pub name: String,
    /// Language id.
    pub language: String,
    /// Letter of the tier.
    pub tier: char,
    /// What the judge said; `None` if the program was skipped.
    pub verdict: Option<Verdict>,
    /// The one verdict that is right here.
    pub expected: Verdict,
    /// Whether the verdict is right and nothing was left; also true if the program was skipped.
    pub ok: bool,
    /// Why it was not tried: its language is not installed.
    pub skipped: Option<String>,
    /// What was left behind, or disturbed; empty if all is as before.
    pub violations: Vec<String>,
    /// Wall time of judging it, compiling included.
    pub seconds: f64,
    /// Milliseconds of a program that does nothing wrong, afterwards, on the same slot.
    pub control_ms: f64,
    /// The same on another slot, if there is one.
    pub control_elsewhere_ms: Option<f64>,
    /// What the program and the judge said; only if the verdict is wrong.
    pub detail: Option<String>,
}

/// All of it.
#[derive(Clone, Debug, Default, Serialize)]
pub struct HostileSummary {
    /// Letters of the tiers tried.
    pub tiers: Vec<char>,
    /// Programs tried, once per tier.
    pub tried: usize,
    /// Of these: with a wrong verdict.
    pub wrong: usize,
    /// Of these: that left or disturbed something.
    pub violated: usize,
    /// Programs whose language is not installed.
    pub skipped: usize,
    /// What was still there after a tier's sandbox had ended.
    pub left_behind: Vec<String>,
    /// Wall time.
    pub seconds: f64,
}

impl HostileSummary {
    /// Whether everything was as it should be.
    #[must_use]
    pub const fn is_ok(&self) -> bool {
        self.wrong == 0 && self.violated == 0 && self.left_behind.is_empty() && self.tried > 0
    }

    pub(super) fn add(&mut self, report: &HostileReport) {
        let Some(verdict) = report.verdict else {
            self.skipped += 1;
            return;
        };
        self.tried += 1;
        self.wrong += usize::from(verdict != report.expected);
        self.violated += usize::from(!report.violations.is_empty());
    }
}

impl TierReport {
    pub(super) fn there(tier: Tier, detail: String) -> Self {
        Self {
            tier: tier.letter(),
            available: true,
            detail,
        }
    }

    pub(super) fn missing(tier: Tier, detail: String) -> Self {
        Self {
            tier: tier.letter(),
            available: false,
            detail,
        }
    }

    /// A line for people.
    #[must_use]
    pub fn for_people(&self) -> String {
        let mark = if self.available { "" } else { "not possible here: " };
        format!("tier {}: {mark}{}", self.tier, self.detail)
    }
}

impl HostileReport {
    /// A line for people, and more where something is wrong.
    #[must_use]
    pub fn for_people(&self) -> String {
        let Self { tier, name, expected, .. } = self;
        let Some(verdict) = self.verdict else {
            let reason = self.skipped.as_deref().unwrap_or_default();
            return format!("skip  {tier}  {name:26} {reason}");
        };
        let mark = if self.ok { "ok  " } else { "FAIL" };
        let verdict_text = verdict.as_str();
        let expected_text = if verdict == *expected {
            String::new()
        } else {
            format!(", not {}", expected.as_str())
        };
        let elsewhere = self.control_elsewhere_ms.map(|ms| format!("/{ms:.0}")).unwrap_or_default();
        let invariants = if self.violations.is_empty() { "kept" } else { "VIOLATED" };
        let mut line = format!(
            "{mark}  {tier}  {name:26} {verdict_text:16} {:6.2} s  control {:3.0}{elsewhere} ms  invariants {invariants}{expected_text}",
            self.seconds, self.control_ms
        );
        for violation in &self.violations {
            line.push_str("\n         ");
            line.push_str(violation);
        }
        for said in self.detail.iter().flat_map(|detail| detail.lines()).take(20) {
            line.push_str("\n         ");
            line.push_str(&said.chars().take(300).collect::<String>());
        }
        line
    }
}
