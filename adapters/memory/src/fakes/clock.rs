//! A clock that stands still.

use crate::lock::locked;
use chrono::Duration;
use codesm_core::kernel::{Clock, Timestamp, truncate_to_micros};
use std::sync::Mutex;

/// 2026-01-01T00:00:00.123456Z: not a round number, so that lost microseconds are noticed.
const START_MICROS: i64 = 1_767_225_600_123_456;

/// Shows the moment it was set to until it is told to go on.
#[derive(Debug)]
pub struct ManualClock {
    now: Mutex<Timestamp>,
}

impl ManualClock {
    /// A clock at a moment, cut to microseconds.
    #[must_use]
    pub fn at(moment: Timestamp) -> Self {
        Self {
            now: Mutex::new(truncate_to_micros(moment)),
        }
    }

    /// Sets it, also back.
    pub fn set(&self, moment: Timestamp) {
        *locked(&self.now) = truncate_to_micros(moment);
    }

    /// Goes on (or back, if negative).
    pub fn advance(&self, by: Duration) {
        let mut now = locked(&self.now);
        *now = truncate_to_micros(*now + by);
    }
}

impl Default for ManualClock {
    fn default() -> Self {
        Self::at(Timestamp::from_timestamp_micros(START_MICROS).expect("the year 2026 is in range"))
    }
}

impl Clock for ManualClock {
    fn now(&self) -> Timestamp {
        *locked(&self.now)
    }
}
