use super::*;
use codesm_core::kernel::ErrorKind;
use std::time::Duration;

fn cheap() -> PasswordHashingCost {
    PasswordHashingCost::new(8, 1, 1).unwrap()
}

fn secret(text: &str) -> Secret<String> {
    Secret::new(text.to_owned())
}

#[tokio::test]
async fn a_hash_is_argon2id_in_phc_form_with_its_own_salt() {
    let hasher = Argon2PasswordHasher::new(1, 1, cheap()).unwrap();
    let one = hasher.hash(secret("correct horse")).await.unwrap();
    let other = hasher.hash(secret("correct horse")).await.unwrap();
    assert!(one.reveal().starts_with("$argon2id$v=19$m=8,t=1,p=1$"), "{}", one.reveal());
    assert_ne!(one, other);
}

#[tokio::test]
async fn the_owasp_cost_is_the_default() {
    let hasher = Argon2PasswordHasher::new(1, 1, PasswordHashingCost::default()).unwrap();
    let hash = hasher.hash(secret("correct horse")).await.unwrap();
    assert!(hash.reveal().starts_with("$argon2id$v=19$m=19456,t=2,p=1$"), "{}", hash.reveal());
}

#[tokio::test]
async fn the_parameters_of_the_stored_hash_win() {
    let old = Argon2PasswordHasher::new(1, 1, cheap()).unwrap();
    let new = Argon2PasswordHasher::new(1, 1, PasswordHashingCost::new(64, 2, 2).unwrap()).unwrap();
    let hash = old.hash(secret("correct horse")).await.unwrap();
    assert!(new.verify(secret("correct horse"), Some(hash.clone())).await.unwrap());
    assert!(!new.verify(secret("correct hors"), Some(hash)).await.unwrap());
}

#[tokio::test]
async fn hashes_of_the_reference_program_fit() {
    let hasher = Argon2PasswordHasher::new(1, 1, cheap()).unwrap();
    // Made by the reference implementation (phc-winner-argon2, test.c): password "password", salt "somesalt".
    let stored = "$argon2id$v=19$m=65536,t=2,p=1$c29tZXNhbHQ$CTFhFdXPJO1aFaMaO6Mm5c8y7cJHAph8ArZWb2GRPPc";
    assert!(hasher.verify(secret("password"), Some(secret(stored))).await.unwrap());
}

#[tokio::test]
async fn a_broken_stored_hash_is_our_fault_and_not_a_wrong_password() {
    let hasher = Argon2PasswordHasher::new(1, 1, cheap()).unwrap();
    for stored in [
        "",
        "rubbish",
        "$argon2id$v=19$m=8,t=1,p=1",
        "$argon2id$v=19$m=4294967295,t=1,p=1$c29tZXNhbHQ$CTFhFdXPJO1aFaMaO6Mm5c8y7cJHAph8ArZWb2GRPPc",
    ] {
        let error = hasher.verify(secret("password"), Some(secret(stored))).await.unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Internal, "{stored}");
    }
}

#[tokio::test]
async fn whoever_finds_the_queue_full_is_sent_away() {
    let hasher = Arc::new(Argon2PasswordHasher::new(1, 1, PasswordHashingCost::new(32 * 1024, 4, 1).unwrap()).unwrap());
    let tasks: Vec<_> = (0..2)
        .map(|_| {
            let hasher = Arc::clone(&hasher);
            tokio::spawn(async move { hasher.hash(secret("correct horse")).await })
        })
        .collect();
    while hasher.admitted.available_permits() > 0 {
        tokio::task::yield_now().await;
    }
    let error = hasher.verify(secret("correct horse"), None).await.unwrap_err();
    assert_eq!((error.kind(), error.code()), (ErrorKind::Unavailable, "auth.busy"));
    for task in tasks {
        task.await.unwrap().unwrap();
    }
    assert!(hasher.hash(secret("correct horse")).await.is_ok());
}

#[tokio::test]
async fn a_caller_that_goes_away_frees_its_place_only_when_the_work_is_done() {
    let hasher = Argon2PasswordHasher::new(1, 0, PasswordHashingCost::new(64 * 1024, 4, 1).unwrap()).unwrap();
    let abandoned = tokio::time::timeout(Duration::from_millis(1), hasher.hash(secret("correct horse"))).await;
    assert!(abandoned.is_err());
    assert_eq!(hasher.hash(secret("correct horse")).await.unwrap_err().code(), "auth.busy");
    while hasher.admitted.available_permits() == 0 {
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
    assert!(hasher.hash(secret("correct horse")).await.is_ok());
}

#[test]
fn costs_that_argon2_does_not_take_are_refused() {
    for (memory, passes, lanes) in [(0, 1, 1), (8, 0, 1), (8, 1, 0), (8, 1, 2), (2 * MOST_MEMORY_KIB, 1, 1)] {
        assert!(
            PasswordHashingCost::new(memory, passes, lanes).is_err(),
            "{memory} {passes} {lanes}"
        );
    }
}

#[cfg(target_os = "linux")]
#[tokio::test]
async fn an_idle_hasher_holds_no_working_memory() {
    let resident_kib = || {
        let status = std::fs::read_to_string("/proc/self/status").unwrap();
        let line = status.lines().find(|line| line.starts_with("VmRSS:")).unwrap();
        line.split_whitespace().nth(1).unwrap().parse::<i64>().unwrap()
    };
    let hasher = Argon2PasswordHasher::new(2, 8, PasswordHashingCost::default()).unwrap();
    let before = resident_kib();
    for _ in 0..4 {
        let (one, two) = tokio::join!(hasher.hash(secret("one")), hasher.hash(secret("two")));
        assert!(one.is_ok() && two.is_ok());
    }
    // Other tests of this binary run at the same time and hold their own buffers for moments: wait for a quiet one.
    let mut growth = i64::MAX;
    for _ in 0..200 {
        growth = growth.min(resident_kib() - before);
        if growth < 8 * 1024 {
            return;
        }
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    panic!("{growth} KiB stay resident");
}
