//! The fakes carry the real use cases, and behave like a database where it matters.

use codesm_core::auth::{Login, LoginCommand, Register, RegisterCommand, User};
use codesm_core::jobs::{JobQueue, JobState, ReserveRequest};
use codesm_core::judging::engine::Engine;
use codesm_core::judging::{Mode, Verdict};
use codesm_core::kernel::{Actor, Caller, ErrorKind, Permission, RequestContext, Role, Secret};
use codesm_core::problems::{
    ChangeProblemStatus, CreateProblem, CreateProblemCommand, Difficulty, InlineTest, ListProblems, ListProblemsCommand, Problem,
    ProblemRef, SetTests, SetTestsCommand, StatusChange,
};
use codesm_core::store::{StoreError, UnitOfWork};
use codesm_core::submissions::{JudgeSubmission, Judged, Submit, SubmitCommand, SubmitTarget};
use codesm_memory::fakes::Fakes;
use std::time::Duration;

fn acting(actor: Actor) -> RequestContext {
    RequestContext {
        actor,
        ..RequestContext::system("test")
    }
}

async fn registered(fakes: &Fakes, name: &str) -> User {
    let command = RegisterCommand {
        email: format!("{name}@example.org"),
        username: name.to_owned(),
        password: Secret::new("correct horse".to_owned()),
    };
    Register::new(fakes.auth_deps())
        .register(&acting(Actor::Anonymous), command)
        .await
        .unwrap()
}

fn author(user: &User) -> RequestContext {
    assert!(Role::Author.allows(Permission::ProblemPublish));
    acting(Actor::User(Caller {
        user_id: user.id,
        role: Role::Author,
        session_id: None,
    }))
}

async fn drafted(fakes: &Fakes, context: &RequestContext, title: &str, difficulty: Difficulty) -> Problem {
    let command = CreateProblemCommand {
        title: title.to_owned(),
        slug: None,
        statement: "Add two numbers.".to_owned(),
        difficulty,
        tags: vec!["math".to_owned()],
        time_limit_ms: None,
        memory_limit_mb: None,
        output_limit_kb: None,
    };
    CreateProblem::new(fakes.problem_deps()).create(context, command).await.unwrap()
}

fn reservation(fakes: &Fakes) -> ReserveRequest {
    ReserveRequest {
        worker: "worker-1".to_owned(),
        kinds: codesm_core::jobs::JobKind::ALL.to_vec(),
        queues: codesm_core::jobs::Queue::ALL.to_vec(),
        only: None,
        capabilities: vec!["cpp".to_owned()],
        max: 10,
        lease: chrono::Duration::seconds(30),
        patience: chrono::Duration::zero(),
        now: codesm_core::kernel::Clock::now(&*fakes.clock),
    }
}

#[tokio::test]
async fn a_submission_goes_from_registration_to_its_verdict() {
    let fakes = Fakes::new();
    fakes.worker_online("worker-1").await.unwrap();
    let user = registered(&fakes, "ada").await;
    let login = LoginCommand {
        email: "ADA@example.org".to_owned(),
        password: Secret::new("correct horse".to_owned()),
    };
    let pair = Login::new(fakes.auth_deps()).login(&acting(Actor::Anonymous), login).await.unwrap();
    assert_eq!(pair.user, user);

    let context = author(&user);
    let problem = ProblemRef::Id(drafted(&fakes, &context, "A plus B", Difficulty::Easy).await.id);
    let tests = SetTestsCommand {
        tests: vec![InlineTest {
            input: "1 2\n".to_owned(),
            answer: "3\n".to_owned(),
            sample: true,
            group: None,
            explanation: None,
        }],
        groups: None,
        options: None,
    };
    SetTests::new(fakes.problem_deps()).set(&context, &problem, tests).await.unwrap();
    let publish = ChangeProblemStatus::new(fakes.problem_deps());
    publish.change(&context, &problem, StatusChange::Publish).await.unwrap();

    let command = SubmitCommand {
        target: SubmitTarget::Problem(problem),
        language: "cpp".to_owned(),
        source: Some("int main() {}".to_owned()),
        files: None,
        mode: Mode::Submit,
        stdin: None,
        idempotency: None,
    };
    let submit = Submit::new(fakes.submission_deps());
    let receipt = submit.submit(&context, command).await.unwrap();
    let jobs = fakes.store.reserve(&reservation(&fakes)).await.unwrap();
    assert_eq!(jobs.len(), 1);
    let judge = JudgeSubmission::new(fakes.submission_deps(), Engine::new(fakes.sandbox.clone()));
    let judged = judge.judge(&jobs[0]).await.unwrap();
    assert!(
        matches!(
            judged,
            Judged::Verdict {
                verdict: Verdict::Accepted,
                ..
            }
        ),
        "{judged:?}"
    );

    let submission = &fakes.store.submissions()[0];
    assert_eq!(
        (submission.id, submission.verdict),
        (receipt.submission.id, Some(Verdict::Accepted))
    );
    assert_eq!(fakes.store.jobs()[0].state, JobState::Done);
    assert_eq!(fakes.store.problems()[0].submissions_accepted, 1);
    assert_eq!(fakes.sandbox.free_slots(), 2);
    assert!(fakes.store.audit_entries().iter().any(|entry| entry.action == "auth.login"));
}

#[tokio::test]
async fn problem_pages_follow_each_other_in_every_sort() {
    let fakes = Fakes::new();
    let context = author(&registered(&fakes, "ada").await);
    for (title, difficulty) in [
        ("Beta", Difficulty::Hard),
        ("alpha", Difficulty::Easy),
        ("Gamma", Difficulty::Easy),
        ("beta two", Difficulty::Medium),
        ("Delta", Difficulty::Expert),
    ] {
        drafted(&fakes, &context, title, difficulty).await;
    }
    let list = ListProblems::new(fakes.problem_deps());
    for (sort, expected) in [
        ("newest", ["Delta", "beta two", "Gamma", "alpha", "Beta"]),
        ("oldest", ["Beta", "alpha", "Gamma", "beta two", "Delta"]),
        ("title", ["alpha", "Beta", "beta two", "Delta", "Gamma"]),
        ("difficulty", ["alpha", "Gamma", "beta two", "Beta", "Delta"]),
    ] {
        let (mut titles, mut cursor) = (Vec::new(), None);
        loop {
            let command = ListProblemsCommand {
                query: None,
                difficulty: None,
                tag: Some("math".to_owned()),
                status: None,
                sort: codesm_core::problems::ProblemSort::parse(sort),
                limit: Some(2),
                cursor,
            };
            let page = list.list(&context.actor, command).await.unwrap();
            titles.extend(page.items.into_iter().map(|item| item.title));
            cursor = page.next_cursor;
            if cursor.is_none() {
                break;
            }
        }
        assert_eq!(titles, expected, "{sort}");
    }
}

#[tokio::test]
async fn a_dropped_transaction_leaves_nothing_and_a_commit_everything() {
    let fakes = Fakes::new();
    let user = registered(&fakes, "ada").await;
    let promoted = User {
        role: Role::Admin,
        ..user.clone()
    };
    let tx = fakes.store.begin().await.unwrap();
    tx.users().save(&promoted).await.unwrap();
    assert_eq!(tx.users().by_id(user.id).await.unwrap().unwrap().role, Role::Admin);
    assert_eq!(fakes.store.users()[0].role, Role::User, "seen before the commit");
    drop(tx);
    let tx = fakes.store.begin().await.unwrap();
    assert_eq!(tx.users().by_id(user.id).await.unwrap().unwrap().role, Role::User);
    tx.users().save(&promoted).await.unwrap();
    tx.commit().await.unwrap();
    assert_eq!(fakes.store.users()[0].role, Role::Admin);
    let tx = fakes.store.begin().await.unwrap();
    assert!(matches!(tx.users().save(&promoted).await, Err(StoreError::Stale)));
}

#[tokio::test]
async fn a_second_writer_waits_for_the_first() {
    let fakes = Fakes::new();
    let tx = fakes.store.begin().await.unwrap();
    let store = fakes.store.clone();
    let second = tokio::spawn(async move { store.begin().await.map(drop) });
    tokio::time::sleep(Duration::from_millis(20)).await;
    assert!(!second.is_finished());
    tx.commit().await.unwrap();
    second.await.unwrap().unwrap();
}

#[tokio::test]
async fn a_store_that_is_down_is_unavailable_also_at_commit() {
    let fakes = Fakes::new();
    let user = registered(&fakes, "ada").await;
    let tx = fakes.store.begin().await.unwrap();
    tx.users().save(&User { role: Role::Admin, ..user }).await.unwrap();
    fakes.store.set_down(true);
    assert!(matches!(tx.commit().await, Err(StoreError::Unavailable(_))));
    let login = LoginCommand {
        email: "ada@example.org".to_owned(),
        password: Secret::new("correct horse".to_owned()),
    };
    let error = Login::new(fakes.auth_deps())
        .login(&acting(Actor::Anonymous), login.clone())
        .await
        .unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Unavailable);
    fakes.store.set_down(false);
    let pair = Login::new(fakes.auth_deps()).login(&acting(Actor::Anonymous), login).await.unwrap();
    assert_eq!(pair.user.role, Role::User);
}

#[tokio::test]
async fn every_dependency_of_the_hasher_and_signer_can_fail_on_demand() {
    let fakes = Fakes::new();
    registered(&fakes, "ada").await;
    let login = || LoginCommand {
        email: "ada@example.org".to_owned(),
        password: Secret::new("correct horse".to_owned()),
    };
    let use_case = Login::new(fakes.auth_deps());
    fakes.hasher.set_busy(true);
    let error = use_case.login(&acting(Actor::Anonymous), login()).await.unwrap_err();
    assert_eq!(error.code(), "auth.busy");
    fakes.hasher.set_busy(false);
    fakes.signer.set_broken(true);
    let error = use_case.login(&acting(Actor::Anonymous), login()).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Internal);
    assert!(fakes.store.sessions().is_empty(), "a failed login leaves a session");
}
