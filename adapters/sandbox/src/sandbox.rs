//! The sandbox as the core sees it.

use crate::cache::CompileCache;
use crate::compile;
use crate::faults::OrFault;
use crate::gate::Gate;
use crate::interact::interact;
use crate::languages;
use crate::link::HelperKeeper;
use crate::pool::{Shared, SlotState, plan};
use crate::prepare::Queue;
use crate::protocol::AccountingPlan;
use crate::reduced;
use crate::run;
use crate::seats;
use crate::settings::{SandboxSettings, Tier};
use crate::speed::{self, Speed};
use crate::sys::process;
use crate::work::blocking;
use async_trait::async_trait;
use codesm_core::judging::{
    CompileOutcome, CompileReport, CompileRequest, InteractReport, InteractRequest, Language, LanguageCatalogue, ProgramRole, RunReport,
    RunRequest, Sandbox, SandboxDescription, SandboxError, SandboxSlot,
};
use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;
use tokio::sync::{OwnedSemaphorePermit, Semaphore};

/// Compiles and runs programs in processes of this machine, confined by the kernel.
pub struct ProcessSandbox {
    pub(crate) shared: Arc<Shared>,
}

impl ProcessSandbox {
    /// Probes the machine, starts the helper and the first slot process. Blocks for up to some seconds.
    ///
    /// # Errors
    /// [`SandboxError::Unavailable`] if programs cannot be confined here (it says why), or if the wanted tier is
    /// impossible; [`SandboxError::Fault`] if the data folder cannot be used.
    pub fn start(settings: SandboxSettings) -> Result<Self, SandboxError> {
        let entries = languages::load(settings.languages_override.as_deref())
            .map_err(|message| SandboxError::Unavailable(format!("the language table cannot be read: {message}")))?;
        let languages = languages::resolve_all(entries);
        let mut binds: Vec<_> = languages
            .iter()
            .filter_map(|offered| offered.toolchain.as_ref().ok())
            .flat_map(|toolchain| toolchain.binds.iter().cloned())
            .collect();
        binds.sort();
        binds.dedup();
        let what = "prepare the data folder";
        fs::create_dir_all(&settings.data_dir).or_fault("sandbox.no_data_folder", what)?;
        let data = settings.data_dir.canonicalize().or_fault("sandbox.no_data_folder", what)?;
        let mount_point = data.join("root");
        fs::create_dir_all(&mount_point).or_fault("sandbox.no_data_folder", what)?;
        let cache =
            CompileCache::open(data.join("compile-cache"), settings.compile_cache_bytes).or_fault("sandbox.no_data_folder", what)?;
        let scratch = crate::scratch::create(&data).or_fault("sandbox.no_data_folder", what)?;
        fs::set_permissions(scratch.path(), fs::Permissions::from_mode(0o700)).or_fault("sandbox.no_data_folder", what)?;
        let cores = process::allowed_cpus().or_fault("sandbox.no_cores", "read the CPU set")?.len();
        let slots = settings.slots.unwrap_or(cores).max(1);
        let locks = seats::lock_folder(settings.lock_dir.as_deref());
        let seats = seats::take(&locks, slots).or_fault("sandbox.no_seat", "take cores by lock file")?;
        let states = seats
            .into_iter()
            .map(|seat| SlotState {
                seat,
                link: None,
                peer: None,
            })
            .collect();
        let mut candidates = match settings.tier {
            Some(tier) => vec![tier],
            None => vec![Tier::A, Tier::B, Tier::C, Tier::D],
        };
        let is_refused = !settings.allow_reduced && candidates.contains(&Tier::D);
        if is_refused {
            candidates.retain(|tier| *tier != Tier::D);
        }
        let mut shared = Shared {
            helper: HelperKeeper::new(settings.helper.clone()),
            settings,
            tier: Tier::D,
            description: describe(Tier::D, slots),
            languages,
            cache,
            plan: AccountingPlan::Polling,
            scratch,
            mount_point,
            binds,
            free: Mutex::new(states),
            permits: Arc::new(Semaphore::new(slots)),
            closed: AtomicBool::new(false),
            next_run: AtomicU64::new(1),
            speed: Speed::default(),
            gate: Gate::default(),
            queue: Queue::default(),
        };
        let mut reasons = Vec::new();
        for tier in candidates {
            match settle(&mut shared, tier, slots) {
                Ok(()) => {
                    tracing::info!(tier = %tier.letter(), slots, "the sandbox is ready: {}", shared.description.summary);
                    let shared = Arc::new(shared);
                    speed::measure_later(&shared);
                    return Ok(Self { shared });
                }
                Err(reason) => reasons.push(format!("tier {}: {reason}", tier.letter())),
            }
        }
        shared.helper.stop();
        if is_refused {
            reasons.push(reduced::REFUSED.to_owned());
        }
        Err(SandboxError::Unavailable(reasons.join("; ")))
    }

    /// Ends the helper and every program; later calls are [`SandboxError::Unavailable`].
    pub async fn shutdown(&self) {
        self.shared.closed.store(true, Ordering::Release);
        let shared = Arc::clone(&self.shared);
        // A panic there leaves nothing to be done here.
        let _ = tokio::task::spawn_blocking(move || {
            shared.close();
            shared.speed.stop();
        })
        .await;
    }

    /// The tier in use.
    #[must_use]
    pub fn tier(&self) -> Tier {
        self.shared.tier
    }

    /// Process id of the helper, for supervision and tests.
    #[must_use]
    pub fn helper_pid(&self) -> Option<u32> {
        self.shared.helper.pid()
    }
}

impl Drop for ProcessSandbox {
    fn drop(&mut self) {
        self.shared.speed.stop();
    }
}

impl Drop for Shared {
    fn drop(&mut self) {
        self.close();
    }
}

impl Shared {
    fn close(&self) {
        self.closed.store(true, Ordering::Release);
        self.permits.close();
        for state in self.free().iter_mut() {
            (state.link, state.peer) = (None, None);
        }
        self.helper.stop();
    }
}

fn describe(tier: Tier, slots: usize) -> SandboxDescription {
    SandboxDescription {
        tier: tier.letter(),
        slots,
        speed: None,
        measured_by: tier.measured_by().to_owned(),
        summary: if process::landlock_version() > 0 {
            tier.summary().to_owned()
        } else {
            format!("{}; THIS KERNEL HAS NO LANDLOCK", tier.summary())
        },
    }
}

/// Tries a tier by really starting a slot in it.
fn settle(shared: &mut Shared, tier: Tier, slots: usize) -> Result<(), String> {
    shared.plan = plan(tier)?;
    if tier == Tier::D {
        reduced::open_folders(&[shared.cache.folder(), shared.scratch.path()])?;
        reduced::withdraw_unreachable(&mut shared.languages);
    }
    shared.tier = tier;
    shared.description = describe(tier, slots);
    let mut state = shared.free().pop().ok_or("there is no slot")?;
    let connected = shared.connect(&mut state);
    shared.free().push(state);
    connected.map_err(|error| error.to_string())
}

#[async_trait]
impl Sandbox for ProcessSandbox {
    async fn slot(&self) -> Result<Box<dyn SandboxSlot>, SandboxError> {
        let closed = || SandboxError::Unavailable("it was shut down".to_owned());
        let permit = if let Ok(permit) = Arc::clone(&self.shared.permits).try_acquire_owned() {
            permit
        } else {
            // Preparations make room for those who wait.
            let _waiting = self.shared.queue.join();
            Arc::clone(&self.shared.permits).acquire_owned().await.map_err(|_| closed())?
        };
        let state = self.shared.free().pop().ok_or_else(closed)?;
        Ok(Box::new(TakenSlot::new(&self.shared, state, permit)))
    }

    fn idle_slot(&self) -> Option<Box<dyn SandboxSlot>> {
        // Fair: refused while somebody waits.
        let permit = Arc::clone(&self.shared.permits).try_acquire_owned().ok()?;
        let state = self.shared.free().pop()?;
        Some(Box::new(TakenSlot::new(&self.shared, state, permit)))
    }

    fn description(&self) -> SandboxDescription {
        SandboxDescription {
            speed: self.shared.speed.get(),
            ..self.shared.description.clone()
        }
    }
}

impl LanguageCatalogue for ProcessSandbox {
    fn languages(&self) -> Vec<Language> {
        let listed = self.shared.languages.iter().filter(|offered| !offered.entry.internal);
        listed.map(languages::Offered::describe).collect()
    }
}

/// A slot in somebody's hands.
struct TakenSlot {
    shared: Arc<Shared>,
    /// Shared with the thread that works on it; empty only after that thread panicked.
    state: Arc<Mutex<Option<SlotState>>>,
    _permit: OwnedSemaphorePermit,
}

impl TakenSlot {
    fn new(shared: &Arc<Shared>, state: SlotState, permit: OwnedSemaphorePermit) -> Self {
        Self {
            shared: Arc::clone(shared),
            state: Arc::new(Mutex::new(Some(state))),
            _permit: permit,
        }
    }
}

impl Drop for TakenSlot {
    fn drop(&mut self) {
        let state = self.state.lock().unwrap_or_else(std::sync::PoisonError::into_inner).take();
        // Before the permit goes, which is dropped after this.
        self.shared.free().extend(state);
    }
}

#[async_trait]
impl SandboxSlot for TakenSlot {
    async fn compile(&mut self, request: CompileRequest) -> Result<CompileReport, SandboxError> {
        let (shared, state) = (Arc::clone(&self.shared), Arc::clone(&self.state));
        let role = request.role;
        let _pass = self.shared.gate.enter(false).await;
        let result =
            blocking(move |cancelled| compile::compile(&shared, &request, cancelled, |work| shared.with_link(&state, |link| work(link))))
                .await;
        let outcome = match &result {
            Ok(report) => match report.outcome {
                CompileOutcome::Compiled(_) if report.cached => "compiled_cached",
                CompileOutcome::Compiled(_) => "compiled",
                CompileOutcome::Error => "compile_error",
                CompileOutcome::Limit(_) => "compile_limit",
            },
            Err(_) => "fault",
        };
        count(role, outcome, "compile", result.as_ref().ok().map(|report| report.wall));
        result
    }

    async fn run(&mut self, request: RunRequest) -> Result<RunReport, SandboxError> {
        let (shared, state) = (Arc::clone(&self.shared), Arc::clone(&self.state));
        let role = request.role;
        // A preparation is no neighbour to measure beside.
        let _waiting = request.quiet.then(|| self.shared.queue.join());
        let _pass = self.shared.gate.enter(request.quiet).await;
        let result = blocking(move |cancelled| shared.with_link(&state, |link| run::run(&shared, link, request, cancelled))).await;
        let outcome = match &result {
            Ok(report) if report.limit.is_some() => "limit",
            Ok(_) => "ended",
            Err(_) => "fault",
        };
        count(role, outcome, "run", result.as_ref().ok().map(|report| report.wall));
        result
    }

    async fn interact(&mut self, request: InteractRequest) -> Result<InteractReport, SandboxError> {
        let (shared, state) = (Arc::clone(&self.shared), Arc::clone(&self.state));
        let role = request.submission.role;
        let quiet = request.submission.quiet || request.interactor.quiet;
        let _waiting = quiet.then(|| self.shared.queue.join());
        let _pass = self.shared.gate.enter(quiet).await;
        let result =
            blocking(move |cancelled| shared.with_links(&state, |link, peer| interact(&shared, link, peer, &request, cancelled))).await;
        let outcome = match &result {
            Ok(report) if report.submission.limit.is_some() => "limit",
            Ok(_) => "ended",
            Err(_) => "fault",
        };
        count(role, outcome, "interact", result.as_ref().ok().map(|report| report.submission.wall));
        result
    }
}

fn count(role: ProgramRole, outcome: &'static str, what: &'static str, wall: Option<Duration>) {
    let role = match role {
        ProgramRole::Submission => "submission",
        ProgramRole::Checker => "checker",
    };
    metrics::counter!("codesm_sandbox_runs_total", "what" => what, "role" => role, "outcome" => outcome).increment(1);
    if let Some(wall) = wall {
        metrics::histogram!("codesm_sandbox_run_seconds", "what" => what, "role" => role).record(wall.as_secs_f64());
    }
}
