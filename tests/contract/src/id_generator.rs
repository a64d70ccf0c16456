//! What [`IdGenerator`] promises.

use codesm_core::kernel::IdGenerator;
use std::collections::HashSet;
use std::sync::Arc;
use uuid::{Uuid, Variant};

/// What the suite needs of an adapter.
pub trait IdGeneratorFixture: Send + Sync {
    /// The generator.
    fn ids(&self) -> Arc<dyn IdGenerator>;
}

/// Every call MUST return a new `UUIDv7`.
pub async fn every_identifier_is_a_uuid_of_version_7(fixture: &impl IdGeneratorFixture) {
    let id = fixture.ids().new_uuid();
    assert_eq!(id.get_version_num(), 7);
    assert_eq!(id.get_variant(), Variant::RFC4122);
}

/// Identifiers made later by one process MUST sort later, also within one millisecond.
pub async fn later_identifiers_sort_later(fixture: &impl IdGeneratorFixture) {
    let ids = fixture.ids();
    let made: Vec<Uuid> = (0..20_000).map(|_| ids.new_uuid()).collect();
    assert!(made.is_sorted_by(|earlier, later| earlier < later));
}

/// Two instances in one process MUST NOT undo each other's order.
pub async fn the_order_holds_between_threads(fixture: &impl IdGeneratorFixture) {
    let ids = fixture.ids();
    for _ in 0..200 {
        let here = ids.new_uuid();
        let there = Arc::clone(&ids);
        let later = tokio::task::spawn_blocking(move || there.new_uuid())
            .await
            .expect("the thread ends well");
        assert!(here < later, "{here} was made before {later}");
    }
}

/// Every call MUST return a new identifier, whoever calls at the same time.
pub async fn no_identifier_is_made_twice(fixture: &impl IdGeneratorFixture) {
    let threads: Vec<_> = (0..4)
        .map(|_| {
            let ids = fixture.ids();
            std::thread::spawn(move || (0..5000).map(|_| ids.new_uuid()).collect::<Vec<_>>())
        })
        .collect();
    let mut seen = HashSet::new();
    for thread in threads {
        let made = thread.join().expect("the thread ends well");
        assert!(made.is_sorted_by(|earlier, later| earlier < later));
        for id in made {
            assert!(seen.insert(id), "{id} was made twice");
        }
    }
}

crate::suite::suite! {
    ($)
    /// Runs the clauses of `IdGenerator`.
    id_generator_suite, id_generator, [
        every_identifier_is_a_uuid_of_version_7,
        later_identifiers_sort_later,
        the_order_holds_between_threads,
        no_identifier_is_made_twice,
    ]
}
