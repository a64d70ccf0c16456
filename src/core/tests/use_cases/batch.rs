//! Several submissions together.

use crate::breaking::writes_all_or_nothing;
use crate::submit::with_problem;
use crate::world::{World, code, key, offences, solution};
use codesm_core::jobs::FAIR_STEP;
use codesm_core::judging::{Mode, Verdict};
use codesm_core::kernel::{ErrorKind, Role};
use codesm_core::submissions::{MAX_BATCH, Submit, SubmitBatch, SubmitCommand};

fn batch(world: &World) -> &SubmitBatch {
    &world.app.submissions.submit_batch
}

#[tokio::test]
async fn a_batch_is_taken_in_together_and_judged_one_by_one() {
    let (world, (solver, reference)) = with_problem().await;
    let commands = vec![
        solution(&reference, Mode::Submit),
        solution(&reference, Mode::Run),
        solution(&reference, Mode::Submit),
    ];
    let receipts = batch(&world).submit(&solver, commands, None).await.unwrap();
    let modes: Vec<_> = receipts.iter().map(|receipt| receipt.submission.mode).collect();
    assert_eq!(modes, [Mode::Submit, Mode::Run, Mode::Submit]);
    let jobs = world.fakes.store.jobs();
    let turns: Vec<_> = jobs.iter().map(|job| job.turn_at - job.created_at).collect();
    assert_eq!(
        turns,
        [chrono::Duration::zero(), FAIR_STEP, FAIR_STEP * 2],
        "the turn of each comes after those before it"
    );
    for job in world.due().await {
        world.app.judge.as_ref().unwrap().judge(&job).await.unwrap();
    }
    for receipt in &receipts {
        assert_eq!(world.submission(receipt.submission.id).verdict, Some(Verdict::Accepted));
    }
    assert_eq!(world.audited().iter().filter(|action| *action == "submission.created").count(), 3);
}

#[tokio::test]
async fn one_that_is_refused_refuses_all_and_each_is_named() {
    let (world, (solver, reference)) = with_problem().await;
    let before = world.rows();
    let nobody_knows = SubmitCommand {
        language: "klingon".to_owned(),
        source: Some(" ".to_owned()),
        ..solution(&reference, Mode::Submit)
    };
    let commands = vec![solution(&reference, Mode::Submit), nobody_knows.clone(), nobody_knows];
    let (first, fields) = offences(batch(&world).submit(&solver, commands, None).await);
    assert_eq!(first, "submission.unknown_language");
    let expected = [
        ("submissions[1].language", "unknown_language"),
        ("submissions[1].source", "source_empty"),
        ("submissions[2].language", "unknown_language"),
        ("submissions[2].source", "source_empty"),
    ];
    assert_eq!(fields, expected.map(|(field, code)| (field.to_owned(), code)));
    let author = crate::world::acting(world.problem().author_id, Role::Author);
    let draft = codesm_core::problems::ProblemRef::Id(world.draft(&author, "Draft").await.id);
    let before_draft = world.rows();
    let commands = vec![solution(&reference, Mode::Submit), solution(&draft, Mode::Submit)];
    let error = batch(&world).submit(&solver, commands, None).await.unwrap_err();
    assert_eq!(
        (error.code(), error.fields()[0].field.as_str()),
        ("problem.not_found", "submissions[1]")
    );
    assert_eq!(world.rows(), before_draft);
    assert_ne!(before, before_draft, "the draft");
}

#[tokio::test]
async fn a_batch_has_one_to_a_hundred_and_needs_room_for_one() {
    let (world, (solver, reference)) = with_problem().await;
    for count in [0, MAX_BATCH + 1] {
        let error = batch(&world)
            .submit(&solver, vec![solution(&reference, Mode::Submit); count], None)
            .await
            .unwrap_err();
        assert_eq!((error.code(), error.kind()), ("submission.batch_size", ErrorKind::Invalid));
    }
    let most = vec![solution(&reference, Mode::Submit); MAX_BATCH];
    assert_eq!(batch(&world).submit(&solver, most, None).await.unwrap().len(), MAX_BATCH);
    let one_more = vec![solution(&reference, Mode::Submit)];
    assert_eq!(
        code(&batch(&world).submit(&solver, one_more, None).await),
        "submission.too_many_waiting"
    );
}

#[tokio::test]
async fn the_same_batch_with_the_same_key_gives_the_same_receipts() {
    let (world, (solver, reference)) = with_problem().await;
    let commands = || vec![solution(&reference, Mode::Submit), solution(&reference, Mode::Run)];
    let first = batch(&world).submit(&solver, commands(), Some(key("k", "body"))).await.unwrap();
    let rows = world.rows();
    let again = batch(&world).submit(&solver, commands(), Some(key("k", "body"))).await.unwrap();
    let ids = |receipts: &[codesm_core::submissions::Receipt]| receipts.iter().map(|it| it.submission.id).collect::<Vec<_>>();
    assert_eq!((ids(&again), again.iter().all(|it| it.replayed)), (ids(&first), true));
    assert_eq!(world.rows(), rows);
    let other = batch(&world).submit(&solver, commands(), Some(key("k", "other"))).await;
    assert_eq!(code(&other), "idempotency.mismatch");
    let single = SubmitCommand {
        idempotency: Some(key("k", "single")),
        ..solution(&reference, Mode::Submit)
    };
    assert_eq!(
        code(&world.app.submissions.submit.submit(&solver, single).await),
        "idempotency.mismatch"
    );
    let unreadable = batch(&world).submit(&solver, commands(), Some(key("k\n1", "body"))).await;
    assert_eq!(
        code(&unreadable),
        "submission.invalid_idempotency_key",
        "no client can name the key of one of a batch"
    );
}

#[tokio::test]
async fn a_batch_writes_all_or_nothing() {
    writes_all_or_nothing(with_problem, async |world, (solver, reference)| {
        let submit = SubmitBatch::new(Submit::new(world.submission_deps()));
        let commands = vec![solution(reference, Mode::Submit), solution(reference, Mode::Run)];
        submit.submit(solver, commands, Some(key("k", "body"))).await.map(|_| ())
    })
    .await;
}
