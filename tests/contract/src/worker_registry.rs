//! What [`codesm_core::jobs::WorkerRegistry`] promises.

use crate::{Given, StoreFixture};
use chrono::Duration;
use codesm_core::jobs::WorkerAdvert;
use codesm_core::judging::Language;

fn advert(given: &Given, worker: &str) -> WorkerAdvert {
    WorkerAdvert {
        worker: worker.to_owned(),
        languages: vec![Language {
            id: "cpp".to_owned(),
            name: "C++20 (GCC)".to_owned(),
            version: Some("12.2.0".to_owned()),
            available: true,
            file_name: "main.cpp".to_owned(),
            extensions: vec!["cpp".to_owned(), "cc".to_owned()],
            compiled: true,
        }],
        slots: 4,
        tier: "namespaces".to_owned(),
        seen_at: given.now(),
    }
}

/// An advert comes back exactly as made; `advertise` MUST replace the worker's earlier one.
pub async fn a_new_advert_replaces_the_old_one(fixture: &impl StoreFixture) {
    let given = Given::new(fixture);
    let registry = fixture.worker_registry();
    let first = advert(&given, "w");
    registry.advertise(&first).await.expect("advertise");
    assert_eq!(registry.seen_since(given.now()).await.expect("read"), [first]);
    let second = WorkerAdvert {
        worker: "w".to_owned(),
        languages: Vec::new(),
        slots: u32::MAX,
        tier: "none".to_owned(),
        seen_at: given.now() + Duration::microseconds(1),
    };
    registry.advertise(&second).await.expect("advertise");
    assert_eq!(registry.seen_since(given.now()).await.expect("read"), [second]);
}

/// `seen_since` MUST list every worker seen at or after the moment, by name.
pub async fn workers_seen_since_are_listed_by_name(fixture: &impl StoreFixture) {
    let given = Given::new(fixture);
    let registry = fixture.worker_registry();
    for (worker, age) in [("b", 0), ("a-1", 5), ("B", 1), ("a", 1), ("_", 0), ("gone", 6)] {
        let mut advert = advert(&given, worker);
        advert.seen_at -= Duration::microseconds(age);
        registry.advertise(&advert).await.expect("advertise");
    }
    let since = given.now() - Duration::microseconds(5);
    let listed = registry.seen_since(since).await.expect("read");
    let names: Vec<&str> = listed.iter().map(|advert| advert.worker.as_str()).collect();
    assert_eq!(names, ["B", "_", "a", "a-1", "b"]);
}

/// `forget_before` forgets the workers last seen before the moment.
pub async fn workers_not_seen_for_long_are_forgotten(fixture: &impl StoreFixture) {
    let given = Given::new(fixture);
    let registry = fixture.worker_registry();
    for (worker, age) in [("old", 2), ("older", 3), ("kept", 1)] {
        let mut advert = advert(&given, worker);
        advert.seen_at -= Duration::microseconds(age);
        registry.advertise(&advert).await.expect("advertise");
    }
    let moment = given.now() - Duration::microseconds(1);
    assert_eq!(registry.forget_before(moment).await.expect("forget"), 2);
    let listed = registry.seen_since(given.now() - Duration::days(1)).await.expect("read");
    assert_eq!(listed.iter().map(|advert| advert.worker.as_str()).collect::<Vec<_>>(), ["kept"]);
}

crate::suite::suite! {
    ($)
    /// Runs the clauses of `WorkerRegistry`.
    worker_registry_suite, worker_registry, [
        a_new_advert_replaces_the_old_one,
        workers_seen_since_are_listed_by_name,
        workers_not_seen_for_long_are_forgotten,
    ]
}
