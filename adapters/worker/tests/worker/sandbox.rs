//! A sandbox that runs nothing, for as long as it is told to.

use async_trait::async_trait;
use codesm_core::judging::{
    CompileReport, CompileRequest, InteractReport, InteractRequest, RunReport, RunRequest, Sandbox, SandboxDescription, SandboxError,
    SandboxSlot,
};
use codesm_memory::fakes::{accepting_run, compiled};
use std::sync::{Arc, Mutex};
use std::time::Duration;

/// How a program behaves.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Behaviour {
    /// Ends well after so long.
    Takes(Duration),
    /// Never ends.
    Hangs,
    /// The worker has no space left.
    DiskFull,
    /// The judge itself panics.
    Panics,
}

/// What has happened so far.
#[derive(Clone, Debug, Default)]
pub(crate) struct Seen {
    /// First argument of every program that was started, in order.
    pub(crate) started: Vec<String>,
    pub(crate) running: usize,
    pub(crate) most_running: usize,
}

#[derive(Clone)]
pub(crate) struct SlowSandbox {
    slots: usize,
    behaviour: Arc<Mutex<Behaviour>>,
    seen: Arc<Mutex<Seen>>,
}

impl SlowSandbox {
    pub(crate) fn new(slots: usize) -> Self {
        Self {
            slots,
            behaviour: Arc::new(Mutex::new(Behaviour::Takes(Duration::from_secs(1)))),
            seen: Arc::default(),
        }
    }

    /// How programs behave that are started from now on.
    pub(crate) fn behave(&self, behaviour: Behaviour) {
        *self.behaviour.lock().unwrap() = behaviour;
    }

    pub(crate) fn seen(&self) -> Seen {
        self.seen.lock().unwrap().clone()
    }
}

/// Leaves the count also when the future is dropped, as a real program is killed.
struct Running(Arc<Mutex<Seen>>);

impl Running {
    fn enter(seen: &Arc<Mutex<Seen>>, request: &RunRequest) -> Self {
        let mut now = seen.lock().unwrap();
        now.started.push(request.args.first().cloned().unwrap_or_default());
        now.running += 1;
        now.most_running = now.most_running.max(now.running);
        Self(seen.clone())
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        self.0.lock().unwrap().running -= 1;
    }
}

#[async_trait]
impl Sandbox for SlowSandbox {
    /// Refuses nobody, so that it is the worker who must not start too much.
    async fn slot(&self) -> Result<Box<dyn SandboxSlot>, SandboxError> {
        Ok(Box::new(self.clone()))
    }

    /// Each program goes on alone, so that tests can count them.
    fn idle_slot(&self) -> Option<Box<dyn SandboxSlot>> {
        None
    }

    fn description(&self) -> SandboxDescription {
        SandboxDescription {
            tier: 'B',
            speed: None,
            slots: self.slots,
            measured_by: "nothing".to_owned(),
            summary: "Runs nothing, slowly.".to_owned(),
        }
    }
}

#[async_trait]
impl SandboxSlot for SlowSandbox {
    async fn compile(&mut self, request: CompileRequest) -> Result<CompileReport, SandboxError> {
        Ok(compiled(&request.program.language))
    }

    async fn run(&mut self, request: RunRequest) -> Result<RunReport, SandboxError> {
        let behaviour = *self.behaviour.lock().unwrap();
        let _running = Running::enter(&self.seen, &request);
        match behaviour {
            Behaviour::Takes(time) => tokio::time::sleep(time).await,
            Behaviour::Hangs => std::future::pending().await,
            Behaviour::DiskFull => {
                return Err(SandboxError::Fault {
                    code: "sandbox.disk_full",
                    message: "no space".to_owned(),
                });
            }
            Behaviour::Panics => panic!("a bug in the judge"),
        }
        Ok(accepting_run(&request))
    }

    /// No problem of these tests is interactive.
    async fn interact(&mut self, _request: InteractRequest) -> Result<InteractReport, SandboxError> {
        Err(SandboxError::Unavailable("nobody to talk to".to_owned()))
    }
}
