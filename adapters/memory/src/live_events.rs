//! Progress from the workers of this process to its watchers.

use crate::lock::locked;
use async_trait::async_trait;
use codesm_core::kernel::SubmissionId;
use codesm_core::submissions::{LiveEvents, Progress, Subscription};
use std::collections::HashMap;
use std::sync::{Arc, Mutex};
use std::time::Duration;
use tokio::sync::broadcast::{self, Receiver, Sender};

/// Messages a watcher may lag behind before it loses the oldest: the results of a usual test set.
const DEFAULT_CAPACITY: usize = 128;

/// One bounded channel per submission that somebody watches; none for the others.
#[derive(Debug)]
pub struct MemoryLiveEvents {
    channels: Arc<Channels>,
    capacity: usize,
}

type Channels = Mutex<HashMap<SubmissionId, Channel>>;

#[derive(Debug)]
struct Channel {
    sender: Sender<Progress>,
    subscriptions: usize,
}

impl MemoryLiveEvents {
    /// With room for a usual test set.
    #[must_use]
    pub fn new() -> Self {
        Self::with_capacity(DEFAULT_CAPACITY)
    }

    /// With room for this many messages (at least 1) per watched submission.
    #[must_use]
    pub fn with_capacity(capacity: usize) -> Self {
        Self {
            channels: Arc::default(),
            capacity: capacity.max(1),
        }
    }

    /// How many submissions are watched now.
    #[must_use]
    pub fn watched(&self) -> usize {
        locked(&self.channels).len()
    }
}

impl Default for MemoryLiveEvents {
    fn default() -> Self {
        Self::new()
    }
}

impl LiveEvents for MemoryLiveEvents {
    fn publish(&self, submission_id: SubmissionId, progress: Progress) {
        if let Some(channel) = locked(&self.channels).get(&submission_id) {
            // Fails only without a receiver, which is gone an instant before its entry.
            drop(channel.sender.send(progress));
        }
    }

    fn subscribe(&self, submission_id: SubmissionId) -> Box<dyn Subscription> {
        let mut channels = locked(&self.channels);
        let channel = channels.entry(submission_id).or_insert_with(|| Channel {
            sender: broadcast::channel(self.capacity).0,
            subscriptions: 0,
        });
        channel.subscriptions += 1;
        Box::new(MemorySubscription {
            submission_id,
            receiver: channel.sender.subscribe(),
            channels: Arc::clone(&self.channels),
        })
    }
}

struct MemorySubscription {
    submission_id: SubmissionId,
    receiver: Receiver<Progress>,
    channels: Arc<Channels>,
}

#[async_trait]
impl Subscription for MemorySubscription {
    async fn next(&mut self, timeout: Duration) -> Option<Progress> {
        // Both losing messages and hearing none for so long mean to the watcher: read the row.
        tokio::time::timeout(timeout, self.receiver.recv()).await.ok()?.ok()
    }
}

impl Drop for MemorySubscription {
    fn drop(&mut self) {
        let mut channels = locked(&self.channels);
        if let Some(channel) = channels.get_mut(&self.submission_id) {
            channel.subscriptions -= 1;
            if channel.subscriptions == 0 {
                channels.remove(&self.submission_id);
            }
        }
    }
}
