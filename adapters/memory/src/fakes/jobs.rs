//! Jobs, their queue, and the workers.

use super::store::{FakeStore, FakeTx, State, insert};
use async_trait::async_trait;
use codesm_core::jobs::{Job, JobDepth, JobQueue, JobRepository, JobState, Queue, ReserveRequest, WorkerAdvert, WorkerRegistry};
use codesm_core::kernel::{JobId, Timestamp};
use codesm_core::store::StoreError;

/// The job, if it is running under the fencing number.
fn held(state: &mut State, id: JobId, attempt: u32) -> Option<&mut Job> {
    state
        .jobs
        .get_mut(&id)
        .filter(|job| job.state == JobState::Running && job.attempt == attempt)
}

#[async_trait]
impl JobRepository for FakeTx {
    async fn add(&self, job: &Job) -> Result<(), StoreError> {
        insert(&mut self.rows()?.jobs, job.id, job.clone(), "jobs.id")
    }

    async fn get(&self, id: JobId) -> Result<Option<Job>, StoreError> {
        Ok(self.rows()?.jobs.get(&id).cloned())
    }

    async fn save(&self, job: &Job, attempt: u32) -> Result<(), StoreError> {
        let mut rows = self.rows()?;
        let stored = held(&mut rows, job.id, attempt).ok_or(StoreError::LeaseLost)?;
        *stored = job.clone();
        Ok(())
    }
}

#[async_trait]
impl JobQueue for FakeStore {
    async fn reserve(&self, request: &ReserveRequest) -> Result<Vec<Job>, StoreError> {
        let ReserveRequest {
            worker,
            kinds,
            capabilities,
            max,
            lease,
            patience,
            now,
        } = request;
        self.write(|state| {
            let mut due: Vec<&mut Job> = state
                .jobs
                .values_mut()
                .filter(|job| kinds.contains(&job.kind) && job.is_reservable(*now))
                .filter(|job| job.requirements.iter().all(|needed| capabilities.contains(needed)))
                .filter(|job| !job.is_left_to_others(worker, *patience, *now))
                .collect();
            due.sort_by_key(|job| (job.priority, job.run_at, job.id));
            let taken = due.into_iter().take(*max as usize);
            taken
                .filter_map(|job| job.reserve(worker, *lease, *now).then(|| job.clone()))
                .collect()
        })
        .await
    }

    async fn extend(&self, id: JobId, attempt: u32, until: Timestamp) -> Result<bool, StoreError> {
        self.write(|state| {
            let lease = held(state, id, attempt).and_then(|job| job.lease.as_mut());
            lease.map(|lease| lease.expires_at = until).is_some()
        })
        .await
    }

    async fn release(&self, id: JobId, attempt: u32, now: Timestamp) -> Result<bool, StoreError> {
        self.write(|state| {
            let Some(job) = held(state, id, attempt) else {
                return false;
            };
            job.release(now);
            true
        })
        .await
    }

    async fn depths(&self, now: Timestamp) -> Result<Vec<JobDepth>, StoreError> {
        self.read(|state| Queue::ALL.into_iter().map(|queue| depth(state, queue, now)).collect())
    }
}

fn depth(state: &State, queue: Queue, now: Timestamp) -> JobDepth {
    let count = |wanted| state.jobs.values().filter(|job| job.queue == queue && job.state == wanted).count() as u64;
    let due = state
        .jobs
        .values()
        .filter(|job| job.queue == queue && job.state == JobState::Ready && job.run_at <= now);
    JobDepth {
        queue,
        ready: count(JobState::Ready),
        running: count(JobState::Running),
        dead: count(JobState::Dead),
        oldest_ready_at: due.map(|job| job.created_at).min(),
    }
}

#[async_trait]
impl WorkerRegistry for FakeStore {
    async fn advertise(&self, advert: &WorkerAdvert) -> Result<(), StoreError> {
        self.write(|state| {
            state.workers.insert(advert.worker.clone(), advert.clone());
        })
        .await
    }

    async fn seen_since(&self, moment: Timestamp) -> Result<Vec<WorkerAdvert>, StoreError> {
        self.read(|state| state.workers.values().filter(|advert| advert.seen_at >= moment).cloned().collect())
    }
}
