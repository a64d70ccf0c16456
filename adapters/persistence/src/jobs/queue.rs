//! Hands out jobs.

use super::requirements::is_served;
use super::rows::{job, paused_queue};
use crate::database::{Observed, Writer};
use crate::error::store_error;
use crate::row::{named, number};
use crate::text::store_text;
use async_trait::async_trait;
use codesm_core::jobs::{Job, JobDepth, JobQueue, JobState, Queue, ReserveRequest};
use codesm_core::kernel::{JobId, Timestamp};
use codesm_core::store::StoreError;
use sea_orm::sea_query::{CaseStatement, CommonTableExpression, Expr, ExprTrait, LockBehavior, LockType, Query, WithClause};
use sea_orm::{
    ColumnTrait, Condition, ConnectionTrait, DbBackend, EntityTrait, FromQueryResult, QueryFilter, QueryOrder, QuerySelect, QueryTrait,
    Select, Statement, UpdateMany,
};
use uuid::Uuid;

/// The queue: the table `jobs` itself.
#[derive(Debug)]
pub(crate) struct SeaJobQueue {
    write: Writer,
    read: Observed,
}

impl SeaJobQueue {
    pub(crate) const fn new(write: Writer, read: Observed) -> Self {
        Self { write, read }
    }

    async fn change(&self, update: UpdateMany<job::Entity>) -> Result<bool, StoreError> {
        let written = update.exec(self.write.connection()).await.map_err(store_error)?;
        Ok(written.rows_affected == 1)
    }
}

/// The job while it is running under this fencing number.
fn held(id: JobId, attempt: u32) -> Condition {
    Condition::all()
        .add(job::Column::Id.eq(id.as_uuid()))
        .add(job::Column::Attempt.eq(i64::from(attempt)))
        .add(job::Column::State.eq(JobState::Running.as_str()))
}

/// Jobs that are due or whose lease expired, in the order they are handed out.
fn waiting(now: Timestamp) -> Select<job::Entity> {
    job::Entity::find()
        // Word for word the condition of the partial index, which also gives the order.
        .filter(Expr::cust("\"state\" IN ('ready', 'running')"))
        // One condition for both states: a waiting job has no lease, and one that was handed out was due. Said state by
        // state, PostgreSQL expects so few rows that it would rather collect and sort all open jobs.
        .filter(job::Column::RunAt.lte(now))
        .filter(
            Condition::any()
                .add(job::Column::LeaseExpiresAt.is_null())
                .add(job::Column::LeaseExpiresAt.lte(now)),
        )
        .order_by_asc(job::Column::Priority)
        .order_by_asc(job::Column::TurnAt)
        .order_by_asc(job::Column::Id)
}

/// Jobs that the request may have; locked, and passing over those that another reservation holds just now. (SQLite has no row
/// locks and needs none: its transactions are alone.)
fn candidates(request: &ReserveRequest) -> Select<job::Entity> {
    let paused = paused_queue::Entity::find()
        .select_only()
        .column(paused_queue::Column::Queue)
        .into_query();
    let mut candidates = waiting(request.now)
        .filter(job::Column::Kind.is_in(request.kinds.iter().map(|kind| kind.as_str())))
        .filter(job::Column::Queue.not_in_subquery(paused))
        .filter(is_served(&request.capabilities))
        // As `Job::is_left_to_others` has it; of a job under a lease nobody has failed since.
        .filter(
            Condition::any()
                .add(job::Column::FailedOn.is_null())
                .add(job::Column::FailedOn.ne(request.worker.as_str()))
                .add(job::Column::RunAt.lte(request.now - request.patience)),
        )
        .limit(u64::from(request.max))
        .lock_with_behavior(LockType::Update, LockBehavior::SkipLocked);
    // Only where it says something: every further condition makes PostgreSQL expect fewer rows.
    if request.queues.len() < Queue::ALL.len() {
        candidates = candidates.filter(job::Column::Queue.is_in(request.queues.iter().map(|queue| queue.as_str())));
    }
    match request.only {
        Some(id) => candidates.filter(job::Column::Id.eq(id.as_uuid())),
        None => candidates,
    }
}

/// One statement that takes what [`candidates`] finds, as `Job::reserve` has it.
fn taking(request: &ReserveRequest, backend: DbBackend) -> Statement {
    // A table expression is worked out once. A plain subquery may be worked out again and again, and lock other rows each time.
    let candidates = candidates(request).select_only().column(job::Column::Id).into_query();
    let picked = CommonTableExpression::new().query(candidates).table_name("picked").to_owned();
    let is_lost = Expr::col(job::Column::State).eq(JobState::Running.as_str());
    let lost = CaseStatement::new()
        .case(is_lost, Expr::col(job::Column::LostLeases).add(1))
        .finally(Expr::col(job::Column::LostLeases));
    let update = Query::update()
        .table(job::Entity)
        .value(job::Column::State, JobState::Running.as_str())
        .value(job::Column::Attempt, Expr::col(job::Column::Attempt).add(1))
        .value(job::Column::LostLeases, lost)
        .value(job::Column::LeaseWorker, request.worker.as_str())
        .value(job::Column::LeaseExpiresAt, request.now + request.lease)
        .and_where(Expr::col(job::Column::Id).in_subquery(Query::select().column("id").from("picked").to_owned()))
        .returning_all()
        .to_owned();
    backend.build(&update.with(WithClause::new().cte(picked).to_owned()))
}

/// Takes a broken row out of the way: at the head of the queue it would keep all workers from all jobs behind it.
async fn bury_unreadable(connection: &impl ConnectionTrait, id: Uuid, error: &StoreError, now: Timestamp) -> Result<(), StoreError> {
    job::Entity::update_many()
        .col_expr(job::Column::State, Expr::value(JobState::Dead.as_str()))
        .col_expr(job::Column::LeaseWorker, Expr::value(Option::<String>::None))
        .col_expr(job::Column::LeaseExpiresAt, Expr::value(Option::<Timestamp>::None))
        .col_expr(job::Column::LastError, Expr::value(store_text(&error.to_string())))
        .col_expr(job::Column::FinishedAt, Expr::value(now))
        .filter(job::Column::Id.eq(id))
        .exec(connection)
        .await
        .map_err(store_error)?;
    Ok(())
}

#[async_trait]
impl JobQueue for SeaJobQueue {
    async fn reserve(&self, request: &ReserveRequest) -> Result<Vec<Job>, StoreError> {
        if request.kinds.is_empty() || request.queues.is_empty() || request.max == 0 {
            return Ok(Vec::new());
        }
        let connection = self.write.connection();
        let taken = job::Model::find_by_statement(taking(request, connection.get_database_backend()));
        let mut reserved = Vec::new();
        for row in taken.all(connection).await.map_err(store_error)? {
            let id = row.id;
            match Job::try_from(row) {
                Ok(job) => reserved.push(job),
                Err(error) => {
                    tracing::error!(job.id = %id, %error, "a job cannot be read and is given up");
                    bury_unreadable(connection, id, &error, request.now).await?;
                }
            }
        }
        // Even by nothing, so that it is there from the beginning.
        let silent = reserved.iter().filter(|job| job.lost_leases > 0).count();
        metrics::counter!("codesm_job_leases_expired_total").increment(silent as u64);
        reserved.sort_by_key(|job| (job.priority, job.turn_at, job.id));
        Ok(reserved)
    }

    async fn overdue(&self, since: Timestamp, max: u32) -> Result<Vec<Job>, StoreError> {
        let rows = waiting(since).limit(u64::from(max)).all(&self.read).await.map_err(store_error)?;
        // What cannot be read is given up when it is reserved.
        Ok(rows.into_iter().filter_map(|row| Job::try_from(row).ok()).collect())
    }

    async fn extend(&self, id: JobId, attempt: u32, until: Timestamp) -> Result<bool, StoreError> {
        let update = job::Entity::update_many()
            .col_expr(job::Column::LeaseExpiresAt, Expr::value(until))
            .filter(held(id, attempt));
        self.change(update).await
    }

    async fn release(&self, id: JobId, attempt: u32, now: Timestamp) -> Result<bool, StoreError> {
        // As `Job::release` has it.
        let update = job::Entity::update_many()
            .col_expr(job::Column::State, Expr::value(JobState::Ready.as_str()))
            .col_expr(job::Column::LeaseWorker, Expr::value(Option::<String>::None))
            .col_expr(job::Column::LeaseExpiresAt, Expr::value(Option::<Timestamp>::None))
            .col_expr(job::Column::RunAt, Expr::value(now))
            .filter(held(id, attempt));
        self.change(update).await
    }

    async fn depths(&self, now: Timestamp) -> Result<Vec<JobDepth>, StoreError> {
        let oldest_due = CaseStatement::new().case(
            Condition::all()
                .add(job::Column::State.eq(JobState::Ready.as_str()))
                .add(job::Column::RunAt.lte(now)),
            Expr::col(job::Column::CreatedAt),
        );
        let rows = job::Entity::find()
            .select_only()
            .column(job::Column::Queue)
            .column(job::Column::State)
            .expr_as(Expr::col(job::Column::Id).count(), "jobs")
            .expr_as(Expr::expr(oldest_due).min(), "oldest_due_at")
            .filter(Expr::cust("\"state\" IN ('ready', 'running', 'dead')"))
            .group_by(job::Column::Queue)
            .group_by(job::Column::State)
            .into_model::<DepthRow>()
            .all(&self.read)
            .await
            .map_err(store_error)?;
        let empty = |queue| JobDepth {
            queue,
            ready: 0,
            running: 0,
            dead: 0,
            oldest_ready_at: None,
            paused_at: None,
        };
        let mut depths: Vec<JobDepth> = Queue::ALL.into_iter().map(empty).collect();
        for row in rows {
            row.add_to(&mut depths)?;
        }
        let paused = paused_queue::Entity::find().all(&self.read).await.map_err(store_error)?;
        for depth in &mut depths {
            let row = paused.iter().find(|row| row.queue == depth.queue.as_str());
            depth.paused_at = row.map(|row| row.paused_at);
        }
        Ok(depths)
    }
}

/// Number of jobs of one queue in one state.
#[derive(FromQueryResult)]
struct DepthRow {
    queue: String,
    state: String,
    jobs: i64,
    oldest_due_at: Option<Timestamp>,
}

impl DepthRow {
    fn add_to(self, depths: &mut [JobDepth]) -> Result<(), StoreError> {
        let Self {
            queue,
            state,
            jobs,
            oldest_due_at,
        } = self;
        let known = named(&queue, Queue::parse, "jobs", "queue", "(any)")?;
        let count: u64 = number(jobs, "jobs", "count", "(all)")?;
        let Some(depth) = depths.iter_mut().find(|depth| depth.queue == known) else {
            return Ok(());
        };
        match named(&state, JobState::parse, "jobs", "state", "(any)")? {
            JobState::Ready => {
                depth.ready = count;
                depth.oldest_ready_at = oldest_due_at;
            }
            JobState::Running => depth.running = count,
            JobState::Dead => depth.dead = count,
            JobState::Done => {}
        }
        Ok(())
    }
}

#[cfg(test)]
#[path = "queue_tests.rs"]
mod tests;
