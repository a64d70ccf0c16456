//! What [`codesm_core::jobs::JobQueue`] promises.

use crate::{Given, StoreFixture};
use chrono::Duration;
use codesm_core::jobs::{FailureOutcome, Job, JobDepth, JobState, Queue, Remedy, ReserveRequest, RetryPolicy};
use codesm_core::kernel::JobId;
use std::collections::HashMap;

async fn reserve(fixture: &impl StoreFixture, request: &ReserveRequest) -> Vec<Job> {
    fixture.job_queue().reserve(request).await.expect("reserve")
}

fn ids(jobs: &[Job]) -> Vec<JobId> {
    jobs.iter().map(|job| job.id).collect()
}

async fn read(given: &Given, id: JobId) -> Job {
    let tx = given.tx().await;
    let job = tx.jobs().get(id).await.expect("read").expect("a job");
    // Ended for certain: reading locks the row, and a roll-back by dropping may come after the next reservation.
    tx.commit().await.expect("commit");
    job
}

/// A reserved job is running, under a lease of the worker, and what is returned is what is stored.
pub async fn a_reserved_job_is_under_the_worker_s_lease(fixture: &impl StoreFixture) {
    let given = Given::new(fixture);
    let added = given.added_job(Queue::Run).await;
    let jobs = reserve(fixture, &given.request("w1")).await;
    let mut expected = added;
    assert!(expected.reserve("w1", Duration::seconds(30), given.now()));
    assert_eq!(jobs, [expected.clone()]);
    assert_eq!(read(&given, expected.id).await, expected);
}

/// Without jobs there is nothing to reserve.
pub async fn an_empty_queue_gives_nothing(fixture: &impl StoreFixture) {
    let given = Given::new(fixture);
    assert!(reserve(fixture, &given.request("w")).await.is_empty());
}

/// A job MUST be handed to one worker at a time.
pub async fn a_job_under_a_lease_is_not_handed_out(fixture: &impl StoreFixture) {
    let given = Given::new(fixture);
    given.added_job(Queue::Run).await;
    assert_eq!(reserve(fixture, &given.request("w1")).await.len(), 1);
    given.clock.advance(std::time::Duration::from_micros(29_999_999));
    assert!(reserve(fixture, &given.request("w2")).await.is_empty());
}

/// An expired lease MUST be handed out again, counted as lost.
pub async fn an_expired_lease_is_reserved_again(fixture: &impl StoreFixture) {
    let given = Given::new(fixture);
    given.added_job(Queue::Run).await;
    let first = reserve(fixture, &given.request("w1")).await.remove(0);
    assert_eq!((first.attempt, first.lost_leases), (1, 0));
    given.clock.advance(std::time::Duration::from_secs(30));
    let second = reserve(fixture, &given.request("w2")).await.remove(0);
    assert_eq!((second.id, second.attempt, second.lost_leases), (first.id, 2, 1));
    assert_eq!(second.lease.map(|lease| lease.worker).as_deref(), Some("w2"));
}

/// A job is not handed out before its time.
pub async fn a_job_waits_for_its_time(fixture: &impl StoreFixture) {
    let given = Given::new(fixture);
    let mut job = given.job(Queue::Run);
    job.run_at = given.now() + Duration::microseconds(1);
    given.add_jobs(std::slice::from_ref(&job)).await;
    assert!(reserve(fixture, &given.request("w")).await.is_empty());
    given.clock.advance(std::time::Duration::from_micros(1));
    assert_eq!(ids(&reserve(fixture, &given.request("w")).await), [job.id]);
}

/// Order MUST be by priority, then `turn_at`, then id, also between waiting jobs and expired leases.
pub async fn jobs_come_in_order(fixture: &impl StoreFixture) {
    let given = Given::new(fixture);
    let mut lost = given.job(Queue::Submit);
    lost.turn_at = given.now() - Duration::microseconds(2);
    given.add_jobs(std::slice::from_ref(&lost)).await;
    let mut short = given.request("w");
    short.lease = Duration::microseconds(1);
    assert_eq!(reserve(fixture, &short).await.len(), 1);
    given.clock.advance(std::time::Duration::from_secs(1));

    let mut jobs: Vec<Job> = (0..6).map(|n| given.job([Queue::Submit, Queue::Run][n % 2])).collect();
    jobs[4].turn_at -= Duration::seconds(2);
    jobs[5].turn_at -= Duration::microseconds(1);
    // When it may run says nothing about its turn, nor does a turn that is far away keep it from being taken.
    jobs[0].run_at -= Duration::hours(1);
    jobs[1].turn_at += Duration::hours(1);
    let mut added = jobs.clone();
    added.rotate_left(3);
    given.add_jobs(&added).await;
    jobs.push(lost);
    jobs.sort_by_key(|job| (job.priority, job.turn_at, job.id));
    assert_eq!(ids(&reserve(fixture, &given.request("w")).await), ids(&jobs));
}

/// At most `max` jobs are taken, the first in order, and the others stay.
pub async fn no_more_than_wanted_is_taken(fixture: &impl StoreFixture) {
    let given = Given::new(fixture);
    let jobs: Vec<Job> = (0..5).map(|_| given.job(Queue::Run)).collect();
    given.add_jobs(&jobs).await;
    let mut request = given.request("w");
    let mut taken = Vec::new();
    for max in [0, 2, 1, 10] {
        request.max = max;
        let reserved = reserve(fixture, &request).await;
        assert!(reserved.len() <= usize::try_from(max).expect("small"));
        taken.extend(ids(&reserved));
    }
    assert_eq!(taken, ids(&jobs));
}

/// A job of which the worker lacks any requirement MUST be left alone, and MUST NOT hold up those behind it.
pub async fn a_job_is_left_to_workers_that_can_do_it(fixture: &impl StoreFixture) {
    let given = Given::new(fixture);
    let mut jobs: Vec<Job> = (0..4).map(|_| given.job(Queue::Run)).collect();
    jobs[0].requirements = ["cpp", "python3"].map(str::to_owned).into();
    jobs[1].requirements = ["python3".to_owned()].into();
    jobs[3].requirements = ["java", "python3"].map(str::to_owned).into();
    given.add_jobs(&jobs).await;
    let mut request = given.request("w");
    request.max = 1;
    assert_eq!(ids(&reserve(fixture, &request).await), [jobs[2].id]);
    request.capabilities = vec!["java".to_owned(), "python3".to_owned()];
    assert_eq!(ids(&reserve(fixture, &request).await), [jobs[1].id]);
    assert_eq!(ids(&reserve(fixture, &request).await), [jobs[3].id]);
    assert!(reserve(fixture, &request).await.is_empty());
    assert_eq!(read(&given, jobs[0].id).await, jobs[0]);
}

/// The same where a problem has several programs of its own, in languages of their own.
pub async fn a_job_may_require_many_languages(fixture: &impl StoreFixture) {
    let given = Given::new(fixture);
    let mut job = given.job(Queue::Submit);
    job.requirements = ["c", "cpp", "java", "python3"].map(str::to_owned).into();
    given.add_jobs(std::slice::from_ref(&job)).await;
    let mut request = given.request("w");
    // Each lacks one, and has others of which that one is a part.
    for missing in ["c", "cpp", "java", "python3"] {
        let offered = ["python3", "python", "java", "javascript", "cpp", "cpp17", "c", "rust"];
        request.capabilities = offered.into_iter().filter(|name| *name != missing).map(str::to_owned).collect();
        assert!(reserve(fixture, &request).await.is_empty(), "{missing} is missing");
    }
    request.capabilities = ["rust", "python3", "java", "cpp", "c"].map(str::to_owned).to_vec();
    let reserved = reserve(fixture, &request).await;
    assert_eq!(ids(&reserved), [job.id]);
    assert_eq!(reserved[0].requirements, job.requirements);
}

/// A job whose last failure was on the worker MUST be left to others for `patience` after it is due, and not longer.
pub async fn a_job_that_failed_here_is_left_to_others_for_a_while(fixture: &impl StoreFixture) {
    let given = Given::new(fixture);
    given.added_job(Queue::Run).await;
    let mut job = reserve(fixture, &given.request("w1")).await.remove(0);
    let attempt = job.attempt;
    let outcome = job.fail("no", Remedy::Retry, RetryPolicy::JUDGING, 1.0, given.now());
    assert_eq!((outcome, job.failed_on.as_deref()), (FailureOutcome::Retry, Some("w1")));
    let tx = given.tx().await;
    tx.jobs().save(&job, attempt).await.expect("save");
    tx.commit().await.expect("commit");
    assert_eq!(read(&given, job.id).await, job);

    let mut request = given.request("w1");
    request.patience = Duration::seconds(5);
    request.now = job.run_at + request.patience - Duration::microseconds(1);
    assert!(reserve(fixture, &request).await.is_empty(), "others may come yet");
    let mut other = request.clone();
    "w2".clone_into(&mut other.worker);
    other.now = job.run_at;
    let by_other = reserve(fixture, &other).await;
    assert_eq!(ids(&by_other), [job.id]);
    let queue = fixture.job_queue();
    assert!(queue.release(job.id, by_other[0].attempt, job.run_at).await.expect("release"));
    request.now = job.run_at + request.patience;
    assert_eq!(ids(&reserve(fixture, &request).await), [job.id], "nobody else came");
}

/// A worker gets only jobs of queues it has room for, and only the job it asks for.
pub async fn a_worker_gets_what_it_asks_for(fixture: &impl StoreFixture) {
    let given = Given::new(fixture);
    let (run, mail) = (given.added_job(Queue::Run).await, given.added_job(Queue::Emails).await);
    let other = given.added_job(Queue::Run).await;
    let mut request = given.request("w");
    request.only = Some(other.id);
    assert_eq!(ids(&reserve(fixture, &request).await), [other.id]);
    assert!(reserve(fixture, &request).await.is_empty(), "it is taken");
    request.only = Some(run.id);
    request.queues = vec![Queue::Emails, Queue::Submit];
    assert!(reserve(fixture, &request).await.is_empty(), "it has no room for that queue");
    request.only = None;
    assert_eq!(ids(&reserve(fixture, &request).await), [mail.id]);
    request.queues.clear();
    assert!(reserve(fixture, &request).await.is_empty());
    assert_eq!(read(&given, run.id).await, run);
}

/// A job in a paused queue MUST be left alone, until the queue goes on.
pub async fn a_paused_queue_hands_out_nothing(fixture: &impl StoreFixture) {
    let given = Given::new(fixture);
    let (run, submit) = (given.added_job(Queue::Run).await, given.added_job(Queue::Submit).await);
    let pause = async |since| {
        let tx = given.tx().await;
        tx.jobs().pause(Queue::Run, since).await.expect("pause");
        tx.commit().await.expect("commit");
    };
    let since = given.now();
    pause(Some(since)).await;
    // Again: the first moment stays.
    pause(Some(since + Duration::hours(1))).await;
    let depths = fixture.job_queue().depths(given.now()).await.expect("depths");
    let paused: Vec<_> = depths
        .iter()
        .filter_map(|depth| depth.paused_at.map(|at| (depth.queue, at)))
        .collect();
    assert_eq!(paused, [(Queue::Run, since)]);
    let mut request = given.request("w");
    assert_eq!(ids(&reserve(fixture, &request).await), [submit.id]);
    request.only = Some(run.id);
    assert!(reserve(fixture, &request).await.is_empty());
    pause(None).await;
    pause(None).await;
    assert_eq!(ids(&reserve(fixture, &request).await), [run.id]);
}

/// `overdue` lists what has been due since the moment or longer, in order, and takes nothing.
pub async fn overdue_jobs_are_listed_in_order(fixture: &impl StoreFixture) {
    let given = Given::new(fixture);
    let mut jobs: Vec<Job> = (0..5).map(|_| given.job(Queue::Run)).collect();
    jobs[1].run_at += Duration::microseconds(1);
    jobs[2].turn_at -= Duration::seconds(1);
    jobs[3].complete(given.now());
    given.add_jobs(&jobs).await;
    let mut request = given.request("w");
    request.only = Some(jobs[4].id);
    let held = reserve(fixture, &request).await.remove(0);
    let queue = fixture.job_queue();
    let overdue = queue.overdue(given.now(), 10).await.expect("overdue");
    assert_eq!(overdue, [jobs[2].clone(), jobs[0].clone()]);
    assert_eq!(queue.overdue(given.now(), 1).await.expect("overdue"), [jobs[2].clone()]);
    let expired = given.now() + Duration::seconds(30);
    let overdue = queue.overdue(expired, 10).await.expect("overdue");
    assert_eq!(ids(&overdue), [jobs[2].id, jobs[0].id, jobs[1].id, held.id]);
    given.clock.advance(std::time::Duration::from_secs(1));
    assert_eq!(reserve(fixture, &given.request("w")).await.len(), 3);
}

/// A worker gets only kinds it can do.
pub async fn a_worker_without_kinds_gets_nothing(fixture: &impl StoreFixture) {
    let given = Given::new(fixture);
    given.added_job(Queue::Run).await;
    let mut request = given.request("w");
    request.kinds.clear();
    assert!(reserve(fixture, &request).await.is_empty());
}

/// Finished and dead jobs are never handed out.
pub async fn finished_and_dead_jobs_stay_so(fixture: &impl StoreFixture) {
    let given = Given::new(fixture);
    let (mut done, mut dead) = (given.job(Queue::Run), given.job(Queue::Run));
    done.complete(given.now());
    dead.bury("enough", given.now());
    given.add_jobs(&[done, dead]).await;
    given.clock.advance(std::time::Duration::from_secs(1_000_000));
    assert!(reserve(fixture, &given.request("w")).await.is_empty());
}

/// Workers at the same time get each job exactly once.
pub async fn workers_at_the_same_time_get_each_job_once(fixture: &impl StoreFixture) {
    let given = Given::new(fixture);
    let jobs: Vec<Job> = (0..60).map(|_| given.job(Queue::Submit)).collect();
    given.add_jobs(&jobs).await;
    let tasks: Vec<_> = (0..16)
        .map(|n| {
            let (queue, mut request) = (fixture.job_queue(), given.request(&format!("w{n}")));
            request.max = 3;
            tokio::spawn(async move {
                let (mut taken, mut empty) = (Vec::new(), 0);
                // Another worker may hold what is left just now: an empty answer is not yet the end.
                while empty < 3 {
                    let jobs = queue.reserve(&request).await.expect("reserve");
                    empty = if jobs.is_empty() { empty + 1 } else { 0 };
                    taken.extend(jobs);
                }
                taken
            })
        })
        .collect();
    let mut times: HashMap<JobId, u32> = HashMap::new();
    for task in tasks {
        for job in task.await.expect("no panic") {
            assert_eq!(job.attempt, 1);
            *times.entry(job.id).or_default() += 1;
        }
    }
    assert!(times.values().all(|times| *times == 1), "a job was handed out twice");
    assert_eq!(times.len(), jobs.len());
}

/// `extend` moves the end of the lease.
pub async fn a_heartbeat_keeps_the_lease(fixture: &impl StoreFixture) {
    let given = Given::new(fixture);
    given.added_job(Queue::Run).await;
    let job = reserve(fixture, &given.request("w")).await.remove(0);
    let until = given.now() + Duration::seconds(60);
    let queue = fixture.job_queue();
    assert!(queue.extend(job.id, job.attempt, until).await.expect("extend"));
    given.clock.advance(std::time::Duration::from_secs(59));
    assert!(reserve(fixture, &given.request("other")).await.is_empty());
    let mut expected = job;
    if let Some(lease) = &mut expected.lease {
        lease.expires_at = until;
    }
    assert_eq!(read(&given, expected.id).await, expected);
}

/// `release` gives the job back: ready at once, no failure counted.
pub async fn a_released_job_is_ready_at_once(fixture: &impl StoreFixture) {
    let given = Given::new(fixture);
    given.added_job(Queue::Run).await;
    let job = reserve(fixture, &given.request("w")).await.remove(0);
    let queue = fixture.job_queue();
    given.clock.advance(std::time::Duration::from_secs(1));
    assert!(queue.release(job.id, job.attempt, given.now()).await.expect("release"));
    let mut expected = job.clone();
    expected.release(given.now());
    assert_eq!(read(&given, job.id).await, expected);
    assert!(!queue.release(job.id, job.attempt, given.now()).await.expect("release"));
    let again = reserve(fixture, &given.request("other")).await.remove(0);
    assert_eq!((again.id, again.attempt, again.failures, again.lost_leases), (job.id, 2, 0, 0));
}

/// `extend` and `release` MUST do nothing and say false once the attempt number is not the job's any more.
pub async fn a_worker_that_lost_its_lease_changes_nothing(fixture: &impl StoreFixture) {
    let given = Given::new(fixture);
    given.added_job(Queue::Run).await;
    let lost = reserve(fixture, &given.request("w1")).await.remove(0);
    given.clock.advance(std::time::Duration::from_secs(30));
    let held = reserve(fixture, &given.request("w2")).await.remove(0);
    let queue = fixture.job_queue();
    let until = given.now() + Duration::days(1);
    assert!(!queue.extend(lost.id, lost.attempt, until).await.expect("extend"));
    assert!(!queue.release(lost.id, lost.attempt, given.now()).await.expect("release"));
    let unknown = JobId::generate(&given.ids);
    assert!(!queue.extend(unknown, 1, until).await.expect("extend"));
    assert_eq!(read(&given, held.id).await, held);
}

/// Nor does a heartbeat that comes after the job is finished.
pub async fn a_finished_job_has_no_lease_to_extend(fixture: &impl StoreFixture) {
    let given = Given::new(fixture);
    given.added_job(Queue::Run).await;
    let mut job = reserve(fixture, &given.request("w")).await.remove(0);
    let attempt = job.attempt;
    let _ = job.fail("no", Remedy::None, RetryPolicy::JUDGING, 0.0, given.now());
    let tx = given.tx().await;
    tx.jobs().save(&job, attempt).await.expect("save");
    tx.commit().await.expect("commit");
    let queue = fixture.job_queue();
    let until = given.now() + Duration::days(1);
    assert!(!queue.extend(job.id, attempt, until).await.expect("extend"));
    assert!(!queue.release(job.id, attempt, given.now()).await.expect("release"));
    assert_eq!(read(&given, job.id).await.state, JobState::Dead);
}

/// `depths` counts every queue, also empty ones, in the order of `Queue::ALL`.
pub async fn depths_count_every_queue(fixture: &impl StoreFixture) {
    let given = Given::new(fixture);
    let queue = fixture.job_queue();
    let empty = |queue| JobDepth {
        queue,
        ready: 0,
        running: 0,
        dead: 0,
        oldest_ready_at: None,
        paused_at: None,
    };
    assert_eq!(queue.depths(given.now()).await.expect("depths"), Queue::ALL.map(empty));

    let mut jobs: Vec<Job> = (0..6).map(|_| given.job(Queue::Submit)).collect();
    jobs[0].priority = 0;
    jobs[1].complete(given.now());
    jobs[2].bury("enough", given.now());
    jobs[3].run_at = given.now() + Duration::hours(1);
    jobs[3].created_at = given.now() - Duration::hours(9);
    jobs[4].created_at = given.now() - Duration::seconds(7);
    given.add_jobs(&jobs).await;
    let mut request = given.request("w");
    request.max = 1;
    assert_eq!(ids(&reserve(fixture, &request).await), [jobs[0].id]);
    let expected = JobDepth {
        queue: Queue::Submit,
        ready: 3,
        running: 1,
        dead: 1,
        oldest_ready_at: Some(given.now() - Duration::seconds(7)),
        paused_at: None,
    };
    let depths = queue.depths(given.now()).await.expect("depths");
    let all = Queue::ALL.map(|queue| if queue == Queue::Submit { expected.clone() } else { empty(queue) });
    assert_eq!(depths, all);
}

crate::suite::suite! {
    ($)
    /// Runs the clauses of `JobQueue`.
    job_queue_suite, job_queue, [
        a_reserved_job_is_under_the_worker_s_lease,
        an_empty_queue_gives_nothing,
        a_job_under_a_lease_is_not_handed_out,
        an_expired_lease_is_reserved_again,
        a_job_waits_for_its_time,
        jobs_come_in_order,
        no_more_than_wanted_is_taken,
        a_job_is_left_to_workers_that_can_do_it,
        a_job_may_require_many_languages,
        a_job_that_failed_here_is_left_to_others_for_a_while,
        a_worker_gets_what_it_asks_for,
        a_paused_queue_hands_out_nothing,
        overdue_jobs_are_listed_in_order,
        a_worker_without_kinds_gets_nothing,
        finished_and_dead_jobs_stay_so,
        workers_at_the_same_time_get_each_job_once,
        a_heartbeat_keeps_the_lease,
        a_released_job_is_ready_at_once,
        a_worker_that_lost_its_lease_changes_nothing,
        a_finished_job_has_no_lease_to_extend,
        depths_count_every_queue,
    ]
}
