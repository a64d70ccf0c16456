//! A sandbox per test, requests with usual values, and a check that nothing is left.

use bytes::Bytes;
use codesm_core::judging::{
    CompileLimits, CompileOutcome, CompileReport, CompileRequest, Input, ProgramHandle, ProgramRole, ProgramSource, RunLimits, RunReport,
    RunRequest, Sandbox as _, SourceFile, StdoutPlan,
};
use codesm_sandbox::{HelperCommand, ProcessSandbox, SandboxSettings, Tier};
use std::path::{Path, PathBuf};
use std::time::Duration;
use tempfile::TempDir;

/// Programs of a test run as users from here on: a range of its own, so that leftovers are recognised.
static NEXT_USERS: std::sync::atomic::AtomicU32 = std::sync::atomic::AtomicU32::new(0);

/// A sandbox with its own data folder.
pub(crate) struct Box {
    pub(crate) sandbox: ProcessSandbox,
    pub(crate) folder: TempDir,
    user_base: u32,
}

pub(crate) fn settings(folder: &Path, tier: Option<Tier>) -> SandboxSettings {
    let helper = HelperCommand {
        program: PathBuf::from(env!("CARGO_BIN_EXE_sandboxd-test-helper")),
        args: Vec::new(),
    };
    SandboxSettings {
        slots: Some(1),
        tier,
        helper,
        lock_dir: Some(std::env::temp_dir().join("codesm-sandbox-test-locks")),
        ..SandboxSettings::new(folder)
    }
}

pub(crate) fn open_with(change: impl FnOnce(&mut SandboxSettings)) -> Box {
    let folder = tempfile::tempdir().unwrap();
    let mut settings = settings(folder.path(), None);
    let number = NEXT_USERS.fetch_add(1, std::sync::atomic::Ordering::Relaxed);
    settings.user_base = 100_000 + (std::process::id() % 10_000) * 200_000 + number * 2000;
    change(&mut settings);
    let user_base = settings.user_base;
    Box {
        sandbox: ProcessSandbox::start(settings).unwrap(),
        folder,
        user_base,
    }
}

/// The best tier of this machine.
pub(crate) fn open() -> Box {
    open_with(|_| {})
}

impl Box {
    pub(crate) async fn compile(&self, language: &str, source: &str) -> CompileReport {
        self.compile_files(language, &[("", source)], ProgramRole::Submission).await
    }

    /// An empty name stands for the language's usual one.
    pub(crate) async fn compile_files(&self, language: &str, files: &[(&str, &str)], role: ProgramRole) -> CompileReport {
        self.sandbox
            .slot()
            .await
            .unwrap()
            .compile(request(language, files, role))
            .await
            .unwrap()
    }

    pub(crate) async fn program(&self, language: &str, source: &str) -> ProgramHandle {
        handle(self.compile(language, source).await)
    }

    pub(crate) async fn run(&self, request: RunRequest) -> RunReport {
        self.sandbox.slot().await.unwrap().run(request).await.unwrap()
    }

    /// Compiles and runs with the usual limits.
    pub(crate) async fn judge(&self, language: &str, source: &str) -> RunReport {
        let program = self.program(language, source).await;
        self.run(usual(&program)).await
    }

    /// Processes of the users of this sandbox.
    pub(crate) fn processes(&self) -> Vec<u32> {
        use std::os::unix::fs::MetadataExt;
        let users = self.user_base..self.user_base + 2000;
        let entries = std::fs::read_dir("/proc").unwrap().flatten();
        entries
            .filter_map(|entry| Some((entry.file_name().to_str()?.parse::<u32>().ok()?, entry.metadata().ok()?.uid())))
            .filter(|(_, user)| users.contains(user))
            .map(|(pid, _)| pid)
            .collect()
    }

    /// The helper and its slot processes.
    pub(crate) fn helpers(&self) -> Vec<HelperProcess> {
        let helper = self.sandbox.helper_pid().unwrap();
        let children = std::fs::read_to_string(format!("/proc/{helper}/task/{helper}/children")).unwrap();
        let children = children.split_whitespace().map(|pid| pid.parse().unwrap());
        std::iter::once(helper).chain(children).map(HelperProcess::look).collect()
    }

    /// Shuts down and checks that no process, group, mount or file is left.
    pub(crate) async fn close(self) {
        let helper = self.sandbox.helper_pid();
        assert_eq!(self.processes(), Vec::<u32>::new(), "processes are left");
        self.sandbox.shutdown().await;
        if let Some(helper) = helper {
            assert_gone(helper);
            assert_eq!(groups_of(helper), Vec::<PathBuf>::new(), "groups are left");
        }
        drop(self.sandbox);
        let mounts = std::fs::read_to_string("/proc/self/mountinfo").unwrap();
        assert!(!mounts.contains(self.folder.path().to_str().unwrap()), "mounts are left");
        let left: Vec<String> = std::fs::read_dir(self.folder.path())
            .unwrap()
            .map(|entry| entry.unwrap().file_name().into_string().unwrap())
            .filter(|name| name.starts_with("scratch-"))
            .collect();
        assert_eq!(left, Vec::<String>::new(), "scratch files are left");
    }
}

/// What a process holds.
#[derive(Debug)]
pub(crate) struct HelperProcess {
    pub(crate) pid: u32,
    pub(crate) descriptors: usize,
    pub(crate) resident_kib: u64,
}

impl HelperProcess {
    pub(crate) fn look(pid: u32) -> Self {
        let status = std::fs::read_to_string(format!("/proc/{pid}/status")).unwrap();
        let resident = status.lines().find_map(|line| line.strip_prefix("VmRSS:")).unwrap();
        Self {
            pid,
            // Without root, what a slot process holds is nobody's to see.
            descriptors: std::fs::read_dir(format!("/proc/{pid}/fd")).map_or(0, Iterator::count),
            resident_kib: resident.trim().trim_end_matches(" kB").parse().unwrap(),
        }
    }
}

pub(crate) fn assert_gone(pid: u32) {
    let path = format!("/proc/{pid}");
    wait_until(&format!("process {pid} is gone"), || !Path::new(&path).exists());
}

pub(crate) fn wait_until(what: &str, done: impl Fn() -> bool) {
    let began = std::time::Instant::now();
    while !done() {
        assert!(began.elapsed() < Duration::from_secs(10), "waited in vain until {what}");
        std::thread::sleep(Duration::from_millis(10));
    }
}

/// Groups made by a helper, wherever cgroups are mounted.
pub(crate) fn groups_of(helper: u32) -> Vec<PathBuf> {
    fn walk(folder: &Path, prefix: &str, found: &mut Vec<PathBuf>) {
        let Ok(entries) = std::fs::read_dir(folder) else { return };
        for entry in entries.flatten().filter(|entry| entry.file_type().is_ok_and(|kind| kind.is_dir())) {
            if entry.file_name().to_string_lossy().starts_with(prefix) {
                found.push(entry.path());
            }
            walk(&entry.path(), prefix, found);
        }
    }
    let mut found = Vec::new();
    walk(Path::new("/sys/fs/cgroup"), &format!("codesm-{helper}-"), &mut found);
    found
}

pub(crate) fn request(language: &str, files: &[(&str, &str)], role: ProgramRole) -> CompileRequest {
    let usual_name = match language {
        "c" => "main.c",
        "python" => "main.py",
        "javascript" => "main.js",
        "java" => "Main.java",
        "rust" => "main.rs",
        "go" => "main.go",
        "kotlin" => "Main.kt",
        "bash" => "main.sh",
        _ => "main.cpp",
    };
    let files = files
        .iter()
        .map(|(name, content)| SourceFile {
            name: if name.is_empty() { usual_name } else { name }.to_owned(),
            content: Bytes::copy_from_slice(content.as_bytes()),
        })
        .collect();
    CompileRequest {
        program: ProgramSource {
            entry: None,
            language: language.to_owned(),
            files,
        },
        role,
        limits: CompileLimits::default(),
    }
}

pub(crate) fn handle(report: CompileReport) -> ProgramHandle {
    match report.outcome {
        CompileOutcome::Compiled(handle) => handle,
        other => panic!("{other:?}: {}", report.output),
    }
}

/// 1 s CPU, 3 s wall, 256 MiB, 1 MiB of output, no input.
pub(crate) fn usual(program: &ProgramHandle) -> RunRequest {
    let limits = RunLimits {
        cpu: Duration::from_secs(1),
        wall: Duration::from_secs(3),
        memory_bytes: 256 * 1024 * 1024,
        output_bytes: 1024 * 1024,
        processes: None,
    };
    RunRequest {
        stdout: StdoutPlan::Capture { max_bytes: 4096 },
        stderr_bytes: 4096,
        ..RunRequest::new(program.clone(), ProgramRole::Submission, Input::Bytes(Bytes::new()), limits)
    }
}

pub(crate) fn text(bytes: &Bytes) -> String {
    String::from_utf8_lossy(bytes).into_owned()
}
