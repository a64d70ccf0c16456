//! What [`codesm_core::submissions::IdempotencyRepository`] promises.

use crate::{Given, StoreFixture};
use chrono::Duration;
use codesm_core::auth::User;
use codesm_core::store::StoreError;
use codesm_core::submissions::{IdempotencyRecord, Submission};

fn record(given: &Given, user: &User, submission: &Submission, key: &str) -> IdempotencyRecord {
    IdempotencyRecord {
        user_id: user.id,
        key: key.to_owned(),
        fingerprint: "0f".repeat(32),
        submission_id: submission.id,
        created_at: given.now(),
    }
}

fn assert_taken(result: &Result<(), StoreError>) {
    assert!(
        matches!(result, Err(StoreError::Conflict(rule)) if rule == "idempotency_keys"),
        "{result:?}"
    );
}

/// A record comes back by user and key exactly as added.
pub async fn a_record_comes_back_as_added(fixture: &impl StoreFixture) {
    let given = Given::new(fixture);
    let (user, other) = (given.added_user().await, given.added_user().await);
    let submission = given.added_submission(&user).await;
    let record = record(&given, &user, &submission, "key 1");
    let tx = given.tx().await;
    assert_eq!(tx.idempotency().find(user.id, "key 1").await.expect("read"), None);
    tx.idempotency().add(&record).await.expect("add");
    assert_eq!(tx.idempotency().find(user.id, "key 1").await.expect("read"), Some(record));
    assert_eq!(tx.idempotency().find(other.id, "key 1").await.expect("read"), None);
    assert_eq!(tx.idempotency().find(user.id, "KEY 1").await.expect("read"), None);
}

/// The key may be written before the submission it stands for, in the same transaction.
pub async fn the_key_may_come_before_its_submission(fixture: &impl StoreFixture) {
    let given = Given::new(fixture);
    let user = given.added_user().await;
    let submission = given.submission(&user);
    let tx = given.tx().await;
    tx.idempotency().add(&record(&given, &user, &submission, "k")).await.expect("add");
    tx.submissions().add(&submission).await.expect("add");
    tx.commit().await.expect("commit");
}

/// `(user_id, key)` MUST be unique; other users have their own keys.
pub async fn a_key_is_taken_once_per_user(fixture: &impl StoreFixture) {
    let given = Given::new(fixture);
    let (user, other) = (given.added_user().await, given.added_user().await);
    let (first, second) = (given.added_submission(&user).await, given.added_submission(&other).await);
    let tx = given.tx().await;
    tx.idempotency().add(&record(&given, &user, &first, "k")).await.expect("add");
    tx.idempotency().add(&record(&given, &other, &second, "k")).await.expect("add");
    tx.idempotency().add(&record(&given, &user, &first, "l")).await.expect("add");
    assert_taken(&tx.idempotency().add(&record(&given, &user, &second, "k")).await);
}

/// The same when the requests come at the same time.
pub async fn of_many_requests_with_one_key_one_takes_it(fixture: &impl StoreFixture) {
    let given = Given::new(fixture);
    let user = given.added_user().await;
    let tasks: Vec<_> = (0..8)
        .map(|_| {
            let submission = given.submission(&user);
            let (unit_of_work, record) = (fixture.unit_of_work(), record(&given, &user, &submission, "k"));
            tokio::spawn(async move {
                let tx = unit_of_work.begin().await.expect("begin");
                tx.submissions().add(&submission).await?;
                tx.idempotency().add(&record).await?;
                tx.commit().await
            })
        })
        .collect();
    let mut taken = 0;
    for task in tasks {
        match task.await.expect("no panic") {
            Ok(()) => taken += 1,
            refused => assert_taken(&refused),
        }
    }
    assert_eq!(taken, 1);
}

/// `forget_before` forgets the records made before the moment, and says how many.
pub async fn old_records_are_forgotten(fixture: &impl StoreFixture) {
    let given = Given::new(fixture);
    let user = given.added_user().await;
    let submission = given.added_submission(&user).await;
    let tx = given.tx().await;
    for (key, age) in [("old", 2), ("older", 3), ("at the moment", 1), ("new", 0)] {
        let mut record = record(&given, &user, &submission, key);
        record.created_at -= Duration::microseconds(age);
        tx.idempotency().add(&record).await.expect("add");
    }
    let moment = given.now() - Duration::microseconds(1);
    assert_eq!(tx.idempotency().forget_before(moment).await.expect("forget"), 2);
    let mut kept = Vec::new();
    for key in ["old", "older", "at the moment", "new"] {
        kept.push(tx.idempotency().find(user.id, key).await.expect("read").is_some());
    }
    assert_eq!(kept, [false, false, true, true]);
}

crate::suite::suite! {
    ($)
    /// Runs the clauses of `IdempotencyRepository`.
    idempotency_repository_suite, idempotency_repository, [
        a_record_comes_back_as_added,
        the_key_may_come_before_its_submission,
        a_key_is_taken_once_per_user,
        of_many_requests_with_one_key_one_takes_it,
        old_records_are_forgotten,
    ]
}
