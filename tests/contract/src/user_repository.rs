//! What [`codesm_core::auth::UserRepository`] promises.

use crate::{Given, StoreFixture};
use chrono::Duration;
use codesm_core::auth::User;
use codesm_core::kernel::{Email, Role, Secret, Username};
use codesm_core::store::StoreError;

/// Changes every field that may change.
fn changed(given: &Given, user: &User) -> User {
    User {
        id: user.id,
        email: Email::parse("other@example.org").expect("an address"),
        username: Username::parse("other").expect("a name"),
        password_hash: Secret::new("$other".to_owned()),
        role: Role::Admin,
        email_verified_at: Some(given.now()),
        banned_at: Some(given.now() + Duration::microseconds(1)),
        token_version: 5,
        created_at: user.created_at,
        updated_at: given.now() + Duration::days(1),
        version: user.version,
    }
}

fn assert_conflict(result: &Result<(), StoreError>, rule: &str) {
    assert!(matches!(result, Err(StoreError::Conflict(name)) if name == rule), "{result:?}");
}

/// A user comes back exactly as added.
pub async fn a_user_comes_back_as_added(fixture: &impl StoreFixture) {
    let given = Given::new(fixture);
    let plain = given.added_user().await;
    let full = changed(&given, &given.user());
    let tx = given.tx().await;
    tx.users().add(&full).await.expect("add");
    assert_eq!(tx.users().by_id(plain.id).await.expect("read"), Some(plain));
    assert_eq!(tx.users().by_id(full.id).await.expect("read"), Some(full));
    let unknown = given.user().id;
    assert_eq!(tx.users().by_id(unknown).await.expect("read"), None);
}

/// `save` writes every field and MUST store `version + 1`.
pub async fn saving_raises_the_version(fixture: &impl StoreFixture) {
    let given = Given::new(fixture);
    let mut user = changed(&given, &given.added_user().await);
    let tx = given.tx().await;
    tx.users().save(&user).await.expect("save");
    tx.commit().await.expect("commit");
    user.version = 2;
    let tx = given.tx().await;
    assert_eq!(tx.users().by_id(user.id).await.expect("read"), Some(user));
}

/// `save` MUST fail with `Stale` unless the stored version is the user's.
pub async fn an_old_version_is_stale(fixture: &impl StoreFixture) {
    let given = Given::new(fixture);
    let user = given.added_user().await;
    let tx = given.tx().await;
    tx.users().save(&user).await.expect("save");
    let again = tx.users().save(&user).await;
    assert!(matches!(again, Err(StoreError::Stale)), "{again:?}");
    let unknown = tx.users().save(&given.user()).await;
    assert!(matches!(unknown, Err(StoreError::Stale)), "{unknown:?}");
}

/// E-mail MUST be unique.
pub async fn an_email_belongs_to_one_user(fixture: &impl StoreFixture) {
    let given = Given::new(fixture);
    let there = given.added_user().await;
    let mut other = given.user();
    other.email = there.email.clone();
    let tx = given.tx().await;
    assert_conflict(&tx.users().add(&other).await, "users.email");
}

/// Username MUST be unique.
pub async fn a_username_belongs_to_one_user(fixture: &impl StoreFixture) {
    let given = Given::new(fixture);
    let there = given.added_user().await;
    let mut other = given.user();
    other.username = there.username.clone();
    let tx = given.tx().await;
    assert_conflict(&tx.users().add(&other).await, "users.username");
}

/// Both rules hold for `save`, too.
pub async fn saving_cannot_take_the_name_or_address_of_another(fixture: &impl StoreFixture) {
    let given = Given::new(fixture);
    let (there, user) = (given.added_user().await, given.added_user().await);
    let mut with_address = user.clone();
    with_address.email = there.email.clone();
    let tx = given.tx().await;
    assert_conflict(&tx.users().save(&with_address).await, "users.email");
    drop(tx);
    let mut with_name = user.clone();
    with_name.username = there.username.clone();
    let tx = given.tx().await;
    assert_conflict(&tx.users().save(&with_name).await, "users.username");
}

/// Of registrations with one address at the same time, one succeeds.
pub async fn of_many_registrations_of_one_address_one_succeeds(fixture: &impl StoreFixture) {
    let given = Given::new(fixture);
    let email = given.user().email;
    let tasks: Vec<_> = (0..8)
        .map(|_| {
            let (unit_of_work, mut user) = (fixture.unit_of_work(), given.user());
            user.email = email.clone();
            tokio::spawn(async move {
                let tx = unit_of_work.begin().await.expect("begin");
                tx.users().add(&user).await?;
                tx.commit().await
            })
        })
        .collect();
    let mut added = 0;
    for task in tasks {
        match task.await.expect("no panic") {
            Ok(()) => added += 1,
            refused => assert_conflict(&refused, "users.email"),
        }
    }
    assert_eq!(added, 1);
}

crate::suite::suite! {
    ($)
    /// Runs the clauses of `UserRepository`.
    user_repository_suite, user_repository, [
        a_user_comes_back_as_added,
        saving_raises_the_version,
        an_old_version_is_stale,
        an_email_belongs_to_one_user,
        a_username_belongs_to_one_user,
        saving_cannot_take_the_name_or_address_of_another,
        of_many_registrations_of_one_address_one_succeeds,
    ]
}
