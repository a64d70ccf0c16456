//! Runs programs, bare and in the sandbox, and tells how long each run took: `make bench-judge` drives it.
//!
//! One request per line of standard input, one answer per line of standard output, both JSON. Everything is started from this
//! one process, so that what is compared differs in nothing but the sandbox.

use bytes::Bytes;
use codesm_core::judging::comparator::Comparison;
use codesm_core::judging::{
    ComparatorOptions, CompileLimits, CompileOutcome, CompileRequest, Exit, Input, ProgramHandle, ProgramRole, ProgramSource, RunLimits,
    RunReport, RunRequest, Sandbox, SourceFile, StdoutOutcome, StdoutPlan,
};
use codesm_core::kernel::LocalFile;
use codesm_sandbox::{ProcessSandbox, SandboxSettings};
use serde::Deserialize;
use serde_json::{Value, json};
use std::collections::HashMap;
use std::error::Error;
use std::io::{BufRead, Write};
use std::os::unix::process::CommandExt;
use std::path::PathBuf;
use std::process::{Command, ExitCode, Stdio};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

type Outcome<T> = Result<T, Box<dyn Error + Send + Sync>>;

const MEBIBYTE: u64 = 1 << 20;

/// What is asked.
#[derive(Deserialize)]
#[serde(tag = "do", rename_all = "snake_case")]
enum Request {
    /// A command by fork and exec, or by `posix_spawn`, one run after the other.
    Bare { command: Vec<String>, runs: usize, fork: bool },
    /// A program in the sandbox, one run after the other.
    Sandboxed { program: Source, runs: usize },
    /// A program in all slots of the sandbox at once.
    Saturated { program: Source, runs: usize },
    /// A program in the sandbox while another runs in the next slot, again and again.
    Beside { program: Source, runs: usize, neighbour: Source },
    /// A program that is given a file and must write the same.
    Stream { program: Source, file: PathBuf },
}

#[derive(Clone, Deserialize)]
struct Source {
    language: String,
    file: String,
    text: String,
}

/// The sandbox and what was compiled in it.
struct Bench {
    sandbox: Arc<ProcessSandbox>,
    programs: HashMap<(String, String), ProgramHandle>,
}

fn nanoseconds(times: &[Duration]) -> Vec<u64> {
    times
        .iter()
        .map(|time| u64::try_from(time.as_nanos()).unwrap_or(u64::MAX))
        .collect()
}

fn bare(command: &[String], runs: usize, fork: bool) -> Outcome<Value> {
    let (program, arguments) = command.split_first().ok_or("no command")?;
    let mut times = Vec::with_capacity(runs);
    for _ in 0..runs {
        let began = Instant::now();
        let mut command = Command::new(program);
        command
            .args(arguments)
            .env_clear()
            .env("PATH", "/usr/bin:/bin")
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::null());
        if fork {
            // Changes nothing; with it the standard library cannot use posix_spawn.
            command.uid(std::os::unix::fs::MetadataExt::uid(&std::fs::metadata("/proc/self")?));
        }
        let done = command.output()?;
        times.push(began.elapsed());
        if !done.status.success() {
            return Err(format!("{program}: {}", done.status).into());
        }
    }
    Ok(json!({ "ns": nanoseconds(&times) }))
}

fn limits() -> RunLimits {
    RunLimits {
        cpu: Duration::from_secs(2),
        wall: Duration::from_secs(5),
        memory_bytes: 256 * MEBIBYTE,
        output_bytes: 8 * MEBIBYTE,
        processes: None,
    }
}

fn request(program: &ProgramHandle) -> RunRequest {
    RunRequest {
        stdout: StdoutPlan::Capture { max_bytes: 4096 },
        ..RunRequest::new(program.clone(), ProgramRole::Submission, Input::Bytes(Bytes::new()), limits())
    }
}

async fn run(sandbox: &ProcessSandbox, request: RunRequest) -> Outcome<RunReport> {
    Ok(sandbox.slot().await?.run(request).await?)
}

async fn accepted(sandbox: &ProcessSandbox, program: &ProgramHandle) -> Outcome<RunReport> {
    let report = run(sandbox, request(program)).await?;
    if report.exit != Exit::Code(0) || report.limit.is_some() {
        return Err(format!("the program failed: {report:?}").into());
    }
    Ok(report)
}

impl Bench {
    async fn program(&mut self, source: &Source) -> Outcome<ProgramHandle> {
        let key = (source.language.clone(), source.text.clone());
        if let Some(program) = self.programs.get(&key) {
            return Ok(program.clone());
        }
        let request = CompileRequest {
            program: ProgramSource {
                entry: None,
                language: source.language.clone(),
                files: vec![SourceFile {
                    name: source.file.clone(),
                    content: Bytes::from(source.text.clone()),
                }],
            },
            role: ProgramRole::Submission,
            limits: CompileLimits::default(),
        };
        let report = self.sandbox.slot().await?.compile(request).await?;
        let CompileOutcome::Compiled(program) = report.outcome else {
            return Err(report.output.into());
        };
        self.programs.insert(key, program.clone());
        Ok(program)
    }

    async fn sandboxed(&mut self, source: &Source, runs: usize) -> Outcome<Value> {
        let program = self.program(source).await?;
        let mut times = Vec::with_capacity(runs);
        let mut cpu = Vec::with_capacity(runs);
        for _ in 0..runs {
            let began = Instant::now();
            let report = accepted(&self.sandbox, &program).await?;
            times.push(began.elapsed());
            cpu.push(report.cpu);
        }
        Ok(json!({ "ns": nanoseconds(&times), "cpu": nanoseconds(&cpu) }))
    }

    async fn saturated(&mut self, source: &Source, runs: usize) -> Outcome<Value> {
        let program = self.program(source).await?;
        let slots = self.sandbox.description().slots;
        let began = Instant::now();
        let mut tasks = Vec::new();
        for _ in 0..slots {
            let (sandbox, program) = (self.sandbox.clone(), program.clone());
            tasks.push(tokio::spawn(async move {
                for _ in 0..runs {
                    accepted(&sandbox, &program).await?;
                }
                Outcome::Ok(())
            }));
        }
        for task in tasks {
            task.await??;
        }
        Ok(json!({ "seconds": began.elapsed().as_secs_f64(), "runs": runs * slots, "slots": slots }))
    }

    async fn beside(&mut self, source: &Source, runs: usize, neighbour: &Source) -> Outcome<Value> {
        let hostile = self.program(neighbour).await?;
        let stop = Arc::new(AtomicBool::new(false));
        let noise = {
            let (sandbox, stop) = (self.sandbox.clone(), stop.clone());
            tokio::spawn(async move {
                let mut rounds = 0;
                while !stop.load(Ordering::Relaxed) {
                    run(&sandbox, request(&hostile)).await?;
                    rounds += 1;
                }
                Outcome::Ok(rounds)
            })
        };
        let measured = self.sandboxed(source, runs).await;
        stop.store(true, Ordering::Relaxed);
        let rounds = noise.await??;
        let mut measured = measured?;
        measured["neighbours"] = json!(rounds);
        Ok(measured)
    }

    async fn stream(&mut self, source: &Source, file: PathBuf) -> Outcome<Value> {
        let program = self.program(source).await?;
        let size = std::fs::metadata(&file)?.len();
        let input = Input::File(LocalFile {
            path: file,
            size,
            guard: None,
        });
        let before = peak_memory()?;
        let began = Instant::now();
        let report = run(
            &self.sandbox,
            RunRequest {
                stdin: input.clone(),
                limits: RunLimits {
                    cpu: Duration::from_secs(20),
                    wall: Duration::from_mins(1),
                    output_bytes: size * 2,
                    ..limits()
                },
                stdout: StdoutPlan::Compare {
                    answer: input,
                    options: ComparatorOptions::default(),
                    excerpt_bytes: 4096,
                },
                ..request(&program)
            },
        )
        .await?;
        let took = began.elapsed();
        match report.stdout_outcome {
            StdoutOutcome::Compared(Comparison::Same) if report.stdout_total == size => {}
            other => return Err(format!("the output is not the input: {other:?}").into()),
        }
        let seconds = took.as_secs_f64();
        Ok(json!({ "seconds": seconds, "bytes": size, "peak_kib": [before, peak_memory()?], "cpu": report.cpu.as_secs_f64() }))
    }

    async fn answer(&mut self, request: Request) -> Outcome<Value> {
        match request {
            Request::Bare { command, runs, fork } => bare(&command, runs, fork),
            Request::Sandboxed { program, runs } => self.sandboxed(&program, runs).await,
            Request::Saturated { program, runs } => self.saturated(&program, runs).await,
            Request::Beside { program, runs, neighbour } => self.beside(&program, runs, &neighbour).await,
            Request::Stream { program, file } => self.stream(&program, file).await,
        }
    }
}

/// The most memory this process ever held, in KiB.
fn peak_memory() -> Outcome<u64> {
    let status = std::fs::read_to_string("/proc/self/status")?;
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:")).ok_or("no VmHWM")?;
    Ok(line.trim().trim_end_matches(" kB").parse()?)
}

async fn serve(data: PathBuf, languages: PathBuf) -> Outcome<()> {
    let settings = SandboxSettings {
        languages_override: Some(languages),
        ..SandboxSettings::new(data)
    };
    let sandbox = Arc::new(ProcessSandbox::start(settings)?);
    let mut bench = Bench {
        sandbox: sandbox.clone(),
        programs: HashMap::new(),
    };
    let description = sandbox.description();
    say(&json!({ "tier": description.tier, "slots": description.slots, "measured_by": description.measured_by }))?;
    for line in std::io::stdin().lock().lines() {
        let answer = match bench.answer(serde_json::from_str(&line?)?).await {
            Ok(answer) => answer,
            Err(error) => json!({ "error": error.to_string() }),
        };
        say(&answer)?;
    }
    sandbox.shutdown().await;
    Ok(())
}

fn say(answer: &Value) -> Outcome<()> {
    let mut out = std::io::stdout().lock();
    writeln!(out, "{answer}")?;
    Ok(out.flush()?)
}

fn main() -> ExitCode {
    let mut arguments = std::env::args_os().skip(1);
    let first = arguments.next();
    if first.as_ref().is_some_and(|first| first == "sandboxd") {
        return codesm::sandbox_helper();
    }
    let (Some(data), Some(languages)) = (first, arguments.next()) else {
        eprintln!("usage: measurer DATA-FOLDER LANGUAGE-TABLE");
        return ExitCode::FAILURE;
    };
    let runtime = match tokio::runtime::Runtime::new() {
        Ok(runtime) => runtime,
        Err(error) => {
            eprintln!("error: {error}");
            return ExitCode::FAILURE;
        }
    };
    match runtime.block_on(serve(data.into(), languages.into())) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("error: {error}");
            ExitCode::FAILURE
        }
    }
}
