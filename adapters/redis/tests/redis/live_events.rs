//! The contract of live events, and what other processes hear of them.

use crate::road::Road;
use crate::server::{OwnRedis, connect, until};
use codesm_contract::TestIds;
use codesm_contract::live_events::LiveEventsFixture;
use codesm_core::judging::{TestResult, Verdict};
use codesm_core::kernel::SubmissionId;
use codesm_core::submissions::{LiveEvents, Progress, ProgressStep, SubmissionState, Subscription};
use codesm_memory::MemoryLiveEvents;
use codesm_redis::{RedisConnection, RedisLiveEvents};
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

/// Longest wait for a message on a busy machine.
const LONG: Duration = Duration::from_secs(30);
/// Long enough for a message that should not come.
const SHORT: Duration = Duration::from_millis(300);

/// Carries events inside a process, and remembers what was to be carried.
#[derive(Default)]
pub(crate) struct Heard {
    inner: MemoryLiveEvents,
    events: Mutex<Vec<(SubmissionId, Progress)>>,
}

impl Heard {
    fn attempts(&self, submission_id: SubmissionId) -> Vec<u32> {
        let events = self.events.lock().unwrap();
        let mine = events.iter().filter(|(id, _)| *id == submission_id);
        mine.map(|(_, progress)| progress.attempt).collect()
    }
}

impl LiveEvents for Heard {
    fn publish(&self, submission_id: SubmissionId, progress: Progress) {
        self.events.lock().unwrap().push((submission_id, progress.clone()));
        self.inner.publish(submission_id, progress);
    }

    fn subscribe(&self, submission_id: SubmissionId) -> Box<dyn Subscription> {
        self.inner.subscribe(submission_id)
    }
}

/// A process of its own, as far as Redis can tell.
pub(crate) struct Process {
    connection: Arc<RedisConnection>,
    events: RedisLiveEvents,
    heard: Arc<Heard>,
}

impl Process {
    pub(crate) fn start(connection: Arc<RedisConnection>) -> Self {
        let heard = Arc::new(Heard::default());
        let events = RedisLiveEvents::start(connection.clone(), heard.clone());
        Self { connection, events, heard }
    }

    fn at(server: &OwnRedis) -> Self {
        Self::start(server.connect())
    }

    fn publish(&self, submission_id: SubmissionId, attempt: u32) {
        self.events.publish(submission_id, progress(attempt));
    }

    /// Waits until `other` hears this one.
    pub(crate) async fn reaches(&self, other: &Self) {
        let (id, deadline) = (submission(), Instant::now() + LONG);
        while other.heard.attempts(id).is_empty() {
            assert!(Instant::now() < deadline, "nothing is heard");
            self.publish(id, 1);
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
    }
}

fn progress(attempt: u32) -> Progress {
    Progress {
        attempt,
        step: ProgressStep::State(SubmissionState::Running),
    }
}

fn submission() -> SubmissionId {
    SubmissionId::generate(&TestIds::new())
}

fn judged(stdout: String) -> Progress {
    let result = TestResult {
        index: 1,
        name: "secret/01".to_owned(),
        sample: false,
        verdict: Verdict::Partial,
        score: 0.1 + 0.2,
        cpu_ms: 7,
        wall_ms: 8,
        memory_kb: 9,
        exit_code: Some(0),
        signal: None,
        message: None,
        judge_message: Some("nearly".to_owned()),
        stdout: Some(stdout),
        stderr: None,
    };
    Progress {
        attempt: 1,
        step: ProgressStep::Test(Box::new(result)),
    }
}

async fn pair(server: &OwnRedis) -> (Process, Process) {
    let (first, second) = (Process::at(server), Process::at(server));
    first.reaches(&second).await;
    second.reaches(&first).await;
    (first, second)
}

struct Fixture {
    /// Lives as long as the test.
    _server: OwnRedis,
    events: Arc<RedisLiveEvents>,
}

impl LiveEventsFixture for Fixture {
    fn events(&self) -> Arc<dyn LiveEvents> {
        self.events.clone()
    }
}

async fn fixture() -> Fixture {
    let server = OwnRedis::started();
    let connection = server.connect();
    until(&connection, true).await;
    Fixture {
        events: Arc::new(RedisLiveEvents::start(connection, Arc::new(MemoryLiveEvents::new()))),
        _server: server,
    }
}

codesm_contract::live_events_suite!(super::live_events::fixture);

#[tokio::test(flavor = "multi_thread")]
async fn a_watcher_hears_another_process_in_order() {
    let server = OwnRedis::started();
    let (worker, api) = pair(&server).await;
    let id = submission();
    let mut watcher = api.events.subscribe(id);
    let mut sent: Vec<Progress> = (1..=100).map(progress).collect();
    sent.push(judged("é\u{0}".to_owned()));
    sent.push(Progress {
        attempt: 1,
        step: ProgressStep::Finished,
    });
    for progress in &sent {
        worker.events.publish(id, progress.clone());
    }
    for progress in sent {
        assert_eq!(watcher.next(LONG).await, Some(progress));
    }
    assert_eq!(watcher.next(SHORT).await, None);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_process_does_not_hear_itself_twice() {
    let server = OwnRedis::started();
    let (first, second) = pair(&server).await;
    let id = submission();
    let mut there = second.events.subscribe(id);
    for attempt in 1..=3 {
        first.publish(id, attempt);
        assert_eq!(there.next(LONG).await, Some(progress(attempt)));
    }
    // Whatever Redis brought back to the first came before this.
    let mut here = first.events.subscribe(id);
    second.publish(id, 4);
    assert_eq!(here.next(LONG).await, Some(progress(4)));
    assert_eq!(first.heard.attempts(id), [1, 2, 3, 4]);
    assert_eq!(second.heard.attempts(id), [1, 2, 3, 4]);
}

#[tokio::test(flavor = "multi_thread")]
async fn prefixes_keep_installations_apart() {
    let server = OwnRedis::started();
    let (first, second) = pair(&server).await;
    let stranger = Process::start(connect(server.port(), "other"));
    let deadline = Instant::now() + LONG;
    while !server.ask(&["PUBSUB", "NUMSUB", "other:events:63"]).ends_with('1') {
        assert!(Instant::now() < deadline, "never subscribed");
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    first.reaches(&second).await;
    tokio::time::sleep(SHORT).await;
    assert!(stranger.heard.events.lock().unwrap().is_empty());
}

#[tokio::test(flavor = "multi_thread")]
async fn events_flow_again_after_redis_was_killed() {
    let mut server = OwnRedis::started();
    let (worker, api) = pair(&server).await;
    server.kill();
    for process in [&worker, &api] {
        until(&process.connection, false).await;
    }
    let id = submission();
    let mut watcher = worker.events.subscribe(id);
    worker.publish(id, 1);
    assert_eq!(watcher.next(LONG).await, Some(progress(1)));
    server.start();
    worker.reaches(&api).await;
    api.reaches(&worker).await;
    worker.publish(id, 2);
    assert_eq!(watcher.next(LONG).await, Some(progress(2)));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_subscription_that_alone_is_lost_is_made_again() {
    let server = OwnRedis::started();
    let (worker, api) = pair(&server).await;
    assert_eq!(server.ask(&["CLIENT", "KILL", "TYPE", "pubsub"]), "2");
    worker.reaches(&api).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_subscription_whose_peer_vanished_without_a_word_is_made_again() {
    let server = OwnRedis::started();
    let road = Road::to(server.port()).await;
    let worker = Process::at(&server);
    let api = Process::start(connect(road.port(), "codesm"));
    worker.reaches(&api).await;
    road.cut();
    worker.reaches(&api).await;
    api.reaches(&worker).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn without_redis_the_watchers_of_the_process_hear_all() {
    let mut server = OwnRedis::stopped();
    let (worker, api) = (Process::at(&server), Process::at(&server));
    let id = submission();
    let mut watcher = worker.events.subscribe(id);
    let begun = Instant::now();
    for attempt in 1..=10_000 {
        worker.publish(id, attempt);
        assert_eq!(watcher.next(LONG).await, Some(progress(attempt)));
    }
    assert!(begun.elapsed() < LONG / 2, "publishing waits for Redis");
    server.start();
    worker.reaches(&api).await;
    assert!(api.heard.attempts(id).is_empty(), "stale events were kept");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_full_queue_drops_and_does_not_wait() {
    const MESSAGES: u32 = 50_000;
    let server = OwnRedis::started();
    let (worker, api) = pair(&server).await;
    let id = submission();
    // Redis holds its breath, too short to be taken for dead.
    assert_eq!(server.ask(&["CLIENT", "PAUSE", "1500", "ALL"]), "OK");
    let begun = Instant::now();
    for attempt in 1..=MESSAGES {
        worker.publish(id, attempt);
    }
    assert!(begun.elapsed() < LONG / 2, "publishing waits for Redis");
    assert_eq!(worker.heard.attempts(id).len(), MESSAGES as usize);
    worker.reaches(&api).await;
    let heard = api.heard.attempts(id);
    assert!(!heard.is_empty() && heard.len() < MESSAGES as usize, "{} were heard", heard.len());
    assert!(heard.is_sorted(), "out of order");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_huge_event_stays_in_its_process() {
    let server = OwnRedis::started();
    let (worker, api) = pair(&server).await;
    let id = submission();
    let (mut here, mut there) = (worker.events.subscribe(id), api.events.subscribe(id));
    let (huge, large) = (judged("x".repeat(1 << 20)), judged("x".repeat(1_000_000)));
    for progress in [&huge, &large] {
        worker.events.publish(id, progress.clone());
        assert_eq!(here.next(LONG).await.as_ref(), Some(progress));
    }
    assert_eq!(there.next(LONG).await, Some(large));
}

#[tokio::test(flavor = "multi_thread")]
async fn messages_that_cannot_be_read_are_passed_over() {
    let server = OwnRedis::started();
    let (worker, api) = pair(&server).await;
    for nonsense in ["", "{}", "[1", r#"{"version":2,"from":"tomorrow"}"#, r#"{"version":1,"from":"x"}"#] {
        assert_eq!(server.ask(&["PUBLISH", "codesm:events:0", nonsense]), "2");
    }
    worker.reaches(&api).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn without_leave_for_the_channels_a_process_is_by_itself_until_it_gets_it() {
    let server = OwnRedis::started();
    assert_eq!(server.ask(&["ACL", "SETUSER", "default", "resetchannels"]), "OK");
    let (worker, api) = (Process::at(&server), Process::at(&server));
    until(&worker.connection, true).await;
    let id = submission();
    let mut watcher = worker.events.subscribe(id);
    worker.publish(id, 1);
    assert_eq!(watcher.next(LONG).await, Some(progress(1)));
    tokio::time::sleep(SHORT).await;
    assert!(api.heard.attempts(id).is_empty());
    assert_eq!(server.ask(&["ACL", "SETUSER", "default", "&codesm:*"]), "OK");
    worker.reaches(&api).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn nothing_is_left_in_redis_when_the_events_end() {
    let server = OwnRedis::started();
    let (worker, api) = pair(&server).await;
    drop((worker, api));
    let deadline = Instant::now() + LONG;
    // The one client left is the one that asks.
    while server.ask(&["CLIENT", "LIST"]).lines().count() > 1 || !server.ask(&["PUBSUB", "CHANNELS"]).is_empty() {
        assert!(Instant::now() < deadline, "connections stay");
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
}
