//! Words laid wherever hidden tests, answers, checkers and other people's programs are. A submission that looks for them in
//! everything it can read must find none but that of its own input.
//!
//! While it looks (or is compiled, and looks then) another submission is judged on the other slot again and again.

use super::lent::OneSlot;
use super::table::HostileProgram;
use super::tier::Trials;
use super::trial::{self, Judged};
use crate::faults::OrFault;
use codesm_core::judging::engine::{JudgePlan, PlannedTest};
use codesm_core::judging::{CheckerKind, Input, ProgramSource, SandboxError, SourceFile, ValidatorConvention, Verdict};
use codesm_core::kernel::LocalFile;
use sha2::{Digest, Sha256};
use std::fs;
use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, SystemTime};

/// The checker of both problems: accepts `safe`, tells the author (and leaves behind) what was said else.
const CHECKER: &str = r#"// WORD
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
int main(int count, char **arguments) {
    static const char word[] = "WORD";
    char said[65536], path[4096];
    size_t length = fread(said, 1, sizeof said - 1, stdin);
    said[length] = 0;
    if (count < 4) return 1;
    snprintf(path, sizeof path, "%s/judgemessage.txt", arguments[3]);
    FILE *message = fopen(path, "w");
    fprintf(message, "%s said %s", word, said);
    fclose(message);
    snprintf(path, sizeof path, "%s/kept", getenv("TMPDIR"));
    FILE *kept = fopen(path, "w");
    fprintf(kept, "%s", word);
    fclose(kept);
    return strcmp(said, "safe\n") ? 43 : 42;
}
"#;
/// The other submission: stays for a moment, with what it read.
const OTHER: &str = r#"// WORD
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
int main(void) {
    static char word[65536] = "WORD", path[4096];
    size_t length = fread(word + 100, 1, sizeof word - 101, stdin);
    snprintf(path, sizeof path, "%s/kept", getenv("TMPDIR"));
    FILE *kept = fopen(path, "w");
    fprintf(kept, "%s%.*s", word, (int)length, word + 100);
    fclose(kept);
    kept = fopen("/dev/shm/kept", "w");
    if (kept) { // With reduced isolation there is no such folder.
        fprintf(kept, "%s", word);
        fclose(kept);
    }
    usleep(50000);
    puts("safe");
}
"#;
/// An input that is shown as a file, by a path that says what it is.
const LARGE_BYTES: usize = 5 * 1024 * 1024;
const TIMES_LIMIT: Duration = Duration::from_mins(1);

static NUMBER: AtomicU64 = AtomicU64::new(0);

/// A word that nobody can guess, and that says where it was laid.
fn word(place: &str) -> String {
    let now = SystemTime::now().duration_since(SystemTime::UNIX_EPOCH).unwrap_or_default();
    let seed = format!(
        "{} {} {}",
        now.as_nanos(),
        std::process::id(),
        NUMBER.fetch_add(1, Ordering::Relaxed)
    );
    format!("canary:{place}:{}", hex::encode(&Sha256::digest(seed)[..8]))
}

fn in_c(text: &str, place: &str) -> ProgramSource {
    ProgramSource {
        entry: None,
        language: "c".to_owned(),
        files: vec![SourceFile {
            name: "main.c".to_owned(),
            content: text.replace("WORD", &word(place)).into(),
        }],
    }
}

/// Another submission of the same problem.
pub(super) struct Neighbour<'a> {
    trials: &'a Trials,
    checker: ProgramSource,
    plan: JudgePlan,
    /// Folder of test data, whose path is a canary too.
    folder: PathBuf,
}

impl<'a> Neighbour<'a> {
    pub(super) fn new(trials: &'a Trials) -> Result<Self, SandboxError> {
        let folder = trials.folder.path().join(word("path"));
        fs::create_dir_all(&folder).or_fault("sandbox.no_data_folder", "prepare test data")?;
        let checker = in_c(CHECKER, "checker");
        let mut neighbour = Self {
            trials,
            plan: trial::plan_for(&in_c(OTHER, "neighbour-source"), trials, 0),
            checker,
            folder,
        };
        neighbour.plan.args = vec![word("neighbour-argument")];
        neighbour.plan = neighbour.problem(neighbour.plan.clone(), "neighbour")?;
        Ok(neighbour)
    }

    /// Tests and a checker full of words.
    fn problem(&self, mut plan: JudgePlan, whose: &str) -> Result<JudgePlan, SandboxError> {
        let small = word(&format!("{whose}-input"));
        let large = word(&format!("{whose}-input"));
        let path = self.folder.join(word(&format!("{whose}-path")));
        let mut text = large.into_bytes();
        text.push(b'\n');
        text.resize(LARGE_BYTES, b'x');
        fs::write(&path, &text).or_fault("sandbox.no_data_folder", "write an input")?;
        let file = Input::File(LocalFile {
            path,
            size: text.len() as u64,
            guard: None,
        });
        let answer = || Some(Input::Bytes(word(&format!("{whose}-answer")).into()));
        let inputs = [Input::Bytes(format!("{small}\n").into()), file];
        plan.tests = inputs
            .into_iter()
            .zip(1..)
            .map(|(input, index)| PlannedTest::new(index, word(&format!("{whose}-name")), true, input, answer()))
            .collect();
        plan.checker.kind = CheckerKind::Custom {
            program: self.checker.clone(),
            more: Vec::new(),
            convention: ValidatorConvention::Kattis,
        };
        Ok(plan)
    }

    /// Judges the program that looks for words, while this one is judged elsewhere.
    pub(super) async fn judge_beside(&self, slot: Arc<OneSlot>, program: &HostileProgram) -> Result<Judged, SandboxError> {
        let mut plan = self.problem(trial::plan_of(program, self.trials), "own")?;
        if program.planted {
            plan.args = vec![word("planted")];
        }
        // What the neighbour leaves on this very slot must be gone, too.
        let before = trial::judge(Arc::clone(&slot), &self.plan).await?;
        if before.verdict != Verdict::Accepted {
            return Ok(Judged {
                verdict: super::tier::FAULT,
                detail: format!("the other submission is not accepted: {:?}", before.tests),
            });
        }
        let Some(other) = self.trials.slots.get(1) else {
            return self.conclude(trial::judged(slot, &plan).await);
        };
        let other = self.trials.one_slot(other, TIMES_LIMIT);
        let beside = async {
            loop {
                // Whether it is accepted was seen above; here it is only to be there.
                let _ = trial::judge(Arc::clone(&other), &self.plan).await;
            }
        };
        let judged = tokio::select! {
            judged = trial::judged(slot, &plan) => judged,
            () = beside => Ok(Judged { verdict: super::tier::FAULT, detail: String::new() }),
        };
        self.conclude(judged)
    }

    /// Takes the test data away again.
    fn conclude(&self, judged: Result<Judged, SandboxError>) -> Result<Judged, SandboxError> {
        fs::remove_dir_all(&self.folder).or_fault("sandbox.no_data_folder", "remove test data")?;
        judged
    }
}
