//! A sandbox of one tier, and what is done with it: try a program, look from outside, run one that does nothing wrong.

use super::canary::Neighbour;
use super::lent::{Kept, OneSlot};
use super::outside::{Outside, Sight};
use super::report::HostileReport;
use super::table::{COMPILER_ENTRY, HostileProgram};
use super::trial::{self, Judged};
use crate::faults::{OrFault, fault};
use crate::sandbox::ProcessSandbox;
use crate::settings::{SandboxSettings, Tier};
use codesm_core::judging::{
    CheckerKind, CompileLimits, CompileOutcome, CompileRequest, Exit, Input, ProgramHandle, ProgramRole, ProgramSource, RunLimits,
    RunRequest, Sandbox as _, SandboxError, SourceFile, StdoutPlan, Verdict,
};
use std::fs;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::{Duration, Instant};
use tempfile::TempDir;
use tokio::sync::Mutex;

const BUILT_IN_LANGUAGES: &str = include_str!("../../../../config/languages.toml");
/// Hostile programs on one slot, another program beside them on the other.
const SLOTS: usize = 2;
/// Users of a sandbox: two for each of its seats.
const USERS: u32 = 2048;
/// Longest time the kernel may need to let go of what belonged to a dead process.
const PATIENCE: Duration = Duration::from_secs(2);
/// A program that does nothing wrong takes some milliseconds; much more means that something disturbs it.
const CONTROL_LIMIT: Duration = Duration::from_millis(500);
const CONTROL_MEMORY_BYTES: u64 = 16 * 1024 * 1024;
/// A program that does nothing wrong, in each language it may have to be written in.
const CONTROLS: [(&str, &str, &str); 2] = [
    ("c", "main.c", "#include <stdio.h>\nint main(void) { return puts(\"safe\") < 0; }\n"),
    ("python", "main.py", "print('safe')\n"),
];
/// Size of the input that is shown as a file.
const LARGE_INPUT_BYTES: usize = 5 * 1024 * 1024;

/// A sandbox of one tier.
pub(super) struct Trials {
    pub(super) tier: Tier,
    pub(super) sandbox: ProcessSandbox,
    pub(super) slots: Vec<Kept>,
    pub(super) control: ProgramSource,
    pub(super) folder: TempDir,
    pub(super) large_input: PathBuf,
    compiled_control: ProgramHandle,
    outside: Outside,
    before: Mutex<Option<Sight>>,
}

impl Trials {
    /// Starts a sandbox of this tier and lets it do everything once, so that only what comes later is counted.
    pub(super) async fn start(settings: &SandboxSettings, tier: Tier) -> Result<Self, SandboxError> {
        let place = &settings.data_dir;
        let made = fs::create_dir_all(place).and_then(|()| tempfile::Builder::new().prefix("hostile-").tempdir_in(place));
        let folder = made.or_fault("sandbox.no_data_folder", "prepare a data folder")?;
        let settings = prepared(settings, tier, &folder)?;
        let user_base = settings.user_base;
        let sandbox = start(settings).await?;
        let mut slots: Vec<Kept> = Vec::new();
        for _ in 0..sandbox.description().slots {
            slots.push(Arc::new(Mutex::new(sandbox.slot().await?)));
        }
        let helper = sandbox
            .helper_pid()
            .ok_or_else(|| fault("sandbox.no_helper", "the helper has ended"))?;
        let control = control(&sandbox)?;
        let large_input = folder.path().join("input-of-a-test");
        fs::write(&large_input, vec![b'x'; LARGE_INPUT_BYTES]).or_fault("sandbox.no_data_folder", "write an input")?;
        let first = slots.first().ok_or_else(|| fault("sandbox.no_slot", "there is no slot"))?;
        let compiled_control = compile(first, control.clone()).await?;
        let trials = Self {
            tier,
            outside: Outside {
                helper,
                users: user_base..user_base + USERS,
                data: folder.path().join("sandbox"),
                own_roots: tier != Tier::D,
            },
            sandbox,
            slots,
            control,
            compiled_control,
            large_input,
            folder,
            before: Mutex::new(None),
        };
        trials.warm_up().await?;
        Ok(trials)
    }

    pub(super) fn description(&self) -> String {
        self.sandbox.description().summary
    }

    /// Runs, spools, checks and talks once on every slot.
    async fn warm_up(&self) -> Result<(), SandboxError> {
        for slot in &self.slots {
            let one = self.one_slot(slot, Duration::from_secs(15));
            for interactive in [false, true] {
                let mut plan = trial::plan_for(&self.control, self, 2);
                plan.checker.kind = CheckerKind::Custom {
                    program: self.control.clone(),
                    more: Vec::new(),
                    convention: codesm_core::judging::ValidatorConvention::Kattis,
                };
                plan.rules.interactive = interactive;
                trial::judge(one.clone(), &plan).await?;
            }
            self.control_on(slot).await;
        }
        *self.before.lock().await = Some(self.outside.look());
        Ok(())
    }

    pub(super) fn one_slot(&self, slot: &Kept, wall: Duration) -> Arc<OneSlot> {
        Arc::new(OneSlot {
            slot: Arc::clone(slot),
            description: self.sandbox.description(),
            wall,
        })
    }

    /// Why one of these languages cannot be tried here.
    fn missing(&self, program: &HostileProgram) -> Option<String> {
        let other = program.other().map(|other| other.language);
        let mut needed = vec![program.language()];
        needed.extend(other);
        if program.canaries {
            needed.push("c".to_owned());
        }
        needed.into_iter().find_map(|id| match self.sandbox.shared.language(&id) {
            Ok(offered) => offered
                .toolchain
                .as_ref()
                .err()
                .map(|reason| format!("{id} is not installed: {reason}")),
            Err(error) => Some(error.to_string()),
        })
    }

    /// Tries one program.
    pub(super) async fn one(&self, program: &HostileProgram) -> Result<HostileReport, SandboxError> {
        let expected = program.expected(self.tier);
        let expected = expected.ok_or_else(|| SandboxError::Unavailable(format!("{} has no verdict that exists", program.file)))?;
        let mut report = HostileReport {
            name: program.name(),
            language: program.language(),
            tier: self.tier.letter(),
            verdict: None,
            expected,
            ok: true,
            skipped: self.missing(program),
            violations: Vec::new(),
            seconds: 0.0,
            control_ms: 0.0,
            control_elsewhere_ms: None,
            detail: None,
        };
        if report.skipped.is_some() {
            return Ok(report);
        }
        let began = Instant::now();
        let Judged { verdict, detail } = self.judge(program).await?;
        report.seconds = began.elapsed().as_secs_f64();
        report.verdict = Some(verdict);
        report.detail = (verdict != expected).then_some(detail);
        report.violations = self.left_behind().await;
        let mut times = Vec::new();
        for (slot, what) in self.slots.iter().zip(["the same slot", "another slot"]) {
            let (took, wrong) = self.control_on(slot).await;
            times.push(took.as_secs_f64() * 1000.0);
            report
                .violations
                .extend(wrong.map(|wrong| format!("a harmless program on {what}: {wrong}")));
        }
        report.control_ms = times.first().copied().unwrap_or_default();
        report.control_elsewhere_ms = times.get(1).copied();
        report.ok = verdict == expected && report.violations.is_empty();
        Ok(report)
    }

    async fn judge(&self, program: &HostileProgram) -> Result<Judged, SandboxError> {
        let Some(slot) = self.slots.first() else {
            return Err(fault("sandbox.no_slot", "there is no slot"));
        };
        let one = self.one_slot(slot, Duration::from_secs(program.wall_seconds));
        if program.canaries {
            return Neighbour::new(self)?.judge_beside(one, program).await;
        }
        trial::judged(one, &trial::plan_of(program, self)).await
    }

    /// What is there that was not there before. The kernel is given a moment; what stays is told once.
    async fn left_behind(&self) -> Vec<String> {
        let mut before = self.before.lock().await;
        let began = Instant::now();
        loop {
            let now = self.outside.look();
            let found = before.as_ref().map(|before| now.more_than(before)).unwrap_or_default();
            if found.is_empty() || began.elapsed() > PATIENCE {
                if !found.is_empty() {
                    *before = Some(now);
                }
                return found;
            }
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    }

    /// How long the harmless program took, and what was wrong with it.
    async fn control_on(&self, slot: &Kept) -> (Duration, Option<String>) {
        let limits = RunLimits {
            cpu: Duration::from_secs(1),
            wall: Duration::from_secs(3),
            memory_bytes: 256 << 20,
            output_bytes: 1 << 20,
            processes: None,
        };
        let nothing = Input::Bytes(bytes::Bytes::new());
        let request = RunRequest {
            stdout: StdoutPlan::Capture { max_bytes: 64 },
            stderr_bytes: 256,
            ..RunRequest::new(self.compiled_control.clone(), ProgramRole::Submission, nothing, limits)
        };
        let began = Instant::now();
        let report = match slot.lock().await.run(request).await {
            Ok(report) => report,
            Err(error) => return (began.elapsed(), Some(error.to_string())),
        };
        let took = began.elapsed();
        let is_fine = report.limit.is_none() && report.exit == Exit::Code(0) && report.stdout.as_ref() == b"safe\n";
        let is_usual = report.wall < CONTROL_LIMIT && report.memory_bytes < CONTROL_MEMORY_BYTES;
        let wrong = (!is_fine || !is_usual).then(|| {
            let wall = report.wall.as_millis();
            let kib = report.memory_bytes >> 10;
            format!("{:?}, {:?}, {wall} ms, {kib} KiB", report.exit, report.limit)
        });
        (took, wrong)
    }

    /// Ends the sandbox; what is still there then.
    pub(super) async fn end(self) -> Vec<String> {
        drop(self.slots);
        self.sandbox.shutdown().await;
        drop(self.sandbox);
        let began = Instant::now();
        loop {
            let left = self.outside.after_the_end();
            if left.is_empty() || began.elapsed() > PATIENCE {
                return left
                    .into_iter()
                    .map(|left| format!("tier {}: {left}", self.tier.letter()))
                    .collect();
            }
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    }
}

/// The operator's settings, changed to this tier, few slots, an empty folder, and one more language.
fn prepared(settings: &SandboxSettings, tier: Tier, folder: &TempDir) -> Result<SandboxSettings, SandboxError> {
    let table = match &settings.languages_override {
        Some(path) => fs::read_to_string(path).or_fault("sandbox.no_languages", "read the language table")?,
        None => BUILT_IN_LANGUAGES.to_owned(),
    };
    let languages = folder.path().join("languages.toml");
    fs::write(&languages, table + COMPILER_ENTRY).or_fault("sandbox.no_data_folder", "write a language table")?;
    Ok(SandboxSettings {
        slots: Some(SLOTS),
        tier: Some(tier),
        // Asked for by name: this is how one finds out how much less it is.
        allow_reduced: settings.allow_reduced || tier == Tier::D,
        data_dir: folder.path().join("sandbox"),
        languages_override: Some(languages),
        ..settings.clone()
    })
}

/// With as many slots as there are seats.
async fn start(settings: SandboxSettings) -> Result<ProcessSandbox, SandboxError> {
    let started = tokio::task::spawn_blocking(move || match ProcessSandbox::start(settings.clone()) {
        Err(SandboxError::Fault {
            code: "sandbox.no_seat", ..
        }) => ProcessSandbox::start(SandboxSettings {
            slots: Some(1),
            ..settings
        }),
        started => started,
    });
    started.await.map_err(|error| fault("sandbox.panic", error))?
}

fn control(sandbox: &ProcessSandbox) -> Result<ProgramSource, SandboxError> {
    let offered = |id: &str| sandbox.shared.language(id).is_ok_and(|offered| offered.toolchain.is_ok());
    let found = CONTROLS.iter().find(|(language, _, _)| offered(language));
    let (language, name, source) = found.ok_or_else(|| fault("sandbox.no_languages", "neither C nor Python is installed"))?;
    Ok(ProgramSource {
        entry: None,
        language: (*language).to_owned(),
        files: vec![SourceFile {
            name: (*name).to_owned(),
            content: (*source).into(),
        }],
    })
}

async fn compile(slot: &Kept, program: ProgramSource) -> Result<ProgramHandle, SandboxError> {
    let request = CompileRequest {
        program,
        role: ProgramRole::Submission,
        limits: CompileLimits::default(),
    };
    match slot.lock().await.compile(request).await?.outcome {
        CompileOutcome::Compiled(program) => Ok(program),
        other => Err(fault(
            "sandbox.no_languages",
            format!("a harmless program does not compile: {other:?}"),
        )),
    }
}

/// What a fault of the sandbox itself is called.
pub(super) const FAULT: Verdict = Verdict::InternalError;
