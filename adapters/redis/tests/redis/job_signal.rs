//! Hints of jobs, from process to process.

use crate::server::{OwnRedis, until};
use async_trait::async_trait;
use chrono::{DateTime, Duration as Span, Utc};
use codesm_contract::TestIds;
use codesm_contract::job_signal::JobSignalFixture;
use codesm_core::jobs::{Job, JobKind, JobSignal, Listener, NewJob, Queue, Wake};
use codesm_redis::{RedisConnection, RedisJobSignal};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant};

/// Counts what it is told while Redis is away.
#[derive(Default)]
struct Fallback {
    announced: AtomicUsize,
    waited: AtomicUsize,
}

#[async_trait]
impl JobSignal for Fallback {
    fn announce(&self, _: &Job) {
        self.announced.fetch_add(1, Ordering::Relaxed);
    }

    async fn wait(&self, _: &Listener, timeout: Duration) -> Wake {
        self.waited.fetch_add(1, Ordering::Relaxed);
        tokio::time::sleep(timeout).await;
        Wake::Look
    }

    fn look_every(&self) -> Duration {
        Duration::from_millis(250)
    }
}

struct Fixture {
    _server: OwnRedis,
    signal: Arc<RedisJobSignal>,
}

impl JobSignalFixture for Fixture {
    fn signal(&self) -> Arc<dyn JobSignal> {
        self.signal.clone()
    }
}

async fn fixture() -> Fixture {
    let server = OwnRedis::started();
    let connection = server.connect();
    until(&connection, true).await;
    Fixture {
        _server: server,
        signal: signal(&connection),
    }
}

codesm_contract::job_signal_suite!(super::job_signal::fixture);

fn signal(connection: &Arc<RedisConnection>) -> Arc<RedisJobSignal> {
    Arc::new(RedisJobSignal::new(connection.clone(), Arc::new(Fallback::default())))
}

fn job(queue: Queue, requirements: &[&str], turn: i64) -> Job {
    let new = NewJob {
        kind: JobKind::JudgeSubmission,
        queue,
        requirements: requirements.iter().map(|name| (*name).to_owned()).collect(),
        subject: None,
        payload: serde_json::Value::Null,
        ahead: 0,
    };
    let made = DateTime::<Utc>::UNIX_EPOCH + Span::days(20_000);
    let mut job = Job::new(&TestIds::new(), made, new);
    job.turn_at = made + Span::seconds(turn);
    job
}

fn listener(queues: &[Queue], capabilities: &[&str]) -> Listener {
    Listener {
        queues: queues.to_vec(),
        capabilities: capabilities.iter().map(|name| (*name).to_owned()).collect(),
    }
}

const LONG: Duration = Duration::from_secs(30);
/// Long enough to be connected and to have heard what there is.
const SHORT: Duration = Duration::from_secs(3);

/// Announced and arrived.
async fn announce(server: &OwnRedis, signal: &RedisJobSignal, jobs: &[&Job]) {
    for job in jobs {
        signal.announce(job);
    }
    let deadline = Instant::now() + LONG;
    let there = || {
        let counted = server.ask(&[
            "EVAL",
            "local n = 0 for _, k in ipairs(redis.call('KEYS', '*jobs*')) do n = n + redis.call('ZCARD', k) end return n",
            "0",
        ]);
        counted.parse::<usize>().unwrap()
    };
    while there() < jobs.len() {
        assert!(Instant::now() < deadline, "hints did not arrive");
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
}

/// A hint comes back through Redis, one that was there and one that comes.
pub(crate) async fn carries_hints(connection: &Arc<RedisConnection>) {
    let signal = signal(connection);
    let listener = listener(&[Queue::Run, Queue::Submit], &["cpp", "python"]);
    for (queue, requirements) in [(Queue::Submit, &["python"][..]), (Queue::Run, &[])] {
        let job = job(queue, requirements, 1);
        signal.announce(&job);
        let deadline = Instant::now() + LONG;
        // The connection that waits is made with the first question.
        while signal.wait(&listener, LONG).await != Wake::Job(job.id) {
            assert!(Instant::now() < deadline, "no hint comes");
        }
    }
}

#[tokio::test]
async fn hints_come_by_queue_and_then_by_turn_whatever_they_require() {
    let server = OwnRedis::started();
    let (sender, receiver) = (server.connect(), server.connect());
    until(&sender, true).await;
    until(&receiver, true).await;
    let (here, there) = (signal(&sender), signal(&receiver));
    let late = job(Queue::Submit, &["cpp"], 9);
    let early = job(Queue::Submit, &["python"], 1);
    let middle = job(Queue::Submit, &[], 5);
    let urgent = job(Queue::Run, &["cpp"], 100);
    announce(&server, &here, &[&late, &early, &middle, &urgent]).await;
    // Told twice, it lies there once.
    here.announce(&late);
    let listener = listener(&[Queue::Submit, Queue::Run], &["cpp", "python"]);
    for expected in [&urgent, &early, &middle, &late] {
        assert_eq!(there.wait(&listener, LONG).await, Wake::Job(expected.id));
    }
    assert_eq!(there.wait(&listener, Duration::from_millis(200)).await, Wake::Look);
}

#[tokio::test]
async fn a_hint_reaches_the_worker_that_has_everything() {
    let server = OwnRedis::started();
    let (one, other) = (server.connect(), server.connect());
    until(&one, true).await;
    until(&other, true).await;
    let (poor, rich) = (signal(&one), signal(&other));
    let job = job(Queue::Submit, &["cpp", "python"], 1);
    announce(&server, &poor, &[&job]).await;
    let without_python = listener(&[Queue::Submit], &["cpp"]);
    let without_cpp = listener(&[Queue::Submit], &["python"]);
    assert_eq!(poor.wait(&without_python, SHORT).await, Wake::Look);
    let everything = listener(&[Queue::Submit], &["cpp", "python"]);
    assert_eq!(rich.wait(&everything, LONG).await, Wake::Job(job.id), "it was handed on");
    // Nobody has everything: it is dropped, not handed round for ever.
    poor.announce(&job);
    assert_eq!(poor.wait(&without_python, SHORT).await, Wake::Look);
    assert_eq!(rich.wait(&without_cpp, SHORT).await, Wake::Look);
    assert_eq!(server.ask(&["KEYS", "*jobs*"]), "");
}

#[tokio::test]
async fn who_gave_up_waiting_leaves_the_answer_to_the_next() {
    let Fixture { _server, signal } = fixture().await;
    let listener = listener(&[Queue::Run], &["cpp"]);
    for turn in 0..20 {
        let waiting = {
            let (signal, listener) = (signal.clone(), listener.clone());
            tokio::spawn(async move { signal.wait(&listener, LONG).await })
        };
        tokio::time::sleep(Duration::from_millis(5)).await;
        let job = job(Queue::Run, &["cpp"], turn);
        signal.announce(&job);
        // Sometimes before the answer came, sometimes after.
        tokio::time::sleep(Duration::from_micros(u64::try_from(turn).unwrap() * 100)).await;
        waiting.abort();
        if let Ok(woken) = waiting.await {
            assert_eq!(woken, Wake::Job(job.id));
        } else {
            assert_eq!(signal.wait(&listener, LONG).await, Wake::Job(job.id), "round {turn}");
        }
    }
}

#[tokio::test]
async fn while_redis_is_away_the_other_signal_wakes_and_hints_flow_again_afterwards() {
    let mut server = OwnRedis::started();
    let connection = server.connect();
    until(&connection, true).await;
    let fallback = Arc::new(Fallback::default());
    let signal = RedisJobSignal::new(connection.clone(), fallback.clone());
    assert_eq!(signal.look_every(), Duration::from_secs(5));
    let listener = listener(&[Queue::Run], &["cpp"]);
    assert_eq!(signal.wait(&listener, Duration::from_millis(50)).await, Wake::Look);

    server.kill();
    until(&connection, false).await;
    let first = job(Queue::Run, &["cpp"], 1);
    signal.announce(&first);
    assert_eq!(signal.look_every(), Duration::from_millis(250));
    assert_eq!(signal.wait(&listener, Duration::from_millis(10)).await, Wake::Look);
    let counted = (fallback.announced.load(Ordering::Relaxed), fallback.waited.load(Ordering::Relaxed));
    assert_eq!(counted, (1, 1));

    server.start();
    until(&connection, true).await;
    let second = job(Queue::Run, &["cpp"], 2);
    signal.announce(&second);
    let deadline = Instant::now() + LONG;
    // What was asked before the end comes to nothing: the worker looks, and asks again.
    while signal.wait(&listener, LONG).await != Wake::Job(second.id) {
        assert!(Instant::now() < deadline, "hints flow no more");
    }
}
