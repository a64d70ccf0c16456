//! Stand-ins for the clock and the identifiers.

use chrono::{DateTime, Duration};
use codesm_core::kernel::{Clock, IdGenerator, Timestamp};
use std::hash::{BuildHasher, Hasher, RandomState};
use std::sync::Mutex;
use std::sync::atomic::{AtomicU64, Ordering};
use uuid::{Builder, Uuid};

/// 2026-11-20T09:00:00.123456Z: not a round number, so that lost microseconds are noticed.
const START_MICROS: i64 = 1_795_165_200_123_456;

/// A clock that stands still until it is told to go on.
#[derive(Debug)]
pub struct TestClock {
    now: Mutex<Timestamp>,
}

impl TestClock {
    /// A clock at a fixed moment with microseconds.
    #[must_use]
    pub fn new() -> Self {
        Self {
            now: Mutex::new(DateTime::from_timestamp_micros(START_MICROS).expect("a moment in range")),
        }
    }

    /// Goes on by `by`, cut to microseconds.
    pub fn advance(&self, by: std::time::Duration) {
        let micros = i64::try_from(by.as_micros()).expect("less than 292,000 years");
        *self.now.lock().expect("no test panics while it holds the clock") += Duration::microseconds(micros);
    }
}

impl Default for TestClock {
    fn default() -> Self {
        Self::new()
    }
}

impl Clock for TestClock {
    fn now(&self) -> Timestamp {
        *self.now.lock().expect("no test panics while it holds the clock")
    }
}

/// Valid `UUIDv7`s from a counter, behind a start that is random, so that tests may share a database.
#[derive(Debug)]
pub struct TestIds {
    next: AtomicU64,
    random: u64,
}

impl TestIds {
    /// A generator with its own random start.
    #[must_use]
    pub fn new() -> Self {
        Self {
            next: AtomicU64::new(0),
            // The standard library seeds every `RandomState` differently: random enough for names in tests.
            random: RandomState::new().build_hasher().finish(),
        }
    }
}

impl Default for TestIds {
    fn default() -> Self {
        Self::new()
    }
}

impl IdGenerator for TestIds {
    fn new_uuid(&self) -> Uuid {
        let count = self.next.fetch_add(1, Ordering::Relaxed);
        let millis = u64::try_from(START_MICROS / 1000).expect("after 1970") + (count >> 12);
        let low = u16::try_from(count & 0xfff).expect("12 bits");
        let mut random = [0_u8; 10];
        random[..2].copy_from_slice(&low.to_be_bytes());
        random[2..].copy_from_slice(&self.random.to_be_bytes());
        Builder::from_unix_timestamp_millis(millis, &random).into_uuid()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn test_identifiers_are_uuidv7_and_grow() {
        let ids = TestIds::new();
        let made: Vec<Uuid> = (0..10_000).map(|_| ids.new_uuid()).collect();
        assert!(made.is_sorted_by(|a, b| a < b));
        assert!(made.iter().all(|id| id.get_version_num() == 7));
        assert_ne!(ids.random, TestIds::new().random);
    }

    #[test]
    fn the_test_clock_moves_only_when_told() {
        let clock = TestClock::new();
        let before = clock.now();
        assert_eq!(clock.now(), before);
        clock.advance(std::time::Duration::from_micros(1));
        assert_eq!(clock.now() - before, Duration::microseconds(1));
    }
}
