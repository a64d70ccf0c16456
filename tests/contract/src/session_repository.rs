//! What [`codesm_core::auth::SessionRepository`] promises.

use crate::{Given, StoreFixture};
use chrono::Duration;
use codesm_core::kernel::{RefreshTokenId, SessionId};

/// A session comes back exactly as added.
pub async fn a_session_comes_back_as_added(fixture: &impl StoreFixture) {
    let given = Given::new(fixture);
    let user = given.added_user().await;
    let plain = given.added_session(&user).await;
    let mut full = given.session(&user);
    full.revoked_at = Some(given.now() + Duration::microseconds(7));
    full.user_agent = Some("Mozilla/5.0 (X11; ü)".to_owned());
    full.ip = Some("2001:db8::1".to_owned());
    let tx = given.tx().await;
    tx.sessions().add(&full).await.expect("add");
    assert_eq!(tx.sessions().by_id(plain.id).await.expect("read"), Some(plain));
    assert_eq!(tx.sessions().by_id(full.id).await.expect("read"), Some(full));
    let unknown = SessionId::generate(&given.ids);
    assert_eq!(tx.sessions().by_id(unknown).await.expect("read"), None);
}

/// `touch` moves the end and last use of one session.
pub async fn touching_moves_the_end_and_last_use(fixture: &impl StoreFixture) {
    let given = Given::new(fixture);
    let user = given.added_user().await;
    let (mut touched, other) = (given.added_session(&user).await, given.added_session(&user).await);
    touched.last_used_at = given.now() + Duration::minutes(5);
    touched.expires_at = given.now() + Duration::days(30);
    let tx = given.tx().await;
    tx.sessions()
        .touch(touched.id, touched.last_used_at, touched.expires_at)
        .await
        .expect("touch");
    assert_eq!(tx.sessions().by_id(touched.id).await.expect("read"), Some(touched));
    assert_eq!(tx.sessions().by_id(other.id).await.expect("read"), Some(other));
}

/// `revoke` ends one session, if it was not ended before.
pub async fn a_session_is_ended_once(fixture: &impl StoreFixture) {
    let given = Given::new(fixture);
    let user = given.added_user().await;
    let (mut ended, other) = (given.added_session(&user).await, given.added_session(&user).await);
    let tx = given.tx().await;
    tx.sessions().revoke(ended.id, given.now()).await.expect("revoke");
    let later = given.now() + Duration::hours(1);
    tx.sessions().revoke(ended.id, later).await.expect("revoke");
    ended.revoked_at = Some(given.now());
    assert_eq!(tx.sessions().by_id(ended.id).await.expect("read"), Some(ended));
    assert_eq!(tx.sessions().by_id(other.id).await.expect("read"), Some(other));
}

/// `revoke_all` ends all sessions of one user, and keeps when the others were ended.
pub async fn all_sessions_of_one_user_are_ended(fixture: &impl StoreFixture) {
    let given = Given::new(fixture);
    let (user, stranger) = (given.added_user().await, given.added_user().await);
    let (first, second) = (given.added_session(&user).await, given.added_session(&user).await);
    let foreign = given.added_session(&stranger).await;
    let later = given.now() + Duration::hours(1);
    let tx = given.tx().await;
    tx.sessions().revoke(first.id, given.now()).await.expect("revoke");
    tx.sessions().revoke_all(user.id, later).await.expect("revoke_all");
    let mut ends = Vec::new();
    for id in [first.id, second.id, foreign.id] {
        ends.push(tx.sessions().by_id(id).await.expect("read").expect("a session").revoked_at);
    }
    assert_eq!(ends, [Some(given.now()), Some(later), None]);
}

/// A refresh token comes back by its hash exactly as added.
pub async fn a_token_comes_back_by_its_hash(fixture: &impl StoreFixture) {
    let given = Given::new(fixture);
    let session = given.added_session(&given.added_user().await).await;
    let plain = given.token(&session);
    let mut used = given.token(&session);
    used.used_at = Some(given.now());
    let tx = given.tx().await;
    tx.sessions().add_token(&plain).await.expect("add");
    tx.sessions().add_token(&used).await.expect("add");
    for token in [plain, used] {
        let read = tx.sessions().token_by_hash(&token.token_hash).await.expect("read");
        assert_eq!(read, Some(token));
    }
    assert_eq!(tx.sessions().token_by_hash("unknown").await.expect("read"), None);
}

/// `use_token` marks a token used and says false the second time, or if there is no such token.
pub async fn a_token_is_used_once(fixture: &impl StoreFixture) {
    let given = Given::new(fixture);
    let session = given.added_session(&given.added_user().await).await;
    let token = given.token(&session);
    let tx = given.tx().await;
    tx.sessions().add_token(&token).await.expect("add");
    assert!(tx.sessions().use_token(token.id, given.now()).await.expect("use"));
    let later = given.now() + Duration::hours(1);
    assert!(!tx.sessions().use_token(token.id, later).await.expect("use"));
    let read = tx
        .sessions()
        .token_by_hash(&token.token_hash)
        .await
        .expect("read")
        .expect("a token");
    assert_eq!(read.used_at, Some(given.now()));
    let unknown = RefreshTokenId::generate(&given.ids);
    assert!(!tx.sessions().use_token(unknown, given.now()).await.expect("use"));
}

/// `use_token` MUST succeed for at most one caller per token, also at the same time.
pub async fn of_many_uses_at_the_same_time_one_succeeds(fixture: &impl StoreFixture) {
    let given = Given::new(fixture);
    let session = given.added_session(&given.added_user().await).await;
    let token = given.token(&session);
    let tx = given.tx().await;
    tx.sessions().add_token(&token).await.expect("add");
    tx.commit().await.expect("commit");
    let tasks: Vec<_> = (0..16)
        .map(|_| {
            let (unit_of_work, id, now) = (fixture.unit_of_work(), token.id, given.now());
            tokio::spawn(async move {
                let tx = unit_of_work.begin().await.expect("begin");
                let used = tx.sessions().use_token(id, now).await.expect("use");
                tx.commit().await.expect("commit");
                used
            })
        })
        .collect();
    let mut used = 0;
    for task in tasks {
        used += u32::from(task.await.expect("no panic"));
    }
    assert_eq!(used, 1);
}

/// `forget_expired` removes sessions that expired before the moment, the earliest first, and their tokens; others stay.
pub async fn sessions_that_expired_long_ago_are_forgotten(fixture: &impl StoreFixture) {
    let given = Given::new(fixture);
    let user = given.added_user().await;
    let mut sessions: Vec<_> = (0..3).map(|_| given.session(&user)).collect();
    sessions[0].expires_at = given.now() - Duration::microseconds(1);
    sessions[1].expires_at = given.now() - Duration::hours(1);
    sessions[2].expires_at = given.now();
    let tokens: Vec<_> = sessions.iter().map(|session| given.token(session)).collect();
    let tx = given.tx().await;
    for (session, token) in sessions.iter().zip(&tokens) {
        tx.sessions().add(session).await.expect("add");
        tx.sessions().add_token(token).await.expect("add");
    }
    tx.commit().await.expect("commit");
    for (max, removed) in [(1, 1), (10, 1), (10, 0)] {
        let tx = given.tx().await;
        assert_eq!(tx.sessions().forget_expired(given.now(), max).await.expect("forget"), removed);
        tx.commit().await.expect("commit");
    }
    let tx = given.tx().await;
    for (session, token) in sessions.iter().zip(&tokens) {
        let stays = session.expires_at == given.now();
        assert_eq!(tx.sessions().by_id(session.id).await.expect("read").is_some(), stays);
        assert_eq!(tx.sessions().token_by_hash(&token.token_hash).await.expect("read").is_some(), stays);
    }
}

crate::suite::suite! {
    ($)
    /// Runs the clauses of `SessionRepository`.
    session_repository_suite, session_repository, [
        a_session_comes_back_as_added,
        touching_moves_the_end_and_last_use,
        a_session_is_ended_once,
        all_sessions_of_one_user_are_ended,
        a_token_comes_back_by_its_hash,
        a_token_is_used_once,
        of_many_uses_at_the_same_time_one_succeeds,
        sessions_that_expired_long_ago_are_forgotten,
    ]
}
