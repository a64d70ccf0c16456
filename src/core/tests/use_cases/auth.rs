//! Registration and login.

use crate::breaking::writes_all_or_nothing;
use crate::world::{PASSWORD, World, acting, anonymous, by, code, offences, registration, secret, system};
use async_trait::async_trait;
use chrono::Duration;
use codesm_core::auth::{AuthDeps, CreateAccountCommand, Login, LoginCommand, PasswordHasher};
use codesm_core::kernel::{Actor, AppResult, ErrorKind, Role, Secret};
use std::sync::Arc;
use tokio::sync::Barrier;

async fn with_ada() -> (World, ()) {
    let world = World::new().await;
    world.somebody("ada", Role::User).await;
    (world, ())
}

#[tokio::test]
async fn registration_opens_an_account_with_the_role_user_and_an_audit_entry() {
    let world = World::new().await;
    let command = registration(" Ada@Example.ORG ", "ada", PASSWORD);
    let user = world.app.auth.register.register(&anonymous(), command).await.unwrap();
    assert_eq!(
        (user.email.as_str(), user.username.as_str(), user.role),
        ("ada@example.org", "ada", Role::User)
    );
    assert!(!user.password_hash.reveal().contains(PASSWORD));
    assert_eq!(user.created_at, world.now());
    assert_eq!(world.fakes.store.users(), std::slice::from_ref(&user));
    let entry = world.fakes.store.audit_entries().remove(0);
    assert_eq!((entry.action.as_str(), entry.subject_id), ("user.registered", user.id.to_string()));
    assert_eq!((entry.actor_kind.as_str(), entry.ip.as_deref()), ("anonymous", Some("192.0.2.1")));
    assert!(!entry.details.to_string().contains("example.org"));
}

#[tokio::test]
async fn registration_names_every_unacceptable_field_at_once() {
    let world = World::new().await;
    let register = &world.app.auth.register;
    let result = register.register(&anonymous(), registration("nobody", "A", "short")).await;
    let fields = [
        ("email", "invalid_email"),
        ("username", "invalid_username"),
        ("password", "too_short"),
    ];
    let fields = fields.map(|(field, code)| (field.to_owned(), code)).to_vec();
    assert_eq!(offences(result), ("validation.failed".to_owned(), fields));
    let long = "x".repeat(257);
    let result = register.register(&anonymous(), registration("a@b.org", "ada", &long)).await;
    assert_eq!(offences(result).1, [("password".to_owned(), "too_long")]);
    assert!(world.fakes.store.users().is_empty());
}

#[tokio::test]
async fn a_taken_address_or_name_is_a_conflict() {
    let (world, ()) = with_ada().await;
    let register = &world.app.auth.register;
    let result = register
        .register(&anonymous(), registration("ADA@example.org", "other", PASSWORD))
        .await;
    assert_eq!(code(&result), "auth.email_taken");
    let result = register
        .register(&anonymous(), registration("other@example.org", "ada", PASSWORD))
        .await;
    assert_eq!(code(&result), "auth.username_taken");
    assert_eq!(result.unwrap_err().kind(), ErrorKind::Conflict);
    assert_eq!(world.fakes.store.users().len(), 1);
}

#[tokio::test]
async fn no_stranger_takes_the_operators_name() {
    let world = World::new().await;
    let register = &world.app.auth.register;
    let error = register
        .register(&anonymous(), registration("eve@example.org", "admin", PASSWORD))
        .await
        .unwrap_err();
    assert_eq!((error.code(), error.kind()), ("auth.username_taken", ErrorKind::Conflict));
    for name in ["Admin", " admin"] {
        let result = register
            .register(&anonymous(), registration("eve@example.org", name, PASSWORD))
            .await;
        assert_eq!(code(&result), "validation.failed", "{name}");
    }
    assert!(world.fakes.store.users().is_empty());
    world.somebody("admin", Role::Admin).await;
    assert_eq!(world.fakes.store.users()[0].username.as_str(), "admin");
}

#[tokio::test]
async fn registration_writes_all_or_nothing() {
    let steps = writes_all_or_nothing(
        async || (World::new().await, ()),
        async |world, ()| {
            let command = registration("ada@example.org", "ada", PASSWORD);
            world.app.auth.register.register(&anonymous(), command).await.map(drop)
        },
    );
    assert_eq!(steps.await, 4);
}

#[tokio::test]
async fn only_the_system_opens_accounts_with_a_role() {
    let world = World::new().await;
    assert!(!world.app.auth.create_account.any_account().await.unwrap());
    let admin = world.somebody("root", Role::Admin).await;
    assert!(world.app.auth.create_account.any_account().await.unwrap());
    assert_eq!(world.fakes.store.users()[0].role, Role::Admin);
    let command = CreateAccountCommand {
        email: "eve@example.org".to_owned(),
        username: "eve".to_owned(),
        password: secret(PASSWORD),
        role: Role::Admin,
    };
    for context in [admin, anonymous(), by(Actor::Anonymous)] {
        let result = world.app.auth.create_account.create(&context, command.clone()).await;
        assert_eq!(code(&result), "auth.forbidden");
    }
    assert!(world.app.auth.create_account.create(&system(), command).await.is_ok());
}

#[tokio::test]
async fn login_opens_a_session_with_both_tokens() {
    let (world, ()) = with_ada().await;
    let pair = world.log_in("Ada", PASSWORD).await.unwrap();
    assert_eq!((pair.expires_in, pair.refresh_expires_in), (15 * 60, 30 * 24 * 3600));
    let session = world.fakes.store.sessions().remove(0);
    assert_eq!((session.user_id, session.revoked_at), (pair.user.id, None));
    assert_eq!(
        (session.ip.as_deref(), session.user_agent.as_deref()),
        (Some("192.0.2.1"), Some("test"))
    );
    let actor = world.app.auth.authenticate.authenticate(pair.access_token.reveal()).await.unwrap();
    assert_eq!(actor.user_id(), Some(pair.user.id));
    assert_eq!(world.app.auth.me.me(&actor).await.unwrap(), pair.user);
    assert!(!world.rows().contains(pair.refresh_token.reveal()), "only its hash is stored");
    assert_eq!(world.audited().last().unwrap(), "auth.login");
}

#[tokio::test]
async fn login_writes_all_or_nothing() {
    let steps = writes_all_or_nothing(with_ada, async |world, ()| world.log_in("ada", PASSWORD).await.map(drop));
    assert_eq!(steps.await, 5);
}

#[tokio::test]
async fn an_unknown_address_and_a_wrong_password_cannot_be_told_apart() {
    let (world, ()) = with_ada().await;
    let mut answers = Vec::new();
    for name in ["ada", "nobody", "no address"] {
        let checks = world.fakes.hasher.checks();
        let error = world.log_in(name, "wrong horse").await.unwrap_err();
        assert_eq!(world.fakes.hasher.checks(), checks + 1, "{name}: the same work");
        answers.push((error.kind(), error.to_string(), error.retry_after_seconds()));
    }
    assert_eq!(answers[0].0, ErrorKind::Unauthenticated);
    assert!(answers.iter().all(|answer| *answer == answers[0]), "{answers:?}");
}

#[tokio::test]
async fn five_failures_delay_an_address_whether_or_not_it_has_an_account() {
    let (world, ()) = with_ada().await;
    for name in ["ada", "nobody"] {
        for _ in 0..5 {
            assert_eq!(code(&world.log_in(name, "wrong horse").await), "auth.invalid_credentials");
        }
        let error = world.log_in(name, PASSWORD).await.unwrap_err();
        assert_eq!((error.code(), error.retry_after_seconds()), ("auth.too_many_attempts", Some(30)));
        assert_eq!(
            code(&world.log_in(&name.to_uppercase(), PASSWORD).await),
            "auth.too_many_attempts",
            "{name}"
        );
    }
    let checks = world.fakes.hasher.checks();
    assert_eq!(code(&world.log_in("ada", PASSWORD).await), "auth.too_many_attempts");
    assert_eq!(world.fakes.hasher.checks(), checks, "no hashing is done for them");
    world.advance(Duration::seconds(30));
    assert!(world.log_in("ada", PASSWORD).await.is_ok());
}

#[tokio::test]
async fn right_passwords_are_not_counted() {
    let (world, ()) = with_ada().await;
    for _ in 0..10 {
        world.log_in("ada", PASSWORD).await.unwrap();
    }
}

/// Lets every check wait for all the others, as when guesses come at the same time.
struct Together {
    hasher: Arc<dyn PasswordHasher>,
    barrier: Barrier,
}

#[async_trait]
impl PasswordHasher for Together {
    async fn hash(&self, password: Secret<String>) -> AppResult<Secret<String>> {
        self.hasher.hash(password).await
    }

    async fn verify(&self, password: Secret<String>, hash: Option<Secret<String>>) -> AppResult<bool> {
        self.barrier.wait().await;
        self.hasher.verify(password, hash).await
    }
}

#[tokio::test]
async fn guesses_at_the_same_time_do_not_get_round_the_delay() {
    let (world, ()) = with_ada().await;
    let hasher = Arc::new(Together {
        hasher: world.fakes.hasher.clone(),
        barrier: Barrier::new(20),
    });
    let login = Login::new(AuthDeps {
        hasher,
        ..world.auth_deps()
    });
    let mut guesses = tokio::task::JoinSet::new();
    for number in 0..20 {
        let login = login.clone();
        guesses.spawn(async move {
            let command = LoginCommand {
                email: "ada@example.org".to_owned(),
                password: secret(&format!("wrong horse {number}")),
            };
            login.login(&anonymous(), command).await
        });
    }
    let answers = guesses.join_all().await;
    let answered = |wanted: &str| answers.iter().filter(|answer| code(answer) == wanted).count();
    assert_eq!((answered("auth.invalid_credentials"), answered("auth.too_many_attempts")), (5, 15));
}

#[tokio::test]
async fn a_right_guess_after_too_many_wrong_ones_at_the_same_time_looks_like_them() {
    let (world, ()) = with_ada().await;
    let hasher = Arc::new(Together {
        hasher: world.fakes.hasher.clone(),
        barrier: Barrier::new(2),
    });
    let login = Login::new(AuthDeps {
        hasher: hasher.clone(),
        ..world.auth_deps()
    });
    let command = LoginCommand {
        email: "ada@example.org".to_owned(),
        password: secret(PASSWORD),
    };
    let context = anonymous();
    let guess = login.login(&context, command);
    let others = async {
        // The guess has passed the first question and waits at the barrier.
        tokio::task::yield_now().await;
        for _ in 0..5 {
            assert_eq!(code(&world.log_in("ada", "wrong horse").await), "auth.invalid_credentials");
        }
        hasher.barrier.wait().await;
    };
    let (guessed, ()) = tokio::join!(guess, others);
    assert_eq!(code(&guessed), "auth.too_many_attempts");
    assert!(world.fakes.store.sessions().is_empty());
}

#[tokio::test]
async fn a_banned_account_learns_so_only_with_the_right_password() {
    let (world, ()) = with_ada().await;
    let pair = world.log_in("ada", PASSWORD).await.unwrap();
    crate::sessions::ban(&world, pair.user.id).await;
    assert_eq!(code(&world.log_in("ada", "wrong horse").await), "auth.invalid_credentials");
    let error = world.log_in("ada", PASSWORD).await.unwrap_err();
    assert_eq!((error.code(), error.kind()), ("auth.banned", ErrorKind::Forbidden));
    let result = world.app.auth.authenticate.authenticate(pair.access_token.reveal()).await;
    assert_eq!(code(&result), "auth.banned");
    let result = world.app.auth.refresh.refresh(&anonymous(), &pair.refresh_token).await;
    assert_eq!(code(&result), "auth.banned");
    assert_eq!(world.fakes.store.sessions().len(), 1);
}

#[tokio::test]
async fn a_busy_hasher_is_unavailable_and_counts_no_failure() {
    let (world, ()) = with_ada().await;
    world.fakes.hasher.set_busy(true);
    for _ in 0..10 {
        assert_eq!(code(&world.log_in("ada", PASSWORD).await), "auth.busy");
    }
    world.fakes.hasher.set_busy(false);
    assert!(world.log_in("ada", PASSWORD).await.is_ok());
}

#[tokio::test]
async fn nobody_is_not_shown_an_account() {
    let (world, ()) = with_ada().await;
    for actor in [Actor::Anonymous, Actor::System] {
        assert_eq!(code(&world.app.auth.me.me(&actor).await), "auth.required");
    }
    let gone = acting(codesm_core::kernel::UserId::from_uuid(uuid::Uuid::nil()), Role::User);
    assert_eq!(code(&world.app.auth.me.me(&gone.actor).await), "auth.invalid_token");
}
