//! The clock and the identifiers keep the contracts of their ports.

use codesm_contract::clock::ClockFixture;
use codesm_contract::id_generator::IdGeneratorFixture;
use codesm_core::kernel::{Clock, IdGenerator};
use codesm_system::{SystemClock, UuidV7Generator};
use std::sync::Arc;

struct Machine {
    ids: Arc<UuidV7Generator>,
}

#[expect(clippy::unused_async, reason = "the suites make fixtures with async functions")]
async fn machine() -> Machine {
    Machine {
        ids: Arc::new(UuidV7Generator::new()),
    }
}

impl ClockFixture for Machine {
    fn clock(&self) -> Arc<dyn Clock> {
        Arc::new(SystemClock)
    }
}

impl IdGeneratorFixture for Machine {
    fn ids(&self) -> Arc<dyn IdGenerator> {
        self.ids.clone()
    }
}

mod clock {
    codesm_contract::clock_suite!(super::machine);
}

mod id_generator {
    codesm_contract::id_generator_suite!(super::machine);
}

#[test]
fn an_identifier_shows_when_it_was_made() {
    let made = UuidV7Generator::new()
        .new_uuid()
        .get_timestamp()
        .expect("a UUIDv7 carries a time")
        .to_unix()
        .0;
    let now = u64::try_from(SystemClock.now().timestamp()).expect("after 1970");
    assert!(now.abs_diff(made) <= 1);
}
