//! Shows jobs to operators.

use super::rows::job;
use crate::database::SeaQueries;
use crate::error::store_error;
use crate::row::{named, number};
use async_trait::async_trait;
use codesm_core::jobs::{JOBS_SORT, Job, JobDirectory, JobFilter, JobRate, JobState, Queue};
use codesm_core::kernel::{Cursor, JobId, Page, PageRequest, Timestamp};
use codesm_core::store::StoreError;
use sea_orm::sea_query::{Expr, ExprTrait};
use sea_orm::{ColumnTrait, EntityTrait, FromQueryResult, QueryFilter, QueryOrder, QuerySelect};

#[async_trait]
impl JobDirectory for SeaQueries {
    async fn by_id(&self, id: JobId) -> Result<Option<Job>, StoreError> {
        let row = job::Entity::find_by_id(id.as_uuid()).one(&self.connection).await;
        row.map_err(store_error)?.map(Job::try_from).transpose()
    }

    async fn list(&self, filter: &JobFilter, page: &PageRequest) -> Result<Page<Job>, StoreError> {
        let JobFilter { queue, state } = filter;
        let mut select = job::Entity::find();
        if let Some(queue) = queue {
            select = select.filter(job::Column::Queue.eq(queue.as_str()));
        }
        if let Some(state) = state {
            select = select.filter(job::Column::State.eq(state.as_str()));
            if *state != JobState::Done {
                // The few that are not done have an index, if its condition is said word for word.
                select = select.filter(Expr::cust("\"state\" IN ('ready', 'running', 'dead')"));
            }
        }
        if let Some(Cursor { sort: _, key: _, id }) = &page.after {
            select = select.filter(job::Column::Id.lt(*id));
        }
        let rows = select
            .order_by_desc(job::Column::Id)
            // One more tells whether there is a next page.
            .limit(u64::from(page.limit) + 1)
            .all(&self.connection)
            .await
            .map_err(store_error)?;
        let jobs = rows.into_iter().map(Job::try_from).collect::<Result<Vec<_>, _>>()?;
        Ok(Page::from_surplus(jobs, page.limit, |job| Cursor {
            sort: JOBS_SORT.to_owned(),
            key: String::new(),
            id: job.id.as_uuid(),
        }))
    }

    async fn rates(&self, since: Timestamp) -> Result<Vec<JobRate>, StoreError> {
        let rows = job::Entity::find()
            .select_only()
            .column(job::Column::Queue)
            .column(job::Column::State)
            .expr_as(Expr::col(job::Column::Id).count(), "jobs")
            .filter(job::Column::FinishedAt.gte(since))
            .group_by(job::Column::Queue)
            .group_by(job::Column::State)
            .into_model::<RateRow>()
            .all(&self.connection)
            .await
            .map_err(store_error)?;
        let mut rates = Queue::ALL.map(|queue| JobRate { queue, done: 0, dead: 0 });
        for RateRow { queue, state, jobs } in rows {
            let queue = named(&queue, Queue::parse, "jobs", "queue", "(any)")?;
            let jobs: u64 = number(jobs, "jobs", "count", "(all)")?;
            let rate = &mut rates[queue as usize];
            match named(&state, JobState::parse, "jobs", "state", "(any)")? {
                JobState::Done => rate.done = jobs,
                JobState::Dead => rate.dead = jobs,
                JobState::Ready | JobState::Running => {}
            }
        }
        Ok(rates.to_vec())
    }
}

/// Number of jobs of one queue that ended in one state.
#[derive(FromQueryResult)]
struct RateRow {
    queue: String,
    state: String,
    jobs: i64,
}
