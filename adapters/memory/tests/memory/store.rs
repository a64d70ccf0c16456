//! The fake database, port by port, where the use cases do not lead.

use chrono::Duration;
use codesm_core::auth::{AuthQueries, RefreshToken, Session};
use codesm_core::jobs::{Job, JobKind, JobQueue, JobState, NewJob, Queue, ReserveRequest};
use codesm_core::judging::{Mode, ResourceLimits, Verdict};
use codesm_core::kernel::{Clock, PageRequest, RefreshTokenId, RequestContext, SubmissionId, Timestamp, UserId};
use codesm_core::store::{StoreError, UnitOfWork};
use codesm_core::submissions::{
    HISTORY_SORT, IdempotencyRecord, Submission, SubmissionFilter, SubmissionQueries, SubmissionState, TextFile,
};
use codesm_memory::fakes::Fakes;

fn request(fakes: &Fakes, capabilities: &[&str], max: u32) -> ReserveRequest {
    ReserveRequest {
        worker: "worker".to_owned(),
        kinds: JobKind::ALL.to_vec(),
        queues: Queue::ALL.to_vec(),
        only: None,
        capabilities: capabilities.iter().map(|&name| name.to_owned()).collect(),
        max,
        lease: Duration::seconds(30),
        patience: Duration::zero(),
        now: fakes.clock.now(),
    }
}

async fn added(fakes: &Fakes, queue: Queue, requirement: Option<&str>) -> Job {
    let payload = serde_json::Value::Null;
    let (now, requirement) = (fakes.clock.now(), requirement.into_iter().map(str::to_owned).collect());
    let new = NewJob {
        kind: JobKind::JudgeSubmission,
        queue,
        requirements: requirement,
        subject: None,
        payload,
        ahead: 0,
    };
    let job = Job::new(&*fakes.ids, now, new);
    let tx = fakes.store.begin().await.unwrap();
    tx.jobs().add(&job).await.unwrap();
    tx.commit().await.unwrap();
    job
}

fn submission(fakes: &Fakes, user_id: UserId, verdict: Option<Verdict>) -> Submission {
    Submission {
        id: SubmissionId::generate(&*fakes.ids),
        problem_id: None,
        test_set_id: None,
        user_id,
        mode: Mode::Run,
        language: "cpp".to_owned(),
        files: vec![TextFile {
            name: "main.cpp".to_owned(),
            content: "int main() {}".to_owned(),
        }],
        stdin: Some("1".to_owned()),
        args: Vec::new(),
        limits: ResourceLimits {
            time_ms: 1000,
            memory_mb: 64,
            output_kb: 64,
        },
        state: SubmissionState::Queued,
        verdict,
        score: None,
        max_score: None,
        compile_output: None,
        cpu_ms: None,
        wall_ms: None,
        memory_kb: None,
        measured_by: None,
        sandbox_tier: None,
        worker_speed: None,
        groups: Vec::new(),
        error_code: None,
        attempt: 0,
        tests: Vec::new(),
        created_at: fakes.clock.now(),
        judged_at: None,
    }
}

#[tokio::test]
async fn jobs_come_by_priority_then_time_and_only_to_whom_can_do_them() {
    let fakes = Fakes::new();
    let submit = added(&fakes, Queue::Submit, None).await;
    fakes.clock.advance(Duration::seconds(1));
    let java = added(&fakes, Queue::Run, Some("java")).await;
    let cpp = added(&fakes, Queue::Run, Some("cpp")).await;
    let taken = fakes.store.reserve(&request(&fakes, &["cpp"], 10)).await.unwrap();
    assert_eq!(taken.iter().map(|job| job.id).collect::<Vec<_>>(), [cpp.id, submit.id]);
    assert!(fakes.store.reserve(&request(&fakes, &["cpp"], 10)).await.unwrap().is_empty());
    let taken = fakes.store.reserve(&request(&fakes, &["java"], 1)).await.unwrap();
    assert_eq!(taken[0].id, java.id);
}

#[tokio::test]
async fn a_worker_that_lost_its_lease_writes_nothing() {
    let fakes = Fakes::new();
    added(&fakes, Queue::Submit, None).await;
    let lost = fakes.store.reserve(&request(&fakes, &[], 1)).await.unwrap().remove(0);
    fakes.clock.advance(Duration::seconds(30));
    let held = fakes.store.reserve(&request(&fakes, &[], 1)).await.unwrap().remove(0);
    assert_eq!((held.id, held.attempt, held.lost_leases), (lost.id, 2, 1));
    let until = fakes.clock.now() + Duration::seconds(60);
    assert!(!fakes.store.extend(lost.id, 1, until).await.unwrap());
    assert!(!fakes.store.release(lost.id, 1, until).await.unwrap());
    let tx = fakes.store.begin().await.unwrap();
    assert!(matches!(tx.jobs().save(&lost, 1).await, Err(StoreError::LeaseLost)));
    drop(tx);
    assert!(fakes.store.extend(held.id, 2, until).await.unwrap());
    assert_eq!(fakes.store.jobs()[0].lease.as_ref().unwrap().expires_at, until);
    assert!(fakes.store.release(held.id, 2, fakes.clock.now()).await.unwrap());
    let again = fakes.store.reserve(&request(&fakes, &[], 1)).await.unwrap().remove(0);
    assert_eq!((again.attempt, again.failures, again.lost_leases), (3, 0, 1));
    let mut done = again.clone();
    done.complete(fakes.clock.now());
    let tx = fakes.store.begin().await.unwrap();
    tx.jobs().save(&done, 3).await.unwrap();
    assert!(
        matches!(tx.jobs().save(&done, 3).await, Err(StoreError::LeaseLost)),
        "a finished job is written again"
    );
}

#[tokio::test]
async fn depths_tell_waiting_running_and_the_oldest_that_is_due() {
    let fakes = Fakes::new();
    let begun = fakes.clock.now();
    added(&fakes, Queue::Submit, None).await;
    fakes.clock.advance(Duration::seconds(5));
    added(&fakes, Queue::Submit, None).await;
    let depths = fakes.store.depths(fakes.clock.now()).await.unwrap();
    assert_eq!(
        depths.iter().map(|depth| (depth.queue, depth.ready)).collect::<Vec<_>>(),
        Queue::ALL.map(|queue| (queue, if queue == Queue::Submit { 2 } else { 0 }))
    );
    assert_eq!((depths[0].oldest_ready_at, depths[1].oldest_ready_at), (None, Some(begun)));
    fakes.store.reserve(&request(&fakes, &[], 1)).await.unwrap();
    let depths = fakes.store.depths(fakes.clock.now()).await.unwrap();
    assert_eq!((depths[1].ready, depths[1].running), (1, 1));
    assert_eq!(depths[1].oldest_ready_at, Some(begun + Duration::seconds(5)));
    assert_eq!(fakes.store.jobs()[0].state, JobState::Running);
}

#[tokio::test]
async fn a_refresh_token_is_used_once_and_a_revoked_session_is_not_active() {
    let fakes = Fakes::new();
    let user_id = UserId::generate(&*fakes.ids);
    let now = fakes.clock.now();
    let session = Session::begin(&*fakes.ids, user_id, now, Duration::days(30), &RequestContext::system("test"));
    let token = RefreshToken {
        id: RefreshTokenId::generate(&*fakes.ids),
        session_id: session.id,
        token_hash: "hash".to_owned(),
        created_at: now,
        expires_at: session.expires_at,
        used_at: None,
    };
    let tx = fakes.store.begin().await.unwrap();
    tx.sessions().add(&session).await.unwrap();
    tx.sessions().add_token(&token).await.unwrap();
    assert!(tx.sessions().use_token(token.id, now).await.unwrap());
    assert!(!tx.sessions().use_token(token.id, now).await.unwrap());
    assert_eq!(tx.sessions().token_by_hash("hash").await.unwrap().unwrap().used_at, Some(now));
    tx.sessions().revoke_all(user_id, now).await.unwrap();
    tx.sessions().revoke(session.id, now + Duration::hours(1)).await.unwrap();
    tx.commit().await.unwrap();
    assert_eq!(fakes.store.sessions()[0].revoked_at, Some(now), "the first end counts");
    assert_eq!(
        fakes.store.principal(user_id, session.id, now).await.unwrap(),
        None,
        "there is no such user"
    );
}

#[tokio::test]
async fn idempotency_keys_are_unique_per_user_and_forgotten_in_time() {
    let fakes = Fakes::new();
    let record = |user_id: UserId, created_at: Timestamp| IdempotencyRecord {
        user_id,
        key: "key".to_owned(),
        fingerprint: "digest".to_owned(),
        submission_id: SubmissionId::generate(&*fakes.ids),
        created_at,
    };
    let (ada, bob, now) = (UserId::generate(&*fakes.ids), UserId::generate(&*fakes.ids), fakes.clock.now());
    let tx = fakes.store.begin().await.unwrap();
    tx.idempotency().add(&record(ada, now)).await.unwrap();
    tx.idempotency().add(&record(bob, now + Duration::seconds(1))).await.unwrap();
    let again = tx.idempotency().add(&record(ada, now)).await;
    assert!(matches!(again, Err(StoreError::Conflict(rule)) if rule == "idempotency_keys"));
    assert_eq!(tx.idempotency().forget_before(now + Duration::seconds(1)).await.unwrap(), 1);
    assert!(tx.idempotency().find(ada, "key").await.unwrap().is_none());
    assert!(tx.idempotency().find(bob, "key").await.unwrap().is_some());
}

#[tokio::test]
async fn the_history_is_newest_first_and_saving_leaves_the_source_alone() {
    let fakes = Fakes::new();
    let (ada, bob) = (UserId::generate(&*fakes.ids), UserId::generate(&*fakes.ids));
    let tx = fakes.store.begin().await.unwrap();
    let mut of_ada = Vec::new();
    for number in 0..7 {
        let submission = submission(&fakes, if number % 2 == 0 { ada } else { bob }, None);
        tx.submissions().add(&submission).await.unwrap();
        if number % 2 == 0 {
            of_ada.insert(0, submission);
        }
    }
    let changed = Submission {
        files: Vec::new(),
        stdin: None,
        verdict: Some(Verdict::Accepted),
        ..of_ada[0].clone()
    };
    tx.submissions().save(&changed).await.unwrap();
    tx.commit().await.unwrap();

    let stored = SubmissionQueries::by_id(&*fakes.store, of_ada[0].id).await.unwrap().unwrap();
    assert_eq!(
        stored,
        Submission {
            verdict: Some(Verdict::Accepted),
            ..of_ada[0].clone()
        }
    );
    let filter = SubmissionFilter {
        user_id: Some(ada),
        ..SubmissionFilter::default()
    };
    let (mut seen, mut cursor) = (Vec::new(), None);
    loop {
        let page = PageRequest::parse(Some(3), cursor.as_deref(), HISTORY_SORT).unwrap();
        let page = SubmissionQueries::list(&*fakes.store, &filter, &page).await.unwrap();
        seen.extend(page.items.into_iter().map(|item| item.id));
        cursor = page.next_cursor;
        if cursor.is_none() {
            break;
        }
    }
    assert_eq!(seen, of_ada.iter().map(|submission| submission.id).collect::<Vec<_>>());
}
