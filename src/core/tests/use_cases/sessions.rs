//! Access tokens, refresh, logout.

use crate::breaking::writes_all_or_nothing;
use crate::world::{PASSWORD, World, anonymous, by, code, secret, system};
use chrono::Duration;
use codesm_core::auth::TokenPair;
use codesm_core::kernel::{Actor, AppResult, RequestContext, Role, UserId};
use codesm_core::store::UnitOfWork;

async fn logged_in() -> (World, TokenPair) {
    let world = World::new().await;
    world.somebody("ada", Role::Author).await;
    let pair = world.log_in("ada", PASSWORD).await.unwrap();
    (world, pair)
}

/// There is no use case for it yet.
pub(crate) async fn ban(world: &World, id: UserId) {
    let tx = world.fakes.store.begin().await.unwrap();
    let mut user = tx.users().by_id(id).await.unwrap().unwrap();
    user.banned_at = Some(world.now());
    tx.users().save(&user).await.unwrap();
    tx.commit().await.unwrap();
}

async fn set_role(world: &World, id: UserId, role: Role) {
    let tx = world.fakes.store.begin().await.unwrap();
    let mut user = tx.users().by_id(id).await.unwrap().unwrap();
    user.role = role;
    tx.users().save(&user).await.unwrap();
    tx.commit().await.unwrap();
}

async fn authenticate(world: &World, pair: &TokenPair) -> AppResult<Actor> {
    world.app.auth.authenticate.authenticate(pair.access_token.reveal()).await
}

async fn refresh(world: &World, pair: &TokenPair) -> AppResult<TokenPair> {
    world.app.auth.refresh.refresh(&anonymous(), &pair.refresh_token).await
}

async fn context(world: &World, pair: &TokenPair) -> RequestContext {
    by(authenticate(world, pair).await.unwrap())
}

#[tokio::test]
async fn an_access_token_ends_after_fifteen_minutes() {
    let (world, pair) = logged_in().await;
    world.advance(Duration::minutes(15) - Duration::seconds(1));
    assert!(authenticate(&world, &pair).await.is_ok());
    world.advance(Duration::seconds(1));
    assert_eq!(code(&authenticate(&world, &pair).await), "auth.invalid_token");
}

#[tokio::test]
async fn rubbish_is_no_access_token() {
    let (world, pair) = logged_in().await;
    for text in ["", "x", &pair.access_token.reveal()[1..], pair.refresh_token.reveal()] {
        let result = world.app.auth.authenticate.authenticate(text).await;
        assert_eq!(code(&result), "auth.invalid_token", "{text}");
    }
}

#[tokio::test]
async fn the_role_is_the_one_of_now() {
    let (world, pair) = logged_in().await;
    set_role(&world, pair.user.id, Role::User).await;
    let Actor::User(caller) = authenticate(&world, &pair).await.unwrap() else {
        panic!("a user acts")
    };
    assert_eq!(
        (caller.role, caller.session_id),
        (Role::User, Some(world.fakes.store.sessions()[0].id))
    );
}

#[tokio::test]
async fn logs_name_a_user_by_a_pseudonym() {
    let (world, pair) = logged_in().await;
    let actor = authenticate(&world, &pair).await.unwrap();
    let pseudonym = world.app.auth.authenticate.pseudonym(&actor).unwrap();
    assert!(!pseudonym.contains(&pair.user.id.to_string()));
    assert_eq!(world.app.auth.authenticate.pseudonym(&Actor::Anonymous), None);
}

#[tokio::test]
async fn refresh_gives_a_new_pair_and_moves_the_end_of_the_session() {
    let (world, first) = logged_in().await;
    world.advance(Duration::days(29));
    let second = refresh(&world, &first).await.unwrap();
    assert_ne!(first.refresh_token, second.refresh_token);
    assert!(authenticate(&world, &second).await.is_ok());
    world.advance(Duration::days(29));
    let third = refresh(&world, &second).await.unwrap();
    let session = world.fakes.store.sessions().remove(0);
    assert_eq!(
        (session.last_used_at, session.expires_at),
        (world.now(), world.now() + Duration::days(30))
    );
    world.advance(Duration::days(30));
    assert_eq!(code(&refresh(&world, &third).await), "auth.invalid_refresh_token");
}

#[tokio::test]
async fn a_replayed_refresh_token_ends_the_whole_session_but_no_other() {
    let (world, first) = logged_in().await;
    let elsewhere = world.log_in("ada", PASSWORD).await.unwrap();
    let second = refresh(&world, &first).await.unwrap();
    assert_eq!(code(&refresh(&world, &first).await), "auth.refresh_token_reused");
    assert_eq!(world.audited().last().unwrap(), "auth.refresh_token_reused");
    assert_eq!(code(&refresh(&world, &second).await), "auth.invalid_refresh_token");
    assert_eq!(code(&authenticate(&world, &second).await), "auth.invalid_token");
    assert!(authenticate(&world, &elsewhere).await.is_ok());
    assert!(refresh(&world, &elsewhere).await.is_ok());
}

#[tokio::test]
async fn of_two_uses_at_the_same_time_one_succeeds_and_the_session_ends() {
    let (world, pair) = logged_in().await;
    let (one, other) = tokio::join!(refresh(&world, &pair), refresh(&world, &pair));
    let (good, bad) = if one.is_ok() { (one, other) } else { (other, one) };
    assert_eq!(code(&bad), "auth.refresh_token_reused");
    assert_eq!(code(&refresh(&world, &good.unwrap()).await), "auth.invalid_refresh_token");
}

#[tokio::test]
async fn an_unknown_refresh_token_is_not_valid_and_ends_nothing() {
    let (world, pair) = logged_in().await;
    let result = world.app.auth.refresh.refresh(&anonymous(), &secret("made up")).await;
    assert_eq!(code(&result), "auth.invalid_refresh_token");
    assert!(authenticate(&world, &pair).await.is_ok());
}

#[tokio::test]
async fn refresh_writes_all_or_nothing_and_the_token_stays_good() {
    let act = async |world: &World, pair: &TokenPair| {
        world.advance(Duration::seconds(1));
        refresh(world, pair).await.map(drop)
    };
    assert_eq!(writes_all_or_nothing(logged_in, act).await, 8);

    let (world, pair) = logged_in().await;
    for steps in 0..8 {
        world.breaking.break_after(steps);
        assert_eq!(code(&refresh(&world, &pair).await), "database.unavailable");
        world.breaking.break_after(isize::MAX);
        world.fakes.store.set_down(false);
    }
    assert!(refresh(&world, &pair).await.is_ok());
}

#[tokio::test]
async fn a_key_that_does_not_sign_leaves_the_refresh_token_good() {
    let (world, pair) = logged_in().await;
    world.fakes.signer.set_broken(true);
    assert_eq!(code(&refresh(&world, &pair).await), "internal.unexpected");
    world.fakes.signer.set_broken(false);
    assert!(refresh(&world, &pair).await.is_ok());
}

#[tokio::test]
async fn logout_ends_its_own_session_only() {
    let (world, pair) = logged_in().await;
    let elsewhere = world.log_in("ada", PASSWORD).await.unwrap();
    world.app.auth.logout.logout(&context(&world, &pair).await).await.unwrap();
    assert_eq!(code(&authenticate(&world, &pair).await), "auth.invalid_token");
    assert_eq!(code(&refresh(&world, &pair).await), "auth.invalid_refresh_token");
    assert!(authenticate(&world, &elsewhere).await.is_ok());
    assert_eq!(world.audited().last().unwrap(), "auth.logout");
}

#[tokio::test]
async fn logout_everywhere_voids_every_token_of_the_user() {
    let (world, pair) = logged_in().await;
    let elsewhere = world.log_in("ada", PASSWORD).await.unwrap();
    world.somebody("bob", Role::User).await;
    let bob = world.log_in("bob", PASSWORD).await.unwrap();
    world.app.auth.logout.logout_all(&context(&world, &pair).await).await.unwrap();
    for pair in [&pair, &elsewhere] {
        assert_eq!(code(&authenticate(&world, pair).await), "auth.invalid_token");
        assert_eq!(code(&refresh(&world, pair).await), "auth.invalid_refresh_token");
    }
    assert!(authenticate(&world, &bob).await.is_ok());
    assert_eq!(world.fakes.store.users()[0].token_version, 1);
    let again = world.log_in("ada", PASSWORD).await.unwrap();
    assert!(authenticate(&world, &again).await.is_ok());
}

#[tokio::test]
async fn logout_writes_all_or_nothing() {
    let logout = async |world: &World, pair: &TokenPair| {
        let context = context(world, pair).await;
        world.app.auth.logout.logout(&context).await
    };
    assert_eq!(writes_all_or_nothing(logged_in, logout).await, 4);
    let logout_all = async |world: &World, pair: &TokenPair| {
        let context = context(world, pair).await;
        world.app.auth.logout.logout_all(&context).await
    };
    assert_eq!(writes_all_or_nothing(logged_in, logout_all).await, 6);
}

#[tokio::test]
async fn nobody_cannot_log_out() {
    let world = World::new().await;
    for context in [anonymous(), system()] {
        assert_eq!(code(&world.app.auth.logout.logout(&context).await), "auth.required");
        assert_eq!(code(&world.app.auth.logout.logout_all(&context).await), "auth.required");
    }
}
