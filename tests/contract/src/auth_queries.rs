//! What [`codesm_core::auth::AuthQueries`] promises.

use crate::{Given, StoreFixture};
use chrono::Duration;
use codesm_core::auth::Principal;
use codesm_core::kernel::{Email, Role, SessionId, Username};

/// A user is found by address, id and name.
pub async fn a_user_is_found_by_address_id_and_name(fixture: &impl StoreFixture) {
    let given = Given::new(fixture);
    let (user, _other) = (given.added_user().await, given.added_user().await);
    let queries = fixture.auth_queries();
    assert_eq!(queries.user_by_email(&user.email).await.expect("read"), Some(user.clone()));
    assert_eq!(queries.user_by_id(user.id).await.expect("read"), Some(user.clone()));
    assert_eq!(queries.user_by_username(&user.username).await.expect("read"), Some(user));
}

/// Who does not exist is not found.
pub async fn nobody_is_found_by_what_nobody_has(fixture: &impl StoreFixture) {
    let given = Given::new(fixture);
    given.added_user().await;
    let queries = fixture.auth_queries();
    let email = Email::parse("nobody@example.org").expect("an address");
    let username = Username::parse("nobody").expect("a name");
    assert_eq!(queries.user_by_email(&email).await.expect("read"), None);
    assert_eq!(queries.user_by_id(given.user().id).await.expect("read"), None);
    assert_eq!(queries.user_by_username(&username).await.expect("read"), None);
}

/// `any_user` tells an empty database from one with an account.
pub async fn the_first_account_is_noticed(fixture: &impl StoreFixture) {
    let given = Given::new(fixture);
    assert!(!fixture.auth_queries().any_user().await.expect("read"));
    given.added_user().await;
    assert!(fixture.auth_queries().any_user().await.expect("read"));
}

/// `principal` tells role, ban, token version and session in one read.
pub async fn a_principal_is_account_and_session(fixture: &impl StoreFixture) {
    let given = Given::new(fixture);
    let mut user = given.user();
    user.role = Role::Author;
    user.token_version = 4;
    let session = given.session(&user);
    let tx = given.tx().await;
    tx.users().add(&user).await.expect("add");
    tx.sessions().add(&session).await.expect("add");
    tx.commit().await.expect("commit");
    let mut expected = Principal {
        role: Role::Author,
        banned: false,
        token_version: 4,
        session_active: true,
    };
    let queries = fixture.auth_queries();
    let read = queries.principal(user.id, session.id, given.now()).await.expect("read");
    assert_eq!(read, Some(expected.clone()));

    user.banned_at = Some(given.now());
    let tx = given.tx().await;
    tx.users().save(&user).await.expect("save");
    tx.commit().await.expect("commit");
    expected.banned = true;
    let read = queries.principal(user.id, session.id, given.now()).await.expect("read");
    assert_eq!(read, Some(expected), "a committed write must be seen");
}

/// A session is active until it ends or is ended.
pub async fn a_session_that_ended_is_not_active(fixture: &impl StoreFixture) {
    let given = Given::new(fixture);
    let user = given.added_user().await;
    let session = given.added_session(&user).await;
    let queries = fixture.auth_queries();
    let last = session.expires_at - Duration::microseconds(1);
    for (moment, active) in [(last, true), (session.expires_at, false)] {
        let read = queries.principal(user.id, session.id, moment).await.expect("read");
        assert_eq!(read.expect("a principal").session_active, active, "at {moment}");
    }
    let tx = given.tx().await;
    tx.sessions().revoke(session.id, given.now()).await.expect("revoke");
    tx.commit().await.expect("commit");
    let read = queries.principal(user.id, session.id, given.now()).await.expect("read");
    assert!(!read.expect("a principal").session_active);
}

/// `None` if account or session does not exist, or they do not belong together.
pub async fn a_session_of_somebody_else_is_no_principal(fixture: &impl StoreFixture) {
    let given = Given::new(fixture);
    let (user, other) = (given.added_user().await, given.added_user().await);
    let session = given.added_session(&user).await;
    let queries = fixture.auth_queries();
    let unknown = SessionId::generate(&given.ids);
    for (user, session) in [(other.id, session.id), (user.id, unknown), (given.user().id, session.id)] {
        assert_eq!(queries.principal(user, session, given.now()).await.expect("read"), None);
    }
}

crate::suite::suite! {
    ($)
    /// Runs the clauses of `AuthQueries`.
    auth_queries_suite, auth_queries, [
        a_user_is_found_by_address_id_and_name,
        nobody_is_found_by_what_nobody_has,
        the_first_account_is_noticed,
        a_principal_is_account_and_session,
        a_session_that_ended_is_not_active,
        a_session_of_somebody_else_is_no_principal,
    ]
}
