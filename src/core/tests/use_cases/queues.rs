//! What operators do about queues and jobs.

use crate::give_up::fail_once;
use crate::judge::submitted;
use crate::world::{World, acting, anonymous, code, solution};
use chrono::Duration;
use codesm_core::jobs::{JobState, Queue};
use codesm_core::judging::{Mode, Verdict};
use codesm_core::kernel::{JobId, RequestContext, Role, SubmissionId};
use codesm_core::submissions::SubmissionState;

/// A submission that failed three times, and an admin.
async fn given_up() -> (World, RequestContext, SubmissionId, JobId) {
    let (world, id) = submitted(Mode::Submit).await;
    for _ in 0..3 {
        fail_once(&world).await;
        world.advance(Duration::seconds(10));
    }
    let admin = world.somebody("root", Role::Admin).await;
    let job = world.fakes.store.jobs().remove(0);
    assert_eq!(job.state, JobState::Dead);
    (world, admin, id, job.id)
}

#[tokio::test]
async fn a_given_up_job_is_tried_again_and_its_submission_gets_a_verdict() {
    let (world, admin, id, job) = given_up().await;
    assert_eq!(world.submission(id).verdict, Some(Verdict::InternalError));
    let revived = world.app.queues.retry.one(&admin, job).await.unwrap();
    assert_eq!((revived.state, revived.failures, revived.attempt), (JobState::Ready, 0, 3));
    let waiting = world.submission(id);
    assert_eq!(
        (waiting.state, waiting.verdict, waiting.error_code),
        (SubmissionState::Queued, None, None)
    );
    world.judge().await;
    assert_eq!(world.submission(id).verdict, Some(Verdict::Accepted));
    assert_eq!(code(&world.app.queues.retry.one(&admin, job).await), "job.not_dead");
}

#[tokio::test]
async fn all_given_up_jobs_of_a_queue_are_tried_again() {
    let (world, admin, id, _) = given_up().await;
    let retry = &world.app.queues.retry;
    assert_eq!(retry.all(&admin, "run").await.unwrap(), 0);
    assert_eq!(retry.all(&admin, "submit").await.unwrap(), 1);
    assert_eq!(retry.all(&admin, "submit").await.unwrap(), 0);
    assert_eq!(world.submission(id).state, SubmissionState::Queued);
    assert_eq!(code(&retry.all(&admin, "nonsense").await), "queue.not_found");
}

#[tokio::test]
async fn only_jobs_that_ended_are_removed() {
    let (world, admin, _, job) = given_up().await;
    let remove = &world.app.queues.remove;
    world.app.queues.retry.one(&admin, job).await.unwrap();
    assert_eq!(code(&remove.remove(&admin, job).await), "job.still_open");
    world.judge().await;
    remove.remove(&admin, job).await.unwrap();
    assert_eq!(code(&remove.remove(&admin, job).await), "job.not_found");
    assert!(world.fakes.store.jobs().is_empty());
}

#[tokio::test]
async fn an_emptied_queue_leaves_nobody_without_an_answer() {
    let (world, (solver, reference)) = crate::submit::with_problem().await;
    let mut sent = Vec::new();
    for _ in 0..3 {
        sent.push(world.submit(&solver, solution(&reference, Mode::Submit)).await);
    }
    let mut due = world.due().await;
    let held = due.remove(0);
    for job in due {
        world.app.submissions.give_up.release(&job).await.unwrap();
    }
    let admin = world.somebody("root", Role::Admin).await;
    assert_eq!(world.app.queues.drain.drain(&admin, "submit").await.unwrap(), 2);
    world.app.judge.as_ref().unwrap().judge(&held).await.unwrap();
    let verdicts: Vec<_> = sent.iter().map(|id| world.submission(*id).verdict.unwrap()).collect();
    assert_eq!(verdicts, [Verdict::Accepted, Verdict::Cancelled, Verdict::Cancelled]);
    let states: Vec<_> = world.fakes.store.jobs().into_iter().map(|job| job.state).collect();
    assert_eq!(states, [JobState::Done, JobState::Dead, JobState::Dead], "the jobs stay to be seen");
    // A cancelled submission stays so: trying its job again finds nothing to do.
    assert_eq!(world.app.queues.retry.all(&admin, "submit").await.unwrap(), 2);
    for job in world.due().await {
        world.app.judge.as_ref().unwrap().judge(&job).await.unwrap();
    }
    assert_eq!(world.submission(sent[2]).verdict, Some(Verdict::Cancelled));
}

#[tokio::test]
async fn a_paused_queue_waits_until_it_is_resumed() {
    let (world, _) = submitted(Mode::Submit).await;
    let admin = world.somebody("root", Role::Admin).await;
    let queues = &world.app.queues;
    queues.change.pause(&admin, "submit").await.unwrap();
    assert!(world.due().await.is_empty());
    let shown = queues.show.queues(&admin.actor).await.unwrap();
    let submit = shown.iter().find(|view| view.depth.queue == Queue::Submit).unwrap();
    assert_eq!((submit.depth.ready, submit.depth.paused_at), (1, Some(world.now())));
    queues.change.resume(&admin, "submit").await.unwrap();
    assert_eq!(world.due().await.len(), 1);
    let audited = world.audited();
    assert_eq!(audited[audited.len() - 2..], ["queue.paused", "queue.resumed"]);
}

#[tokio::test]
async fn jobs_are_listed_and_shown() {
    let (world, admin, id, job) = given_up().await;
    let show = &world.app.queues.show;
    let page = show.jobs(&admin.actor, Some("submit"), Some("dead"), None, None).await.unwrap();
    assert_eq!(page.items.iter().map(|job| job.subject).collect::<Vec<_>>(), [Some(id.as_uuid())]);
    assert!(
        show.jobs(&admin.actor, Some("run"), None, None, None)
            .await
            .unwrap()
            .items
            .is_empty()
    );
    assert_eq!(
        code(&show.jobs(&admin.actor, None, Some("lost"), None, None).await),
        "job.unknown_state"
    );
    assert_eq!(
        code(&show.jobs(&admin.actor, Some("lost"), None, None, None).await),
        "queue.not_found"
    );
    assert_eq!(show.job(&admin.actor, job).await.unwrap().id, job);
    let unknown = JobId::generate(&*world.fakes.ids);
    assert_eq!(code(&show.job(&admin.actor, unknown).await), "job.not_found");
}

#[tokio::test]
async fn only_admins_see_and_change_queues() {
    let (world, _, id, job) = given_up().await;
    let solver = acting(world.submission(id).user_id, Role::User);
    let author = acting(world.problem().author_id, Role::Author);
    let rows = world.rows();
    for (who, expected) in [
        (&solver, "auth.forbidden"),
        (&author, "auth.forbidden"),
        (&anonymous(), "auth.required"),
    ] {
        let queues = &world.app.queues;
        let codes = [
            code(&queues.show.queues(&who.actor).await).to_owned(),
            code(&queues.show.jobs(&who.actor, None, None, None, None).await).to_owned(),
            code(&queues.show.job(&who.actor, job).await).to_owned(),
            code(&queues.change.pause(who, "submit").await).to_owned(),
            code(&queues.change.resume(who, "submit").await).to_owned(),
            code(&queues.drain.drain(who, "submit").await).to_owned(),
            code(&queues.retry.one(who, job).await).to_owned(),
            code(&queues.retry.all(who, "submit").await).to_owned(),
            code(&queues.remove.remove(who, job).await).to_owned(),
        ];
        assert!(codes.iter().all(|code| code == expected), "{codes:?}");
    }
    assert_eq!(world.rows(), rows);
}
