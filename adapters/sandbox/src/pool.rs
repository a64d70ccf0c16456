//! The slots: a seat, and a connection to its slot process as long as that lives.

use crate::accounting;
use crate::cache::CompileCache;
use crate::faults::fault;
use crate::gate::Gate;
use crate::languages::Offered;
use crate::link::{HelperKeeper, SlotLink};
use crate::prepare::Queue;
use crate::protocol::{AccountingPlan, SlotSetup};
use crate::reduced;
use crate::seats::Seat;
use crate::settings::{SandboxSettings, Tier};
use crate::speed::Speed;
use codesm_core::judging::{SandboxDescription, SandboxError};
use std::path::PathBuf;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use tokio::sync::Semaphore;

/// Everything the slots share.
pub(crate) struct Shared {
    pub(crate) settings: SandboxSettings,
    pub(crate) tier: Tier,
    pub(crate) description: SandboxDescription,
    pub(crate) languages: Vec<Offered>,
    pub(crate) cache: CompileCache,
    pub(crate) helper: HelperKeeper,
    pub(crate) plan: AccountingPlan,
    pub(crate) scratch: tempfile::TempDir,
    pub(crate) mount_point: PathBuf,
    pub(crate) binds: Vec<PathBuf>,
    pub(crate) free: Mutex<Vec<SlotState>>,
    pub(crate) permits: Arc<Semaphore>,
    pub(crate) closed: AtomicBool,
    pub(crate) next_run: AtomicU64,
    pub(crate) speed: Speed,
    pub(crate) gate: Gate,
    pub(crate) queue: Queue,
}

/// A seat and, while it works, its slot process.
#[derive(Debug)]
pub(crate) struct SlotState {
    pub(crate) seat: Seat,
    pub(crate) link: Option<SlotLink>,
    /// A second process of the slot, once two programs had to talk to each other.
    pub(crate) peer: Option<SlotLink>,
}

impl Shared {
    pub(crate) fn free(&self) -> MutexGuard<'_, Vec<SlotState>> {
        self.free.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub(crate) fn language(&self, id: &str) -> Result<&Offered, SandboxError> {
        let found = self.languages.iter().find(|offered| offered.entry.id == id);
        found.ok_or_else(|| SandboxError::LanguageUnavailable {
            language: id.to_owned(),
            reason: "it is not in the language table".to_owned(),
        })
    }

    pub(crate) fn next_run(&self) -> u64 {
        self.next_run.fetch_add(1, Ordering::Relaxed)
    }

    /// Gives the slot a living slot process. Blocks some 20 ms if it must be started.
    pub(crate) fn connect(&self, state: &mut SlotState) -> Result<(), SandboxError> {
        if self.closed.load(Ordering::Acquire) {
            return Err(SandboxError::Unavailable("it was shut down".to_owned()));
        }
        self.connect_one(&mut state.link, &state.seat, false)
    }

    /// The same for the second process of the slot.
    fn connect_peer(&self, state: &mut SlotState) -> Result<(), SandboxError> {
        self.connect_one(&mut state.peer, &state.seat, true)
    }

    fn connect_one(&self, link: &mut Option<SlotLink>, seat: &Seat, peer: bool) -> Result<(), SandboxError> {
        if link.as_ref().is_some_and(SlotLink::is_quiet) {
            return Ok(());
        }
        *link = None;
        let number = u32::try_from(seat.number).map_err(|error| fault("sandbox.seat", error))?;
        let setup = SlotSetup {
            seat: seat.number,
            peer,
            // Two users per seat: neither program of a talk may touch the other.
            user: self.settings.user_base + 2 * number + u32::from(peer),
            cpu: seat.cpu,
            accounting: self.plan.clone(),
            binds: self.binds.clone(),
            reduced: (self.tier == Tier::D).then(|| self.scratch.path().to_path_buf()),
            mount_point: self.mount_point.clone(),
        };
        *link = Some(self.helper.connect(&setup)?);
        Ok(())
    }

    /// Does something with a slot's living process; after a fault the process is given up, and started anew next time.
    pub(crate) fn with_link<T>(
        &self,
        state: &Mutex<Option<SlotState>>,
        work: impl FnOnce(&SlotLink) -> Result<T, SandboxError>,
    ) -> Result<T, SandboxError> {
        let mut state = state.lock().unwrap_or_else(PoisonError::into_inner);
        let state = state.as_mut().ok_or_else(|| fault("sandbox.no_slot", "the slot was given back"))?;
        self.connect(state)?;
        let link = state
            .link
            .take()
            .ok_or_else(|| fault("sandbox.no_slot", "the slot has no process"))?;
        let result = work(&link);
        if result.is_ok() {
            state.link = Some(link);
        }
        result
    }

    /// Does something with both processes of a slot; after a fault both are given up.
    pub(crate) fn with_links<T>(
        &self,
        state: &Mutex<Option<SlotState>>,
        work: impl FnOnce(&SlotLink, &SlotLink) -> Result<T, SandboxError>,
    ) -> Result<T, SandboxError> {
        let mut state = state.lock().unwrap_or_else(PoisonError::into_inner);
        let state = state.as_mut().ok_or_else(|| fault("sandbox.no_slot", "the slot was given back"))?;
        self.connect(state)?;
        self.connect_peer(state)?;
        let (Some(link), Some(peer)) = (state.link.take(), state.peer.take()) else {
            return Err(fault("sandbox.no_slot", "the slot has no process"));
        };
        let result = work(&link, &peer);
        if result.is_ok() {
            (state.link, state.peer) = (Some(link), Some(peer));
        }
        result
    }
}

/// The accounting plan of a tier, or why it is impossible here.
pub(crate) fn plan(tier: Tier) -> Result<AccountingPlan, String> {
    match tier {
        Tier::A => accounting::plan_v2(),
        Tier::B if crate::sys::identity::effective_user() != 0 => Err("cgroup v1 needs root".to_owned()),
        Tier::B => accounting::plan_v1(),
        Tier::C => Ok(AccountingPlan::Polling),
        Tier::D => reduced::plan(),
    }
}
