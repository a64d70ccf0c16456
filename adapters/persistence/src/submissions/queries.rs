//! Reads of submissions outside transactions.

use super::rows::submission;
use crate::database::SeaQueries;
use crate::error::store_error;
use crate::row::{named, optional_number};
use async_trait::async_trait;
use codesm_core::judging::{Mode, Verdict};
use codesm_core::kernel::{Cursor, Page, PageRequest, ProblemId, SubmissionId, Timestamp, UserId};
use codesm_core::store::StoreError;
use codesm_core::submissions::{HISTORY_SORT, Submission, SubmissionFilter, SubmissionListItem, SubmissionQueries, SubmissionState};
use sea_orm::{ColumnTrait, EntityTrait, FromQueryResult, PaginatorTrait, QueryFilter, QueryOrder, QuerySelect, Select};
use uuid::Uuid;

/// The columns of a line of the history; sources and test results stay where they are.
#[derive(FromQueryResult)]
struct ItemRow {
    id: Uuid,
    problem_id: Option<Uuid>,
    user_id: Uuid,
    mode: String,
    language: String,
    state: String,
    verdict: Option<String>,
    score: Option<f64>,
    max_score: Option<f64>,
    cpu_ms: Option<i64>,
    wall_ms: Option<i64>,
    memory_kb: Option<i64>,
    created_at: Timestamp,
    judged_at: Option<Timestamp>,
}

fn columns() -> Select<submission::Entity> {
    use submission::Column as C;
    submission::Entity::find().select_only().columns([
        C::Id,
        C::ProblemId,
        C::UserId,
        C::Mode,
        C::Language,
        C::State,
        C::Verdict,
        C::Score,
        C::MaxScore,
        C::CpuMs,
        C::WallMs,
        C::MemoryKb,
        C::CreatedAt,
        C::JudgedAt,
    ])
}

fn item(row: ItemRow) -> Result<SubmissionListItem, StoreError> {
    let ItemRow {
        id,
        problem_id,
        user_id,
        mode,
        language,
        state,
        verdict,
        score,
        max_score,
        cpu_ms,
        wall_ms,
        memory_kb,
        created_at,
        judged_at,
    } = row;
    let table = "submissions";
    let verdict = verdict.map(|verdict| named(&verdict, Verdict::parse, table, "verdict", id));
    Ok(SubmissionListItem {
        id: SubmissionId::from_uuid(id),
        problem_id: problem_id.map(ProblemId::from_uuid),
        user_id: UserId::from_uuid(user_id),
        mode: named(&mode, Mode::parse, table, "mode", id)?,
        language,
        state: named(&state, SubmissionState::parse, table, "state", id)?,
        verdict: verdict.transpose()?,
        score,
        max_score,
        cpu_ms: optional_number(cpu_ms, table, "cpu_ms", id)?,
        wall_ms: optional_number(wall_ms, table, "wall_ms", id)?,
        memory_kb: optional_number(memory_kb, table, "memory_kb", id)?,
        created_at,
        judged_at,
    })
}

fn selected(filter: &SubmissionFilter, page: &PageRequest) -> Select<submission::Entity> {
    let SubmissionFilter {
        problem_id,
        user_id,
        verdict,
    } = filter;
    let mut select = columns();
    if let Some(problem_id) = problem_id {
        select = select.filter(submission::Column::ProblemId.eq(problem_id.as_uuid()));
    }
    if let Some(user_id) = user_id {
        select = select.filter(submission::Column::UserId.eq(user_id.as_uuid()));
    }
    if let Some(verdict) = verdict {
        select = select.filter(submission::Column::Verdict.eq(verdict.as_str()));
    }
    if let Some(Cursor { sort: _, key: _, id }) = &page.after {
        select = select.filter(submission::Column::Id.lt(*id));
    }
    select
        .order_by_desc(submission::Column::Id)
        // One more tells whether there is a next page.
        .limit(u64::from(page.limit) + 1)
}

#[async_trait]
impl SubmissionQueries for SeaQueries {
    async fn by_id(&self, id: SubmissionId) -> Result<Option<Submission>, StoreError> {
        let row = submission::Entity::find_by_id(id.as_uuid()).one(&self.connection).await;
        row.map_err(store_error)?.map(Submission::try_from).transpose()
    }

    async fn unfinished(&self, user_id: UserId) -> Result<u64, StoreError> {
        let open = [SubmissionState::Queued, SubmissionState::Compiling, SubmissionState::Running];
        submission::Entity::find()
            .filter(submission::Column::UserId.eq(user_id.as_uuid()))
            .filter(submission::Column::State.is_in(open.map(SubmissionState::as_str)))
            .count(&self.connection)
            .await
            .map_err(store_error)
    }

    async fn list(&self, filter: &SubmissionFilter, page: &PageRequest) -> Result<Page<SubmissionListItem>, StoreError> {
        let rows = selected(filter, page)
            .into_model::<ItemRow>()
            .all(&self.connection)
            .await
            .map_err(store_error)?;
        let items = rows.into_iter().map(item).collect::<Result<Vec<_>, _>>()?;
        Ok(Page::from_surplus(items, page.limit, |item| Cursor {
            sort: HISTORY_SORT.to_owned(),
            key: String::new(),
            id: item.id.as_uuid(),
        }))
    }
}

#[cfg(test)]
#[path = "queries_tests.rs"]
mod tests;
