//! The loop that takes jobs.

use crate::one_job::{OneJob, run_one};
use crate::presence::Presence;
use crate::recording;
use crate::rest::{Health, Rest};
use crate::room::Room;
use codesm_core::app::App;
use codesm_core::jobs::{Job, JobKind, JobQueue, JobSignal, Listener, Queue, QueuePolicies, ReserveRequest, Wake, WorkerRegistry};
use codesm_core::judging::{Language, SandboxDescription};
use codesm_core::kernel::{Clock, TRACE_TARGET, TraceContext};
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
    /// Kinds of jobs it can do.
    pub kinds: Vec<JobKind>,
    /// Queues it serves.
    pub queues: Vec<Queue>,
    /// How jobs of each queue are worked on.
    pub policies: QueuePolicies,
    /// Languages this machine has.
    pub languages: Vec<Language>,
    /// Jobs at once.
    pub slots: usize,
    /// Tier of the sandbox; without one the worker does not say that it is there.
    pub tier: Option<String>,
    /// How long a reserved job is ours without a heartbeat; 15 s by contract.
    pub lease: Duration,
    /// Time between heartbeats; 5 s by contract.
    pub heartbeat: Duration,
    /// How long jobs may go on after the order to stop, before they are given back.
    pub drain: Duration,
}

impl WorkerSettings {
    /// For a worker with a sandbox.
    #[must_use]
    pub fn judging(name: String, languages: Vec<Language>, sandbox: &SandboxDescription, policies: QueuePolicies) -> Self {
        Self {
            kinds: vec![JobKind::JudgeSubmission],
            queues: Queue::JUDGING.to_vec(),
            languages,
            slots: sandbox.slots,
            tier: Some(sandbox.tier.to_string()),
            ..Self::with_times(name, policies)
        }
    }

    /// For a worker that runs no programs.
    #[must_use]
    pub fn background(name: String, policies: QueuePolicies) -> Self {
        let queues: Vec<Queue> = Queue::ALL.into_iter().filter(|queue| !Queue::JUDGING.contains(queue)).collect();
        let slots = queues.iter().map(|queue| policies.of(*queue).concurrency as usize).sum();
        Self {
            kinds: JobKind::ALL.into_iter().filter(|kind| *kind != JobKind::JudgeSubmission).collect(),
            queues,
            slots,
            ..Self::with_times(name, policies)
        }
    }

    /// The contract's times.
    fn with_times(name: String, policies: QueuePolicies) -> Self {
        Self {
            name,
            kinds: Vec::new(),
            queues: Vec::new(),
            policies,
            languages: Vec::new(),
            slots: 0,
            tier: None,
            lease: Duration::from_secs(15),
            heartbeat: Duration::from_secs(5),
            // Leaves 10 s of the contract's 20 s to give back what does not finish.
            drain: Duration::from_secs(10),
        }
    }

    pub(crate) fn capabilities(&self) -> Vec<String> {
        self.languages
            .iter()
            .filter(|language| language.available)
            .map(|language| language.id.clone())
            .collect()
    }
}

/// How long a job that failed here is left to other workers, if there are any: several times their looks at the table.
const LEFT_TO_OTHERS: Duration = Duration::from_secs(5);
/// After so many looks that were left out because it was woken in time, it looks all the same.
const LOOKS_MISSED: u32 = 4;
/// First and longest wait while the database is away.
const FIRST_BACKOFF: Duration = Duration::from_millis(250);
const LONGEST_BACKOFF: Duration = Duration::from_secs(10);

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
        let (name, slots, tier) = (&self.settings.name, self.settings.slots, self.settings.tier.as_deref());
        tracing::info!(worker = %name, slots, tier, "worker started");
        recording::begin();
        let give_back = CancellationToken::new();
        let mut running: JoinSet<Health> = JoinSet::new();
        let (mut backoff, mut rest) = (FIRST_BACKOFF, Rest::new());
        let (mut presence, room) = (Presence::default(), Room::new(&self.settings));
        // What to do next; nothing: wait to be woken.
        let mut next = Some(Wake::Look);
        let mut looked_at = Instant::now();
        while !shutdown.is_cancelled() {
            while let Some(ended) = running.try_join_next() {
                rest.note(ended);
            }
            tokio::select! {
                () = shutdown.cancelled() => break,
                () = presence.advertise(&self.deps, &self.settings) => {}
            }
            if let Some(until) = rest.until() {
                tokio::select! {
                    () = shutdown.cancelled() => break,
                    () = tokio::time::sleep_until(until) => {}
                    Some(ended) = running.join_next(), if !running.is_empty() => rest.note(ended),
                }
                continue;
            }
            let (queues, most) = room.left(running.len());
            if most == 0 {
                tokio::select! {
                    () = shutdown.cancelled() => break,
                    Some(ended) = running.join_next() => rest.note(ended),
                }
                continue;
            }
            // Woken again and again, it still looks by itself now and then.
            if looked_at.elapsed() > LOOKS_MISSED * self.deps.signal.look_every() {
                next = Some(Wake::Look);
            }
            let Some(wake) = next.take() else {
                next = self.idle(queues, &shutdown, &mut running, &mut rest).await;
                continue;
            };
            let only = match wake {
                Wake::Job(id) => Some(id),
                Wake::Look => {
                    looked_at = Instant::now();
                    None
                }
            };
            let request = ReserveRequest {
                only,
                ..self.request(queues, most, &presence)
            };
            match self.deps.queue.reserve(&request).await {
                Ok(jobs) => {
                    backoff = FIRST_BACKOFF;
                    if only.is_none() && jobs.len() == most {
                        next = Some(Wake::Look);
                    }
                    for job in jobs {
                        self.start(&mut running, job, &room, &give_back);
                    }
                }
                Err(error) => {
                    tracing::error!(%error, retry_in_ms = backoff.as_millis(), "jobs could not be reserved");
                    tokio::select! {
                        () = shutdown.cancelled() => break,
                        () = tokio::time::sleep(backoff) => {}
                    }
                    backoff = (backoff * 2).min(LONGEST_BACKOFF);
                    next = Some(Wake::Look);
                }
            }
        }
        self.stop(running, &give_back).await;
    }

    /// Waits for an announcement, the next look at the table, or a slot that becomes free.
    async fn idle(&self, queues: Vec<Queue>, shutdown: &CancellationToken, running: &mut JoinSet<Health>, rest: &mut Rest) -> Option<Wake> {
        let listener = Listener {
            queues,
            capabilities: self.settings.capabilities(),
        };
        tokio::select! {
            () = shutdown.cancelled() => None,
            wake = self.deps.signal.wait(&listener, self.deps.signal.look_every()) => Some(wake),
            Some(ended) = running.join_next(), if !running.is_empty() => {
                rest.note(ended);
                None
            }
        }
    }

    fn start(&self, running: &mut JoinSet<Health>, job: Job, room: &Room, give_back: &CancellationToken) {
        let place = room.take(job.queue);
        let one = OneJob {
            deps: self.deps.clone(),
            settings: self.settings.clone(),
            give_back: give_back.clone(),
        };
        let span = self.span(&job);
        let working = async move {
            let health = run_one(one, job).await;
            drop(place);
            health
        };
        running.spawn(working.instrument(span));
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

    fn request(&self, queues: Vec<Queue>, max: usize, presence: &Presence) -> ReserveRequest {
        ReserveRequest {
            worker: self.settings.name.clone(),
            kinds: self.settings.kinds.clone(),
            queues,
            only: None,
            capabilities: self.settings.capabilities(),
            max: u32::try_from(max).unwrap_or(u32::MAX),
            lease: chrono_duration(self.settings.lease),
            patience: chrono_duration(if presence.has_others() { LEFT_TO_OTHERS } else { Duration::ZERO }),
            now: self.deps.clock.now(),
        }
    }
}

pub(crate) fn chrono_duration(duration: Duration) -> chrono::Duration {
    chrono::Duration::from_std(duration).unwrap_or(chrono::Duration::MAX)
}
