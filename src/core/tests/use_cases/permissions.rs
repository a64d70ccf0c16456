//! Who may do what: every role at every use case.

use crate::world::{World, anonymous, code, problem, solution, system, three_tests};
use codesm_core::judging::Mode;
use codesm_core::kernel::{Permission, RequestContext, Role};
use codesm_core::problems::{EditProblemCommand, ImportOptions, PackageSource, ProblemRef, StatusChange};
use codesm_core::submissions::{ListSubmissionsCommand, RunLimitsOverride, SubmitCommand, SubmitTarget};
use std::path::PathBuf;

/// Codes for, in this order: nobody, the system, a user, the problem's author, another author, an admin.
type Row = [&'static str; 6];

struct Cast {
    world: World,
    contexts: [RequestContext; 6],
    author: RequestContext,
}

async fn cast() -> Cast {
    let world = World::new().await;
    let author = world.somebody("author", Role::Author).await;
    let contexts = [
        anonymous(),
        system(),
        world.somebody("solver", Role::User).await,
        author.clone(),
        world.somebody("rival", Role::Author).await,
        world.somebody("root", Role::Admin).await,
    ];
    Cast { world, contexts, author }
}

/// What each of the cast gets, each on a problem of their own: `published`, or else a draft with tests.
async fn codes(published: bool, act: impl AsyncFn(&World, &RequestContext, &ProblemRef) -> String) -> Vec<String> {
    let Cast { world, contexts, author } = cast().await;
    let mut codes = Vec::new();
    for (number, context) in contexts.iter().enumerate() {
        let title = format!("Problem {number}");
        let reference = if published {
            world.published(&author, &title).await
        } else {
            world.tested(&author, &title).await
        };
        codes.push(act(&world, context, &reference).await);
    }
    codes
}

const FORBIDDEN: &str = "auth.forbidden";
const REQUIRED: &str = "auth.required";
const NO_PROBLEM: &str = "problem.not_found";
const NO_SUBMISSION: &str = "submission.not_found";

#[test]
fn the_table_of_permissions_is_the_one_of_the_product() {
    use Permission as P;
    let all = [
        P::ProblemCreate,
        P::ProblemImport,
        P::ProblemPublish,
        P::ProblemManageAll,
        P::SubmissionCreate,
        P::RunCreate,
        P::SubmissionReadAll,
        P::SubmissionCancelAll,
        P::JobManage,
    ];
    let of = |role: Role| all.into_iter().filter(|permission| role.allows(*permission)).collect::<Vec<_>>();
    assert_eq!(of(Role::User), [P::SubmissionCreate, P::RunCreate]);
    assert_eq!(
        of(Role::Author),
        [
            P::ProblemCreate,
            P::ProblemImport,
            P::ProblemPublish,
            P::SubmissionCreate,
            P::RunCreate
        ]
    );
    assert_eq!(of(Role::Admin), all);
}

#[tokio::test]
async fn authors_and_admins_create_problems() {
    let got = codes(true, async |world, who, _| {
        let title = format!("New {:?}", who.actor.user_id());
        code(&world.app.problems.create.create(who, problem(&title)).await).to_owned()
    });
    let expected: Row = [REQUIRED, REQUIRED, FORBIDDEN, "", "", ""];
    assert_eq!(got.await, expected);
}

#[tokio::test]
async fn a_published_problem_is_changed_by_its_author_and_admins_only() {
    let expected: Row = [REQUIRED, "", FORBIDDEN, "", FORBIDDEN, ""];
    let edit = codes(true, async |world, who, reference| {
        code(&world.app.problems.edit.edit(who, reference, EditProblemCommand::default()).await).to_owned()
    });
    assert_eq!(edit.await, expected);
    let set_tests = codes(true, async |world, who, reference| {
        code(&world.app.problems.set_tests.set(who, reference, three_tests()).await).to_owned()
    });
    assert_eq!(set_tests.await, expected);
    let archive = codes(true, async |world, who, reference| {
        code(&world.app.problems.change_status.change(who, reference, StatusChange::Archive).await).to_owned()
    });
    assert_eq!(archive.await, expected);
}

#[tokio::test]
async fn a_draft_does_not_exist_for_others() {
    let expected: Row = [NO_PROBLEM, "", NO_PROBLEM, "", NO_PROBLEM, ""];
    let edit = codes(false, async |world, who, reference| {
        code(&world.app.problems.edit.edit(who, reference, EditProblemCommand::default()).await).to_owned()
    });
    assert_eq!(edit.await, expected);
    let set_tests = codes(false, async |world, who, reference| {
        code(&world.app.problems.set_tests.set(who, reference, three_tests()).await).to_owned()
    });
    assert_eq!(set_tests.await, expected);
    for step in [StatusChange::SubmitForReview, StatusChange::Publish, StatusChange::Archive] {
        let change = codes(false, async |world, who, reference| {
            code(&world.app.problems.change_status.change(who, reference, step).await).to_owned()
        });
        assert_eq!(change.await, expected, "{step:?}");
    }
    let get = codes(false, async |world, who, reference| {
        code(&world.app.problems.get.get(&who.actor, reference).await).to_owned()
    });
    assert_eq!(get.await, expected);
}

#[tokio::test]
async fn everybody_reads_a_published_problem() {
    let got = codes(true, async |world, who, reference| {
        code(&world.app.problems.get.get(&who.actor, reference).await).to_owned()
    });
    assert_eq!(got.await, [""; 6]);
}

#[tokio::test]
async fn a_package_is_not_even_read_for_those_who_may_not_import() {
    let source = PackageSource::Directory(PathBuf::from("somewhere"));
    let got = codes(true, async |world, who, _| {
        let before = world.fakes.packages.read_sources().len();
        let result = world.app.problems.import.read(who, &source);
        let was_read = world.fakes.packages.read_sources().len() > before;
        format!("{} {was_read}", code(&result))
    });
    let found = "package.not_found true";
    assert_eq!(
        got.await,
        ["auth.required false", found, "auth.forbidden false", found, found, found]
    );
}

#[tokio::test]
async fn authors_import_for_themselves_and_admins_for_others() {
    let got = codes(true, async |world, who, _| {
        let author_id = Some(world.fakes.store.users()[0].id);
        let options = ImportOptions {
            author_id,
            ..ImportOptions::default()
        };
        let package = crate::import::package(&format!("of {:?}", who.actor.user_id())).await;
        code(&world.app.problems.import.import(who, package, options).await).to_owned()
    });
    assert_eq!(got.await, [REQUIRED, "", FORBIDDEN, "", FORBIDDEN, ""]);
}

#[tokio::test]
async fn every_user_submits_to_published_problems_and_runs_code() {
    for mode in [Mode::Submit, Mode::Run] {
        let got = codes(true, async |world, who, reference| {
            code(&world.app.submissions.submit.submit(who, solution(reference, mode)).await).to_owned()
        });
        assert_eq!(got.await, [REQUIRED, REQUIRED, "", "", "", ""]);
    }
    let got = codes(true, async |world, who, reference| {
        let command = SubmitCommand {
            target: SubmitTarget::AdHoc {
                args: Vec::new(),
                limits: RunLimitsOverride::default(),
            },
            ..solution(reference, Mode::Run)
        };
        code(&world.app.submissions.submit.submit(who, command).await).to_owned()
    });
    assert_eq!(got.await, [REQUIRED, REQUIRED, "", "", "", ""]);
}

#[tokio::test]
async fn a_problem_under_review_is_tried_by_its_author_and_admins_and_a_draft_by_nobody() {
    let review = codes(false, async |world, who, reference| {
        let change = &world.app.problems.change_status;
        change.change(&system(), reference, StatusChange::SubmitForReview).await.unwrap();
        code(&world.app.submissions.submit.submit(who, solution(reference, Mode::Submit)).await).to_owned()
    });
    assert_eq!(review.await, [REQUIRED, REQUIRED, NO_PROBLEM, "", NO_PROBLEM, ""]);
    let draft = codes(false, async |world, who, reference| {
        code(&world.app.submissions.submit.submit(who, solution(reference, Mode::Submit)).await).to_owned()
    });
    let closed = "problem.not_published";
    assert_eq!(draft.await, [REQUIRED, REQUIRED, NO_PROBLEM, closed, NO_PROBLEM, closed]);
}

#[tokio::test]
async fn a_submission_is_shown_to_its_owner_the_problems_author_and_admins() {
    let got = codes(true, async |world, who, reference| {
        let owner = world
            .somebody(&format!("owner{}", world.fakes.store.users().len()), Role::User)
            .await;
        let id = world.submit(&owner, solution(reference, Mode::Submit)).await;
        assert!(world.app.submissions.get.get(&owner.actor, id).await.is_ok());
        let get = world.app.submissions.get.get(&who.actor, id).await;
        let follow = world.app.submissions.follow.follow(&who.actor, id, None).await;
        assert_eq!(code(&get), code(&follow));
        code(&get).to_owned()
    });
    assert_eq!(got.await, [REQUIRED, "", NO_SUBMISSION, "", NO_SUBMISSION, ""]);
}

#[tokio::test]
async fn the_history_of_others_is_for_admins_and_for_the_author_of_the_named_problem() {
    let got = codes(true, async |world, who, reference| {
        let user_id = Some(world.fakes.store.users()[1].id);
        let list = &world.app.submissions.list;
        let command = ListSubmissionsCommand {
            user_id,
            ..ListSubmissionsCommand::default()
        };
        let anywhere = list.list(&who.actor, command.clone()).await;
        let problem = Some(reference.clone());
        let to_problem = list.list(&who.actor, ListSubmissionsCommand { problem, ..command }).await;
        format!("{} {}", code(&anywhere), code(&to_problem))
    });
    let refused = "auth.forbidden auth.forbidden";
    let expected = [
        "auth.required auth.required",
        "auth.required auth.required",
        " ",
        "auth.forbidden ",
        refused,
        " ",
    ];
    assert_eq!(got.await, expected);
}

#[tokio::test]
async fn no_transaction_begins_for_those_who_may_not_change_a_problem() {
    let Cast { world, contexts, author } = cast().await;
    let reference = world.published(&author, "Sum").await;
    // A transaction would find the database away.
    world.breaking.break_after(0);
    for number in [0, 2, 4] {
        let who = &contexts[number];
        let edit = world.app.problems.edit.edit(who, &reference, EditProblemCommand::default()).await;
        let archive = world
            .app
            .problems
            .change_status
            .change(who, &reference, StatusChange::Archive)
            .await;
        let expected = [REQUIRED, "", FORBIDDEN, "", FORBIDDEN][number];
        assert_eq!([code(&edit), code(&archive)], [expected, expected]);
    }
    let edit = world
        .app
        .problems
        .edit
        .edit(&author, &reference, EditProblemCommand::default())
        .await;
    assert_eq!(code(&edit), "database.unavailable");
}

#[tokio::test]
async fn an_author_who_lost_the_role_keeps_reading_a_draft_but_changes_it_no_more() {
    let Cast { world, author, .. } = cast().await;
    let reference = world.tested(&author, "Sum").await;
    let demoted = crate::world::acting(author.actor.user_id().unwrap(), Role::User);
    assert!(world.app.problems.get.get(&demoted.actor, &reference).await.is_ok());
    let result = world
        .app
        .problems
        .edit
        .edit(&demoted, &reference, EditProblemCommand::default())
        .await;
    assert_eq!(code(&result), FORBIDDEN);
}
