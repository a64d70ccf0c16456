//! What `codesm doctor` asks: can programs be confined here, how well, and what would help.

use crate::golden;
use crate::languages::Offered;
use crate::pool;
use crate::prepare::compile_request;
use crate::sandbox::ProcessSandbox;
use crate::settings::{SandboxSettings, Tier};
use crate::sys::{identity, process};
use codesm_core::judging::{
    CompileOutcome, Exit, Input, ProgramHandle, ProgramRole, ProgramSource, RunLimits, RunRequest, Sandbox, SandboxError, SourceFile,
    StdoutPlan,
};
use std::fs;
use std::sync::Arc;
use std::time::Duration;
use tempfile::TempDir;

/// Most programs that are tried at once: a server may be judging on the same machine.
const SLOTS: usize = 2;

/// Longest time for measuring the speed of the machine; usually 0.2 s.
const SPEED_PATIENCE: Duration = Duration::from_secs(10);

/// One finding.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Check {
    /// What was looked at, such as `user namespaces`.
    pub name: String,
    /// Whether it is as it should be.
    pub ok: bool,
    /// What was found.
    pub detail: String,
    /// What the operator can do about it.
    pub fix: Option<String>,
}

impl Check {
    fn new(name: &str, ok: bool, detail: impl Into<String>, fix: &str) -> Self {
        Self {
            name: name.to_owned(),
            ok,
            detail: detail.into(),
            fix: (!ok && !fix.is_empty()).then(|| fix.to_owned()),
        }
    }
}

/// Looks at the machine and really starts a sandbox with these settings. Blocks for up to some seconds.
#[must_use]
pub fn probe(settings: SandboxSettings) -> Vec<Check> {
    let mut checks = vec![landlock(), user_namespaces()];
    for (tier, name, fix) in [
        (
            Tier::A,
            "cgroup v2",
            "delegate a cgroup with memory and pids, for example `Delegate=yes` in the systemd unit",
        ),
        (
            Tier::B,
            "cgroup v1",
            "only needed where cgroup v2 has no memory controller: run as root with a writable /sys/fs/cgroup",
        ),
    ] {
        match pool::plan(tier) {
            Ok(_) => checks.push(Check::new(name, true, "usable", "")),
            Err(reason) => checks.push(Check::new(name, false, reason, fix)),
        }
    }
    match start(settings) {
        Ok((sandbox, _folder)) => {
            let tier = sandbox.tier();
            checks.push(Check::new(
                "sandbox",
                true,
                format!("tier {}: {}", tier.letter(), tier.summary()),
                "",
            ));
            checks.push(speed(&sandbox));
            checks.extend(judge_golden_programs(&Arc::new(sandbox)));
        }
        Err(reason) => {
            let fix = "allow user namespaces or run as root; programs are never run without a sandbox";
            checks.push(Check::new("sandbox", false, reason, fix));
        }
    }
    checks
}

/// Measured while nothing else runs here.
fn speed(sandbox: &ProcessSandbox) -> Check {
    match sandbox.shared.speed.get_within(SPEED_PATIENCE) {
        Some(speed) => Check::new("speed", true, format!("{speed:.2} times that of the reference machine"), ""),
        None => Check::new(
            "speed",
            false,
            "it could not be measured",
            "end what else keeps the cores busy; judging works without",
        ),
    }
}

/// A sandbox with an empty cache, so that compilers really run; its folder goes with it.
fn start(settings: SandboxSettings) -> Result<(ProcessSandbox, TempDir), String> {
    let place = &settings.data_dir;
    let folder = fs::create_dir_all(place).and_then(|()| tempfile::Builder::new().prefix("doctor-").tempdir_in(place));
    let folder = folder.map_err(|error| format!("{}: {error}", place.display()))?;
    let settings = SandboxSettings {
        slots: Some(settings.slots.map_or(SLOTS, |slots| slots.min(SLOTS))),
        data_dir: folder.path().to_path_buf(),
        ..settings
    };
    let sandbox = ProcessSandbox::start(settings).map_err(|error| error.to_string())?;
    Ok((sandbox, folder))
}

/// A line per language, in the order of the table. On a thread of its own: the caller's may belong to a runtime, which
/// must not be blocked by another one.
fn judge_golden_programs(sandbox: &Arc<ProcessSandbox>) -> Vec<Check> {
    let broken = |what: String| vec![Check::new("languages", false, what, "free memory and threads, and try again")];
    let judged = std::thread::scope(|scope| {
        let work = || -> std::io::Result<Vec<Check>> {
            let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
            Ok(runtime.block_on(languages(sandbox)))
        };
        scope.spawn(work).join()
    });
    match judged {
        Ok(Ok(checks)) => checks,
        Ok(Err(error)) => broken(error.to_string()),
        Err(panic) => std::panic::resume_unwind(panic),
    }
}

async fn languages(sandbox: &Arc<ProcessSandbox>) -> Vec<Check> {
    let listed = sandbox.shared.languages.iter().filter(|offered| !offered.entry.internal);
    let begun: Vec<_> = listed
        .map(|offered| {
            let (sandbox, id) = (Arc::clone(sandbox), offered.entry.id.clone());
            tokio::spawn(async move { language(&sandbox, &id).await })
        })
        .collect();
    let mut checks = Vec::with_capacity(begun.len());
    for check in begun {
        match check.await {
            Ok(check) => checks.push(check),
            Err(error) => std::panic::resume_unwind(error.into_panic()),
        }
    }
    checks
}

async fn language(sandbox: &ProcessSandbox, id: &str) -> Check {
    let name = format!("language {id}");
    let failed = |detail: String, fix: String| Check {
        name: name.clone(),
        ok: false,
        detail,
        fix: Some(fix),
    };
    let offered = match sandbox.shared.language(id) {
        Ok(offered) => offered,
        Err(error) => return failed(error.to_string(), "correct the language table".to_owned()),
    };
    let install = offered.entry.install.as_deref().unwrap_or("install the toolchain");
    let toolchain = match &offered.toolchain {
        Ok(toolchain) => toolchain,
        Err(reason) => {
            let fix = format!("`make languages`, or: {install}; without it the language is not offered");
            return failed(format!("its toolchain was not found: {reason}"), fix);
        }
    };
    let Some(source) = golden::program(id) else {
        return Check::new(&name, true, format!("{}; there is no golden program to try", toolchain.version), "");
    };
    match judge_golden(sandbox, offered, source).await {
        Ok(times) => Check::new(&name, true, format!("{}; {times}", toolchain.version), ""),
        Err(why) => failed(
            format!("{}; its golden program fails: {why}", toolchain.version),
            format!("the toolchain is incomplete or does not fit the sandbox; install it anew: {install}"),
        ),
    }
}

/// Compiles and runs; says how long that took, or what went wrong.
async fn judge_golden(sandbox: &ProcessSandbox, offered: &Offered, source: &'static str) -> Result<String, String> {
    let fault = |error: SandboxError| error.to_string();
    let mut slot = sandbox.slot().await.map_err(fault)?;
    let program = ProgramSource {
        entry: None,
        language: offered.entry.id.clone(),
        files: vec![SourceFile {
            name: offered.entry.file_name.clone(),
            content: source.into(),
        }],
    };
    let request = compile_request(program, ProgramRole::Submission);
    let compiled = slot.compile(request).await.map_err(fault)?;
    let program = match compiled.outcome {
        CompileOutcome::Compiled(program) => program,
        CompileOutcome::Error => return Err(excerpt(&compiled.output)),
        CompileOutcome::Limit(limit) => return Err(format!("the compiler hit its limit ({limit:?})")),
    };
    let report = slot.run(run_request(program)).await.map_err(fault)?;
    let output = String::from_utf8_lossy(&report.stdout);
    if output.trim() == golden::OUTPUT && report.limit.is_none() && report.exit == Exit::Code(0) {
        return Ok(format!(
            "golden program compiled in {} ms, ran in {} ms",
            compiled.wall.as_millis(),
            report.wall.as_millis()
        ));
    }
    let errors = String::from_utf8_lossy(&report.stderr);
    let said = excerpt(&format!("{output} {errors}"));
    Err(format!("{:?}, {:?}, said `{said}`", report.exit, report.limit))
}

fn run_request(program: ProgramHandle) -> RunRequest {
    let limits = RunLimits {
        cpu: Duration::from_secs(5),
        wall: Duration::from_secs(15),
        memory_bytes: 512 * 1024 * 1024,
        output_bytes: 64 * 1024,
        processes: None,
    };
    RunRequest {
        stdout: StdoutPlan::Capture { max_bytes: 1024 },
        stderr_bytes: 1024,
        ..RunRequest::new(program, ProgramRole::Submission, Input::Bytes(golden::INPUT.into()), limits)
    }
}

/// A line for people.
fn excerpt(text: &str) -> String {
    let line = text.split_whitespace().collect::<Vec<_>>().join(" ");
    line.chars().take(300).collect()
}

fn landlock() -> Check {
    let version = process::landlock_version();
    let fix = "use Linux 5.13 or newer with `landlock` among the security modules (lsm=landlock,…)";
    Check::new("Landlock", version > 0, format!("version {version}"), fix)
}

fn user_namespaces() -> Check {
    if identity::effective_user() == 0 {
        return Check::new("user namespaces", true, "not needed as root", "");
    }
    let number = |path: &str| fs::read_to_string(path).ok().and_then(|text| text.trim().parse::<u64>().ok());
    if number("/proc/sys/kernel/apparmor_restrict_unprivileged_userns") == Some(1) {
        let fix = "write to /etc/apparmor.d/codesm: `abi <abi/4.0>, include <tunables/global> profile codesm /path/to/codesm flags=(unconfined) \
            { userns, }` and load it with `apparmor_parser -r`";
        return Check::new("user namespaces", false, "AppArmor refuses them to programs without a profile", fix);
    }
    let allowed = number("/proc/sys/user/max_user_namespaces").unwrap_or(0);
    let clone = number("/proc/sys/kernel/unprivileged_userns_clone").unwrap_or(1);
    let fix = "sysctl -w user.max_user_namespaces=10000 kernel.unprivileged_userns_clone=1";
    Check::new("user namespaces", allowed > 0 && clone > 0, format!("at most {allowed}"), fix)
}
