//! Submissions that are called off.

use crate::breaking::writes_all_or_nothing;
use crate::judge::submitted;
use crate::submit::with_problem;
use crate::world::{World, acting, code, solution};
use codesm_core::jobs::{JobQueue, JobState};
use codesm_core::judging::{Mode, Verdict};
use codesm_core::kernel::{ErrorKind, RequestContext, Role};
use codesm_core::submissions::{CancelSubmission, ProgressStep, SubmissionState};

fn owner(world: &World) -> RequestContext {
    acting(world.fakes.store.submissions()[0].user_id, Role::User)
}

#[tokio::test]
async fn a_waiting_submission_is_cancelled_by_its_owner_and_never_judged() {
    let (world, id) = submitted(Mode::Submit).await;
    let cancel = &world.app.submissions.cancel;
    let view = cancel.cancel(&owner(&world), id).await.unwrap();
    assert_eq!(
        (view.submission.state, view.submission.verdict, view.submission.judged_at),
        (SubmissionState::Cancelled, Some(Verdict::Cancelled), Some(world.now()))
    );
    assert!(world.due().await.is_empty());
    assert_eq!(world.fakes.store.jobs()[0].state, JobState::Done);
    assert_eq!(world.steps(), [ProgressStep::Finished]);
    assert_eq!(world.audited().last().unwrap(), "submission.cancelled");
    // Again: nothing changes.
    let rows = world.rows();
    cancel.cancel(&owner(&world), id).await.unwrap();
    assert_eq!(world.rows(), rows);
}

#[tokio::test]
async fn the_worker_of_a_cancelled_submission_has_lost_its_lease() {
    let (world, id) = submitted(Mode::Submit).await;
    let job = world.reserve().await;
    world.app.submissions.cancel.cancel(&owner(&world), id).await.unwrap();
    let until = world.now() + crate::world::LEASE;
    assert!(!world.fakes.store.extend(job.id, job.attempt, until).await.unwrap());
    let failure = world.app.judge.as_ref().unwrap().judge(&job).await.unwrap_err();
    assert_eq!(failure.code, "job.lease_lost");
    assert_eq!(world.submission(id).verdict, Some(Verdict::Cancelled));
}

#[tokio::test]
async fn a_verdict_is_not_called_off() {
    let (world, id) = submitted(Mode::Submit).await;
    world.judge().await;
    let rows = world.rows();
    let error = world.app.submissions.cancel.cancel(&owner(&world), id).await.unwrap_err();
    assert_eq!((error.code(), error.kind()), ("submission.already_judged", ErrorKind::Conflict));
    assert_eq!(world.rows(), rows);
}

#[tokio::test]
async fn only_the_owner_and_admins_call_off() {
    let (world, (solver, reference)) = with_problem().await;
    let id = world.submit(&solver, solution(&reference, Mode::Submit)).await;
    let author = acting(world.problem().author_id, Role::Author);
    let other = world.somebody("other", Role::User).await;
    let admin = world.somebody("root", Role::Admin).await;
    let cancel = &world.app.submissions.cancel;
    assert_eq!(code(&cancel.cancel(&other, id).await), "submission.not_found");
    assert_eq!(code(&cancel.cancel(&author, id).await), "auth.forbidden", "the author only sees it");
    assert_eq!(code(&cancel.cancel(&crate::world::anonymous(), id).await), "auth.required");
    assert_eq!(
        cancel.cancel(&admin, id).await.unwrap().submission.state,
        SubmissionState::Cancelled
    );
}

#[tokio::test]
async fn cancelling_writes_all_or_nothing() {
    let plain = writes_all_or_nothing(
        || submitted(Mode::Submit),
        async |world, id| {
            CancelSubmission::new(world.submission_deps())
                .cancel(&owner(world), *id)
                .await
                .map(|_| ())
        },
    );
    plain.await;
}
