//! Writing problems: create, edit, tests, life cycle.

use crate::breaking::writes_all_or_nothing;
use crate::world::{World, code, inline, offences, plain_tests, problem, system, three_tests};
use codesm_core::judging::ComparatorOptions;
use codesm_core::kernel::{RequestContext, Role};
use codesm_core::problems::{
    CreateProblemCommand, Difficulty, EditProblemCommand, InlineTest, ProblemQueries, ProblemRef, ProblemStatus, SetTestsCommand,
    StatusChange,
};
use codesm_core::store::{StoreError, UnitOfWork};

async fn with_author() -> (World, RequestContext) {
    let world = World::new().await;
    let author = world.somebody("author", Role::Author).await;
    (world, author)
}

async fn with_draft() -> (World, (RequestContext, ProblemRef)) {
    let (world, author) = with_author().await;
    let reference = ProblemRef::Id(world.draft(&author, "Sum").await.id);
    (world, (author, reference))
}

fn named(fields: &[(&str, &'static str)]) -> Vec<(String, &'static str)> {
    fields.iter().map(|(field, code)| ((*field).to_owned(), *code)).collect()
}

#[tokio::test]
async fn a_new_problem_is_its_authors_draft_with_a_slug_made_from_the_title() {
    let (world, author) = with_author().await;
    let command = CreateProblemCommand {
        tags: vec![" Math ".to_owned(), "easy start".to_owned(), "math".to_owned()],
        ..problem("  The Sum, again ")
    };
    let made = world.app.problems.create.create(&author, command).await.unwrap();
    assert_eq!(
        (made.slug.as_str(), made.title.as_str(), made.status),
        ("the-sum-again", "The Sum, again", ProblemStatus::Draft)
    );
    assert_eq!((Some(made.author_id), made.version), (author.actor.user_id(), 1));
    assert_eq!(made.tags, ["easy start", "math"]);
    assert_eq!(
        (made.limits.time_ms, made.limits.memory_mb, made.limits.output_kb),
        (1000, 256, 8192)
    );
    assert_eq!(world.fakes.store.problems(), [made]);
    assert_eq!(world.audited().last().unwrap(), "problem.created");
}

#[tokio::test]
async fn creation_names_every_unacceptable_field_at_once() {
    let (world, author) = with_author().await;
    let command = CreateProblemCommand {
        title: "\n".to_owned(),
        slug: Some("No Slug".to_owned()),
        statement: "\0".repeat(256 * 1024 + 1),
        difficulty: Difficulty::Hard,
        tags: [vec!["a,b".to_owned()], vec!["x".to_owned(); 20]].concat(),
        time_limit_ms: Some(49),
        memory_limit_mb: Some(8193),
        output_limit_kb: Some(0),
    };
    let (code, fields) = offences(world.app.problems.create.create(&author, command).await);
    let expected = named(&[
        ("slug", "invalid_slug"),
        ("title", "invalid_title"),
        ("statement", "too_long"),
        ("statement", "invalid_text"),
        ("tags", "too_many"),
        ("tags[0]", "invalid_tag"),
        ("timeLimitMs", "out_of_range"),
        ("memoryLimitMb", "out_of_range"),
        ("outputLimitKb", "out_of_range"),
    ]);
    assert_eq!((code.as_str(), fields), ("validation.failed", expected));
    let (_, fields) = offences(world.app.problems.create.create(&author, problem("¡!")).await);
    assert_eq!(fields, named(&[("slug", "required")]));
    assert!(world.fakes.store.problems().is_empty());
}

#[tokio::test]
async fn a_slug_is_taken_once() {
    let (world, (author, _)) = with_draft().await;
    let create = &world.app.problems.create;
    assert_eq!(code(&create.create(&author, problem("sum")).await), "problem.slug_taken");
    let other = ProblemRef::Id(world.draft(&author, "Other").await.id);
    let command = EditProblemCommand {
        slug: Some("sum".to_owned()),
        ..EditProblemCommand::default()
    };
    assert_eq!(
        code(&world.app.problems.edit.edit(&author, &other, command).await),
        "problem.slug_taken"
    );
}

#[tokio::test]
async fn the_system_writes_no_problem_of_its_own() {
    let world = World::new().await;
    assert_eq!(
        code(&world.app.problems.create.create(&system(), problem("Sum")).await),
        "auth.required"
    );
}

#[tokio::test]
async fn an_edit_changes_what_it_names_and_nothing_else() {
    let (world, (author, reference)) = with_draft().await;
    let before = world.problem();
    world.advance(chrono::Duration::seconds(1));
    let command = EditProblemCommand {
        title: Some("Total".to_owned()),
        memory_limit_mb: Some(64),
        ..EditProblemCommand::default()
    };
    let edited = world.app.problems.edit.edit(&author, &reference, command).await.unwrap();
    let mut expected = before.clone();
    (expected.title, expected.limits.memory_mb) = ("Total".to_owned(), 64);
    (expected.updated_at, expected.version) = (world.now(), 2);
    assert_eq!(edited, expected);
    assert_eq!(world.problem(), expected, "what is given is what is stored");
}

#[tokio::test]
async fn an_edit_names_every_unacceptable_field_at_once() {
    let (world, (author, reference)) = with_draft().await;
    let before = world.rows();
    let command = EditProblemCommand {
        title: Some(String::new()),
        slug: Some("-".to_owned()),
        statement: Some("\0".to_owned()),
        tags: Some(vec![String::new()]),
        time_limit_ms: Some(60_001),
        ..EditProblemCommand::default()
    };
    let (_, fields) = offences(world.app.problems.edit.edit(&author, &reference, command).await);
    let expected = [
        ("slug", "invalid_slug"),
        ("title", "invalid_title"),
        ("statement", "invalid_text"),
        ("tags[0]", "invalid_tag"),
        ("timeLimitMs", "out_of_range"),
    ];
    assert_eq!(fields, named(&expected));
    assert_eq!(world.rows(), before);
}

#[tokio::test]
async fn limits_that_came_with_a_package_are_not_in_the_way_of_other_edits() {
    let (world, (author, reference)) = with_draft().await;
    let tx = world.fakes.store.begin().await.unwrap();
    let mut imported = world.problem();
    imported.limits.time_ms = 10;
    tx.problems().save(&imported).await.unwrap();
    tx.commit().await.unwrap();
    let edit = &world.app.problems.edit;
    let command = EditProblemCommand {
        title: Some("Quick".to_owned()),
        ..EditProblemCommand::default()
    };
    assert_eq!(edit.edit(&author, &reference, command).await.unwrap().limits.time_ms, 10);
    let command = EditProblemCommand {
        time_limit_ms: Some(11),
        ..EditProblemCommand::default()
    };
    assert_eq!(code(&edit.edit(&author, &reference, command).await), "validation.failed");
}

#[tokio::test]
async fn a_stale_version_is_not_written() {
    let (world, (author, reference)) = with_draft().await;
    let stale = world.problem();
    world
        .app
        .problems
        .edit
        .edit(&author, &reference, EditProblemCommand::default())
        .await
        .unwrap();
    let tx = world.fakes.store.begin().await.unwrap();
    assert!(matches!(tx.problems().save(&stale).await, Err(StoreError::Stale)));
    let error = codesm_core::kernel::AppError::from(StoreError::Stale);
    assert_eq!((error.code(), error.is_retryable()), ("store.stale", false));
}

#[tokio::test]
async fn edits_at_the_same_time_are_both_applied() {
    let (world, (author, reference)) = with_draft().await;
    let title = EditProblemCommand {
        title: Some("Total".to_owned()),
        ..EditProblemCommand::default()
    };
    let statement = EditProblemCommand {
        statement: Some("Add.".to_owned()),
        ..EditProblemCommand::default()
    };
    let edit = &world.app.problems.edit;
    let (one, other) = tokio::join!(edit.edit(&author, &reference, title), edit.edit(&author, &reference, statement));
    assert!(one.is_ok() && other.is_ok());
    let stored = world.problem();
    assert_eq!(
        (stored.title.as_str(), stored.statement.as_str(), stored.version),
        ("Total", "Add.", 3)
    );
}

#[tokio::test]
async fn tests_are_stored_samples_first_and_numbered() {
    let (world, (author, reference)) = with_draft().await;
    let (problem, set) = world.app.problems.set_tests.set(&author, &reference, three_tests()).await.unwrap();
    assert_eq!((problem.test_set_id, problem.version), (Some(set.id), 2));
    assert_eq!(world.problem(), problem);
    let tests: Vec<_> = set.tests.iter().map(|test| (test.index, test.name.as_str(), test.sample)).collect();
    assert_eq!(tests, [(1, "sample/1", true), (2, "secret/1", false), (3, "secret/2", false)]);
    assert_eq!(world.fakes.store.test_set(set.id).await.unwrap(), Some(set));
    assert_eq!(world.audited().last().unwrap(), "problem.tests_set");
    assert!(!world.rows().contains("hidden in"), "neither rows nor audit hold test data");
}

#[tokio::test]
async fn unacceptable_tests_are_all_named_and_store_no_blob() {
    let (world, (author, reference)) = with_draft().await;
    let set_tests = &world.app.problems.set_tests;
    let bad = InlineTest {
        group: Some("a b".to_owned()),
        explanation: Some("x".repeat(16 * 1024 + 1)),
        ..inline("", "", false)
    };
    let command = SetTestsCommand {
        tests: vec![inline("", "", true), bad],
        groups: None,
        options: Some(ComparatorOptions {
            float_absolute_tolerance: Some(f64::NAN),
            float_relative_tolerance: Some(-1.0),
            ..ComparatorOptions::default()
        }),
    };
    let (_, fields) = offences(set_tests.set(&author, &reference, command).await);
    let expected = [
        ("tests[1].group", "invalid_group"),
        ("tests[1].explanation", "too_long"),
        ("checker.floatAbsoluteTolerance", "out_of_range"),
        ("checker.floatRelativeTolerance", "out_of_range"),
    ];
    assert_eq!(fields, named(&expected));
    for tests in [vec![], vec![inline("", "", false); 501]] {
        let (_, fields) = offences(set_tests.set(&author, &reference, plain_tests(tests)).await);
        assert_eq!(fields, named(&[("tests", "out_of_range")]));
    }
    assert_eq!(world.fakes.blobs.stored(), 0);
}

#[tokio::test]
async fn a_storage_that_is_away_leaves_the_old_tests() {
    let (world, (author, reference)) = with_draft().await;
    let before = world.rows();
    world.fakes.blobs.set_down(true);
    let result = world.app.problems.set_tests.set(&author, &reference, three_tests()).await;
    assert_eq!(code(&result), "storage.unavailable");
    assert_eq!(world.rows(), before);
}

#[tokio::test]
async fn every_change_of_a_problem_writes_all_or_nothing() {
    let create = writes_all_or_nothing(with_author, async |world, author| {
        world.app.problems.create.create(author, problem("Sum")).await.map(drop)
    });
    assert_eq!(create.await, 4);
    let edit = writes_all_or_nothing(with_draft, async |world, (author, reference)| {
        world
            .app
            .problems
            .edit
            .edit(author, reference, EditProblemCommand::default())
            .await
            .map(drop)
    });
    assert_eq!(edit.await, 5);
    let set_tests = writes_all_or_nothing(with_draft, async |world, (author, reference)| {
        world.app.problems.set_tests.set(author, reference, three_tests()).await.map(drop)
    });
    assert_eq!(set_tests.await, 6);
    let archive = writes_all_or_nothing(with_draft, async |world, (author, reference)| {
        let change = &world.app.problems.change_status;
        change.change(author, reference, StatusChange::Archive).await.map(drop)
    });
    assert_eq!(archive.await, 5);
}

#[tokio::test]
async fn a_problem_goes_from_draft_over_review_to_published_and_archived_and_back() {
    let (world, (author, reference)) = with_draft().await;
    let change = &world.app.problems.change_status;
    for step in [StatusChange::SubmitForReview, StatusChange::Publish] {
        assert_eq!(code(&change.change(&author, &reference, step).await), "problem.no_tests");
    }
    world.app.problems.set_tests.set(&author, &reference, three_tests()).await.unwrap();
    let steps = [
        (
            StatusChange::SubmitForReview,
            ProblemStatus::InReview,
            "problem.submitted_for_review",
        ),
        (StatusChange::Publish, ProblemStatus::Published, "problem.published"),
        (StatusChange::Archive, ProblemStatus::Archived, "problem.archived"),
        (StatusChange::Publish, ProblemStatus::Published, "problem.published"),
    ];
    for (step, status, action) in steps {
        let changed = change.change(&author, &reference, step).await.unwrap();
        assert_eq!((changed.status, &changed), (status, &world.problem()));
        assert_eq!(world.audited().last().unwrap(), action);
    }
    for step in [StatusChange::SubmitForReview, StatusChange::Publish] {
        assert_eq!(code(&change.change(&author, &reference, step).await), "problem.wrong_status");
    }
}

#[tokio::test]
async fn an_empty_draft_can_be_archived() {
    let (world, (author, reference)) = with_draft().await;
    let changed = world
        .app
        .problems
        .change_status
        .change(&author, &reference, StatusChange::Archive)
        .await;
    assert_eq!(changed.unwrap().status, ProblemStatus::Archived);
}
