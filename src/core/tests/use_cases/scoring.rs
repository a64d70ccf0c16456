//! Points, and what is said when there are none.

use crate::judge::{right, wrong};
use crate::submit::with_problem;
use crate::world::{World, acting, inline, solution};
use codesm_core::jobs::{Failure, Remedy};
use codesm_core::judging::{Mode, RunReport, Verdict};
use codesm_core::kernel::{RequestContext, Role};
use codesm_core::problems::{InlineGroup, InlineTest, ProblemRef, SetTestsCommand};
use codesm_core::submissions::{Submission, SubmissionEvent};

fn of_group(group: &str, input: &str) -> InlineTest {
    InlineTest {
        group: Some(group.to_owned()),
        ..inline(input, "x", false)
    }
}

/// Groups written in another order than their tests: 30 points for two tests, 70 for one.
fn scored_tests() -> SetTestsCommand {
    let group = |name: &str, points| InlineGroup {
        name: name.to_owned(),
        points,
    };
    SetTestsCommand {
        tests: vec![
            of_group("hard", "h"),
            of_group("easy", "e1"),
            inline("s", "x", true),
            of_group("easy", "e2"),
        ],
        groups: Some(vec![group("easy", 30.0), group("hard", 70.0)]),
        options: None,
    }
}

async fn scored() -> (World, RequestContext, ProblemRef) {
    let (world, (solver, reference)) = with_problem().await;
    let author = acting(world.problem().author_id, Role::Author);
    let set_tests = &world.app.problems.set_tests;
    let (_, set) = set_tests.set(&author, &reference, scored_tests()).await.unwrap();
    let names: Vec<&str> = set.tests.iter().map(|test| test.name.as_str()).collect();
    assert_eq!(names, ["sample/1", "secret/easy/1", "secret/easy/2", "secret/hard/3"]);
    (world, solver, reference)
}

/// What comes of a submission whose runs end like this, in judging order.
async fn judged(runs: [fn(&mut RunReport); 4], mode: Mode) -> Submission {
    let (world, solver, reference) = scored().await;
    let id = world.submit(&solver, solution(&reference, mode)).await;
    world.next_runs(runs);
    world.judge().await;
    world.submission(id)
}

fn groups(submission: &Submission) -> Vec<(&str, Verdict, f64, Option<f64>)> {
    let shown = submission.groups.iter();
    shown
        .map(|group| (group.name.as_str(), group.verdict, group.score, group.max_score))
        .collect()
}

#[tokio::test]
async fn a_group_gives_all_of_its_points_or_none() {
    let submission = judged([right, right, wrong, right], Mode::Submit).await;
    assert_eq!(
        (submission.verdict, submission.score, submission.max_score),
        (Some(Verdict::Partial), Some(70.0), Some(100.0))
    );
    assert_eq!(
        groups(&submission),
        [
            ("sample", Verdict::Accepted, 0.0, Some(0.0)),
            ("secret", Verdict::WrongAnswer, 70.0, Some(100.0)),
            ("secret/easy", Verdict::WrongAnswer, 0.0, Some(30.0)),
            ("secret/hard", Verdict::Accepted, 70.0, Some(70.0)),
        ]
    );
}

#[tokio::test]
async fn full_points_are_accepted_and_none_are_the_first_failure() {
    let submission = judged([right, right, right, right], Mode::Submit).await;
    assert_eq!((submission.verdict, submission.score), (Some(Verdict::Accepted), Some(100.0)));
    let submission = judged([right, wrong, right, right], Mode::Run).await;
    assert_eq!(
        (submission.verdict, submission.score),
        (Some(Verdict::Accepted), Some(1.0)),
        "samples have no points"
    );
    assert_eq!(submission.tests.len(), 1);
    let (world, solver, reference) = scored().await;
    let id = world.submit(&solver, solution(&reference, Mode::Submit)).await;
    world.next_runs([right as fn(&mut RunReport), wrong, wrong, wrong]);
    world.judge().await;
    let submission = world.submission(id);
    assert_eq!((submission.verdict, submission.score), (Some(Verdict::WrongAnswer), Some(0.0)));
}

#[tokio::test]
async fn the_stream_ends_with_the_groups() {
    let (world, solver, reference) = scored().await;
    let id = world.submit(&solver, solution(&reference, Mode::Submit)).await;
    world.judge().await;
    let mut feed = world.app.submissions.follow.follow(&solver.actor, id, None).await.unwrap();
    let mut last = None;
    while let Some(event) = feed.next().await.unwrap() {
        last = Some(event);
    }
    let Some(SubmissionEvent::Verdict { groups, score, .. }) = last else {
        panic!("a verdict")
    };
    assert_eq!((groups, score), (world.submission(id).groups, Some(100.0)));
}

#[tokio::test]
async fn a_failure_of_codesm_says_what_to_do() {
    let (world, solver, reference) = scored().await;
    let id = world.submit(&solver, solution(&reference, Mode::Submit)).await;
    let waiting = world.app.submissions.get.get(&solver.actor, id).await.unwrap();
    assert_eq!(waiting.hint, None);
    let job = world.reserve().await;
    let failure = Failure {
        code: "blob.missing".to_owned(),
        message: "gone".to_owned(),
        remedy: Remedy::None,
    };
    world.app.submissions.give_up.fail(&job, &failure).await.unwrap();
    let view = world.app.submissions.get.get(&solver.actor, id).await.unwrap();
    assert_eq!(view.submission.verdict, Some(Verdict::InternalError));
    assert!(view.hint.unwrap().contains("import its package again"), "{:?}", view.hint);
}
