use super::*;
use crate::plan::sqlite_plan;

fn request() -> ReserveRequest {
    ReserveRequest {
        worker: "w".to_owned(),
        kinds: codesm_core::jobs::JobKind::ALL.to_vec(),
        queues: Queue::JUDGING.to_vec(),
        only: None,
        capabilities: vec!["cpp".to_owned(), "python3".to_owned()],
        max: 4,
        lease: chrono::Duration::seconds(30),
        patience: chrono::Duration::seconds(5),
        now: Timestamp::UNIX_EPOCH,
    }
}

#[tokio::test]
async fn reserving_reads_the_index_of_open_jobs_in_order() {
    let plan = sqlite_plan(&candidates(&request())).await;
    assert!(plan.contains("USING INDEX jobs_priority_turn_at_id_idx"), "{plan}");
    assert!(!plan.contains("TEMP B-TREE"), "it sorts: {plan}");
}

#[test]
fn reserving_passes_over_jobs_that_another_worker_is_taking() {
    let sql = candidates(&request()).build(DbBackend::Postgres).sql;
    assert!(sql.ends_with("FOR UPDATE SKIP LOCKED"), "{sql}");
}
