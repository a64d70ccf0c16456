//! Every program of `tests/hostile`: its verdict, and that the next one finds a slot as good as new.

use crate::support::{Box, open_with, text, usual};
use codesm_core::judging::{
    CompileOutcome, CompileReport, Exit, Language, LanguageCatalogue as _, LimitHit, ProgramHandle, ProgramRole, RunReport, Sandbox as _,
};
use codesm_sandbox::Tier;
use serde::Deserialize;
use std::path::{Path, PathBuf};
use std::time::Duration;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Table {
    program: Vec<Program>,
}

/// A line of `verdicts.toml`.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Program {
    file: String,
    verdict: Vec<String>,
    /// Short where waiting is what the program does.
    #[serde(default = "long_wall")]
    wall_seconds: u64,
    /// Where there are no cgroups, if it differs.
    tier_c: Option<Vec<String>>,
}

const fn long_wall() -> u64 {
    15
}

impl Program {
    fn language(&self) -> &'static str {
        match self.file.rsplit_once('.').unwrap().1 {
            "c" => "c",
            "cpp" => "cpp",
            "py" => "python",
            "js" => "javascript",
            "java" => "java",
            "rs" => "rust",
            "go" => "go",
            other => panic!("no language has the extension {other}"),
        }
    }

    fn expected(&self, tier: Tier) -> &[String] {
        let other = if tier == Tier::C { self.tier_c.as_deref() } else { None };
        other.unwrap_or(&self.verdict)
    }
}

fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../../tests/hostile")
}

fn table() -> Vec<Program> {
    let text = std::fs::read_to_string(folder().join("verdicts.toml")).unwrap();
    toml::from_str::<Table>(&text).unwrap().program
}

/// As the judge would name it for a test whose answer is `safe`.
fn verdict(report: &RunReport) -> &'static str {
    match (report.limit, report.exit) {
        (Some(LimitHit::Cpu), _) => "time_limit",
        (Some(LimitHit::Wall), _) => "wall_time_limit",
        (Some(LimitHit::Memory), _) => "memory_limit",
        (Some(LimitHit::Output), _) => "output_limit",
        (Some(LimitHit::Processes), _) => "process_limit",
        (None, Exit::Code(0)) if text(&report.stdout) == "safe\n" => "accepted",
        (None, Exit::Code(0)) => "wrong_answer",
        (None, _) => "runtime_error",
    }
}

/// A program that does nothing wrong must be accepted in its normal time.
async fn slot_is_good(sandbox: &Box, control: &ProgramHandle, after: &str) {
    assert_eq!(sandbox.processes(), Vec::<u32>::new(), "{after}");
    let report = sandbox.run(usual(control)).await;
    assert_eq!(verdict(&report), "accepted", "after {after}: {report:?}");
    assert!(report.wall < Duration::from_millis(500), "after {after}: {report:?}");
    assert!(report.memory_bytes < 16 << 20, "after {after}: {report:?}");
}

async fn judged(sandbox: &Box, program: &Program) -> (String, String) {
    let source = std::fs::read(folder().join(&program.file)).unwrap();
    let source = String::from_utf8(source).unwrap();
    let CompileReport { outcome, output, .. } = sandbox
        .compile_files(program.language(), &[("", &source)], ProgramRole::Submission)
        .await;
    assert!(output.len() <= 64 * 1024, "{}", program.file);
    match outcome {
        CompileOutcome::Error => ("compile_error".to_owned(), output),
        CompileOutcome::Limit(limit) => ("compile_limit".to_owned(), format!("{limit:?}: {output}")),
        CompileOutcome::Compiled(handle) => {
            let mut request = usual(&handle);
            let wall = Duration::from_secs(program.wall_seconds);
            request.limits.wall = wall;
            let mut slot = sandbox.sandbox.slot().await.unwrap();
            let report = match slot.run(request).await {
                Ok(report) => report,
                Err(error) => return ("internal_error".to_owned(), error.to_string()),
            };
            assert!(report.wall < wall + Duration::from_secs(1), "{}: {report:?}", program.file);
            (verdict(&report).to_owned(), format!("{report:?}"))
        }
    }
}

async fn each_gets_its_verdict(tier: Option<Tier>) {
    let sandbox = open_with(|settings| settings.tier = tier);
    let tier = sandbox.sandbox.tier();
    let control = sandbox
        .program("c", "#include <stdio.h>\nint main(){return puts(\"safe\") < 0;}")
        .await;
    slot_is_good(&sandbox, &control, "nothing").await;
    let before = sandbox.helpers();
    let mut wrong = Vec::new();
    for program in table() {
        let is_offered = |language: &Language| language.id == program.language() && language.available;
        if !sandbox.sandbox.languages().iter().any(is_offered) {
            println!("{:24} its language is not installed", program.file);
            continue;
        }
        let began = std::time::Instant::now();
        let (verdict, why) = judged(&sandbox, &program).await;
        println!("{:?} {:24} {verdict:16} {:?}", tier, program.file, began.elapsed());
        if !program.expected(tier).contains(&verdict) {
            wrong.push(format!("{}: {verdict}, not {:?}: {why}", program.file, program.expected(tier)));
        }
        slot_is_good(&sandbox, &control, &program.file).await;
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    // The same processes as before, with the same open files and no more memory than a few pages.
    let after = sandbox.helpers();
    assert_eq!(before.len(), after.len());
    for (before, after) in before.iter().zip(&after) {
        assert_eq!((before.pid, before.descriptors), (after.pid, after.descriptors));
        assert!(after.resident_kib < before.resident_kib + 2048, "{before:?} {after:?}");
    }
    sandbox.close().await;
}

#[tokio::test]
async fn every_hostile_program_gets_its_verdict_and_leaves_a_good_slot() {
    each_gets_its_verdict(None).await;
}

#[tokio::test]
async fn every_hostile_program_gets_its_verdict_without_cgroups_too() {
    each_gets_its_verdict(Some(Tier::C)).await;
}

/// Memory of a dead run is freed in the kernel's own time; the next run must neither get it nor pay for it.
#[tokio::test]
async fn a_run_gets_no_more_memory_after_one_that_left_much_behind() {
    let sandbox = open_with(|_| {});
    let touch = |mebibytes: u32| {
        format!(
            "#include <stdlib.h>\n#include <string.h>\n#include <stdio.h>\n\
            int main(){{char*volatile p=malloc({mebibytes}u<<20);memset(p,1,{mebibytes}u<<20);return puts(\"safe\")<p[7]-1;}}"
        )
    };
    let (fits, does_not) = (touch(250), touch(262));
    let (fits, does_not) = (sandbox.program("c", &fits).await, sandbox.program("c", &does_not).await);
    for file in ["inodes.py", "disk.py", "many_files.py", "memory.c"] {
        for (program, expected) in [(&fits, "accepted"), (&does_not, "memory_limit")] {
            let hostile = table().into_iter().find(|program| program.file == file).unwrap();
            judged(&sandbox, &hostile).await;
            let report = sandbox.run(usual(program)).await;
            assert_eq!(verdict(&report), expected, "after {file}: {report:?}");
        }
    }
    sandbox.close().await;
}

#[test]
fn every_file_of_the_folder_is_in_the_table() {
    let mut listed: Vec<String> = table().into_iter().map(|program| program.file).collect();
    listed.push("verdicts.toml".to_owned());
    listed.sort();
    let entries = std::fs::read_dir(folder()).unwrap();
    let mut found: Vec<String> = entries.map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect();
    found.sort();
    assert_eq!(listed, found);
}
