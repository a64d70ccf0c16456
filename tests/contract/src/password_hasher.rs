//! What [`PasswordHasher`] promises.

use codesm_core::auth::PasswordHasher;
use codesm_core::kernel::{ErrorKind, Secret};
use std::future::Future;
use std::pin::pin;
use std::sync::Arc;
use std::task::{Context, Poll, Waker};
use std::time::{Duration, Instant};

/// What the suite needs of an adapter.
pub trait PasswordHasherFixture: Send + Sync {
    /// The hasher, with the parameters of production or cheaper ones of at least a millisecond.
    fn hasher(&self) -> Arc<dyn PasswordHasher>;
    /// A number of calls at the same time that is more than the hasher lets work and wait.
    fn too_many(&self) -> usize;
}

fn password(text: &str) -> Secret<String> {
    Secret::new(text.to_owned())
}

/// The password that was hashed fits, any other does not.
pub async fn only_the_right_password_fits(fixture: &impl PasswordHasherFixture) {
    let hasher = fixture.hasher();
    let hash = hasher.hash(password("correct horse ü")).await.expect("hash");
    assert!(
        hasher
            .verify(password("correct horse ü"), Some(hash.clone()))
            .await
            .expect("verify")
    );
    for wrong in ["correct horse", "Correct horse ü", "correct horse ü ", ""] {
        let fits = hasher.verify(password(wrong), Some(hash.clone())).await.expect("verify");
        assert!(!fits, "{wrong:?} fits");
    }
}

/// Each hash has a salt of its own and is in PHC form; the password is not in it.
pub async fn every_hash_is_salted_and_in_phc_form(fixture: &impl PasswordHasherFixture) {
    let hasher = fixture.hasher();
    let first = hasher.hash(password("correct-horse")).await.expect("hash");
    let second = hasher.hash(password("correct-horse")).await.expect("hash");
    assert_ne!(first, second);
    for hash in [first, second] {
        let text = hash.into_inner();
        assert!(text.starts_with("$argon2id$v=19$"), "not PHC: {text}");
        assert!(!text.contains("correct-horse"));
    }
}

/// Without a hash nothing fits.
pub async fn without_a_hash_nothing_fits(fixture: &impl PasswordHasherFixture) {
    let hasher = fixture.hasher();
    assert!(!hasher.verify(password("correct-horse"), None).await.expect("verify"));
    assert!(!hasher.verify(password(""), None).await.expect("verify"));
}

/// A stored hash that is none fits nothing.
pub async fn a_broken_hash_fits_nothing(fixture: &impl PasswordHasherFixture) {
    let hasher = fixture.hasher();
    for hash in ["", "rubbish", "$argon2id$", "correct-horse"] {
        let fits = hasher.verify(password("correct-horse"), Some(password(hash))).await;
        assert!(!matches!(fits, Ok(true)), "{hash:?}");
    }
}

/// `verify` MUST take the same time whether the hash is missing, wrong or right.
pub async fn checking_takes_the_same_time_with_and_without_a_hash(fixture: &impl PasswordHasherFixture) {
    let hasher = fixture.hasher();
    let hash = hasher.hash(password("correct-horse")).await.expect("hash");
    let cases = [
        ("correct-horse", Some(&hash)),
        ("wrong-horse", Some(&hash)),
        ("correct-horse", None),
    ];
    // The quickest of several, taken in turn: noise of a busy machine only adds.
    let mut quickest = [Duration::MAX; 3];
    for _ in 0..9 {
        for (best, (text, hash)) in quickest.iter_mut().zip(cases) {
            let begun = Instant::now();
            hasher.verify(password(text), hash.cloned()).await.expect("verify");
            *best = begun.elapsed().min(*best);
        }
    }
    let (least, most) = (quickest.iter().min(), quickest.iter().max());
    let (least, most) = (least.expect("three"), most.expect("three"));
    assert!(*most < *least * 2, "right, wrong, missing take {quickest:?}");
}

/// Hashing MUST NOT block the async threads.
pub async fn hashing_does_not_block_the_thread(fixture: &impl PasswordHasherFixture) {
    let hasher = fixture.hasher();
    let mut hashing = pin!(hasher.hash(password("correct-horse")));
    // Work done on this thread would be over when the first poll returns.
    let first = hashing.as_mut().poll(&mut Context::from_waker(Waker::noop()));
    assert!(matches!(first, Poll::Pending), "hashed on the caller's thread");
    hashing.await.expect("hash");
}

/// Hashing MUST be bounded; when too many wait it MUST be `auth.busy`, and afterwards all is well again.
pub async fn too_many_at_once_are_told_to_come_back(fixture: &impl PasswordHasherFixture) {
    let calls: Vec<_> = (0..fixture.too_many())
        .map(|_| {
            let hasher = fixture.hasher();
            tokio::spawn(async move { hasher.verify(password("correct-horse"), None).await })
        })
        .collect();
    let (mut served, mut busy) = (0, 0);
    for call in calls {
        match call.await.expect("no panic") {
            Ok(fits) => {
                assert!(!fits);
                served += 1;
            }
            Err(error) => {
                assert_eq!((error.code(), error.kind()), ("auth.busy", ErrorKind::Unavailable));
                busy += 1;
            }
        }
    }
    assert!(served > 0 && busy > 0, "{served} served, {busy} sent away");
    let hasher = fixture.hasher();
    hasher.hash(password("correct-horse")).await.expect("the storm is over");
}

crate::suite::suite! {
    ($)
    /// Runs the clauses of `PasswordHasher`.
    password_hasher_suite, password_hasher, [
        only_the_right_password_fits,
        every_hash_is_salted_and_in_phc_form,
        without_a_hash_nothing_fits,
        a_broken_hash_fits_nothing,
        checking_takes_the_same_time_with_and_without_a_hash,
        hashing_does_not_block_the_thread,
        too_many_at_once_are_told_to_come_back,
    ]
}
