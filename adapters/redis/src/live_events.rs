//! Progress from the workers of every process to the watchers of every process.

use crate::RedisConnection;
use crate::connection::close;
use crate::live_message::Instance;
use crate::live_subscriber::{keep_subscribed, receive};
use codesm_core::kernel::SubmissionId;
use codesm_core::submissions::{LiveEvents, Progress, Subscription};
use fred::prelude::{Client, EventInterface as _, PubsubInterface as _};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;
use tokio::sync::mpsc::{self, Receiver, Sender};
use tokio::sync::{OwnedSemaphorePermit, Semaphore};
use tokio::task::JoinSet;

/// Channels the submissions are spread over. All processes that share a prefix must have the same number.
const SHARDS: u8 = 64;
/// Messages that may wait to be sent.
const QUEUED_MESSAGES: usize = 4096;
/// Bytes that may wait to be sent.
const QUEUED_BYTES: usize = 8 << 20;
/// Largest message: 1 MiB. A larger one stays in this process.
const MESSAGE_BYTES: usize = 1 << 20;
/// Messages received that may wait to be read.
const UNREAD_MESSAGES: usize = 1024;
/// Longest wait for Redis to take a message.
const PATIENCE: Duration = Duration::from_secs(1);

/// Live events through Redis publish/subscribe. Watchers of the process that publishes hear everything at once, as of the events it is
/// made with, whether Redis is there or not. Those of other processes hear it in order, too, but lose what is published while Redis is away
/// or slow, without a word: like every watcher they read the row now and then. Dropping it ends it.
pub struct RedisLiveEvents {
    local: Arc<dyn LiveEvents>,
    instance: Instance,
    connection: Arc<RedisConnection>,
    queue: Sender<Queued>,
    room: Arc<Semaphore>,
    losses: Arc<Losses>,
    subscriber: Client,
    /// Ends with this.
    _tasks: JoinSet<()>,
}

/// A message on its way, and the room it takes in the queue.
struct Queued {
    channel: String,
    message: Vec<u8>,
    _room: OwnedSemaphorePermit,
}

impl RedisLiveEvents {
    /// Begins to listen and returns at once; Redis may be away. `local` carries events inside this process. Needs a running Tokio runtime.
    #[must_use]
    pub fn start(connection: Arc<RedisConnection>, local: Arc<dyn LiveEvents>) -> Self {
        let instance = Instance::random();
        let losses = Arc::new(Losses::default());
        let subscriber = connection.subscriber(UNREAD_MESSAGES);
        let (queue, queued) = mpsc::channel(QUEUED_MESSAGES);
        let channels = (0..SHARDS).map(|shard| channel(&connection, shard)).collect();
        let mut tasks = JoinSet::new();
        // Receives before it subscribes: nothing is missed between.
        tasks.spawn(receive(subscriber.message_rx(), instance.clone(), local.clone()));
        tasks.spawn(keep_subscribed(subscriber.clone(), channels));
        tasks.spawn(send(connection.clone(), queued, losses.clone()));
        Self {
            local,
            instance,
            connection,
            queue,
            room: Arc::new(Semaphore::new(QUEUED_BYTES)),
            losses,
            subscriber,
            _tasks: tasks,
        }
    }

    /// Queues a message for the other processes, or drops it.
    fn enqueue(&self, submission_id: SubmissionId, progress: Progress) {
        let message = match self.instance.encode(submission_id, progress) {
            Ok(message) if message.len() <= MESSAGE_BYTES => message,
            Ok(message) => {
                tracing::debug!(%submission_id, bytes = message.len(), "a live event is too large for other processes");
                return dropped("too_large", 1);
            }
            Err(error) => {
                tracing::debug!(%submission_id, %error, "a live event cannot be written");
                return dropped("unwritable", 1);
            }
        };
        let bytes = u32::try_from(message.len()).unwrap_or(u32::MAX);
        let Ok(room) = self.room.clone().try_acquire_many_owned(bytes) else {
            return self.losses.lost("queue_full");
        };
        let queued = Queued {
            channel: channel(&self.connection, submission_id.as_uuid().as_bytes()[15] % SHARDS),
            message,
            _room: room,
        };
        if self.queue.try_send(queued).is_err() {
            self.losses.lost("queue_full");
        }
    }
}

impl LiveEvents for RedisLiveEvents {
    fn publish(&self, submission_id: SubmissionId, progress: Progress) {
        self.local.publish(submission_id, progress.clone());
        self.enqueue(submission_id, progress);
    }

    fn subscribe(&self, submission_id: SubmissionId) -> Box<dyn Subscription> {
        self.local.subscribe(submission_id)
    }
}

impl Drop for RedisLiveEvents {
    fn drop(&mut self) {
        close(self.subscriber.clone());
    }
}

fn channel(connection: &RedisConnection, shard: u8) -> String {
    connection.key("events", &shard.to_string())
}

/// Counts events that did not reach the watchers they were for.
pub(crate) fn dropped(why: &'static str, events: u64) {
    metrics::counter!("codesm_redis_events_dropped_total", "why" => why).increment(events);
}

/// What does not reach Redis. Says once that it begins, and once that it is over.
#[derive(Default)]
struct Losses {
    losing: AtomicBool,
}

impl Losses {
    fn lost(&self, why: &'static str) {
        dropped(why, 1);
        if !self.losing.swap(true, Ordering::Relaxed) {
            tracing::warn!(why, "live events do not reach other processes; their watchers read the rows");
        }
    }

    fn over(&self) {
        if self.losing.swap(false, Ordering::Relaxed) {
            tracing::info!("live events reach other processes again");
        }
    }
}

/// Sends one message after the other: their order is kept.
async fn send(connection: Arc<RedisConnection>, mut queue: Receiver<Queued>, losses: Arc<Losses>) {
    while let Some(queued) = queue.recv().await {
        if !connection.is_up() {
            losses.lost("redis_away");
            continue;
        }
        let call = connection.client().publish::<i64, _, _>(queued.channel, queued.message.as_slice());
        match tokio::time::timeout(PATIENCE, call).await {
            // While more is waiting the next may be lost again: that would be said over and over.
            Ok(Ok(_)) if queue.is_empty() => losses.over(),
            Ok(Ok(_)) => {}
            Ok(Err(error)) => {
                tracing::debug!(%error, "Redis did not take a live event");
                losses.lost("not_taken");
            }
            Err(_) => losses.lost("not_taken"),
        }
    }
}
