//! Predictable identifiers.

use codesm_core::kernel::IdGenerator;
use std::sync::atomic::{AtomicU64, Ordering};
use uuid::{Builder, Uuid};

/// 2026-01-01T00:00:00Z.
const START_MILLIS: u64 = 1_767_225_600_000;

/// Valid `UUIDv7`s, the same in every run: the number of each is in its last digits, and a millisecond lies between two.
#[derive(Debug, Default)]
pub struct SequentialIds {
    made: AtomicU64,
}

impl SequentialIds {
    /// Begins with number 1.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }
}

impl IdGenerator for SequentialIds {
    fn new_uuid(&self) -> Uuid {
        let number = self.made.fetch_add(1, Ordering::Relaxed) + 1;
        let mut rest = [0; 10];
        rest[2..].copy_from_slice(&number.to_be_bytes());
        Builder::from_unix_timestamp_millis(START_MILLIS + number, &rest).into_uuid()
    }
}
