//! A sandbox that follows a script.

use crate::lock::locked;
use async_trait::async_trait;
use bytes::Bytes;
use codesm_core::judging::comparator::Comparison;
use codesm_core::judging::{
    CompileOutcome, CompileReport, CompileRequest, Exit, Input, InteractReport, InteractRequest, ProgramHandle, RunReport, RunRequest,
    Sandbox, SandboxDescription, SandboxError, SandboxSlot, StdoutOutcome, StdoutPlan,
};
use std::collections::VecDeque;
use std::fmt;
use std::sync::{Arc, Mutex};
use std::time::Duration;
use tokio::sync::{OwnedSemaphorePermit, Semaphore};

type Answer<Q, R> = Box<dyn FnMut(&Q) -> Result<R, SandboxError> + Send>;

/// What is answered to one kind of request, and what was asked.
struct Script<Q, R> {
    next: VecDeque<Result<R, SandboxError>>,
    otherwise: Answer<Q, R>,
    asked: Vec<Q>,
}

impl<Q: Clone, R> Script<Q, R> {
    fn new(otherwise: impl FnMut(&Q) -> Result<R, SandboxError> + Send + 'static) -> Mutex<Self> {
        Mutex::new(Self {
            next: VecDeque::new(),
            otherwise: Box::new(otherwise),
            asked: Vec::new(),
        })
    }

    fn answer(&mut self, request: Q) -> Result<R, SandboxError> {
        let answer = self.next.pop_front().unwrap_or_else(|| (self.otherwise)(&request));
        self.asked.push(request);
        answer
    }
}

struct Scripts {
    compile: Mutex<Script<CompileRequest, CompileReport>>,
    run: Mutex<Script<RunRequest, RunReport>>,
    interact: Mutex<Script<InteractRequest, InteractReport>>,
    refusal: Mutex<Option<String>>,
}

/// Answers from lists, in order, and then by closures. At first every program compiles and every run is right.
/// It says that it is of tier A.
pub struct ScriptedSandbox {
    scripts: Arc<Scripts>,
    slots: usize,
    free: Arc<Semaphore>,
}

impl fmt::Debug for ScriptedSandbox {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ScriptedSandbox")
            .field("slots", &self.slots)
            .finish_non_exhaustive()
    }
}

impl ScriptedSandbox {
    /// With room for so many programs at once.
    #[must_use]
    pub fn new(slots: usize) -> Self {
        Self {
            scripts: Arc::new(Scripts {
                compile: Script::new(|request: &CompileRequest| Ok(compiled(&request.program.language))),
                run: Script::new(|request: &RunRequest| Ok(accepting_run(request))),
                interact: Script::new(|request: &InteractRequest| Ok(accepting_talk(request))),
                refusal: Mutex::default(),
            }),
            slots,
            free: Arc::new(Semaphore::new(slots)),
        }
    }

    /// Answers the next compile request that has no answer yet.
    pub fn push_compile(&self, answer: Result<CompileReport, SandboxError>) {
        locked(&self.scripts.compile).next.push_back(answer);
    }

    /// Answers the next run request that has no answer yet.
    pub fn push_run(&self, answer: Result<RunReport, SandboxError>) {
        locked(&self.scripts.run).next.push_back(answer);
    }

    /// Answers the next talk that has no answer yet.
    pub fn push_interact(&self, answer: Result<InteractReport, SandboxError>) {
        locked(&self.scripts.interact).next.push_back(answer);
    }

    /// Answers talks beyond the list.
    pub fn on_interact(&self, answer: impl FnMut(&InteractRequest) -> Result<InteractReport, SandboxError> + Send + 'static) {
        locked(&self.scripts.interact).otherwise = Box::new(answer);
    }

    /// Every talk so far.
    #[must_use]
    pub fn interact_requests(&self) -> Vec<InteractRequest> {
        locked(&self.scripts.interact).asked.clone()
    }

    /// Answers compile requests beyond the list.
    pub fn on_compile(&self, answer: impl FnMut(&CompileRequest) -> Result<CompileReport, SandboxError> + Send + 'static) {
        locked(&self.scripts.compile).otherwise = Box::new(answer);
    }

    /// Answers run requests beyond the list.
    pub fn on_run(&self, answer: impl FnMut(&RunRequest) -> Result<RunReport, SandboxError> + Send + 'static) {
        locked(&self.scripts.run).otherwise = Box::new(answer);
    }

    /// Makes [`Sandbox::slot`] fail with [`SandboxError::Unavailable`], or ends that with `None`.
    pub fn refuse_slots(&self, reason: Option<&str>) {
        *locked(&self.scripts.refusal) = reason.map(str::to_owned);
    }

    /// Every compile request so far.
    #[must_use]
    pub fn compile_requests(&self) -> Vec<CompileRequest> {
        locked(&self.scripts.compile).asked.clone()
    }

    /// Every run request so far.
    #[must_use]
    pub fn run_requests(&self) -> Vec<RunRequest> {
        locked(&self.scripts.run).asked.clone()
    }

    /// Slots nobody holds.
    #[must_use]
    pub fn free_slots(&self) -> usize {
        self.free.available_permits()
    }
}

#[async_trait]
impl Sandbox for ScriptedSandbox {
    async fn slot(&self) -> Result<Box<dyn SandboxSlot>, SandboxError> {
        if let Some(reason) = locked(&self.scripts.refusal).clone() {
            return Err(SandboxError::Unavailable(reason));
        }
        let permit = Arc::clone(&self.free).acquire_owned().await.expect("the semaphore is never closed");
        Ok(Box::new(ScriptedSlot {
            scripts: Arc::clone(&self.scripts),
            _permit: permit,
        }))
    }

    fn idle_slot(&self) -> Option<Box<dyn SandboxSlot>> {
        let permit = Arc::clone(&self.free).try_acquire_owned().ok()?;
        Some(Box::new(ScriptedSlot {
            scripts: Arc::clone(&self.scripts),
            _permit: permit,
        }))
    }

    fn description(&self) -> SandboxDescription {
        SandboxDescription {
            tier: 'A',
            speed: Some(1.0),
            slots: self.slots,
            measured_by: MEASURED_BY.to_owned(),
            summary: "A scripted sandbox for tests; it runs nothing.".to_owned(),
        }
    }
}

struct ScriptedSlot {
    scripts: Arc<Scripts>,
    _permit: OwnedSemaphorePermit,
}

#[async_trait]
impl SandboxSlot for ScriptedSlot {
    async fn compile(&mut self, request: CompileRequest) -> Result<CompileReport, SandboxError> {
        locked(&self.scripts.compile).answer(request)
    }

    async fn run(&mut self, request: RunRequest) -> Result<RunReport, SandboxError> {
        locked(&self.scripts.run).answer(request)
    }

    async fn interact(&mut self, request: InteractRequest) -> Result<InteractReport, SandboxError> {
        locked(&self.scripts.interact).answer(request)
    }
}

const MEASURED_BY: &str = "script";

/// A program in that language that compiled without a word.
#[must_use]
pub fn compiled(language: &str) -> CompileReport {
    CompileReport {
        outcome: CompileOutcome::Compiled(ProgramHandle {
            language: language.to_owned(),
            artefact: Arc::new(()),
        }),
        output: String::new(),
        wall: Duration::from_millis(100),
        cached: false,
    }
}

/// A run that ends well within every limit, printing nothing; if its output is compared, it is right.
/// Change what matters: `RunReport { exit: Exit::Code(1), ..accepting_run(request) }`.
#[must_use]
pub fn accepting_run(request: &RunRequest) -> RunReport {
    RunReport {
        exit: Exit::Code(0),
        limit: None,
        cpu: Duration::from_millis(10),
        wall: Duration::from_millis(12),
        memory_bytes: 1024 * 1024,
        stdout: Bytes::new(),
        stdout_total: 0,
        stdout_outcome: match &request.stdout {
            StdoutPlan::Capture { .. } => StdoutOutcome::Captured,
            StdoutPlan::Compare { .. } => StdoutOutcome::Compared(Comparison::Same),
            StdoutPlan::Spool { .. } => StdoutOutcome::Spooled(Input::Bytes(Bytes::new())),
        },
        stderr: Bytes::new(),
        feedback: Vec::new(),
        measured_by: MEASURED_BY.to_owned(),
    }
}

/// A talk in which the submission ends first, well within every limit, and the interactor accepts.
#[must_use]
pub fn accepting_talk(request: &InteractRequest) -> InteractReport {
    InteractReport {
        submission: accepting_run(&request.submission),
        interactor: RunReport {
            exit: Exit::Code(42),
            ..accepting_run(&request.interactor)
        },
        interactor_ended_first: false,
    }
}
