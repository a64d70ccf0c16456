//! Rows that CodeSM never writes are reported with their place and do not stop the rest.

use crate::databases::{Fixture, postgres, sqlite};
use codesm_contract::{Given, StoreFixture};
use codesm_core::jobs::{JobState, Queue};
use codesm_core::store::StoreError;

fn assert_names<T: std::fmt::Debug>(result: Result<T, StoreError>, parts: &[&str]) {
    match result {
        Err(StoreError::Internal(error)) => {
            let text = error.to_string();
            assert!(parts.iter().all(|part| text.contains(part)), "`{text}` lacks one of {parts:?}");
        }
        other => panic!("{other:?}"),
    }
}

async fn names_table_column_and_row(fixture: Fixture) {
    let given = Given::new(&fixture);
    let job = given.added_job(Queue::Run).await;
    let submission = given.added_submission(&given.added_user().await).await;
    fixture.place.run("UPDATE jobs SET queue = 'nowhere'").await;
    fixture.place.run("UPDATE submissions SET tests = '{'").await;
    let read = given.tx().await.jobs().get(job.id).await;
    assert_names(read, &["jobs.queue", "nowhere", &job.id.to_string()]);
    let read = fixture.submission_queries().by_id(submission.id).await;
    assert_names(read, &["submissions.tests", &submission.id.to_string()]);
    fixture.place.run("UPDATE submissions SET tests = '[]', attempt = -1").await;
    let read = fixture.submission_queries().by_id(submission.id).await;
    assert_names(read, &["submissions.attempt", "-1", &submission.id.to_string()]);
}

#[tokio::test]
async fn a_broken_row_of_sqlite_is_named() {
    names_table_column_and_row(sqlite().await).await;
}

#[tokio::test]
async fn a_broken_row_of_postgres_is_named() {
    names_table_column_and_row(postgres().await).await;
}

async fn does_not_stop_the_queue(fixture: Fixture) {
    let given = Given::new(&fixture);
    let broken = given.added_job(Queue::Run).await;
    fixture.place.run("UPDATE jobs SET payload = 'no JSON'").await;
    let good = given.added_job(Queue::Run).await;
    let mut request = given.request("w");
    request.max = 1;
    let queue = fixture.job_queue();
    assert!(queue.reserve(&request).await.expect("reserve").is_empty());
    let reserved = queue.reserve(&request).await.expect("reserve");
    assert_eq!(reserved.iter().map(|job| job.id).collect::<Vec<_>>(), [good.id]);
    let depths = queue.depths(given.now()).await.expect("depths");
    assert_eq!(
        (depths[0].ready, depths[0].running, depths[0].dead),
        (0, 1, 1),
        "the operator sees it"
    );
    fixture.place.run("UPDATE jobs SET payload = '{}'").await;
    let buried = given.tx().await.jobs().get(broken.id).await.expect("read").expect("a job");
    assert_eq!(buried.state, JobState::Dead);
    assert!(buried.last_error.expect("a reason").contains("jobs.payload"));
}

#[tokio::test]
async fn a_broken_job_does_not_stop_the_queue_of_sqlite() {
    does_not_stop_the_queue(sqlite().await).await;
}

#[tokio::test]
async fn a_broken_job_does_not_stop_the_queue_of_postgres() {
    does_not_stop_the_queue(postgres().await).await;
}

async fn refuses_what_is_on_no_list(fixture: Fixture) {
    let given = Given::new(&fixture);
    given.added_job(Queue::Run).await;
    let refused = fixture.place.try_run("UPDATE jobs SET state = 'lost'").await;
    assert!(refused.is_err(), "the check constraint is missing");
}

#[tokio::test]
async fn sqlite_refuses_states_that_do_not_exist() {
    refuses_what_is_on_no_list(sqlite().await).await;
}

#[tokio::test]
async fn postgres_refuses_states_that_do_not_exist() {
    refuses_what_is_on_no_list(postgres().await).await;
}
