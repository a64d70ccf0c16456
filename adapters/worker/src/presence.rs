//! This worker among the others.

use crate::worker::{WorkerDeps, WorkerSettings, chrono_duration};
use codesm_core::jobs::WorkerAdvert;
use codesm_core::kernel::Timestamp;
use std::time::Duration;

/// How often the worker says that it is there.
const ADVERTISE_EVERY: Duration = Duration::from_mins(1);
/// A worker that has not said so for longer is taken to be gone: two adverts and a half.
const ALIVE_FOR: Duration = Duration::from_secs(150);

/// What it said, and whom it saw.
#[derive(Default)]
pub(crate) struct Presence {
    /// When it last said what it offers.
    advertised_at: Option<Timestamp>,
    has_others: bool,
}

impl Presence {
    /// Whether there are others, which may do what failed here.
    pub(crate) const fn has_others(&self) -> bool {
        self.has_others
    }

    /// Says what this worker offers, and looks who else does.
    pub(crate) async fn advertise(&mut self, deps: &WorkerDeps, settings: &WorkerSettings) {
        let Some(tier) = settings.tier.clone() else { return };
        let now = deps.clock.now();
        if self.advertised_at.is_some_and(|last| now - last < chrono_duration(ADVERTISE_EVERY)) {
            return;
        }
        let available = settings.languages.iter().filter(|language| language.available);
        let advert = WorkerAdvert {
            worker: settings.name.clone(),
            languages: available.cloned().collect(),
            slots: u32::try_from(settings.slots).unwrap_or(u32::MAX),
            tier,
            seen_at: now,
        };
        match deps.registry.advertise(&advert).await {
            Ok(()) => self.advertised_at = Some(now),
            Err(error) => tracing::warn!(%error, "the worker could not say what it offers"),
        }
        match deps.registry.seen_since(now - chrono_duration(ALIVE_FOR)).await {
            Ok(seen) => self.has_others = seen.iter().any(|other| other.worker != settings.name),
            Err(error) => tracing::warn!(%error, "the worker could not see the others"),
        }
    }
}
