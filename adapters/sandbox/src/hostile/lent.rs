//! One slot lent to the judging engine again and again, so that what comes after a hostile program runs where that ran.

use async_trait::async_trait;
use codesm_core::judging::{
    CompileReport, CompileRequest, InteractReport, InteractRequest, RunReport, RunRequest, Sandbox, SandboxDescription, SandboxError,
    SandboxSlot,
};
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::Mutex;

/// A slot that is kept.
pub(super) type Kept = Arc<Mutex<Box<dyn SandboxSlot>>>;

/// A sandbox of a single slot.
pub(super) struct OneSlot {
    pub(super) slot: Kept,
    pub(super) description: SandboxDescription,
    /// Wall limit of submissions: a busy machine gives no program all of its core.
    pub(super) wall: Duration,
}

#[async_trait]
impl Sandbox for OneSlot {
    async fn slot(&self) -> Result<Box<dyn SandboxSlot>, SandboxError> {
        Ok(Box::new(Lent {
            slot: Arc::clone(&self.slot),
            wall: self.wall,
        }))
    }

    fn idle_slot(&self) -> Option<Box<dyn SandboxSlot>> {
        None
    }

    fn description(&self) -> SandboxDescription {
        self.description.clone()
    }
}

struct Lent {
    slot: Kept,
    wall: Duration,
}

#[async_trait]
impl SandboxSlot for Lent {
    async fn compile(&mut self, request: CompileRequest) -> Result<CompileReport, SandboxError> {
        self.slot.lock().await.compile(request).await
    }

    async fn run(&mut self, mut request: RunRequest) -> Result<RunReport, SandboxError> {
        request.limits.wall = self.wall;
        self.slot.lock().await.run(request).await
    }

    async fn interact(&mut self, mut request: InteractRequest) -> Result<InteractReport, SandboxError> {
        request.submission.limits.wall = self.wall;
        self.slot.lock().await.interact(request).await
    }
}
