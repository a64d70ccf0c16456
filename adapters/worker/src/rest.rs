//! Pauses of a worker that something it depends on has left.

use std::time::Duration;
use tokio::task::JoinError;
use tokio::time::Instant;

/// First and longest pause.
const FIRST: Duration = Duration::from_secs(2);
const LONGEST: Duration = Duration::from_secs(30);

/// What a job that ended says about this worker.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Health {
    /// It gave a verdict.
    Well,
    /// Its disk is full, its sandbox refuses, its storage is away: whatever it takes up will fail, too.
    Sick,
    /// Nothing.
    Unknown,
}

/// Keeps a sick worker from taking jobs, so that it does not win every retry against those that could do them.
#[derive(Debug)]
pub(crate) struct Rest {
    until: Instant,
    next: Duration,
}

impl Rest {
    pub(crate) fn new() -> Self {
        Self {
            until: Instant::now(),
            next: FIRST,
        }
    }

    /// Whether the worker rests, and until when.
    pub(crate) fn until(&self) -> Option<Instant> {
        (self.until > Instant::now()).then_some(self.until)
    }

    /// Takes note of a job that ended. Jobs that fail together, or during the rest, are one reason and not many.
    pub(crate) fn note(&mut self, ended: Result<Health, JoinError>) {
        match ended.unwrap_or(Health::Unknown) {
            Health::Well => *self = Self::new(),
            Health::Sick if self.until().is_none() => {
                tracing::warn!(
                    seconds = self.next.as_secs(),
                    "something this worker depends on is away; it takes no jobs for a while"
                );
                self.until = Instant::now() + self.next;
                self.next = (self.next * 2).min(LONGEST);
            }
            Health::Sick | Health::Unknown => {}
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    async fn rested(rest: &mut Rest) -> Option<u64> {
        let until = rest.until()?;
        let seconds = (until - Instant::now()).as_secs();
        tokio::time::sleep_until(until).await;
        Some(seconds)
    }

    #[tokio::test(start_paused = true)]
    async fn a_rest_doubles_while_it_goes_on_and_is_over_with_a_success() {
        let mut rest = Rest::new();
        assert_eq!(rested(&mut rest).await, None);
        for expected in [2, 4, 8, 16, 30, 30] {
            // Four slots fail together.
            for _ in 0..4 {
                rest.note(Ok(Health::Sick));
            }
            rest.note(Ok(Health::Unknown));
            assert_eq!(rested(&mut rest).await, Some(expected));
            assert_eq!(rest.until(), None);
        }
        rest.note(Ok(Health::Sick));
        rest.note(Ok(Health::Well));
        assert_eq!(rest.until(), None);
        rest.note(Ok(Health::Sick));
        assert_eq!(rested(&mut rest).await, Some(2));
    }
}
