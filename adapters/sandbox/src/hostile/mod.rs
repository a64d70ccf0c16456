//! The hostile programs of `tests/hostile`, as part of the binary: what CI proves of this code, an operator can prove of a
//! machine (`codesm sandbox-test`).
//!
//! Each program is judged as a submission, a checker or an interactor of a problem, by the judging engine. Its verdict must
//! be the one that the table names for the tier. Afterwards nothing of it may be left, seen from outside, and a program that
//! does nothing wrong must be accepted on the same slot and on another one.

mod canary;
mod lent;
mod outside;
mod report;
mod table;
mod tier;
mod trial;

pub use report::{HostileEvent, HostileReport, HostileSummary, TierReport};

use crate::settings::{SandboxSettings, Tier};
use codesm_core::judging::SandboxError;
use std::time::Instant;

/// Tiers in the order in which they are tried.
const TIERS: [Tier; 4] = [Tier::A, Tier::B, Tier::C, Tier::D];

/// What is to be tried.
#[derive(Clone, Debug)]
pub struct HostileOptions {
    /// How the sandbox is started; its tier, number of slots and data folder are chosen here.
    pub settings: SandboxSettings,
    /// Only this tier; `None`: every tier that this machine has, but reduced isolation (D).
    pub tier: Option<Tier>,
    /// Only programs whose name holds this.
    pub filter: Option<String>,
    /// Not the programs that fare the same whoever runs them and where: for who tried those elsewhere.
    pub skip_same: bool,
}

/// Judges every hostile program in every tier of this machine. `tell` hears of each result at once.
///
/// # Errors
/// [`SandboxError::Unavailable`] if no tier (or not the wanted one) is possible here, or if nothing fits the filter;
/// [`SandboxError::Fault`] if the machine cannot be prepared.
pub async fn run_hostile(options: &HostileOptions, mut tell: impl FnMut(&HostileEvent)) -> Result<HostileSummary, SandboxError> {
    let began = Instant::now();
    let mut programs = table::programs().map_err(SandboxError::Unavailable)?;
    programs.retain(|program| !(options.skip_same && program.same));
    if let Some(filter) = &options.filter {
        programs.retain(|program| program.name().contains(filter.as_str()));
    }
    if programs.is_empty() {
        return Err(SandboxError::Unavailable("no hostile program has that name".to_owned()));
    }
    let mut summary = HostileSummary::default();
    // Reduced isolation is tried only by name: nobody has it without having asked for it.
    let is_wanted = |tier: &Tier| options.tier.map_or(*tier != Tier::D, |wanted| wanted == *tier);
    for tier in TIERS.into_iter().filter(is_wanted) {
        match tier::Trials::start(&options.settings, tier).await {
            Ok(trials) => {
                let there = TierReport::there(tier, trials.description());
                summary.tiers.push(tier.letter());
                tell(&HostileEvent::Tier(there));
                for program in &programs {
                    let report = trials.one(program).await?;
                    summary.add(&report);
                    tell(&HostileEvent::Program(report));
                }
                trials.end().await.into_iter().for_each(|left| summary.left_behind.push(left));
            }
            Err(SandboxError::Unavailable(reason)) => tell(&HostileEvent::Tier(TierReport::missing(tier, reason))),
            Err(error) => return Err(error),
        }
    }
    if summary.tiers.is_empty() {
        return Err(SandboxError::Unavailable(
            "none of the tiers is possible on this machine".to_owned(),
        ));
    }
    summary.seconds = began.elapsed().as_secs_f64();
    Ok(summary)
}
