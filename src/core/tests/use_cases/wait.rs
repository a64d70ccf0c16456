//! Waiting for a verdict. Tokio's time is paused and the clock goes with it.

use crate::judge::submitted;
use crate::world::{TokioClock, World, code};
use codesm_core::judging::Mode;
use codesm_core::kernel::{Clock, SubmissionId};
use codesm_core::submissions::{LiveEvents, Progress, ProgressStep, SubmissionDeps, SubmissionState, WaitForVerdict};
use codesm_memory::MemoryLiveEvents;
use std::sync::Arc;
use std::time::Duration;
use tokio::time::Instant;

fn wait(world: &World) -> WaitForVerdict {
    let clock: Arc<dyn Clock> = Arc::new(TokioClock::new());
    WaitForVerdict::new(SubmissionDeps {
        clock,
        ..world.submission_deps()
    })
}

async fn waited(wait: &WaitForVerdict, id: SubmissionId, seconds: u64) -> Duration {
    let started = Instant::now();
    wait.wait(id, Duration::from_secs(seconds)).await.unwrap();
    started.elapsed()
}

#[tokio::test(start_paused = true)]
async fn it_returns_at_once_when_there_is_a_verdict_or_no_such_submission() {
    let (world, id) = submitted(Mode::Submit).await;
    world.judge().await;
    let wait = wait(&world);
    assert!(waited(&wait, id, 30).await.is_zero());
    assert!(waited(&wait, SubmissionId::from_uuid(uuid::Uuid::nil()), 30).await.is_zero());
}

#[tokio::test(start_paused = true)]
async fn it_returns_when_the_verdict_is_announced() {
    let (world, id) = submitted(Mode::Submit).await;
    let wait = wait(&world);
    let judge = async {
        tokio::time::sleep(Duration::from_millis(2500)).await;
        world.judge().await;
    };
    let (waited, ()) = tokio::join!(waited(&wait, id, 30), judge);
    assert!((2500..2600).contains(&waited.as_millis()), "{waited:?}");
}

#[tokio::test(start_paused = true)]
async fn other_steps_do_not_end_it() {
    let (world, id) = submitted(Mode::Submit).await;
    let wait = wait(&world);
    let steps = async {
        for attempt in 1..50 {
            tokio::time::sleep(Duration::from_millis(100)).await;
            let step = ProgressStep::State(SubmissionState::Compiling);
            world.fakes.events.publish(id, Progress { attempt, step });
        }
    };
    let (waited, ()) = tokio::join!(waited(&wait, id, 4), steps);
    assert_eq!(waited.as_secs(), 4);
}

#[tokio::test(start_paused = true)]
async fn it_returns_when_the_time_is_over_and_never_waits_longer_than_the_contract() {
    let (world, id) = submitted(Mode::Submit).await;
    let wait = wait(&world);
    for (asked, expected) in [(0, 0), (1, 1), (5, 5), (3600, 30)] {
        assert_eq!(waited(&wait, id, asked).await.as_secs(), expected);
    }
}

#[tokio::test(start_paused = true)]
async fn a_verdict_nobody_announced_is_found_soon() {
    let (world, id) = submitted(Mode::Submit).await;
    // Another process: its messages do not arrive here.
    let deaf = SubmissionDeps {
        clock: Arc::new(TokioClock::new()),
        events: Arc::new(MemoryLiveEvents::new()),
        ..world.submission_deps()
    };
    let wait = WaitForVerdict::new(deaf);
    let judge = async {
        tokio::time::sleep(Duration::from_millis(500)).await;
        world.judge().await;
    };
    let (waited, ()) = tokio::join!(waited(&wait, id, 30), judge);
    assert!((500..=750).contains(&waited.as_millis()), "{waited:?}");
}

#[tokio::test(start_paused = true)]
async fn a_database_that_is_away_is_unavailable() {
    let (world, id) = submitted(Mode::Submit).await;
    let wait = wait(&world);
    world.fakes.store.set_down(true);
    assert_eq!(code(&wait.wait(id, Duration::from_secs(1)).await), "database.unavailable");
}
