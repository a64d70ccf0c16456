//! Lets runs pass side by side, or one alone.

use std::time::Duration;
use tokio::sync::{RwLock, RwLockReadGuard, RwLockWriteGuard};

/// Longest time that one who wants to be alone is waited for the others to end (and keeps new ones from beginning).
const PATIENCE: Duration = Duration::from_secs(10);

/// The gate of one sandbox.
#[derive(Debug)]
pub(crate) struct Gate {
    lock: RwLock<()>,
    patience: Duration,
}

impl Default for Gate {
    fn default() -> Self {
        Self {
            lock: RwLock::new(()),
            patience: PATIENCE,
        }
    }
}

/// Kept while a program runs.
pub(crate) enum Pass<'a> {
    /// With others.
    Shared { _guard: RwLockReadGuard<'a, ()> },
    /// Alone.
    Alone { _guard: RwLockWriteGuard<'a, ()> },
}

impl Gate {
    /// Waits until a program may run. One that wants to be alone and waited too long runs beside the others.
    pub(crate) async fn enter(&self, alone: bool) -> Pass<'_> {
        // The lock is fair: who comes later waits behind one who wants to be alone.
        if alone && let Ok(guard) = tokio::time::timeout(self.patience, self.lock.write()).await {
            return Pass::Alone { _guard: guard };
        }
        Pass::Shared {
            _guard: self.lock.read().await,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::sync::Arc;

    #[tokio::test]
    async fn one_alone_waits_for_the_others_and_keeps_new_ones_out_but_not_for_ever() {
        let gate = Arc::new(Gate {
            patience: Duration::from_millis(200),
            ..Gate::default()
        });
        let first = gate.enter(false).await;
        let second = gate.enter(false).await;
        let other = Arc::clone(&gate);
        let alone = tokio::spawn(async move { matches!(other.enter(true).await, Pass::Alone { .. }) });
        tokio::time::sleep(Duration::from_millis(1)).await;
        assert!(tokio::time::timeout(Duration::from_millis(20), gate.enter(false)).await.is_err());
        drop((first, second));
        assert!(alone.await.unwrap());
        let stays = gate.enter(false).await;
        assert!(matches!(gate.enter(true).await, Pass::Shared { .. }));
        drop(stays);
    }
}
