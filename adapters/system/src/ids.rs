//! Time-ordered identifiers.

use codesm_core::kernel::IdGenerator;
use std::sync::{Mutex, PoisonError};
use uuid::{ContextV7, Timestamp, Uuid};

/// Makes UUIDv7 whose counter carries on when the clock stands still or steps back, so that later ones always sort later.
///
/// The order holds within one generator; a process wants exactly one.
#[derive(Debug)]
pub struct UuidV7Generator {
    context: Mutex<ContextV7>,
}

impl UuidV7Generator {
    /// A generator that has made nothing yet.
    #[must_use]
    pub const fn new() -> Self {
        Self {
            context: Mutex::new(ContextV7::new()),
        }
    }
}

impl Default for UuidV7Generator {
    fn default() -> Self {
        Self::new()
    }
}

impl IdGenerator for UuidV7Generator {
    fn new_uuid(&self) -> Uuid {
        // The context stays consistent between any two of its steps, so a panic elsewhere does not spoil it.
        let context = self.context.lock().unwrap_or_else(PoisonError::into_inner);
        Uuid::new_v7(Timestamp::now(&*context))
    }
}
