//! How fast the cores of this machine are.

use crate::faults::{OrFault, fault};
use crate::link::SlotLink;
use crate::pool::Shared;
use crate::protocol::{Measured, SlotCommand};
use crate::sys::poll;
use codesm_core::judging::SandboxError;
use std::os::fd::AsFd;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError, Weak};
use std::thread::JoinHandle;
use std::time::{Duration, Instant};

/// What the calculation takes on the reference machine, by definition of the unit: a core of an AMD EPYC (the machine of
/// the README's benchmarks) under Linux 6.18, release build, measured on 2026-11-20. Other builds measure less.
const REFERENCE: Duration = Duration::from_millis(56);
/// The best of so many counts: noise only ever adds.
const ROUNDS: usize = 3;
/// Longest time for one round.
const PATIENCE: Duration = Duration::from_secs(10);
/// Between two looks for a slot that nobody uses.
const PAUSE: Duration = Duration::from_millis(20);

/// The speed, once it was measured.
#[derive(Debug, Default)]
pub(crate) struct Speed {
    /// Bits of the number; 0: not measured.
    bits: AtomicU64,
    stopped: AtomicBool,
    thread: Mutex<Option<JoinHandle<()>>>,
}

impl Speed {
    pub(crate) fn get(&self) -> Option<f64> {
        let bits = self.bits.load(Ordering::Relaxed);
        (bits != 0).then(|| f64::from_bits(bits))
    }

    /// Waits for it to be measured.
    pub(crate) fn get_within(&self, patience: Duration) -> Option<f64> {
        let began = Instant::now();
        while self.get().is_none() && began.elapsed() < patience {
            std::thread::sleep(PAUSE);
        }
        self.get()
    }

    fn set(&self, speed: f64) {
        self.bits.store(speed.to_bits(), Ordering::Relaxed);
        metrics::gauge!("codesm_sandbox_speed").set(speed);
    }

    /// Ends the measuring in the background, and waits for that.
    pub(crate) fn stop(&self) {
        self.stopped.store(true, Ordering::Release);
        let thread = self.thread.lock().unwrap_or_else(PoisonError::into_inner).take();
        if let Some(thread) = thread.filter(|thread| thread.thread().id() != std::thread::current().id()) {
            // A panic there leaves the speed unknown, no more.
            let _ = thread.join();
        }
    }
}

/// Measures in the background, whenever a slot is free.
pub(crate) fn measure_later(shared: &Arc<Shared>) {
    let weak = Arc::downgrade(shared);
    let thread = std::thread::Builder::new()
        .name("sandbox-speed".to_owned())
        .spawn(move || measure_when_idle(&weak));
    match thread {
        Ok(thread) => *shared.speed.thread.lock().unwrap_or_else(PoisonError::into_inner) = Some(thread),
        Err(error) => tracing::warn!(%error, "the speed of this machine is not measured"),
    }
}

fn measure_when_idle(shared: &Weak<Shared>) {
    let mut best = Duration::MAX;
    let mut rounds = 0;
    while rounds < ROUNDS {
        let Some(shared) = shared.upgrade().filter(|shared| !shared.speed.stopped.load(Ordering::Acquire)) else {
            return;
        };
        match measure_on_a_free_slot(&shared) {
            Some(Ok(took)) => {
                best = best.min(took);
                rounds += 1;
            }
            Some(Err(error)) => {
                // A sandbox that is being shut down is no failure.
                if !shared.speed.stopped.load(Ordering::Acquire) && !shared.closed.load(Ordering::Acquire) {
                    tracing::warn!(%error, "the speed of this machine is not measured");
                }
                return;
            }
            None => {
                drop(shared);
                std::thread::sleep(PAUSE);
            }
        }
    }
    if let Some(shared) = shared.upgrade() {
        shared.speed.set(REFERENCE.as_secs_f64() / best.as_secs_f64());
    }
}

/// One round on a slot that nobody uses or waits for; `None` if there is none.
fn measure_on_a_free_slot(shared: &Arc<Shared>) -> Option<Result<Duration, SandboxError>> {
    let permit = Arc::clone(&shared.permits).try_acquire_owned().ok()?;
    let state = shared.free().pop()?;
    let state = Mutex::new(Some(state));
    let took = shared.with_link(&state, ask);
    shared.free().extend(state.into_inner().unwrap_or_else(PoisonError::into_inner));
    drop(permit);
    Some(took)
}

fn ask(link: &SlotLink) -> Result<Duration, SandboxError> {
    let what = "measure the speed";
    link.socket
        .send(&SlotCommand::Measure, &[])
        .or_fault("sandbox.helper_ended", what)?;
    let [ready] = poll::readable([Some(link.socket.as_fd())], Some(PATIENCE)).or_fault("sandbox.no_poll", what)?;
    if !ready {
        return Err(fault("sandbox.slot_hung", "the slot process does not answer"));
    }
    let answer = link.socket.receive::<Measured>().or_fault("sandbox.helper_ended", what)?;
    answer
        .map(|(measured, _)| measured.took)
        .ok_or_else(|| fault("sandbox.helper_ended", "the sandbox helper ended"))
}
