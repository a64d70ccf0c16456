//! Reading problems and submissions.

use crate::judge::{right, submitted, wrong};
use crate::submit::with_problem;
use crate::world::{World, acting, anonymous, code, inline, plain_tests, problem, solution};
use chrono::Duration;
use codesm_core::judging::{Mode, RunReport, Verdict};
use codesm_core::kernel::{Actor, ErrorKind, RequestContext, Role};
use codesm_core::problems::{
    CreateProblemCommand, Difficulty, InlineTest, ListProblemsCommand, ProblemRef, ProblemSort, ProblemStatus, StatusChange,
};
use codesm_core::submissions::{ListSubmissionsCommand, SubmitCommand};

const EVERYTHING: ListProblemsCommand = ListProblemsCommand {
    query: None,
    difficulty: None,
    tag: None,
    status: None,
    sort: None,
    limit: None,
    cursor: None,
};

async fn titles(world: &World, who: &RequestContext, command: ListProblemsCommand) -> Vec<String> {
    let page = world.app.problems.list.list(&who.actor, command).await.unwrap();
    page.items.into_iter().map(|item| item.title).collect()
}

/// A draft of `Ada`, a published problem of `Ada`, one under review and one archived of `Bob`, in this order.
async fn shelves() -> (World, RequestContext, RequestContext) {
    let world = World::new().await;
    let ada = world.somebody("ada", Role::Author).await;
    let bob = world.somebody("bob", Role::Author).await;
    let change = &world.app.problems.change_status;
    world.draft(&ada, "Draft").await;
    world.published(&ada, "Public").await;
    for (title, step) in [("Review", StatusChange::SubmitForReview), ("Archive", StatusChange::Archive)] {
        let reference = world.tested(&bob, title).await;
        change.change(&bob, &reference, step).await.unwrap();
    }
    (world, ada, bob)
}

#[tokio::test]
async fn the_list_shows_published_problems_ones_own_and_to_admins_all() {
    let (world, ada, bob) = shelves().await;
    let admin = world.somebody("root", Role::Admin).await;
    let solver = world.somebody("solver", Role::User).await;
    assert_eq!(titles(&world, &anonymous(), EVERYTHING).await, ["Public"]);
    assert_eq!(titles(&world, &solver, EVERYTHING).await, ["Public"]);
    assert_eq!(titles(&world, &ada, EVERYTHING).await, ["Public", "Draft"]);
    assert_eq!(titles(&world, &bob, EVERYTHING).await, ["Archive", "Review", "Public"]);
    assert_eq!(titles(&world, &admin, EVERYTHING).await, ["Archive", "Review", "Public", "Draft"]);
}

#[tokio::test]
async fn no_filter_shows_what_is_hidden() {
    let (world, _, bob) = shelves().await;
    for status in ProblemStatus::ALL {
        let command = ListProblemsCommand {
            status: Some(status),
            ..EVERYTHING
        };
        let expected: &[&str] = if status == ProblemStatus::Published { &["Public"] } else { &[] };
        assert_eq!(titles(&world, &anonymous(), command).await, expected);
    }
    let command = ListProblemsCommand {
        query: Some("draft".to_owned()),
        ..EVERYTHING
    };
    assert!(titles(&world, &bob, command).await.is_empty());
}

#[tokio::test]
async fn problems_are_found_by_words_tag_and_difficulty() {
    let world = World::new().await;
    let author = world.somebody("author", Role::Author).await;
    for (title, difficulty, tag) in [("Sum of Trees", Difficulty::Hard, "trees"), ("Big Sum", Difficulty::Easy, "math")] {
        let tags = vec![tag.to_owned()];
        let command = CreateProblemCommand {
            difficulty,
            tags,
            ..problem(title)
        };
        world.app.problems.create.create(&author, command).await.unwrap();
    }
    let query = |text: &str| ListProblemsCommand {
        query: Some(text.to_owned()),
        ..EVERYTHING
    };
    assert_eq!(titles(&world, &author, query(" SUM  trees ")).await, ["Sum of Trees"]);
    assert_eq!(titles(&world, &author, query("  ")).await.len(), 2);
    assert!(titles(&world, &author, query("%")).await.is_empty());
    let tag = ListProblemsCommand {
        tag: Some(" MATH ".to_owned()),
        ..EVERYTHING
    };
    assert_eq!(titles(&world, &author, tag).await, ["Big Sum"]);
    let hard = ListProblemsCommand {
        difficulty: Some(Difficulty::Hard),
        ..EVERYTHING
    };
    assert_eq!(titles(&world, &author, hard).await, ["Sum of Trees"]);
    let by_title = ListProblemsCommand {
        sort: Some(ProblemSort::Title),
        ..EVERYTHING
    };
    assert_eq!(titles(&world, &author, by_title).await, ["Big Sum", "Sum of Trees"]);
}

#[tokio::test]
async fn pages_follow_each_other_and_belong_to_their_sort() {
    let (world, _, _) = shelves().await;
    let admin = world.somebody("root", Role::Admin).await;
    let list = &world.app.problems.list;
    let two = ListProblemsCommand {
        limit: Some(3),
        ..EVERYTHING
    };
    let first = list.list(&admin.actor, two.clone()).await.unwrap();
    assert_eq!((first.items.len(), first.limit), (3, 3));
    let next = ListProblemsCommand {
        cursor: first.next_cursor,
        ..two
    };
    let second = list.list(&admin.actor, next.clone()).await.unwrap();
    assert_eq!((second.items.len(), second.next_cursor), (1, None));
    let other_sort = ListProblemsCommand {
        sort: Some(ProblemSort::Title),
        ..next
    };
    let error = list.list(&admin.actor, other_sort).await.unwrap_err();
    assert_eq!((error.code(), error.kind()), ("page.invalid_cursor", ErrorKind::Malformed));
    for limit in [0, 101] {
        let command = ListProblemsCommand {
            limit: Some(limit),
            ..EVERYTHING
        };
        assert_eq!(code(&list.list(&admin.actor, command).await), "page.invalid_limit");
    }
}

#[tokio::test]
async fn a_problem_is_shown_with_its_samples_and_never_with_hidden_tests() {
    let (world, (solver, reference)) = with_problem().await;
    let author = acting(world.problem().author_id, Role::Author);
    let explained = InlineTest {
        explanation: Some("one and two".to_owned()),
        ..inline("1 2", "3", true)
    };
    let long = inline(&"x".repeat(64 * 1024 + 1), "", true);
    let tests = vec![explained, long, inline("hidden in", "hidden out", false)];
    world
        .app
        .problems
        .set_tests
        .set(&author, &reference, plain_tests(tests))
        .await
        .unwrap();
    for who in [&solver, &author] {
        let (view, samples) = world.app.problems.get.get(&who.actor, &reference).await.unwrap();
        assert_eq!((view.author_username.as_str(), view.test_count, samples.len()), ("author", 3, 2));
        assert_eq!(
            (samples[0].input.as_str(), samples[0].explanation.as_deref()),
            ("1 2", Some("one and two"))
        );
        assert_eq!(samples[1].input.len(), 64 * 1024, "cut");
        assert!(!format!("{samples:?}").contains("hidden"));
    }
}

#[tokio::test]
async fn the_solver_sees_sample_data_and_of_hidden_tests_only_how_they_went() {
    let (world, id) = submitted(Mode::Submit).await;
    world.next_runs([right as fn(&mut RunReport), |report| {
        wrong(report);
        report.stdout = "hidden echo".into();
    }]);
    world.judge().await;
    let submission = world.submission(id);
    let solver = acting(submission.user_id, Role::User);
    let view = world.app.submissions.get.get(&solver.actor, id).await.unwrap();
    assert!(!view.full);
    assert_eq!((view.samples.len(), view.samples[0].index), (1, 1));
    assert_eq!((view.samples[0].input.as_str(), view.samples[0].answer.as_str()), ("1 2", "3"));
    let [sample, failed, skipped] = &view.submission.tests[..] else {
        panic!("three tests")
    };
    assert_eq!((sample.name.as_str(), sample.stdout.as_deref()), ("sample/1", Some("")));
    assert_eq!(
        (failed.verdict, failed.cpu_ms, failed.name.as_str(), &failed.judge_message),
        (Verdict::WrongAnswer, 10, "", &None)
    );
    assert_eq!((skipped.verdict, skipped.name.as_str()), (Verdict::Skipped, ""));
    let text = format!("{view:?}");
    assert!(
        !text.contains("hidden") && !text.contains("secret/") && !text.contains("expected `3`"),
        "{text}"
    );

    let author = acting(world.problem().author_id, Role::Author);
    let view = world.app.submissions.get.get(&author.actor, id).await.unwrap();
    assert!(view.full);
    assert_eq!(view.submission, submission, "the author sees all that is recorded");
}

#[tokio::test]
async fn a_submission_that_waits_shows_no_tests_and_a_run_on_ones_own_input_no_samples() {
    let (world, id) = submitted(Mode::Submit).await;
    let solver = acting(world.submission(id).user_id, Role::User);
    let get = &world.app.submissions.get;
    let view = get.get(&solver.actor, id).await.unwrap();
    assert_eq!((view.samples.len(), view.submission.tests.len()), (0, 0));
    world.judge().await;
    let reference = ProblemRef::Id(world.problem().id);
    let command = SubmitCommand {
        stdin: Some("9".to_owned()),
        ..solution(&reference, Mode::Run)
    };
    let id = world.submit(&solver, command).await;
    world.judge().await;
    let view = get.get(&solver.actor, id).await.unwrap();
    assert_eq!((view.samples.len(), view.submission.tests.len()), (0, 1));
}

#[tokio::test]
async fn the_owner_keeps_seeing_a_submission_to_a_problem_that_was_archived() {
    let (world, id) = submitted(Mode::Submit).await;
    world.judge().await;
    let problem = world.problem();
    let author = acting(problem.author_id, Role::Author);
    let change = &world.app.problems.change_status;
    change
        .change(&author, &ProblemRef::Id(problem.id), StatusChange::Archive)
        .await
        .unwrap();
    let solver = acting(world.submission(id).user_id, Role::User);
    assert_eq!(world.app.submissions.get.get(&solver.actor, id).await.unwrap().samples.len(), 1);
    assert_eq!(
        code(&world.app.problems.get.get(&solver.actor, &ProblemRef::Id(problem.id)).await),
        "problem.not_found"
    );
}

#[tokio::test]
async fn a_submission_nobody_made_is_not_found() {
    let (world, id) = submitted(Mode::Submit).await;
    let nobodys = codesm_core::kernel::SubmissionId::from_uuid(uuid::Uuid::nil());
    assert_eq!(
        code(&world.app.submissions.get.get(&Actor::System, nobodys).await),
        "submission.not_found"
    );
    assert!(world.app.submissions.get.get(&Actor::System, id).await.is_ok());
}

#[tokio::test]
async fn the_history_is_ones_own_newest_first_and_filtered_by_problem_and_verdict() {
    let (world, (solver, reference)) = with_problem().await;
    let author = acting(world.problem().author_id, Role::Author);
    let other = world.published(&author, "Other").await;
    let mut ids = Vec::new();
    for (who, target) in [
        (&solver, &reference),
        (&author, &reference),
        (&solver, &other),
        (&solver, &reference),
    ] {
        ids.push(world.submit(who, solution(target, Mode::Submit)).await);
        world.advance(Duration::seconds(1));
    }
    world.next_runs([wrong as fn(&mut RunReport)]);
    for job in world.due().await {
        world.app.judge.as_ref().unwrap().judge(&job).await.unwrap();
    }
    let listed = async |who: &RequestContext, command: ListSubmissionsCommand| {
        let page = world.app.submissions.list.list(&who.actor, command).await.unwrap();
        page.items.into_iter().map(|item| item.id).collect::<Vec<_>>()
    };
    let all = ListSubmissionsCommand::default;
    assert_eq!(listed(&solver, all()).await, [ids[3], ids[2], ids[0]]);
    let to_problem = ListSubmissionsCommand {
        problem: Some(reference.clone()),
        ..all()
    };
    assert_eq!(listed(&solver, to_problem.clone()).await, [ids[3], ids[0]]);
    assert_eq!(
        listed(&author, to_problem).await,
        [ids[3], ids[1], ids[0]],
        "the author sees everybody's"
    );
    assert_eq!(listed(&author, all()).await, [ids[1]], "but elsewhere only their own");
    let wrong = ListSubmissionsCommand {
        verdict: Some(Verdict::WrongAnswer),
        ..all()
    };
    assert_eq!(listed(&solver, wrong).await, [ids[0]]);
    let admin = world.somebody("root", Role::Admin).await;
    assert_eq!(listed(&admin, all()).await.len(), 4);
    let of_solver = ListSubmissionsCommand {
        user_id: solver.actor.user_id(),
        ..all()
    };
    assert_eq!(listed(&admin, of_solver).await, [ids[3], ids[2], ids[0]]);
    let unknown = ListSubmissionsCommand {
        problem: ProblemRef::parse("no-such"),
        ..all()
    };
    assert_eq!(
        code(&world.app.submissions.list.list(&solver.actor, unknown).await),
        "problem.not_found"
    );
}

#[tokio::test]
async fn a_database_that_is_away_is_unavailable_to_readers() {
    let (world, (solver, reference)) = with_problem().await;
    world.fakes.store.set_down(true);
    assert_eq!(
        code(&world.app.problems.list.list(&solver.actor, EVERYTHING).await),
        "database.unavailable"
    );
    assert_eq!(
        code(&world.app.problems.get.get(&solver.actor, &reference).await),
        "database.unavailable"
    );
    assert_eq!(code(&world.app.submissions.languages.list().await), "database.unavailable");
    let history = world
        .app
        .submissions
        .list
        .list(&solver.actor, ListSubmissionsCommand::default())
        .await;
    assert_eq!(code(&history), "database.unavailable");
}
