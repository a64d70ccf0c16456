//! The clock of the machine.

use chrono::Utc;
use codesm_core::kernel::{Clock, Timestamp, truncate_to_micros};

/// Reads the clock of the operating system.
#[derive(Clone, Copy, Debug, Default)]
pub struct SystemClock;

impl Clock for SystemClock {
    fn now(&self) -> Timestamp {
        truncate_to_micros(Utc::now())
    }
}
