//! Jobs, their queue, and the workers.

use super::store::{FakeStore, FakeTx, State, insert};
use async_trait::async_trait;
use codesm_core::jobs::{
    JOBS_SORT, Job, JobDepth, JobDirectory, JobFilter, JobQueue, JobRate, JobRepository, JobState, Leases, Queue, ReserveRequest,
    WorkerAdvert, WorkerRegistry,
};
use codesm_core::kernel::{Cursor, JobId, Page, PageRequest, Timestamp};
use codesm_core::store::StoreError;
use uuid::Uuid;

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

    async fn add_once(&self, job: &Job) -> Result<bool, StoreError> {
        let mut rows = self.rows()?;
        let is_new = !rows.jobs.contains_key(&job.id);
        if is_new {
            rows.jobs.insert(job.id, job.clone());
        }
        Ok(is_new)
    }

    async fn get(&self, id: JobId) -> Result<Option<Job>, StoreError> {
        Ok(self.rows()?.jobs.get(&id).cloned())
    }

    async fn open_about(&self, subject: Uuid) -> Result<Option<Job>, StoreError> {
        let rows = self.rows()?;
        let found = rows.jobs.values().find(|job| job.subject == Some(subject) && !job.state.is_final());
        Ok(found.cloned())
    }

    async fn some_of(&self, queue: Queue, state: JobState, max: u32) -> Result<Vec<Job>, StoreError> {
        let rows = self.rows()?;
        let found = rows.jobs.values().filter(|job| job.queue == queue && job.state == state);
        Ok(found.take(max as usize).cloned().collect())
    }

    async fn overrule(&self, job: &Job) -> Result<(), StoreError> {
        if let Some(stored) = self.rows()?.jobs.get_mut(&job.id) {
            *stored = job.clone();
        }
        Ok(())
    }

    async fn remove(&self, id: JobId) -> Result<bool, StoreError> {
        Ok(self.rows()?.jobs.remove(&id).is_some())
    }

    async fn forget_ended(&self, state: JobState, before: Timestamp, max: u32) -> Result<u64, StoreError> {
        let mut rows = self.rows()?;
        let is_old = |job: &&Job| job.state == state && job.finished_at.is_some_and(|ended| ended < before);
        let old: Vec<JobId> = rows.jobs.values().filter(is_old).map(|job| job.id).take(max as usize).collect();
        rows.jobs.retain(|id, _| !old.contains(id));
        Ok(old.len() as u64)
    }

    async fn pause(&self, queue: Queue, since: Option<Timestamp>) -> Result<(), StoreError> {
        let mut rows = self.rows()?;
        match since {
            Some(since) => {
                rows.paused_queues.entry(queue).or_insert(since);
            }
            None => {
                rows.paused_queues.remove(&queue);
            }
        }
        Ok(())
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
            queues,
            only,
            capabilities,
            max,
            lease,
            patience,
            now,
        } = request;
        self.write(|state| {
            let paused: Vec<Queue> = state.paused_queues.keys().copied().collect();
            let mut due: Vec<&mut Job> = state
                .jobs
                .values_mut()
                .filter(|job| kinds.contains(&job.kind) && job.is_reservable(*now))
                .filter(|job| queues.contains(&job.queue) && only.is_none_or(|id| job.id == id))
                .filter(|job| !paused.contains(&job.queue))
                .filter(|job| job.requirements.iter().all(|needed| capabilities.contains(needed)))
                .filter(|job| !job.is_left_to_others(worker, *patience, *now))
                .collect();
            due.sort_by_key(|job| (job.priority, job.turn_at, job.id));
            let taken = due.into_iter().take(*max as usize);
            taken
                .filter_map(|job| job.reserve(worker, *lease, *now).then(|| job.clone()))
                .collect()
        })
        .await
    }

    async fn overdue(&self, since: Timestamp, max: u32) -> Result<Vec<Job>, StoreError> {
        self.read(|state| {
            let mut overdue: Vec<Job> = state.jobs.values().filter(|job| job.is_reservable(since)).cloned().collect();
            overdue.sort_by_key(|job| (job.priority, job.turn_at, job.id));
            overdue.truncate(max as usize);
            overdue
        })
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
        paused_at: state.paused_queues.get(&queue).copied(),
    }
}

#[async_trait]
impl JobDirectory for FakeStore {
    async fn by_id(&self, id: JobId) -> Result<Option<Job>, StoreError> {
        self.read(|state| state.jobs.get(&id).cloned())
    }

    async fn list(&self, filter: &JobFilter, page: &PageRequest) -> Result<Page<Job>, StoreError> {
        let after = page.after.as_ref().map(|cursor| cursor.id);
        let rows = self.read(|state| {
            let newest_first = state.jobs.values().rev();
            newest_first
                .filter(|job| filter.queue.is_none_or(|queue| job.queue == queue))
                .filter(|job| filter.state.is_none_or(|wanted| job.state == wanted))
                .filter(|job| after.is_none_or(|after| job.id.as_uuid() < after))
                // One more than asked for tells whether there is a next page.
                .take(page.limit as usize + 1)
                .cloned()
                .collect()
        })?;
        Ok(Page::from_surplus(rows, page.limit, |job: &Job| Cursor {
            sort: JOBS_SORT.to_owned(),
            key: String::new(),
            id: job.id.as_uuid(),
        }))
    }

    async fn rates(&self, since: Timestamp) -> Result<Vec<JobRate>, StoreError> {
        self.read(|state| {
            let ended = |queue, wanted| {
                let jobs = state.jobs.values().filter(|job| job.queue == queue && job.state == wanted);
                jobs.filter(|job| job.finished_at.is_some_and(|ended| ended >= since)).count() as u64
            };
            let rate = |queue| JobRate {
                queue,
                done: ended(queue, JobState::Done),
                dead: ended(queue, JobState::Dead),
            };
            Queue::ALL.into_iter().map(rate).collect()
        })
    }
}

#[async_trait]
impl Leases for FakeStore {
    async fn hold(&self, name: &str, holder: &str, until: Timestamp, now: Timestamp) -> Result<bool, StoreError> {
        self.write(|state| {
            let is_taken = state.leases.get(name).is_some_and(|(other, ends)| other != holder && *ends > now);
            if !is_taken {
                state.leases.insert(name.to_owned(), (holder.to_owned(), until));
            }
            !is_taken
        })
        .await
    }

    async fn give_up(&self, name: &str, holder: &str) -> Result<(), StoreError> {
        self.write(|state| state.leases.retain(|other, (by, _)| other != name || by != holder))
            .await
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

    async fn forget_before(&self, moment: Timestamp) -> Result<u64, StoreError> {
        self.write(|state| {
            let before = state.workers.len();
            state.workers.retain(|_, advert| advert.seen_at >= moment);
            (before - state.workers.len()) as u64
        })
        .await
    }

    async fn seen_since(&self, moment: Timestamp) -> Result<Vec<WorkerAdvert>, StoreError> {
        self.read(|state| state.workers.values().filter(|advert| advert.seen_at >= moment).cloned().collect())
    }
}
