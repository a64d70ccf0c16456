//! What [`codesm_core::submissions::SubmissionQueries`] promises.

use crate::store::Numbers;
use crate::{Given, StoreFixture};
use chrono::Duration;
use codesm_core::judging::{Mode, Verdict};
use codesm_core::kernel::{Cursor, PageRequest, SubmissionId};
use codesm_core::submissions::{HISTORY_SORT, Submission, SubmissionFilter, SubmissionListItem, SubmissionState};

/// Reads all pages as a client does.
async fn read_all(fixture: &impl StoreFixture, filter: &SubmissionFilter, limit: u32) -> Vec<SubmissionId> {
    let queries = fixture.submission_queries();
    let (mut ids, mut cursor) = (Vec::new(), None::<String>);
    loop {
        let request = PageRequest::parse(Some(limit), cursor.as_deref(), HISTORY_SORT).expect("its own cursor");
        let page = queries.list(filter, &request).await.expect("list");
        assert_eq!(page.limit, limit);
        assert!(page.items.len() <= usize::try_from(limit).expect("small"));
        ids.extend(page.items.into_iter().map(|item| item.id));
        assert!(ids.len() < 1000, "the pages never end");
        cursor = page.next_cursor;
        if cursor.is_none() {
            return ids;
        }
        let decoded = Cursor::decode(cursor.as_deref().unwrap_or_default(), HISTORY_SORT).expect("its own cursor");
        assert_eq!(decoded.key, "");
    }
}

/// One submission, whole.
pub async fn a_submission_is_found_by_id(fixture: &impl StoreFixture) {
    let given = Given::new(fixture);
    let submission = given.added_submission(&given.added_user().await).await;
    let queries = fixture.submission_queries();
    assert_eq!(queries.by_id(submission.id).await.expect("read"), Some(submission));
    let unknown = SubmissionId::generate(&given.ids);
    assert_eq!(queries.by_id(unknown).await.expect("read"), None);
}

/// A committed write MUST be seen by the next read.
pub async fn a_change_is_seen_at_once(fixture: &impl StoreFixture) {
    let given = Given::new(fixture);
    let mut submission = given.added_submission(&given.added_user().await).await;
    let queries = fixture.submission_queries();
    for attempt in 1..=20 {
        assert!(submission.begin(attempt));
        let tx = given.tx().await;
        tx.submissions().save(&submission).await.expect("save");
        tx.commit().await.expect("commit");
        let read = queries.by_id(submission.id).await.expect("read").expect("a submission");
        assert_eq!(read.attempt, attempt);
    }
}

/// A line of the history shows what the submission says.
pub async fn a_line_shows_the_submission(fixture: &impl StoreFixture) {
    let given = Given::new(fixture);
    let user = given.added_user().await;
    let problem = given.added_problem(&user).await;
    let mut submission = given.submission(&user);
    submission.problem_id = Some(problem.id);
    submission.state = SubmissionState::Done;
    submission.verdict = Some(Verdict::Partial);
    submission.score = Some(12.5);
    submission.max_score = Some(100.0);
    submission.cpu_ms = Some(1);
    submission.wall_ms = Some(2);
    submission.memory_kb = Some(3);
    submission.judged_at = Some(given.now() + Duration::seconds(1));
    given.add_submissions(std::slice::from_ref(&submission)).await;
    let page = PageRequest { limit: 10, after: None };
    let page = fixture
        .submission_queries()
        .list(&SubmissionFilter::default(), &page)
        .await
        .expect("list");
    let expected = SubmissionListItem {
        id: submission.id,
        problem_id: submission.problem_id,
        user_id: submission.user_id,
        mode: submission.mode,
        language: submission.language,
        state: submission.state,
        verdict: submission.verdict,
        score: submission.score,
        max_score: submission.max_score,
        cpu_ms: submission.cpu_ms,
        wall_ms: submission.wall_ms,
        memory_kb: submission.memory_kb,
        created_at: submission.created_at,
        judged_at: submission.judged_at,
    };
    assert_eq!(page.items, [expected]);
    assert_eq!(page.next_cursor, None);
}

/// `unfinished` counts the submissions and runs of this user that are not final, and nobody else's.
pub async fn unfinished_counts_what_is_not_final(fixture: &impl StoreFixture) {
    let given = Given::new(fixture);
    let (user, other) = (given.added_user().await, given.added_user().await);
    let queries = fixture.submission_queries();
    assert_eq!(queries.unfinished(user.id).await.expect("count"), 0);
    let mut submissions = Vec::new();
    for state in SubmissionState::ALL {
        for mode in [Mode::Submit, Mode::Run] {
            let mut submission = given.submission(&user);
            (submission.state, submission.mode) = (state, mode);
            submissions.push(submission);
        }
    }
    submissions.push(given.submission(&other));
    given.add_submissions(&submissions).await;
    let open = submissions.iter().filter(|it| it.user_id == user.id && !it.state.is_final());
    let open = u64::try_from(open.count()).expect("small");
    assert_eq!(open, 6, "queued, compiling, running");
    assert_eq!(queries.unfinished(user.id).await.expect("count"), open);
    assert_eq!(queries.unfinished(other.id).await.expect("count"), 1);
    // Counted as committed, without delay.
    let mut last = submissions.pop().expect("a submission");
    last.state = SubmissionState::Cancelled;
    let tx = given.tx().await;
    tx.submissions().save(&last).await.expect("save");
    tx.commit().await.expect("commit");
    assert_eq!(queries.unfinished(other.id).await.expect("count"), 0);
}

/// The history MUST be newest first (by id); pages neither repeat nor lose a line, with every filter.
pub async fn the_history_is_newest_first_on_every_page(fixture: &impl StoreFixture) {
    let given = Given::new(fixture);
    let users = [given.added_user().await, given.added_user().await];
    let problems = [given.added_problem(&users[0]).await, given.added_problem(&users[0]).await];
    let mut numbers = Numbers::new(3);
    let verdicts = [None, Some(Verdict::Accepted), Some(Verdict::WrongAnswer)];
    let mut submissions: Vec<Submission> = (0..80)
        .map(|_| {
            let mut submission = given.submission(&users[numbers.below(2)]);
            submission.problem_id = [None, Some(problems[0].id), Some(problems[1].id)][numbers.below(3)];
            submission.verdict = verdicts[numbers.below(3)];
            submission
        })
        .collect();
    // Added in another order than they were made.
    submissions.rotate_left(29);
    given.add_submissions(&submissions).await;
    submissions.sort_by_key(|submission| std::cmp::Reverse(submission.id));
    for user_id in [None, Some(users[1].id)] {
        for problem_id in [None, Some(problems[1].id)] {
            for verdict in [None, Some(Verdict::Accepted)] {
                let filter = SubmissionFilter {
                    problem_id,
                    user_id,
                    verdict,
                };
                let expected: Vec<SubmissionId> = submissions
                    .iter()
                    .filter(|s| user_id.is_none_or(|id| s.user_id == id))
                    .filter(|s| problem_id.is_none() || s.problem_id == problem_id)
                    .filter(|s| verdict.is_none() || s.verdict == verdict)
                    .map(|submission| submission.id)
                    .collect();
                assert!(!expected.is_empty());
                for limit in [1, 7, 100] {
                    assert_eq!(read_all(fixture, &filter, limit).await, expected, "{filter:?} by {limit}");
                }
            }
        }
    }
}

crate::suite::suite! {
    ($)
    /// Runs the clauses of `SubmissionQueries`.
    submission_queries_suite, submission_queries, [
        a_submission_is_found_by_id,
        a_change_is_seen_at_once,
        a_line_shows_the_submission,
        unfinished_counts_what_is_not_final,
        the_history_is_newest_first_on_every_page,
    ]
}
