//! Every hostile program in every tier of this machine. A process of its own, whose memory and descriptors are its own.

use codesm_sandbox::{HelperCommand, HostileEvent, HostileOptions, SandboxSettings, run_hostile};
use std::path::PathBuf;

/// Without groups at least: fails, never skips, where programs cannot be confined, or where a language is missing.
#[tokio::test]
async fn every_hostile_program_gets_its_verdict_and_leaves_nothing_in_every_tier() {
    let folder = tempfile::tempdir().unwrap();
    let helper = HelperCommand {
        program: PathBuf::from(env!("CARGO_BIN_EXE_sandboxd-test-helper")),
        args: Vec::new(),
    };
    let options = HostileOptions {
        settings: SandboxSettings {
            helper,
            lock_dir: Some(std::env::temp_dir().join("codesm-sandbox-test-locks")),
            // A range of its own, so that what is left is recognised.
            user_base: 2_200_000_000 + (std::process::id() % 10_000) * 2048,
            ..SandboxSettings::new(folder.path())
        },
        tier: std::env::var("CODESM_TEST_TIER")
            .ok()
            .and_then(|tier| codesm_sandbox::Tier::parse(tier.chars().next()?)),
        filter: std::env::var("CODESM_TEST_HOSTILE").ok(),
    };
    let mut wrong = Vec::new();
    let summary = run_hostile(&options, |event| match event {
        HostileEvent::Tier(tier) => println!("{}", tier.for_people()),
        HostileEvent::Program(report) => {
            println!("{}", report.for_people());
            if !report.ok || report.skipped.is_some() {
                wrong.push(report.for_people());
            }
        }
    })
    .await
    .unwrap();
    println!("{summary:?}");
    assert!(wrong.is_empty() && summary.is_ok(), "{}\n{summary:?}", wrong.join("\n"));
    assert!(options.tier.is_some() || summary.tiers.contains(&'C'), "{summary:?}");
    let left: Vec<_> = std::fs::read_dir(folder.path()).unwrap().collect();
    assert!(left.is_empty(), "files are left: {left:?}");
}
