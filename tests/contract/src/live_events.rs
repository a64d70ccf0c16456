//! What [`LiveEvents`] and [`Subscription`] promise.

use crate::TestIds;
use codesm_core::kernel::SubmissionId;
use codesm_core::submissions::{LiveEvents, Progress, ProgressStep, SubmissionState, Subscription};
use std::sync::Arc;
use std::time::{Duration, Instant};

/// What the suite needs of an adapter.
pub trait LiveEventsFixture: Send + Sync {
    /// The events.
    fn events(&self) -> Arc<dyn LiveEvents>;
}

/// Long enough that a message is told from none.
const LONG: Duration = Duration::from_secs(10);
const SHORT: Duration = Duration::from_millis(100);

fn progress(attempt: u32) -> Progress {
    Progress {
        attempt,
        step: ProgressStep::State(SubmissionState::Running),
    }
}

fn submission() -> SubmissionId {
    SubmissionId::generate(&TestIds::new())
}

async fn assert_next(subscription: &mut dyn Subscription, attempt: u32) {
    assert_eq!(subscription.next(LONG).await, Some(progress(attempt)));
}

/// A message MUST reach every subscription of its submission that exists when it is published.
pub async fn a_message_reaches_every_subscription_of_its_submission(fixture: &impl LiveEventsFixture) {
    let (events, id) = (fixture.events(), submission());
    let (mut first, mut second) = (events.subscribe(id), events.subscribe(id));
    events.publish(id, progress(1));
    assert_next(&mut *first, 1).await;
    assert_next(&mut *second, 1).await;
}

/// Messages MUST arrive in the order they were published.
pub async fn messages_arrive_in_order(fixture: &impl LiveEventsFixture) {
    let (events, id) = (fixture.events(), submission());
    let mut watcher = events.subscribe(id);
    for attempt in 1..=10 {
        events.publish(id, progress(attempt));
    }
    events.publish(
        id,
        Progress {
            attempt: 10,
            step: ProgressStep::Finished,
        },
    );
    for attempt in 1..=10 {
        assert_next(&mut *watcher, attempt).await;
    }
    let last = watcher.next(LONG).await.expect("the last message");
    assert_eq!(last.step, ProgressStep::Finished);
}

/// A message published while the watcher waits MUST wake it.
pub async fn a_waiting_watcher_is_woken(fixture: &impl LiveEventsFixture) {
    let (events, id) = (fixture.events(), submission());
    let mut watcher = events.subscribe(id);
    let waiting = tokio::spawn(async move { watcher.next(LONG).await });
    tokio::time::sleep(Duration::from_millis(20)).await;
    events.publish(id, progress(3));
    assert_eq!(waiting.await.expect("no panic"), Some(progress(3)));
}

/// A message MUST NOT reach the watchers of other submissions.
pub async fn other_submissions_hear_nothing(fixture: &impl LiveEventsFixture) {
    let (events, mine, other) = (fixture.events(), submission(), submission());
    let mut watcher = events.subscribe(mine);
    events.publish(other, progress(1));
    assert_eq!(watcher.next(SHORT).await, None);
}

/// `next` says `None` after `timeout`, and the subscription goes on.
pub async fn silence_ends_with_the_timeout_and_the_subscription_goes_on(fixture: &impl LiveEventsFixture) {
    let (events, id) = (fixture.events(), submission());
    let mut watcher = events.subscribe(id);
    let begun = Instant::now();
    assert_eq!(watcher.next(SHORT).await, None);
    assert!(begun.elapsed() < LONG / 2);
    events.publish(id, progress(2));
    assert_next(&mut *watcher, 2).await;
}

/// Publishing without a watcher, or after one left, MUST do no harm.
pub async fn a_watcher_that_left_disturbs_nobody(fixture: &impl LiveEventsFixture) {
    let (events, id) = (fixture.events(), submission());
    events.publish(id, progress(1));
    let gone = events.subscribe(id);
    let mut stays = events.subscribe(id);
    drop(gone);
    events.publish(id, progress(2));
    assert_next(&mut *stays, 2).await;
    drop(stays);
    events.publish(id, progress(3));
    let mut returns = events.subscribe(id);
    events.publish(id, progress(4));
    assert_next(&mut *returns, 4).await;
}

/// Publishing MUST NOT wait for a slow watcher; the watcher MUST then be woken without a message and hear what follows.
pub async fn a_slow_watcher_is_woken_without_a_message(fixture: &impl LiveEventsFixture) {
    const MESSAGES: u32 = 50_000;
    let (events, id) = (fixture.events(), submission());
    let mut slow = events.subscribe(id);
    let begun = Instant::now();
    for attempt in 1..=MESSAGES {
        events.publish(id, progress(attempt));
    }
    assert!(begun.elapsed() < LONG, "publishing waits");
    let begun = Instant::now();
    let mut last = 0;
    let mut missed = false;
    while last < MESSAGES {
        // After a loss nothing more may be waiting: only then is silence allowed.
        match slow.next(if missed { SHORT } else { LONG }).await {
            Some(message) => {
                assert!(message.attempt > last, "out of order");
                assert!(missed || message.attempt == last + 1, "lost without a word");
                missed = false;
                last = message.attempt;
            }
            None if missed => break,
            None => missed = true,
        }
    }
    assert!(begun.elapsed() < LONG, "the watcher was not woken");
    // Whatever was lost, later messages arrive again.
    events.publish(id, progress(MESSAGES + 1));
    let mut heard = slow.next(LONG).await;
    if heard.is_none() {
        heard = slow.next(LONG).await;
    }
    assert_eq!(heard, Some(progress(MESSAGES + 1)));
}

crate::suite::suite! {
    ($)
    /// Runs the clauses of `LiveEvents` and `Subscription`.
    live_events_suite, live_events, [
        a_message_reaches_every_subscription_of_its_submission,
        messages_arrive_in_order,
        a_waiting_watcher_is_woken,
        other_submissions_hear_nothing,
        silence_ends_with_the_timeout_and_the_subscription_goes_on,
        a_watcher_that_left_disturbs_nobody,
        a_slow_watcher_is_woken_without_a_message,
    ]
}
