//! What [`Clock`] promises.

use codesm_core::kernel::{Clock, truncate_to_micros};
use std::sync::Arc;
use std::time::{SystemTime, UNIX_EPOCH};

/// What the suite needs of an adapter.
pub trait ClockFixture: Send + Sync {
    /// The clock.
    fn clock(&self) -> Arc<dyn Clock>;
}

/// `now` MUST be exact to the microsecond and no finer.
pub async fn a_moment_has_no_nanoseconds(fixture: &impl ClockFixture) {
    let clock = fixture.clock();
    let mut with_micros = 0;
    for _ in 0..1000 {
        let now = clock.now();
        assert_eq!(now, truncate_to_micros(now), "finer than a microsecond");
        with_micros += u32::from(!now.timestamp_subsec_micros().is_multiple_of(1000));
        std::hint::spin_loop();
    }
    assert!(with_micros > 0, "no finer than a millisecond");
}

/// It tells the time.
pub async fn it_shows_the_time_of_the_system(fixture: &impl ClockFixture) {
    let system = SystemTime::now().duration_since(UNIX_EPOCH).expect("after 1970").as_secs();
    let shown = u64::try_from(fixture.clock().now().timestamp()).expect("after 1970");
    assert!(shown.abs_diff(system) <= 5, "{shown} is not {system}");
}

crate::suite::suite! {
    ($)
    /// Runs the clauses of `Clock`.
    clock_suite, clock, [a_moment_has_no_nanoseconds, it_shows_the_time_of_the_system]
}
