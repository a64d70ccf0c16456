//! What [`codesm_core::audit::AuditRepository`] promises.

use crate::{Given, StoreFixture};
use chrono::Duration;
use codesm_core::audit::AuditEntry;
use codesm_core::kernel::{Actor, AuditId, Caller, RequestContext, Role, UserId};
use serde_json::json;

fn entry(given: &Given, subject_id: &str) -> AuditEntry {
    let context = RequestContext::system("request-1");
    let subject = ("submission", subject_id.to_owned());
    AuditEntry::new(&given.ids, given.now(), &context, "submission.created", subject, json!({}))
}

/// An entry MUST be there after commit, exactly as appended.
pub async fn an_entry_comes_back_as_appended(fixture: &impl StoreFixture) {
    let given = Given::new(fixture);
    let plain = entry(&given, "s1");
    let context = RequestContext {
        // The trail outlives accounts, so this one need not exist.
        actor: Actor::User(Caller {
            user_id: UserId::generate(&given.ids),
            role: Role::Admin,
            session_id: None,
        }),
        request_id: "r \u{0}".to_owned(),
        ip: Some("192.0.2.1".to_owned()),
        user_agent: None,
    };
    let details = json!({ "reason": "ü \u{0}", "n": [1, 2.5, null] });
    let at = given.now() + Duration::microseconds(1);
    let full = AuditEntry::new(&given.ids, at, &context, "user.banned", ("submission", "s1".to_owned()), details);
    let tx = given.tx().await;
    tx.audit().append(&plain).await.expect("append");
    tx.audit().append(&full).await.expect("append");
    tx.commit().await.expect("commit");
    let read = given.tx().await.audit().about("submission", "s1").await.expect("read");
    assert_eq!(read, [plain, full]);
}

/// An entry MUST be there only after commit.
pub async fn an_entry_of_a_dropped_transaction_is_not_there(fixture: &impl StoreFixture) {
    let given = Given::new(fixture);
    let tx = given.tx().await;
    tx.audit().append(&entry(&given, "s1")).await.expect("append");
    drop(tx);
    assert!(given.tx().await.audit().about("submission", "s1").await.expect("read").is_empty());
}

/// Entries MUST NOT be changed: appending under an id that is taken fails and leaves the old entry.
pub async fn an_entry_cannot_be_replaced(fixture: &impl StoreFixture) {
    let given = Given::new(fixture);
    let original = entry(&given, "s1");
    let tx = given.tx().await;
    tx.audit().append(&original).await.expect("append");
    tx.commit().await.expect("commit");
    let mut forged = original.clone();
    "nothing.happened".clone_into(&mut forged.action);
    let tx = given.tx().await;
    tx.audit().append(&forged).await.expect_err("the id is taken");
    drop(tx);
    let read = given.tx().await.audit().about("submission", "s1").await.expect("read");
    assert_eq!(read, [original]);
}

/// `about` lists entries about one subject only, oldest first, at most 1000.
pub async fn the_first_thousand_entries_about_one_subject_are_listed(fixture: &impl StoreFixture) {
    let given = Given::new(fixture);
    let mut entries: Vec<AuditEntry> = (0..1003).map(|_| entry(&given, "s1")).collect();
    let mut other_kind = entry(&given, "s1");
    "problem".clone_into(&mut other_kind.subject_kind);
    let tx = given.tx().await;
    for entry in entries.iter().rev() {
        tx.audit().append(entry).await.expect("append");
    }
    tx.audit().append(&entry(&given, "s2")).await.expect("append");
    tx.audit().append(&other_kind).await.expect("append");
    tx.commit().await.expect("commit");
    let tx = given.tx().await;
    let read = tx.audit().about("submission", "s1").await.expect("read");
    entries.truncate(1000);
    let ids = |entries: &[AuditEntry]| entries.iter().map(|entry| entry.id).collect::<Vec<AuditId>>();
    assert_eq!(ids(&read), ids(&entries));
    assert_eq!(tx.audit().about("problem", "s1").await.expect("read"), [other_kind]);
    assert!(tx.audit().about("problem", "s2").await.expect("read").is_empty());
}

crate::suite::suite! {
    ($)
    /// Runs the clauses of `AuditRepository`.
    audit_repository_suite, audit_repository, [
        an_entry_comes_back_as_appended,
        an_entry_of_a_dropped_transaction_is_not_there,
        an_entry_cannot_be_replaced,
        the_first_thousand_entries_about_one_subject_are_listed,
    ]
}
