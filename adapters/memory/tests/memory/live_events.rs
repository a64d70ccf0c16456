//! What live events promise beyond their port.

use codesm_core::kernel::SubmissionId;
use codesm_core::submissions::{LiveEvents, Progress, ProgressStep};
use codesm_memory::MemoryLiveEvents;
use codesm_memory::fakes::SequentialIds;
use std::time::Duration;

const LONG: Duration = Duration::from_secs(10);

fn finished(attempt: u32) -> Progress {
    Progress {
        attempt,
        step: ProgressStep::Finished,
    }
}

#[tokio::test]
async fn only_watched_submissions_take_memory() {
    let ids = SequentialIds::new();
    let (one, two) = (SubmissionId::generate(&ids), SubmissionId::generate(&ids));
    let events = MemoryLiveEvents::new();
    events.publish(one, finished(1));
    assert_eq!(events.watched(), 0);
    let first = events.subscribe(one);
    let second = events.subscribe(one);
    let third = events.subscribe(two);
    assert_eq!(events.watched(), 2);
    drop(first);
    drop(third);
    assert_eq!(events.watched(), 1);
    drop(second);
    assert_eq!(events.watched(), 0);
}

#[tokio::test]
async fn a_watcher_that_lost_messages_is_woken_at_once_and_hears_the_newest() {
    let id = SubmissionId::generate(&SequentialIds::new());
    let events = MemoryLiveEvents::with_capacity(2);
    let mut watcher = events.subscribe(id);
    for attempt in 1..=5 {
        events.publish(id, finished(attempt));
    }
    assert_eq!(watcher.next(LONG).await, None);
    assert_eq!(watcher.next(LONG).await, Some(finished(4)));
    assert_eq!(watcher.next(LONG).await, Some(finished(5)));
}

#[tokio::test]
async fn a_subscription_outlives_the_handle_it_came_from() {
    let id = SubmissionId::generate(&SequentialIds::new());
    let events = MemoryLiveEvents::new();
    let mut watcher = events.subscribe(id);
    events.publish(id, finished(1));
    drop(events);
    assert_eq!(watcher.next(LONG).await, Some(finished(1)));
}
