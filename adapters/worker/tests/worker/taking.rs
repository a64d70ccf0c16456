//! Which jobs are taken, in which order, how many, and how soon.

use crate::rig::Rig;
use crate::sandbox::Behaviour;
use codesm_core::jobs::{JobSignal, Listener, Queue, WorkerRegistry};
use codesm_core::judging::{Mode, Verdict};
use codesm_core::kernel::JobId;
use codesm_core::submissions::SubmissionState;
use std::time::Duration;
use tokio::time::Instant;

#[tokio::test(start_paused = true)]
async fn a_worker_takes_jobs_only_for_languages_it_has() {
    let mut rig = Rig::new(2).await;
    for language in &mut rig.settings.languages {
        language.available = language.id == "python";
    }
    let cpp = rig.send("cpp", "cpp", Mode::Run).await;
    let python = rig.send("python", "python", Mode::Run).await;
    let running = rig.start();
    rig.until_done(python).await;
    tokio::time::sleep(Duration::from_secs(30)).await;
    assert_eq!(rig.submission(python).verdict, Some(Verdict::Accepted));
    assert_eq!(
        (rig.submission(cpp).state, rig.sandbox.seen().started),
        (SubmissionState::Queued, vec!["python".to_owned()])
    );
    running.stop().await;
}

#[tokio::test(start_paused = true)]
async fn a_worker_never_runs_more_than_its_slots_and_uses_all_of_them() {
    let rig = Rig::new(3).await;
    let mut ids = Vec::new();
    for number in 0..9 {
        ids.push(rig.run(&number.to_string()).await);
    }
    let running = rig.start();
    let took = rig.until("all verdicts", |rig| ids.iter().all(|id| rig.is_done(*id))).await;
    assert_eq!(rig.sandbox.seen().most_running, 3);
    assert!(
        (3000..3500).contains(&took.as_millis()),
        "nine of a second each by threes: {took:?}"
    );
    running.stop().await;
}

#[tokio::test(start_paused = true)]
async fn runs_go_before_submissions_that_came_earlier() {
    let rig = Rig::new(1).await;
    let running = rig.start();
    rig.send("first", "cpp", Mode::Submit).await;
    rig.until_running(1).await;
    for (name, mode) in [("s1", Mode::Submit), ("s2", Mode::Submit), ("r1", Mode::Run), ("r2", Mode::Run)] {
        rig.send(name, "cpp", mode).await;
    }
    rig.until("five programs", |rig| rig.sandbox.seen().started.len() == 5).await;
    assert_eq!(rig.sandbox.seen().started, ["first", "r1", "r2", "s1", "s2"]);
    running.stop().await;
}

#[tokio::test(start_paused = true)]
async fn an_announcement_wakes_an_idle_worker_at_once() {
    let mut rig = Rig::new(1).await;
    let herald = rig.look_seldom();
    let running = rig.start();
    tokio::time::sleep(Duration::from_secs(1)).await;
    let id = rig.run("x").await;
    herald.tell(rig.job().id);
    assert!(rig.until_done(id).await < Duration::from_millis(1100));
    running.stop().await;
}

#[tokio::test(start_paused = true)]
async fn news_of_jobs_that_are_gone_keeps_a_worker_from_nothing() {
    let mut rig = Rig::new(1).await;
    let herald = rig.look_seldom();
    let running = rig.start();
    tokio::time::sleep(Duration::from_secs(1)).await;
    let (first, second) = (rig.run("x").await, rig.run("y").await);
    let jobs = rig.fakes.store.jobs();
    for id in [JobId::generate(&*rig.fakes.ids), jobs[1].id, jobs[1].id, jobs[0].id] {
        herald.tell(id);
    }
    rig.until_done(second).await;
    assert!(!rig.is_done(first), "the one it heard of first is done first");
    assert!(rig.until_done(first).await < Duration::from_millis(1100));
    running.stop().await;
}

#[tokio::test(start_paused = true)]
async fn a_worker_that_hears_all_the_time_looks_all_the_same() {
    let mut rig = Rig::new(1).await;
    let herald = rig.look_seldom();
    let running = rig.start();
    tokio::time::sleep(Duration::from_secs(1)).await;
    let id = rig.run("nobody heard of it").await;
    let started = Instant::now();
    while !rig.is_done(id) {
        herald.tell(JobId::generate(&*rig.fakes.ids));
        tokio::time::sleep(Duration::from_mins(1)).await;
        assert!(started.elapsed() < Duration::from_hours(5), "it never looked");
    }
    assert!(started.elapsed() > Duration::from_hours(3));
    running.stop().await;
}

#[tokio::test(start_paused = true)]
async fn a_job_nobody_announced_is_found_by_looking() {
    let rig = Rig::new(1).await;
    let running = rig.start();
    tokio::time::sleep(Duration::from_secs(1)).await;
    let id = rig.run("x").await;
    // Somebody else hears the announcement.
    let listener = Listener {
        queues: Queue::ALL.to_vec(),
        capabilities: Vec::new(),
    };
    rig.fakes.signal.wait(&listener, Duration::ZERO).await;
    assert!(rig.until_done(id).await < Duration::from_millis(1300));
    running.stop().await;
}

#[tokio::test(start_paused = true)]
async fn a_worker_says_what_it_offers_and_says_so_again_every_minute() {
    let rig = Rig::new(2).await;
    let started = rig.deps.clock.now();
    let running = rig.start();
    let ours = async || {
        let adverts = rig.fakes.store.seen_since(started).await.unwrap();
        adverts.into_iter().find(|advert| advert.worker == "worker-1")
    };
    tokio::time::sleep(Duration::from_secs(1)).await;
    let advert = ours().await.unwrap();
    let languages: Vec<&str> = advert.languages.iter().map(|language| language.id.as_str()).collect();
    assert_eq!((languages, advert.slots, advert.tier.as_str()), (vec!["cpp", "python"], 2, "B"));
    tokio::time::sleep(Duration::from_secs(58)).await;
    assert_eq!(ours().await.unwrap().seen_at, advert.seen_at);
    tokio::time::sleep(Duration::from_secs(2)).await;
    assert!(ours().await.unwrap().seen_at >= advert.seen_at + chrono::Duration::minutes(1));
    running.stop().await;
}

#[tokio::test(start_paused = true)]
async fn a_worker_that_starts_without_a_database_begins_when_it_is_there() {
    let rig = Rig::new(1).await;
    let id = rig.run("x").await;
    rig.fakes.store.set_down(true);
    let started = rig.deps.clock.now();
    let running = rig.start();
    tokio::time::sleep(Duration::from_mins(1)).await;
    assert_eq!(rig.sandbox.seen().started.len(), 0);
    rig.fakes.store.set_down(false);
    // It looks again after at most ten seconds.
    assert!(rig.until_done(id).await < Duration::from_millis(11_500));
    let adverts = rig.fakes.store.seen_since(started).await.unwrap();
    assert!(adverts.iter().any(|advert| advert.worker == "worker-1"));
    running.stop().await;
}

#[tokio::test(start_paused = true)]
async fn two_workers_share_the_jobs_and_none_is_done_twice() {
    let rig = Rig::new(2).await;
    let mut ids = Vec::new();
    for number in 0..12 {
        ids.push(rig.run(&number.to_string()).await);
    }
    rig.sandbox.behave(Behaviour::Takes(Duration::from_millis(300)));
    let workers = [rig.start(), rig.start()];
    rig.until("all verdicts", |rig| ids.iter().all(|id| rig.is_done(*id))).await;
    let mut started = rig.sandbox.seen().started;
    started.sort();
    started.dedup();
    assert_eq!(
        (started.len(), rig.sandbox.seen().started.len(), rig.sandbox.seen().most_running),
        (12, 12, 4)
    );
    for worker in workers {
        worker.stop().await;
    }
}
