//! Tests of one submission on several slots.

use crate::basics::Heard;
use crate::{modern_tree, plan, read, usual, verdicts};
use async_trait::async_trait;
use codesm_core::judging::engine::{Engine, JudgeOutcome, JudgePlan, Unobserved};
use codesm_core::judging::{
    CompileReport, CompileRequest, Exit, InteractReport, InteractRequest, RunReport, RunRequest, Sandbox, SandboxDescription, SandboxError,
    SandboxSlot, Verdict,
};
use codesm_memory::fakes::ScriptedSandbox;
use std::collections::BTreeMap;
use std::sync::{Arc, Mutex};
use tokio::sync::oneshot;
use tokio::task::JoinHandle;

type Answers = BTreeMap<String, oneshot::Sender<Result<RunReport, SandboxError>>>;

/// A sandbox whose runs last until the test ends them, by their input.
struct Held {
    inner: ScriptedSandbox,
    running: Arc<Mutex<Answers>>,
    requests: Arc<Mutex<BTreeMap<String, RunRequest>>>,
}

struct HeldSlot {
    inner: Box<dyn SandboxSlot>,
    running: Arc<Mutex<Answers>>,
    requests: Arc<Mutex<BTreeMap<String, RunRequest>>>,
}

impl Held {
    fn new(slots: usize) -> Arc<Self> {
        Arc::new(Self {
            inner: ScriptedSandbox::new(slots),
            running: Arc::default(),
            requests: Arc::default(),
        })
    }

    fn held(&self, inner: Box<dyn SandboxSlot>) -> Box<dyn SandboxSlot> {
        Box::new(HeldSlot {
            inner,
            running: self.running.clone(),
            requests: self.requests.clone(),
        })
    }

    /// Lets everybody do what there is to do; then says what runs.
    async fn running(&self) -> Vec<String> {
        for _ in 0..50 {
            tokio::task::yield_now().await;
        }
        let running = self.running.lock().unwrap();
        running
            .iter()
            .filter(|(_, answer)| !answer.is_closed())
            .map(|(name, _)| name.clone())
            .collect()
    }

    /// Ends the run with that input.
    fn end(&self, input: &str, exit: i32) {
        let request = self.requests.lock().unwrap()[input].clone();
        let report = RunReport {
            exit: Exit::Code(exit),
            ..usual(&request)
        };
        self.answer(input, Ok(report));
    }

    fn answer(&self, input: &str, answer: Result<RunReport, SandboxError>) {
        let sender = self.running.lock().unwrap().remove(input).unwrap();
        sender.send(answer).unwrap();
    }
}

#[async_trait]
impl Sandbox for Held {
    async fn slot(&self) -> Result<Box<dyn SandboxSlot>, SandboxError> {
        self.inner.slot().await.map(|slot| self.held(slot))
    }

    fn idle_slot(&self) -> Option<Box<dyn SandboxSlot>> {
        self.inner.idle_slot().map(|slot| self.held(slot))
    }

    fn description(&self) -> SandboxDescription {
        self.inner.description()
    }
}

#[async_trait]
impl SandboxSlot for HeldSlot {
    async fn compile(&mut self, request: CompileRequest) -> Result<CompileReport, SandboxError> {
        self.inner.compile(request).await
    }

    async fn run(&mut self, request: RunRequest) -> Result<RunReport, SandboxError> {
        let (sender, receiver) = oneshot::channel();
        let input = read(&request.stdin);
        self.running.lock().unwrap().insert(input.clone(), sender);
        self.requests.lock().unwrap().insert(input, request);
        receiver.await.unwrap()
    }

    async fn interact(&mut self, request: InteractRequest) -> Result<InteractReport, SandboxError> {
        self.inner.interact(request).await
    }
}

type Judging = JoinHandle<Result<JudgeOutcome, SandboxError>>;

fn begin(sandbox: &Arc<Held>, plan: JudgePlan) -> (Judging, Arc<Heard>) {
    let (engine, heard) = (Engine::new(sandbox.clone()), Arc::new(Heard::default()));
    let observer = heard.clone();
    let judging = tokio::spawn(async move { engine.judge(&plan, &*observer).await });
    (judging, heard)
}

fn told(heard: &Heard) -> Vec<String> {
    heard.0.lock().unwrap().clone()
}

#[tokio::test]
async fn tests_spread_over_idle_slots_and_are_told_in_order() {
    let sandbox = Held::new(3);
    let (judging, heard) = begin(&sandbox, plan(4));
    assert_eq!(sandbox.running().await, ["in 1", "in 2", "in 3"]);
    sandbox.end("in 2", 0);
    assert_eq!(sandbox.running().await, ["in 1", "in 3", "in 4"]);
    sandbox.end("in 3", 0);
    assert_eq!(sandbox.running().await, ["in 1", "in 4"]);
    assert_eq!(told(&heard), ["running"], "not before the first");
    sandbox.end("in 1", 0);
    assert_eq!(sandbox.running().await, ["in 4"]);
    assert_eq!(told(&heard), ["running", "1 accepted", "2 accepted", "3 accepted"]);
    assert_eq!(sandbox.inner.free_slots(), 1, "two were given back: the one waited for is kept");
    sandbox.end("in 4", 0);
    assert_eq!(judging.await.unwrap().unwrap().verdict, Verdict::Accepted);
    assert_eq!(sandbox.inner.free_slots(), 3);
}

#[tokio::test]
async fn others_who_wait_get_the_extra_slots() {
    let sandbox = Held::new(2);
    let (judging, _) = begin(&sandbox, plan(6));
    assert_eq!(sandbox.running().await, ["in 1", "in 2"]);
    let mut other = plan(1);
    other.tests[0].input = crate::bytes("other");
    let (second, _) = begin(&sandbox, other);
    assert_eq!(sandbox.running().await, ["in 1", "in 2"]);
    sandbox.end("in 2", 0);
    assert_eq!(sandbox.running().await, ["in 1", "other"], "the extra slot goes to who waits");
    sandbox.end("in 1", 0);
    assert_eq!(sandbox.running().await, ["in 3", "other"], "its own slot it keeps");
    sandbox.end("other", 0);
    second.await.unwrap().unwrap();
    assert_eq!(sandbox.running().await, ["in 3"], "idle slots are looked for when a test ends");
    sandbox.end("in 3", 0);
    assert_eq!(sandbox.running().await, ["in 4", "in 5"]);
    sandbox.end("in 4", 0);
    sandbox.end("in 5", 0);
    sandbox.running().await;
    sandbox.end("in 6", 0);
    judging.await.unwrap().unwrap();
}

#[tokio::test]
async fn an_earlier_failure_decides_and_ends_what_is_needless_then() {
    let sandbox = Held::new(3);
    let (judging, heard) = begin(&sandbox, plan(5));
    assert_eq!(sandbox.running().await, ["in 1", "in 2", "in 3"]);
    sandbox.end("in 3", 1);
    assert_eq!(sandbox.running().await, ["in 1", "in 2"], "what comes after a failure is not begun");
    sandbox.end("in 1", 1);
    let outcome = judging.await.unwrap().unwrap();
    assert_eq!(sandbox.running().await, [""; 0], "what still ran was ended");
    assert_eq!(sandbox.inner.free_slots(), 3);
    let mut expected = vec![Verdict::RuntimeError];
    expected.resize(5, Verdict::Skipped);
    assert_eq!(verdicts(&outcome), expected, "the same as one after the other");
    assert_eq!(
        told(&heard)[1..],
        ["1 runtime_error", "2 skipped", "3 skipped", "4 skipped", "5 skipped"]
    );
}

#[tokio::test]
async fn groups_that_go_on_are_run_whole() {
    let sandbox = Held::new(2);
    let mut plan = plan(3);
    plan.rules.tree = Some(modern_tree(3));
    let (judging, _) = begin(&sandbox, plan);
    assert_eq!(sandbox.running().await, ["in 1", "in 2"]);
    sandbox.end("in 1", 1);
    sandbox.end("in 2", 1);
    sandbox.running().await;
    sandbox.end("in 3", 0);
    let outcome = judging.await.unwrap().unwrap();
    assert_eq!((outcome.verdict, outcome.score), (Verdict::Partial, 50.0));
}

#[tokio::test]
async fn a_fault_of_the_sandbox_ends_all_tests() {
    let sandbox = Held::new(3);
    let (judging, _) = begin(&sandbox, plan(3));
    assert_eq!(sandbox.running().await.len(), 3);
    sandbox.answer("in 2", Err(SandboxError::Unavailable("gone".to_owned())));
    assert!(matches!(judging.await.unwrap(), Err(SandboxError::Unavailable(_))));
    assert_eq!((sandbox.running().await.len(), sandbox.inner.free_slots()), (0, 3));
}

#[tokio::test]
async fn who_gives_up_ends_all_tests_and_frees_all_slots() {
    let sandbox = Held::new(2);
    let (judging, _) = begin(&sandbox, plan(3));
    assert_eq!(sandbox.running().await.len(), 2);
    judging.abort();
    assert!(judging.await.unwrap_err().is_cancelled());
    assert_eq!((sandbox.running().await.len(), sandbox.inner.free_slots()), (0, 2));
}

#[tokio::test]
async fn a_sandbox_that_refuses_is_no_verdict() {
    let sandbox = Held::new(1);
    sandbox.inner.refuse_slots(Some("no namespaces"));
    let refused = Engine::new(sandbox).judge(&plan(1), &Unobserved).await;
    assert!(matches!(refused, Err(SandboxError::Unavailable(_))));
}
