//! The same request twice.

use crate::submit::with_problem;
use crate::world::{World, acting, code, key, solution};
use async_trait::async_trait;
use chrono::Duration;
use codesm_core::audit::AuditRepository;
use codesm_core::auth::{SessionRepository, UserRepository};
use codesm_core::jobs::JobRepository;
use codesm_core::judging::Mode;
use codesm_core::kernel::{AppResult, ErrorKind, RequestContext, Role, Timestamp, UserId};
use codesm_core::problems::{ProblemRef, ProblemRepository, StatusChange};
use codesm_core::store::{StoreError, Tx, UnitOfWork};
use codesm_core::submissions::{
    IdempotencyRecord, IdempotencyRepository, Receipt, SubmissionDeps, SubmissionRepository, Submit, SubmitCommand,
};
use codesm_core::uploads::UploadRepository;
use codesm_memory::fakes::FakeStore;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

fn keyed(reference: &ProblemRef, name: &str, fingerprint: &str) -> SubmitCommand {
    SubmitCommand {
        idempotency: Some(key(name, fingerprint)),
        ..solution(reference, Mode::Submit)
    }
}

async fn submit(world: &World, who: &RequestContext, command: SubmitCommand) -> AppResult<Receipt> {
    world.app.submissions.submit.submit(who, command).await
}

#[tokio::test]
async fn the_same_key_and_body_give_the_first_receipt_again() {
    let (world, (solver, reference)) = with_problem().await;
    let first = submit(&world, &solver, keyed(&reference, "k", "body")).await.unwrap();
    let rows = world.rows();
    let again = submit(&world, &solver, keyed(&reference, "k", "body")).await.unwrap();
    assert_eq!(
        (first.replayed, again.replayed, again.submission.id),
        (false, true, first.submission.id)
    );
    assert_eq!(world.rows(), rows);
}

#[tokio::test]
async fn the_same_key_with_another_body_is_refused() {
    let (world, (solver, reference)) = with_problem().await;
    submit(&world, &solver, keyed(&reference, "k", "body")).await.unwrap();
    let error = submit(&world, &solver, keyed(&reference, "k", "other")).await.unwrap_err();
    assert_eq!((error.code(), error.kind()), ("idempotency.mismatch", ErrorKind::Invalid));
    assert!(submit(&world, &solver, keyed(&reference, "k2", "other")).await.is_ok());
}

#[tokio::test]
async fn keys_belong_to_their_user() {
    let (world, (solver, reference)) = with_problem().await;
    let other = world.somebody("other", Role::User).await;
    let first = submit(&world, &solver, keyed(&reference, "k", "body")).await.unwrap();
    let theirs = submit(&world, &other, keyed(&reference, "k", "other")).await.unwrap();
    assert!(!theirs.replayed);
    assert_ne!(theirs.submission.id, first.submission.id);
}

#[tokio::test]
async fn a_key_is_kept_for_a_day() {
    let (world, (solver, reference)) = with_problem().await;
    let first = submit(&world, &solver, keyed(&reference, "k", "body")).await.unwrap();
    world.advance(Duration::hours(24));
    world.fakes.worker_online("worker-1").await.unwrap();
    assert!(submit(&world, &solver, keyed(&reference, "k", "body")).await.unwrap().replayed);
    world.advance(Duration::microseconds(1));
    let second = submit(&world, &solver, keyed(&reference, "k", "other")).await.unwrap();
    assert!(!second.replayed);
    assert_ne!(first.submission.id, second.submission.id);
}

#[tokio::test]
async fn what_was_accepted_once_stays_accepted_whatever_became_of_the_problem_or_the_language() {
    let (world, (solver, reference)) = with_problem().await;
    let first = submit(&world, &solver, keyed(&reference, "k", "body")).await.unwrap();
    let author = acting(world.problem().author_id, Role::Author);
    world
        .app
        .problems
        .change_status
        .change(&author, &reference, StatusChange::Archive)
        .await
        .unwrap();
    let again = submit(&world, &solver, keyed(&reference, "k", "body")).await.unwrap();
    assert_eq!((again.replayed, again.submission.id), (true, first.submission.id));
    assert_eq!(
        code(&submit(&world, &solver, keyed(&reference, "k", "other")).await),
        "idempotency.mismatch"
    );
    assert_eq!(
        code(&submit(&world, &solver, keyed(&reference, "fresh", "body")).await),
        "problem.not_found"
    );
    world.advance(Duration::hours(24) + Duration::microseconds(1));
    assert_eq!(
        code(&submit(&world, &solver, keyed(&reference, "k", "body")).await),
        "problem.not_found"
    );
}

#[tokio::test]
async fn a_refused_request_does_not_use_up_its_key() {
    let (world, (solver, reference)) = with_problem().await;
    let command = SubmitCommand {
        source: Some(String::new()),
        ..keyed(&reference, "k", "bad")
    };
    assert_eq!(code(&submit(&world, &solver, command).await), "submission.source_empty");
    assert!(!submit(&world, &solver, keyed(&reference, "k", "good")).await.unwrap().replayed);
}

#[tokio::test]
async fn of_requests_at_the_same_time_one_is_taken_and_all_get_its_receipt() {
    let (world, (solver, reference)) = with_problem().await;
    let requests = (0..4).map(|_| submit(&world, &solver, keyed(&reference, "k", "body")));
    let mut requests: Vec<_> = requests.map(Box::pin).collect();
    let [a, b, c, d] = &mut requests[..] else { panic!("four requests") };
    let (a, b, c, d) = tokio::join!(a, b, c, d);
    let receipts = [a, b, c, d].map(Result::unwrap);
    assert!(receipts.iter().all(|receipt| receipt.submission.id == receipts[0].submission.id));
    assert_eq!(receipts.iter().filter(|receipt| !receipt.replayed).count(), 1);
    assert_eq!((world.fakes.store.submissions().len(), world.fakes.store.jobs().len()), (1, 1));
}

/// A database whose first look at a key comes too early: the record is there only when it is added, as under `READ COMMITTED`.
#[derive(Clone)]
struct LateStore {
    store: Arc<FakeStore>,
    looked: Arc<AtomicBool>,
}

struct LateTx {
    tx: Box<dyn Tx>,
    looked: Arc<AtomicBool>,
}

#[async_trait]
impl UnitOfWork for LateStore {
    async fn begin(&self) -> Result<Box<dyn Tx>, StoreError> {
        let tx = self.store.begin().await?;
        let looked = self.looked.clone();
        Ok(Box::new(LateTx { tx, looked }))
    }
}

#[async_trait]
impl IdempotencyRepository for LateTx {
    async fn find(&self, user_id: UserId, key: &str) -> Result<Option<IdempotencyRecord>, StoreError> {
        if !self.looked.swap(true, Ordering::AcqRel) {
            return Ok(None);
        }
        self.tx.idempotency().find(user_id, key).await
    }

    async fn add(&self, record: &IdempotencyRecord) -> Result<(), StoreError> {
        self.tx.idempotency().add(record).await
    }

    async fn forget_before(&self, moment: Timestamp) -> Result<u64, StoreError> {
        self.tx.idempotency().forget_before(moment).await
    }
}

#[async_trait]
impl Tx for LateTx {
    fn users(&self) -> &dyn UserRepository {
        self.tx.users()
    }

    fn sessions(&self) -> &dyn SessionRepository {
        self.tx.sessions()
    }

    fn problems(&self) -> &dyn ProblemRepository {
        self.tx.problems()
    }

    fn submissions(&self) -> &dyn SubmissionRepository {
        self.tx.submissions()
    }

    fn idempotency(&self) -> &dyn IdempotencyRepository {
        self
    }

    fn jobs(&self) -> &dyn JobRepository {
        self.tx.jobs()
    }

    fn uploads(&self) -> &dyn UploadRepository {
        self.tx.uploads()
    }

    fn audit(&self) -> &dyn AuditRepository {
        self.tx.audit()
    }

    async fn commit(self: Box<Self>) -> Result<(), StoreError> {
        self.tx.commit().await
    }
}

#[tokio::test]
async fn a_request_that_loses_the_race_at_the_unique_rule_gets_the_winners_receipt() {
    let (world, (solver, reference)) = with_problem().await;
    let first = submit(&world, &solver, keyed(&reference, "k", "body")).await.unwrap();
    for (fingerprint, expected) in [("body", ""), ("other", "idempotency.mismatch")] {
        let uow = LateStore {
            store: world.fakes.store.clone(),
            looked: Arc::default(),
        };
        let late = Submit::new(SubmissionDeps {
            uow: Arc::new(uow),
            ..world.submission_deps()
        });
        let result = late.submit(&solver, keyed(&reference, "k", fingerprint)).await;
        assert_eq!(code(&result), expected);
        if let Ok(receipt) = result {
            assert_eq!((receipt.replayed, receipt.submission.id), (true, first.submission.id));
        }
        assert_eq!(world.fakes.store.submissions().len(), 1);
    }
}
