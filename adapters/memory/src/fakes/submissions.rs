//! Submissions and idempotency keys.

use super::store::{FakeStore, FakeTx, insert, no_such_row};
use async_trait::async_trait;
use codesm_core::kernel::{Cursor, Page, PageRequest, SubmissionId, Timestamp, UserId};
use codesm_core::store::StoreError;
use codesm_core::submissions::{
    HISTORY_SORT, IdempotencyRecord, IdempotencyRepository, Submission, SubmissionFilter, SubmissionListItem, SubmissionQueries,
    SubmissionRepository,
};

#[async_trait]
impl SubmissionRepository for FakeTx {
    async fn add(&self, submission: &Submission) -> Result<(), StoreError> {
        insert(&mut self.rows()?.submissions, submission.id, submission.clone(), "submissions.id")
    }

    async fn save(&self, submission: &Submission) -> Result<(), StoreError> {
        let mut rows = self.rows()?;
        let stored = rows.submissions.get_mut(&submission.id).ok_or_else(|| no_such_row("submissions"))?;
        *stored = Submission {
            files: std::mem::take(&mut stored.files),
            stdin: stored.stdin.take(),
            limits: stored.limits,
            ..submission.clone()
        };
        Ok(())
    }

    async fn by_id(&self, id: SubmissionId) -> Result<Option<Submission>, StoreError> {
        Ok(self.rows()?.submissions.get(&id).cloned())
    }
}

#[async_trait]
impl IdempotencyRepository for FakeTx {
    async fn find(&self, user_id: UserId, key: &str) -> Result<Option<IdempotencyRecord>, StoreError> {
        Ok(self.rows()?.idempotency.get(&(user_id, key.to_owned())).cloned())
    }

    async fn add(&self, record: &IdempotencyRecord) -> Result<(), StoreError> {
        let key = (record.user_id, record.key.clone());
        let mut rows = self.rows()?;
        if rows.idempotency.contains_key(&key) {
            return Err(StoreError::Conflict("idempotency_keys".to_owned()));
        }
        rows.idempotency.insert(key, record.clone());
        Ok(())
    }

    async fn forget_before(&self, moment: Timestamp) -> Result<u64, StoreError> {
        let mut rows = self.rows()?;
        let before = rows.idempotency.len();
        rows.idempotency.retain(|_, record| record.created_at >= moment);
        Ok((before - rows.idempotency.len()) as u64)
    }
}

#[async_trait]
impl SubmissionQueries for FakeStore {
    async fn by_id(&self, id: SubmissionId) -> Result<Option<Submission>, StoreError> {
        self.read(|state| state.submissions.get(&id).cloned())
    }

    async fn unfinished(&self, user_id: UserId) -> Result<u64, StoreError> {
        self.read(|state| {
            let open = state
                .submissions
                .values()
                .filter(|it| it.user_id == user_id && !it.state.is_final());
            open.count() as u64
        })
    }

    async fn list(&self, filter: &SubmissionFilter, page: &PageRequest) -> Result<Page<SubmissionListItem>, StoreError> {
        let after = page.after.as_ref().map(|cursor| cursor.id);
        let rows = self.read(|state| {
            let newest_first = state.submissions.values().rev();
            newest_first
                .filter(|submission| is_wanted(filter, submission) && after.is_none_or(|after| submission.id.as_uuid() < after))
                // One more than asked for tells whether there is a next page.
                .take(page.limit as usize + 1)
                .map(item)
                .collect()
        })?;
        Ok(Page::from_surplus(rows, page.limit, |row: &SubmissionListItem| Cursor {
            sort: HISTORY_SORT.to_owned(),
            key: String::new(),
            id: row.id.as_uuid(),
        }))
    }
}

fn is_wanted(filter: &SubmissionFilter, submission: &Submission) -> bool {
    let SubmissionFilter {
        problem_id,
        user_id,
        verdict,
    } = filter;
    problem_id.is_none_or(|problem_id| submission.problem_id == Some(problem_id))
        && user_id.is_none_or(|user_id| submission.user_id == user_id)
        && verdict.is_none_or(|verdict| submission.verdict == Some(verdict))
}

fn item(submission: &Submission) -> SubmissionListItem {
    SubmissionListItem {
        id: submission.id,
        problem_id: submission.problem_id,
        user_id: submission.user_id,
        mode: submission.mode,
        language: submission.language.clone(),
        state: submission.state,
        verdict: submission.verdict,
        score: submission.score,
        max_score: submission.max_score,
        cpu_ms: submission.cpu_ms,
        wall_ms: submission.wall_ms,
        memory_kb: submission.memory_kb,
        created_at: submission.created_at,
        judged_at: submission.judged_at,
    }
}
