//! The loop that takes jobs.

use crate::one_job::{OneJob, run_one};
use crate::recording;
use crate::rest::{Health, Rest};
use codesm_core::app::App;
use codesm_core::jobs::{Job, JobKind, JobQueue, JobSignal, ReserveRequest, WorkerAdvert, WorkerRegistry};
use codesm_core::judging::{Language, SandboxDescription};
use codesm_core::kernel::{Clock, TRACE_TARGET, Timestamp, TraceContext};
use std::sync::Arc;
use std::time::Duration;
use tokio::task::JoinSet;
use tokio::time::Instant;
use tokio_util::sync::CancellationToken;
use tracing::field::Empty;
use tracing::{Instrument as _, Span};

/// What a worker needs.
#[derive(Clone)]
pub struct WorkerDeps {
    /// The use cases, with judging.
    pub app: Arc<App>,
    /// Hands out jobs.
    pub queue: Arc<dyn JobQueue>,
    /// Wakes the worker.
    pub signal: Arc<dyn JobSignal>,
    /// Where the worker says what it offers.
    pub registry: Arc<dyn WorkerRegistry>,
    /// Time.
    pub clock: Arc<dyn Clock>,
    /// Traces that jobs belong to.
    pub traces: Arc<dyn TraceContext>,
}

/// How a worker works.
#[derive(Clone, Debug)]
pub struct WorkerSettings {
    /// Name of this process among all workers, such as `host:4711`.
    pub name: String,
    /// Languages this machine has.
    pub languages: Vec<Language>,
    /// The sandbox: jobs at once, tier.
    pub sandbox: SandboxDescription,
    /// How long a reserved job is ours without a heartbeat; 15 s by contract.
    pub lease: Duration,
    /// Time between heartbeats; 5 s by contract.
    pub heartbeat: Duration,
    /// How often the table is looked at without being woken.
    pub poll: Duration,
    /// How long jobs may go on after the order to stop, before they are given back.
    pub drain: Duration,
}

impl WorkerSettings {
    /// The contract's times.
    #[must_use]
    pub fn new(name: String, languages: Vec<Language>, sandbox: SandboxDescription) -> Self {
        Self {
            name,
            languages,
            sandbox,
            lease: Duration::from_secs(15),
            heartbeat: Duration::from_secs(5),
            // Only jobs of other processes wait for this; those of this process wake the worker at once.
            poll: Duration::from_millis(250),
            // Leaves 10 s of the contract's 20 s to give back what does not finish.
            drain: Duration::from_secs(10),
        }
    }

    fn capabilities(&self) -> Vec<String> {
        self.languages
            .iter()
            .filter(|language| language.available)
            .map(|language| language.id.clone())
            .collect()
    }
}

/// How often the worker says that it is there.
const ADVERTISE_EVERY: Duration = Duration::from_mins(1);
/// A worker that has not said so for longer is taken to be gone: two adverts and a half.
const ALIVE_FOR: Duration = Duration::from_secs(150);
/// How long a job that failed here is left to other workers, if there are any: several times their [`WorkerSettings::poll`].
const LEFT_TO_OTHERS: Duration = Duration::from_secs(5);
/// First and longest wait while the database is away.
const FIRST_BACKOFF: Duration = Duration::from_millis(250);
const LONGEST_BACKOFF: Duration = Duration::from_secs(10);

/// This worker among the others.
#[derive(Default)]
struct Presence {
    /// When it last said what it offers.
    advertised_at: Option<Timestamp>,
    /// Whether there are others, which may do what failed here.
    has_others: bool,
}

/// Takes jobs and runs them.
pub struct Worker {
    deps: WorkerDeps,
    settings: Arc<WorkerSettings>,
}

impl Worker {
    /// With its ports.
    #[must_use]
    pub fn new(deps: WorkerDeps, settings: WorkerSettings) -> Self {
        Self {
            deps,
            settings: Arc::new(settings),
        }
    }

    /// Works until told to stop; then takes no more jobs, lets running ones finish for [`WorkerSettings::drain`] and gives
    /// the rest back.
    pub async fn run(self, shutdown: CancellationToken) {
        tracing::info!(worker = %self.settings.name, slots = self.settings.sandbox.slots, tier = %self.settings.sandbox.tier, "worker started");
        recording::begin();
        let give_back = CancellationToken::new();
        let mut running: JoinSet<Health> = JoinSet::new();
        let (mut backoff, mut rest) = (FIRST_BACKOFF, Rest::new());
        let mut presence = Presence::default();
        while !shutdown.is_cancelled() {
            while let Some(ended) = running.try_join_next() {
                rest.note(ended);
            }
            tokio::select! {
                () = shutdown.cancelled() => break,
                () = self.advertise(&mut presence) => {}
            }
            if let Some(until) = rest.until() {
                tokio::select! {
                    () = shutdown.cancelled() => break,
                    () = tokio::time::sleep_until(until) => {}
                    Some(ended) = running.join_next(), if !running.is_empty() => rest.note(ended),
                }
                continue;
            }
            let free = self.settings.sandbox.slots.saturating_sub(running.len());
            if free == 0 {
                tokio::select! {
                    () = shutdown.cancelled() => break,
                    Some(ended) = running.join_next() => rest.note(ended),
                }
                continue;
            }
            match self.deps.queue.reserve(&self.request(free, &presence)).await {
                Ok(jobs) => {
                    backoff = FIRST_BACKOFF;
                    let more = jobs.len() == free;
                    for job in jobs {
                        self.start(&mut running, job, &give_back);
                    }
                    if !more {
                        self.idle(&shutdown, &mut running, &mut rest).await;
                    }
                }
                Err(error) => {
                    tracing::error!(%error, retry_in_ms = backoff.as_millis(), "jobs could not be reserved");
                    tokio::select! {
                        () = shutdown.cancelled() => break,
                        () = tokio::time::sleep(backoff) => {}
                    }
                    backoff = (backoff * 2).min(LONGEST_BACKOFF);
                }
            }
        }
        self.stop(running, &give_back).await;
    }

    /// Waits for an announcement, the next look at the table, or a slot that becomes free.
    async fn idle(&self, shutdown: &CancellationToken, running: &mut JoinSet<Health>, rest: &mut Rest) {
        tokio::select! {
            () = shutdown.cancelled() => {}
            () = self.deps.signal.wait(self.settings.poll) => {}
            Some(ended) = running.join_next(), if !running.is_empty() => rest.note(ended),
        }
    }

    fn start(&self, running: &mut JoinSet<Health>, job: Job, give_back: &CancellationToken) {
        let one = OneJob {
            deps: self.deps.clone(),
            settings: self.settings.clone(),
            give_back: give_back.clone(),
        };
        let span = self.span(&job);
        running.spawn(run_one(one, job).instrument(span));
    }

    /// Part of the trace of the request that made the job.
    fn span(&self, job: &Job) -> Span {
        let span = tracing::info_span!(
            target: TRACE_TARGET,
            parent: None,
            "job",
            otel.name = %format_args!("job {}", job.kind.as_str()),
            otel.kind = "consumer",
            otel.status_code = Empty,
            job.id = %job.id,
            job.queue = job.queue.as_str(),
            job.attempt = job.attempt,
            job.verdict = Empty,
        );
        if let Some(parent) = &job.trace_context {
            self.deps.traces.join(&span, parent);
        }
        span
    }

    async fn stop(&self, mut running: JoinSet<Health>, give_back: &CancellationToken) {
        tracing::info!(running = running.len(), "worker takes no more jobs");
        let deadline = Instant::now() + self.settings.drain;
        while !running.is_empty() {
            if tokio::time::timeout_at(deadline, running.join_next()).await.is_err() {
                tracing::info!(running = running.len(), "giving back what still runs");
                give_back.cancel();
                while running.join_next().await.is_some() {}
            }
        }
        tracing::info!(worker = %self.settings.name, "worker stopped");
    }

    fn request(&self, max: usize, presence: &Presence) -> ReserveRequest {
        ReserveRequest {
            worker: self.settings.name.clone(),
            kinds: JobKind::ALL.to_vec(),
            capabilities: self.settings.capabilities(),
            max: u32::try_from(max).unwrap_or(u32::MAX),
            lease: chrono_duration(self.settings.lease),
            patience: chrono_duration(if presence.has_others { LEFT_TO_OTHERS } else { Duration::ZERO }),
            now: self.deps.clock.now(),
        }
    }

    /// Says what this worker offers, and looks who else does.
    async fn advertise(&self, presence: &mut Presence) {
        let now = self.deps.clock.now();
        if presence
            .advertised_at
            .is_some_and(|last| now - last < chrono_duration(ADVERTISE_EVERY))
        {
            return;
        }
        let advert = WorkerAdvert {
            worker: self.settings.name.clone(),
            languages: self
                .settings
                .languages
                .iter()
                .filter(|language| language.available)
                .cloned()
                .collect(),
            slots: u32::try_from(self.settings.sandbox.slots).unwrap_or(u32::MAX),
            tier: self.settings.sandbox.tier.to_string(),
            seen_at: now,
        };
        match self.deps.registry.advertise(&advert).await {
            Ok(()) => presence.advertised_at = Some(now),
            Err(error) => tracing::warn!(%error, "the worker could not say what it offers"),
        }
        match self.deps.registry.seen_since(now - chrono_duration(ALIVE_FOR)).await {
            Ok(seen) => presence.has_others = seen.iter().any(|other| other.worker != self.settings.name),
            Err(error) => tracing::warn!(%error, "the worker could not see the others"),
        }
    }
}

pub(crate) fn chrono_duration(duration: Duration) -> chrono::Duration {
    chrono::Duration::from_std(duration).unwrap_or(chrono::Duration::MAX)
}
