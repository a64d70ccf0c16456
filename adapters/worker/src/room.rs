//! How many more jobs a worker takes, of which queues.

use crate::worker::WorkerSettings;
use codesm_core::jobs::Queue;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

type Taken = Arc<[AtomicUsize; Queue::ALL.len()]>;

/// Slots, all in all and by queue.
pub(crate) struct Room {
    slots: usize,
    /// Queues that are served, and how many of their jobs at once.
    most: Vec<(Queue, usize)>,
    taken: Taken,
}

/// A job's place; free again when it is dropped.
#[must_use = "the place is free at once when this is dropped"]
pub(crate) struct Place {
    queue: Queue,
    taken: Taken,
}

impl Drop for Place {
    fn drop(&mut self) {
        self.taken[self.queue as usize].fetch_sub(1, Ordering::AcqRel);
    }
}

impl Room {
    pub(crate) fn new(settings: &WorkerSettings) -> Self {
        let most = settings.queues.iter();
        Self {
            slots: settings.slots,
            most: most
                .map(|queue| (*queue, settings.policies.of(*queue).concurrency as usize))
                .collect(),
            taken: Arc::default(),
        }
    }

    /// Queues with room, and how many jobs may be taken at a time without any of them having too many.
    pub(crate) fn left(&self, running: usize) -> (Vec<Queue>, usize) {
        let left = self.most.iter().map(|(queue, most)| {
            let taken = self.taken[*queue as usize].load(Ordering::Acquire);
            (*queue, most.saturating_sub(taken))
        });
        let with_room: Vec<(Queue, usize)> = left.filter(|(_, left)| *left > 0).collect();
        let most = with_room.iter().map(|(_, left)| *left).min().unwrap_or(0);
        let queues = with_room.into_iter().map(|(queue, _)| queue).collect();
        (queues, most.min(self.slots.saturating_sub(running)))
    }

    pub(crate) fn take(&self, queue: Queue) -> Place {
        self.taken[queue as usize].fetch_add(1, Ordering::AcqRel);
        Place {
            queue,
            taken: self.taken.clone(),
        }
    }
}
