//! Hints that jobs are ready, for the workers of all processes.
//!
//! A hint is a job's id in a sorted set; its score is the job's turn. There is a set for each queue and requirement (a lane), so that a
//! worker takes no hint of a job it cannot do: a job that requires several things lies in the lane of the first, and whoever takes it
//! there without offering the others moves it to the lane of one that is missing. Hints are lost with Redis, with the process that
//! took them, or on the way; the process that looks after the queues announces again what has waited for a second.

use crate::RedisConnection;
use crate::connection::close;
use crate::hint::{Hint, lane_of};
use async_trait::async_trait;
use codesm_core::jobs::{Job, JobSignal, Listener, Queue, Wake};
use fred::prelude::{Client, ClientLike as _, Error, ErrorKind, SortedSetsInterface as _};
use fred::types::config::Options;
use fred::types::scripts::Script;
use fred::types::{ClusterHash, SetOptions};
use std::collections::BTreeMap;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;
use tokio::sync::mpsc;
use tokio::task::JoinHandle;

/// While Redis tells of jobs, looking at the table only finds what was lost.
const LOOK_EVERY: Duration = Duration::from_secs(5);
/// How long Redis holds a listener's question before it says that there is nothing.
const BLOCK: Duration = Duration::from_secs(4);
/// How much longer an answer may take on its way.
const MARGIN: Duration = Duration::from_secs(2);
/// Pause after a failure, so that a Redis that refuses everything is not asked all the time.
const PAUSE: Duration = Duration::from_millis(250);
/// Hints that may wait to be sent; more are dropped, and found by looking.
const WAITING: usize = 10_000;
/// Hints sent at a time.
const BATCH: usize = 256;

/// What Redis said: the lane and the hint that lay there, or nothing.
type Answer = Result<Option<(String, String)>, Error>;

/// Hints through Redis. While it is away, another signal wakes the workers of this process, and they look at the table more often.
pub struct RedisJobSignal {
    connection: Arc<RedisConnection>,
    fallback: Arc<dyn JobSignal>,
    outgoing: mpsc::Sender<Hint>,
    sender: JoinHandle<()>,
    is_dropping: AtomicBool,
    /// One for each kind of listener of this process: those that run programs, and those that do not.
    ears: [tokio::sync::Mutex<Ear>; 2],
    pop: Arc<Script>,
}

/// What a listener waits with: a connection of its own, since a question that Redis holds would hold up all others.
#[derive(Default)]
struct Ear {
    client: Option<Client>,
    /// The question that is on its way. It outlives whoever asked and gave up, so that its answer is not lost.
    asked: Option<JoinHandle<Answer>>,
}

impl RedisJobSignal {
    /// With the signal that wakes while Redis is away. Needs a running Tokio runtime.
    #[must_use]
    pub fn new(connection: Arc<RedisConnection>, fallback: Arc<dyn JobSignal>) -> Self {
        let (outgoing, hints) = mpsc::channel(WAITING);
        Self {
            sender: tokio::spawn(send(connection.clone(), hints)),
            connection,
            fallback,
            outgoing,
            is_dropping: AtomicBool::new(false),
            ears: Default::default(),
            pop: Arc::new(Script::from_lua(include_str!("pop.lua"))),
        }
    }

    fn post(&self, hint: Hint) {
        if self.outgoing.try_send(hint).is_ok() {
            self.is_dropping.store(false, Ordering::Relaxed);
            return;
        }
        metrics::counter!("codesm_redis_hints_dropped_total").increment(1);
        if !self.is_dropping.swap(true, Ordering::Relaxed) {
            tracing::warn!("Redis takes hints too slowly; some are dropped, and their jobs found by looking");
        }
    }

    /// What Redis says next to this kind of listener.
    async fn heard(&self, listener: &Listener) -> Answer {
        let runs_programs = listener.queues.iter().any(|queue| Queue::JUDGING.contains(queue));
        let mut ear = self.ears[usize::from(runs_programs)].lock().await;
        if ear.asked.is_none() {
            let client = match &ear.client {
                Some(client) => client.clone(),
                None => ear.client.insert(self.connection.patient_client()?).clone(),
            };
            let (keys, lanes) = self.keys(listener);
            ear.asked = Some(tokio::spawn(ask(self.pop.clone(), client, keys, lanes)));
        }
        let Some(asked) = &mut ear.asked else { return Ok(None) };
        // Whoever gives up while this waits leaves the question to the next.
        let answer = asked.await;
        ear.asked = None;
        answer.unwrap_or(Ok(None))
    }

    /// The lanes of each queue, the most urgent queue first.
    fn keys(&self, listener: &Listener) -> (Vec<String>, usize) {
        let mut queues = listener.queues.clone();
        queues.sort_by_key(|queue| (queue.priority(), *queue));
        let lanes = [lane_of(None)]
            .into_iter()
            .chain(listener.capabilities.iter().map(|name| lane_of(Some(name))));
        let lanes: Vec<String> = lanes.collect();
        let keys = queues.iter().flat_map(|queue| lanes.iter().map(|lane| self.key(*queue, lane)));
        (keys.collect(), lanes.len())
    }

    fn key(&self, queue: Queue, lane: &str) -> String {
        self.connection.tagged_key("jobs", &format!("{}:{lane}", queue.as_str()))
    }

    /// The job, if the listener can do it.
    fn take(&self, listener: &Listener, key: &str, text: &str) -> Option<Wake> {
        let hint = Hint::parse(text)?;
        let queue = listener
            .queues
            .iter()
            .find(|queue| key.contains(&format!(":{}:", queue.as_str())))?;
        let Some(missing) = hint.missing(&listener.capabilities) else {
            return Some(Wake::Job(hint.id));
        };
        // Once: who is not in that lane either leaves it to be announced again.
        if key == self.key(*queue, &hint.first_lane()) {
            let lane = lane_of(Some(missing));
            self.post(hint.moved_to(*queue, lane));
        }
        None
    }
}

impl Drop for RedisJobSignal {
    fn drop(&mut self) {
        self.sender.abort();
        for ear in &mut self.ears {
            let ear = ear.get_mut();
            if let Some(asked) = ear.asked.take() {
                asked.abort();
            }
            if let Some(client) = ear.client.take() {
                close(client);
            }
        }
    }
}

#[async_trait]
impl JobSignal for RedisJobSignal {
    fn announce(&self, job: &Job) {
        if self.connection.is_up() {
            self.post(Hint::of(job));
        } else {
            self.fallback.announce(job);
        }
    }

    async fn wait(&self, listener: &Listener, timeout: Duration) -> Wake {
        if !self.connection.is_up() || listener.queues.is_empty() {
            return self.fallback.wait(listener, timeout).await;
        }
        let waiting = async {
            loop {
                match self.heard(listener).await {
                    Ok(Some((key, text))) => {
                        if let Some(wake) = self.take(listener, &key, &text) {
                            return wake;
                        }
                    }
                    Ok(None) => {}
                    Err(error) => {
                        tracing::debug!(%error, "Redis did not say which jobs are ready");
                        tokio::time::sleep(PAUSE).await;
                        return Wake::Look;
                    }
                }
            }
        };
        tokio::time::timeout(timeout, waiting).await.unwrap_or(Wake::Look)
    }

    fn look_every(&self) -> Duration {
        if self.connection.is_up() {
            LOOK_EVERY
        } else {
            self.fallback.look_every()
        }
    }
}

/// Asks once: for what is there, and if there is nothing, for what comes.
async fn ask(pop: Arc<Script>, client: Client, keys: Vec<String>, lanes: usize) -> Answer {
    let found: Vec<String> = pop.evalsha_with_reload(&client, keys.clone(), vec![lanes.to_string()]).await?;
    if let [key, hint] = found.as_slice() {
        return Ok(Some((key.clone(), hint.clone())));
    }
    let options = Options {
        timeout: Some(BLOCK + MARGIN),
        cluster_hash: Some(ClusterHash::FirstKey),
        ..Options::default()
    };
    let came: Result<(String, String, f64), Error> = client.with_options(&options).bzpopmin(keys, BLOCK.as_secs_f64()).await;
    match came {
        Ok((key, hint, _)) => Ok(Some((key, hint))),
        // So the client says that Redis said that there is nothing.
        Err(error) if *error.kind() == ErrorKind::Timeout => Ok(None),
        Err(error) => Err(error),
    }
}

/// Sends hints, many at a time.
async fn send(connection: Arc<RedisConnection>, mut hints: mpsc::Receiver<Hint>) {
    let mut batch = Vec::with_capacity(BATCH);
    while hints.recv_many(&mut batch, BATCH).await > 0 {
        let mut sets: BTreeMap<String, Vec<(f64, String)>> = BTreeMap::new();
        for hint in batch.drain(..) {
            let Some(queue) = hint.queue else { continue };
            let lane = hint.lane.clone().unwrap_or_else(|| hint.first_lane());
            let key = connection.tagged_key("jobs", &format!("{}:{lane}", queue.as_str()));
            sets.entry(key).or_default().push((hint.turn(), hint.text()));
        }
        for (key, members) in sets {
            // Told before: it keeps its place.
            let added = connection
                .client()
                .zadd::<(), _, _>(key, Some(SetOptions::NX), None, false, false, members);
            if let Err(error) = added.await {
                tracing::debug!(%error, "hints were lost on the way to Redis");
            }
        }
    }
}
