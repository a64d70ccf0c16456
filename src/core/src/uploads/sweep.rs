//! Removes what was uploaded and never confirmed.

use super::model::UNCONFIRMED_LIFE;
use super::{Upload, UploadDeps, UploadState};
use crate::kernel::{AppResult, Timestamp};

/// Uploads read at once.
const BATCH: u32 = 100;

/// Removes leftovers of uploads.
#[derive(Clone)]
pub struct SweepUploads {
    deps: UploadDeps,
}

impl SweepUploads {
    /// With its ports.
    #[must_use]
    pub const fn new(deps: UploadDeps) -> Self {
        Self { deps }
    }

    /// Removes uploads that were offered more than a day ago and never confirmed, with what was sent; and what was sent to the
    /// address of a confirmed one afterwards. Gives how many uploads were removed. Safe to run at any time, by several at once; what
    /// fails is left for the next time.
    ///
    /// # Errors
    /// `database.unavailable`, `storage.unavailable`.
    pub async fn sweep_unconfirmed_uploads(&self, now: Timestamp) -> AppResult<u64> {
        let mut removed = 0;
        loop {
            let tx = self.deps.uow.begin().await?;
            let untidied = tx.uploads().untidied(now - UNCONFIRMED_LIFE, BATCH).await?;
            drop(tx);
            if untidied.is_empty() {
                return Ok(removed);
            }
            for upload in untidied {
                removed += u64::from(self.tidy(upload).await?);
            }
        }
    }

    /// Files first: a row that is gone would leave them unknown to everybody.
    async fn tidy(&self, upload: Upload) -> AppResult<bool> {
        self.deps.store.remove(&upload.incoming).await?;
        let is_kept = upload.state == UploadState::Confirmed;
        if is_kept {
            let tx = self.deps.uow.begin().await?;
            let tidied = Upload { tidied: true, ..upload };
            tx.uploads().save(&tidied).await?;
            tx.commit().await?;
            return Ok(false);
        }
        // Gone for those who would confirm it, before the file goes.
        let tx = self.deps.uow.begin().await?;
        let now = self.deps.clock.now();
        let mut refused = upload;
        refused.change(UploadState::Refused, now);
        tx.uploads().save(&refused).await?;
        tx.commit().await?;
        self.deps.store.remove(&refused.name).await?;
        let tx = self.deps.uow.begin().await?;
        tx.uploads().remove(refused.id).await?;
        tx.commit().await?;
        Ok(true)
    }
}
