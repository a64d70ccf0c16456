//! Live events. Tokio's time is paused, so that reading rows again costs no time.

use crate::give_up::fail_once;
use crate::judge::submitted;
use crate::world::{World, acting, code};
use chrono::Duration;
use codesm_core::judging::{CompileOutcome, CompileReport, Mode, TestResult, Verdict};
use codesm_core::kernel::{Actor, Role, SubmissionId};
use codesm_core::store::UnitOfWork;
use codesm_core::submissions::{
    EventCursor, EventFeed, FollowEvents, LiveEvents, Progress, ProgressStep, SubmissionDeps, SubmissionEvent, SubmissionState,
};
use codesm_memory::MemoryLiveEvents;
use codesm_memory::fakes::{accepting_run, compiled};
use std::sync::Arc;

fn solver(world: &World, id: SubmissionId) -> Actor {
    acting(world.submission(id).user_id, Role::User).actor
}

async fn follow(world: &World, id: SubmissionId, last: Option<u64>) -> EventFeed {
    let last = last.map(cursor);
    world.app.submissions.follow.follow(&solver(world, id), id, last).await.unwrap()
}

fn cursor(number: u64) -> EventCursor {
    EventCursor::parse(&number.to_string()).unwrap()
}

fn shown(event: &SubmissionEvent) -> (u64, String) {
    let what = match event {
        SubmissionEvent::State { state, .. } => state.as_str().to_owned(),
        SubmissionEvent::Test { result, .. } => format!("test {}", result.index),
        SubmissionEvent::Verdict { state, verdict, .. } => {
            format!("{} {}", state.as_str(), verdict.map_or("-", Verdict::as_str))
        }
    };
    (event.cursor().number(), what)
}

async fn rest(mut feed: EventFeed) -> Vec<(u64, String)> {
    let mut events = Vec::new();
    while let Some(event) = feed.next().await.unwrap() {
        events.push(shown(&event));
    }
    assert!(feed.next().await.unwrap().is_none(), "the end stays the end");
    events
}

/// What everybody sees of an accepted submission, in its first attempt.
fn whole(attempt: u64) -> Vec<(u64, String)> {
    let base = attempt * 1_000_000;
    let steps = [
        (1, "compiling"),
        (2, "running"),
        (3, "test 1"),
        (4, "test 2"),
        (5, "test 3"),
        (999_999, "done accepted"),
    ];
    let later = steps.map(|(place, what)| (base + place, what.to_owned()));
    [(1, "queued".to_owned())].into_iter().chain(later).collect()
}

#[tokio::test(start_paused = true)]
async fn a_watcher_from_the_beginning_sees_every_step_in_order_and_then_the_end() {
    let (world, id) = submitted(Mode::Submit).await;
    let feed = follow(&world, id, None).await;
    world.judge().await;
    assert_eq!(rest(feed).await, whole(1));
}

#[tokio::test(start_paused = true)]
async fn a_late_watcher_sees_the_same_events_under_the_same_numbers() {
    let (world, id) = submitted(Mode::Submit).await;
    world.judge().await;
    assert_eq!(rest(follow(&world, id, None).await).await, whole(1));
}

#[tokio::test(start_paused = true)]
async fn a_watcher_resumes_from_every_position_without_gap_or_repetition() {
    for is_live in [true, false] {
        for seen in 0..=whole(1).len() {
            let (world, id) = submitted(Mode::Submit).await;
            let last = seen.checked_sub(1).map(|at| whole(1)[at].0);
            if !is_live {
                world.judge().await;
            }
            let feed = follow(&world, id, last).await;
            if is_live {
                world.judge().await;
            }
            assert_eq!(rest(feed).await, whole(1)[seen..], "after {seen}, live: {is_live}");
        }
    }
}

/// Follows from within every run, as somebody who comes in the middle.
#[tokio::test(start_paused = true)]
async fn a_watcher_that_comes_in_the_middle_misses_nothing() {
    for pause in [Duration::zero(), Duration::seconds(1)] {
        let (world, id) = submitted(Mode::Submit).await;
        let (follow, actor, clock) = (world.app.submissions.follow.clone(), solver(&world, id), world.fakes.clock.clone());
        let (sender, feeds) = std::sync::mpsc::channel();
        world.every_run(move |request| {
            let waker = std::task::Waker::noop();
            let follow = std::pin::pin!(follow.follow(&actor, id, None));
            let std::task::Poll::Ready(feed) = follow.poll(&mut std::task::Context::from_waker(waker)) else {
                panic!("nothing in it waits");
            };
            sender.send(feed.unwrap()).unwrap();
            clock.advance(pause);
            accepting_run(request)
        });
        world.judge().await;
        let feeds: Vec<EventFeed> = feeds.try_iter().collect();
        assert_eq!(feeds.len(), 3);
        for feed in feeds {
            assert_eq!(rest(feed).await, whole(1));
        }
    }
}

#[tokio::test(start_paused = true)]
async fn lost_messages_are_made_up_for_from_the_row() {
    let (world, id) = submitted(Mode::Submit).await;
    // Room for one message, or for none that arrives.
    for events in [MemoryLiveEvents::with_capacity(1), MemoryLiveEvents::with_capacity(2)] {
        let events: Arc<dyn LiveEvents> = Arc::new(events);
        let deps = SubmissionDeps {
            events: events.clone(),
            ..world.submission_deps()
        };
        let feed = FollowEvents::new(deps).follow(&solver(&world, id), id, None).await.unwrap();
        if world.submission(id).state != SubmissionState::Done {
            world.judge().await;
        }
        for step in world.steps() {
            events.publish(id, Progress { attempt: 1, step });
        }
        assert_eq!(rest(feed).await, whole(1));
    }
}

#[tokio::test(start_paused = true)]
async fn messages_that_never_come_are_made_up_for_within_two_seconds() {
    let (world, id) = submitted(Mode::Submit).await;
    let events = Arc::new(MemoryLiveEvents::new());
    let deps = SubmissionDeps {
        events,
        ..world.submission_deps()
    };
    let feed = FollowEvents::new(deps).follow(&solver(&world, id), id, None).await.unwrap();
    world.judge().await;
    let started = tokio::time::Instant::now();
    assert_eq!(rest(feed).await, whole(1));
    assert!((2000..2100).contains(&started.elapsed().as_millis()));
}

fn test_message(index: u32, attempt: u32, row: &[TestResult]) -> Progress {
    let mut result = row.first().cloned().unwrap();
    result.index = index;
    Progress {
        attempt,
        step: ProgressStep::Test(Box::new(result)),
    }
}

#[tokio::test(start_paused = true)]
async fn a_test_after_a_gap_is_shown_only_with_what_was_missing_before_it() {
    let (world, id) = submitted(Mode::Submit).await;
    let feed = follow(&world, id, None).await;
    world.judge().await;
    let tests = world.submission(id).tests;
    let (other, other_id) = submitted(Mode::Submit).await;
    let watcher = follow(&other, other_id, None).await;
    // Test 2 without anything before it, and then the whole story.
    other.fakes.events.publish(other_id, test_message(2, 1, &tests));
    other.judge().await;
    assert_eq!(rest(watcher).await, whole(1));
    drop(feed);
}

#[tokio::test(start_paused = true)]
async fn a_position_made_up_by_the_client_breaks_nothing() {
    let (world, id) = submitted(Mode::Submit).await;
    let feed = follow(&world, id, Some(u64::MAX)).await;
    world.judge().await;
    assert_eq!(rest(feed).await, []);
    for text in ["", "x", "-1", "18446744073709551616"] {
        assert_eq!(EventCursor::parse(text), None, "{text}");
    }
}

#[tokio::test(start_paused = true)]
async fn a_retry_goes_on_with_higher_numbers_and_ends_once() {
    let (world, id) = submitted(Mode::Submit).await;
    let live = follow(&world, id, None).await;
    fail_once(&world).await;
    let resumed = follow(&world, id, Some(1_000_002)).await;
    world.advance(Duration::seconds(2));
    world.judge().await;
    let second: Vec<_> = whole(2).split_off(1);
    let mut expected = vec![(1, "queued".to_owned())];
    expected.extend([(1_000_001, "compiling".to_owned()), (1_000_002, "running".to_owned())]);
    expected.extend(second.clone());
    assert_eq!(rest(live).await, expected);
    assert_eq!(rest(resumed).await, second);
    assert_eq!(
        rest(follow(&world, id, None).await).await,
        whole(2),
        "who comes late sees the last attempt only"
    );
}

#[tokio::test(start_paused = true)]
async fn between_two_tries_it_is_queued_and_shows_no_tests() {
    let (world, id) = submitted(Mode::Submit).await;
    fail_once(&world).await;
    let mut feed = follow(&world, id, None).await;
    assert_eq!(shown(&feed.next().await.unwrap().unwrap()), (1, "queued".to_owned()));
    let none = tokio::time::timeout(std::time::Duration::from_mins(1), feed.next()).await;
    assert!(none.is_err(), "there is nothing to say until the next try");
}

#[tokio::test(start_paused = true)]
async fn a_lost_worker_that_goes_on_talking_is_not_heard() {
    let (world, id) = submitted(Mode::Submit).await;
    fail_once(&world).await;
    world.advance(Duration::seconds(2));
    let feed = follow(&world, id, None).await;
    let (events, sample) = (world.fakes.events.clone(), compiled_test(&world).await);
    world.every_run(move |request| {
        events.publish(id, test_message(9, 1, &sample));
        accepting_run(request)
    });
    world.judge().await;
    assert_eq!(rest(feed).await, whole(2));
}

/// Some result, to make messages of.
async fn compiled_test(_: &World) -> Vec<TestResult> {
    let (world, id) = submitted(Mode::Submit).await;
    world.judge().await;
    world.submission(id).tests
}

#[tokio::test(start_paused = true)]
async fn a_compile_error_and_an_internal_error_end_the_feed_too() {
    let (world, id) = submitted(Mode::Submit).await;
    let outcome = CompileOutcome::Error;
    world.fakes.sandbox.push_compile(Ok(CompileReport {
        outcome,
        ..compiled("cpp")
    }));
    let live = follow(&world, id, None).await;
    world.judge().await;
    let mut expected = whole(1);
    expected.remove(2);
    expected.pop();
    expected.push((1_999_999, "done compile_error".to_owned()));
    assert_eq!(rest(live).await, expected);
    assert_eq!(rest(follow(&world, id, None).await).await, expected);

    let (world, id) = submitted(Mode::Submit).await;
    let live = follow(&world, id, None).await;
    for _ in 0..3 {
        fail_once(&world).await;
        world.advance(Duration::seconds(2));
    }
    assert_eq!(rest(live).await.last().unwrap(), &(3_999_999, "done internal_error".to_owned()));
}

#[tokio::test(start_paused = true)]
async fn a_cancelled_submission_ends_the_feed_without_a_verdict() {
    let (world, id) = submitted(Mode::Submit).await;
    let live = follow(&world, id, None).await;
    let tx = world.fakes.store.begin().await.unwrap();
    let mut submission = world.submission(id);
    submission.state = SubmissionState::Cancelled;
    tx.submissions().save(&submission).await.unwrap();
    tx.commit().await.unwrap();
    let expected = [(1, "queued".to_owned()), (999_999, "cancelled -".to_owned())];
    assert_eq!(rest(live).await, expected);
    assert_eq!(rest(follow(&world, id, None).await).await, expected);
}

#[tokio::test(start_paused = true)]
async fn names_of_hidden_tests_are_shown_to_the_author_only() {
    let (world, id) = submitted(Mode::Submit).await;
    let author = acting(world.problem().author_id, Role::Author).actor;
    let mut feeds = Vec::new();
    for is_live in [true, false] {
        if !is_live {
            world.judge().await;
        }
        for (actor, sees) in [(solver(&world, id), false), (author.clone(), true)] {
            feeds.push((world.app.submissions.follow.follow(&actor, id, None).await.unwrap(), sees));
        }
    }
    for (mut feed, sees) in feeds {
        let mut names = Vec::new();
        while let Some(event) = feed.next().await.unwrap() {
            if let SubmissionEvent::Test { result, .. } = event {
                names.push(result.name);
            }
        }
        let expected = if sees {
            ["sample/1", "secret/1", "secret/2"]
        } else {
            ["sample/1", "", ""]
        };
        assert_eq!(names, expected);
    }
}

#[tokio::test(start_paused = true)]
async fn a_database_that_goes_away_ends_the_feed_with_an_error_from_which_it_can_be_resumed() {
    let (world, id) = submitted(Mode::Submit).await;
    let mut feed = follow(&world, id, None).await;
    feed.next().await.unwrap();
    world.judge().await;
    world.fakes.store.set_down(true);
    let mut last = 0;
    let error = loop {
        match feed.next().await {
            Ok(event) => last = event.unwrap().cursor().number(),
            Err(error) => break error,
        }
    };
    assert_eq!((error.code(), last), ("database.unavailable", 1_000_005));
    let actor = solver(&world, id);
    assert_eq!(
        code(&world.app.submissions.follow.follow(&actor, id, None).await),
        "database.unavailable"
    );
    world.fakes.store.set_down(false);
    assert_eq!(rest(follow(&world, id, Some(last)).await).await, whole(1)[6..]);
}
