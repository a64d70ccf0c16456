//! Keeping the house.

use crate::world::World;
use chrono::Duration;
use codesm_core::jobs::{FailureOutcome, Job, JobKind, JobQueue, JobSignal, JobState, Listener, NewJob, Queue, ReserveRequest, Wake};
use codesm_core::jobs::{WorkerAdvert, WorkerRegistry};
use codesm_core::maintenance::{RunTask, Task, Tend};
use codesm_core::store::UnitOfWork;
use std::collections::BTreeSet;

/// Takes the jobs of maintenance that are due.
async fn due(world: &World) -> Vec<Job> {
    let request = ReserveRequest {
        worker: "w".to_owned(),
        kinds: vec![JobKind::Maintain],
        queues: vec![Queue::Maintenance],
        only: None,
        capabilities: Vec::new(),
        max: 10,
        lease: Duration::seconds(15),
        patience: Duration::zero(),
        now: world.now(),
    };
    world.fakes.store.reserve(&request).await.unwrap()
}

fn task_of(job: &Job) -> Option<Task> {
    Task::parse(job.payload["task"].as_str()?)
}

/// Does what is due; says how many rows were removed by which task.
async fn do_what_is_due(world: &World) -> Vec<(Task, u64)> {
    let run = RunTask::new(world.fakes.maintenance_deps());
    let mut done = Vec::new();
    for job in due(world).await {
        done.push((task_of(&job).unwrap(), run.run(&job).await.unwrap()));
    }
    done.sort_unstable();
    done
}

#[tokio::test]
async fn every_task_is_scheduled_once_in_its_span_of_time_by_one_process() {
    let world = World::new().await;
    let (first, second) = (Tend::new(world.fakes.maintenance_deps()), Tend::new(world.fakes.maintenance_deps()));
    assert!(first.tend("a").await.unwrap());
    assert!(!second.tend("b").await.unwrap(), "the other does it");
    assert!(first.tend("a").await.unwrap());
    assert_eq!(due(&world).await.len(), Task::ALL.len());

    // The first goes silent: the second takes over, and finds the jobs of this span made.
    world.advance(Duration::seconds(10));
    assert!(second.tend("b").await.unwrap());
    assert_eq!(world.fakes.store.jobs().len(), Task::ALL.len());
    world.advance(Duration::hours(1));
    second.hand_over("b").await.unwrap();
    assert!(first.tend("a").await.unwrap(), "handed over, not run out");
    assert_eq!(world.fakes.store.jobs().len(), 2 * Task::ALL.len());
}

#[tokio::test(start_paused = true)]
async fn news_that_was_lost_is_told_again() {
    let world = World::new().await;
    let new = NewJob {
        kind: JobKind::JudgeSubmission,
        queue: Queue::Submit,
        requirements: BTreeSet::new(),
        subject: None,
        payload: serde_json::Value::Null,
        ahead: 0,
    };
    let job = Job::new(&*world.fakes.ids, world.now(), new);
    let tx = world.fakes.store.begin().await.unwrap();
    tx.jobs().add(&job).await.unwrap();
    tx.commit().await.unwrap();
    let tend = Tend::new(world.fakes.maintenance_deps());
    let listener = Listener {
        queues: vec![Queue::Submit],
        capabilities: Vec::new(),
    };
    let hears_at_once = async || {
        let started = tokio::time::Instant::now();
        let wake = world.fakes.signal.wait(&listener, std::time::Duration::from_mins(1)).await;
        assert_eq!(wake, Wake::Look);
        started.elapsed().is_zero()
    };
    tend.tend("a").await.unwrap();
    assert!(!hears_at_once().await, "workers may be about to take it");
    world.advance(Duration::seconds(1));
    tend.tend("a").await.unwrap();
    assert!(hears_at_once().await);
}

#[tokio::test]
async fn what_ended_long_ago_is_forgotten() {
    let world = World::new().await;
    let advert = WorkerAdvert {
        worker: "gone".to_owned(),
        languages: Vec::new(),
        slots: 1,
        tier: "B".to_owned(),
        seen_at: world.now() - Duration::days(8),
    };
    world.fakes.store.advertise(&advert).await.unwrap();
    world.somebody("ada", codesm_core::kernel::Role::User).await;
    world.log_in("ada", crate::world::PASSWORD).await.unwrap();
    let tend = Tend::new(world.fakes.maintenance_deps());
    tend.tend("a").await.unwrap();
    let nothing_but_the_worker = do_what_is_due(&world).await;
    let removed = |task| u64::from(task == Task::ForgetWorkers);
    assert_eq!(nothing_but_the_worker, Task::ALL.map(|task| (task, removed(task))));
    assert!(world.fakes.store.jobs().iter().all(|job| job.state == JobState::Done));

    // The session expires after 30 days and is kept for 30 more; jobs that are done for 7.
    world.advance(Duration::days(59));
    tend.tend("a").await.unwrap();
    let earlier = do_what_is_due(&world).await;
    assert_eq!(earlier[0], (Task::ForgetJobs, Task::ALL.len() as u64));
    assert_eq!((earlier[1], world.fakes.store.sessions().len()), ((Task::ForgetSessions, 0), 1));
    world.advance(Duration::days(2));
    tend.tend("a").await.unwrap();
    assert_eq!(do_what_is_due(&world).await[1], (Task::ForgetSessions, 1));
    assert!(world.fakes.store.sessions().is_empty());
}

#[tokio::test]
async fn a_task_that_nobody_knows_is_given_up() {
    let world = World::new().await;
    let mut job = Task::ForgetJobs.job(&*world.fakes.ids, world.now());
    job.payload = serde_json::json!({ "task": "of_the_future" });
    let tx = world.fakes.store.begin().await.unwrap();
    tx.jobs().add(&job).await.unwrap();
    tx.commit().await.unwrap();
    let job = due(&world).await.remove(0);
    let failure = RunTask::new(world.fakes.maintenance_deps()).run(&job).await.unwrap_err();
    assert_eq!(failure.code, "maintenance.unknown_task");
    let outcome = world.app.submissions.give_up.fail(&job, &failure).await.unwrap();
    assert_eq!(outcome, FailureOutcome::Dead);
}
