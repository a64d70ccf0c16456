//! Blocking work on a slot, ended when nobody waits for it any more.

use crate::faults::{OrFault, fault};
use crate::sys::memory_file;
use codesm_core::judging::SandboxError;
use std::fs::File;
use std::io::Write;
use std::os::fd::{AsFd, BorrowedFd};
use std::sync::mpsc::{Receiver, channel};
use std::sync::{Arc, mpsc};
use std::time::Duration;

/// Longest time a dropped future waits for its run to be dead; usually a millisecond.
const DROP_LIMIT: Duration = Duration::from_secs(10);

/// Becomes readable when the work is not wanted any more.
#[derive(Clone)]
pub(crate) struct Cancelled(Arc<File>);

impl Cancelled {
    pub(crate) fn as_fd(&self) -> BorrowedFd<'_> {
        self.0.as_fd()
    }
}

/// Cancels the work when dropped, and waits until it has ended.
struct Guard {
    cancelled: Cancelled,
    ended: Receiver<()>,
}

impl Drop for Guard {
    fn drop(&mut self) {
        // The counter can only refuse a write when it is already set.
        let _ = (&*self.cancelled.0).write_all(&1_u64.to_ne_bytes());
        // Nothing is ever sent: this returns when the work drops its end, or was never begun.
        let _ = self.ended.recv_timeout(DROP_LIMIT);
    }
}

/// Runs blocking work on a thread made for that. When the future is dropped the work is told, and waited for: the port
/// promises that no process is left then.
pub(crate) async fn blocking<T: Send + 'static>(
    work: impl FnOnce(&Cancelled) -> Result<T, SandboxError> + Send + 'static,
) -> Result<T, SandboxError> {
    let event = memory_file::event().or_fault("sandbox.no_event", "create an event")?;
    let cancelled = Cancelled(Arc::new(File::from(event)));
    let (alive, ended): (mpsc::Sender<()>, _) = channel();
    let guard = Guard {
        cancelled: cancelled.clone(),
        ended,
    };
    let joined = tokio::task::spawn_blocking(move || {
        let result = work(&cancelled);
        drop(alive);
        result
    })
    .await;
    drop(guard);
    joined.unwrap_or_else(|error| Err(fault("sandbox.work_ended", error)))
}
