//! One fetch per blob at a time.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError, Weak};
use tokio::sync::{Mutex as AsyncMutex, OwnedMutexGuard};

/// Who is fetching what.
#[derive(Default)]
pub(crate) struct Flights(Mutex<HashMap<String, Weak<AsyncMutex<()>>>>);

impl Flights {
    /// Waits until nobody else is fetching this, and keeps others waiting until the guard is dropped.
    pub(crate) async fn board(&self, name: &str) -> OwnedMutexGuard<()> {
        let lock = {
            let mut flights = self.0.lock().unwrap_or_else(PoisonError::into_inner);
            // What nobody waits for any more must not accumulate.
            flights.retain(|_, flight| flight.strong_count() > 0);
            flights.get(name).and_then(Weak::upgrade).unwrap_or_else(|| {
                let lock = Arc::default();
                flights.insert(name.to_owned(), Arc::downgrade(&lock));
                lock
            })
        };
        lock.lock_owned().await
    }
}
