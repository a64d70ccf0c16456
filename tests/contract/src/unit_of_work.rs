//! What [`codesm_core::store::UnitOfWork`] and [`codesm_core::store::Tx`] promise.

use crate::{Given, StoreFixture};
use codesm_core::jobs::Queue;
use codesm_core::store::StoreError;

/// What one transaction wrote MUST become visible to others at commit, all of it.
pub async fn everything_written_is_visible_after_commit(fixture: &impl StoreFixture) {
    let given = Given::new(fixture);
    let (user, job) = (given.user(), given.job(Queue::Run));
    let tx = given.tx().await;
    tx.users().add(&user).await.expect("add");
    tx.jobs().add(&job).await.expect("add");
    tx.commit().await.expect("commit");
    assert_eq!(fixture.auth_queries().user_by_id(user.id).await.expect("read"), Some(user));
    let reserved = fixture.job_queue().reserve(&given.request("w")).await.expect("reserve");
    assert_eq!(reserved.len(), 1);
}

/// Before commit others MUST NOT see anything.
pub async fn nothing_is_visible_before_commit(fixture: &impl StoreFixture) {
    let given = Given::new(fixture);
    let user = given.user();
    let tx = given.tx().await;
    tx.users().add(&user).await.expect("add");
    let queries = fixture.auth_queries();
    assert_eq!(queries.user_by_id(user.id).await.expect("read"), None);
    assert!(!queries.any_user().await.expect("read"));
    tx.commit().await.expect("commit");
    assert!(queries.any_user().await.expect("read"));
}

/// A transaction sees what it wrote itself.
pub async fn a_transaction_sees_its_own_writes(fixture: &impl StoreFixture) {
    let given = Given::new(fixture);
    let user = given.user();
    let tx = given.tx().await;
    tx.users().add(&user).await.expect("add");
    assert_eq!(tx.users().by_id(user.id).await.expect("read"), Some(user));
}

/// Dropping a transaction MUST roll back all of it.
pub async fn a_dropped_transaction_leaves_nothing(fixture: &impl StoreFixture) {
    let given = Given::new(fixture);
    let (user, job) = (given.user(), given.job(Queue::Run));
    let tx = given.tx().await;
    tx.users().add(&user).await.expect("add");
    tx.jobs().add(&job).await.expect("add");
    drop(tx);
    let tx = given.tx().await;
    assert_eq!(tx.users().by_id(user.id).await.expect("read"), None);
    assert_eq!(tx.jobs().get(job.id).await.expect("read"), None);
}

/// So MUST a task that is cancelled in the middle, and it MUST NOT keep others waiting.
pub async fn a_cancelled_transaction_leaves_nothing(fixture: &impl StoreFixture) {
    let given = Given::new(fixture);
    let user = given.user();
    let (begun, has_begun) = tokio::sync::oneshot::channel();
    let (unit_of_work, added) = (fixture.unit_of_work(), user.clone());
    let task = tokio::spawn(async move {
        let tx = unit_of_work.begin().await.expect("begin");
        tx.users().add(&added).await.expect("add");
        begun.send(()).expect("the test waits");
        std::future::pending::<()>().await;
        tx.commit().await
    });
    has_begun.await.expect("the task begins");
    task.abort();
    task.await.expect_err("it was cancelled");
    // The same address again: a transaction still open would refuse it or make it wait.
    let tx = given.tx().await;
    tx.users().add(&user).await.expect("add");
    tx.commit().await.expect("commit");
}

/// A transaction in which a write failed MUST leave nothing when it is dropped.
pub async fn a_failed_write_takes_the_others_with_it(fixture: &impl StoreFixture) {
    let given = Given::new(fixture);
    let there = given.added_user().await;
    let first = given.user();
    let mut second = given.user();
    second.email = there.email.clone();
    let tx = given.tx().await;
    tx.users().add(&first).await.expect("add");
    let refused = tx.users().add(&second).await;
    assert!(matches!(refused, Err(StoreError::Conflict(_))), "{refused:?}");
    drop(tx);
    assert_eq!(fixture.auth_queries().user_by_id(first.id).await.expect("read"), None);
}

/// Two transactions that change the same row MUST NOT both succeed on the same version.
pub async fn of_many_changes_to_one_version_one_succeeds(fixture: &impl StoreFixture) {
    let given = Given::new(fixture);
    let user = given.added_user().await;
    let tasks: Vec<_> = (1..=8)
        .map(|n| {
            let (unit_of_work, mut user) = (fixture.unit_of_work(), user.clone());
            tokio::spawn(async move {
                let tx = unit_of_work.begin().await.expect("begin");
                user.token_version = n;
                match tx.users().save(&user).await {
                    Ok(()) => tx.commit().await.map(|()| Some(n)),
                    Err(StoreError::Stale) => Ok(None),
                    Err(other) => Err(other),
                }
            })
        })
        .collect();
    let mut winners = Vec::new();
    for task in tasks {
        winners.extend(task.await.expect("no panic").expect("saved or stale"));
    }
    assert_eq!(winners.len(), 1, "{winners:?} all changed the same version");
    let stored = fixture.auth_queries().user_by_id(user.id).await.expect("read").expect("a user");
    assert_eq!((stored.token_version, stored.version), (winners[0], 2));
}

crate::suite::suite! {
    ($)
    /// Runs the clauses of `UnitOfWork` and `Tx`.
    unit_of_work_suite, unit_of_work, [
        everything_written_is_visible_after_commit,
        nothing_is_visible_before_commit,
        a_transaction_sees_its_own_writes,
        a_dropped_transaction_leaves_nothing,
        a_cancelled_transaction_leaves_nothing,
        a_failed_write_takes_the_others_with_it,
        of_many_changes_to_one_version_one_succeeds,
    ]
}
