use super::*;
use crate::plan::sqlite_plan;

#[tokio::test]
async fn every_filter_of_the_history_reads_an_index_and_nothing_is_sorted() {
    let page = PageRequest { limit: 20, after: None };
    let problem_id = Some(ProblemId::from_uuid(Uuid::nil()));
    let user_id = Some(UserId::from_uuid(Uuid::nil()));
    let verdict = Some(Verdict::Accepted);
    for (problem_id, user_id, verdict) in [
        (problem_id, None, None),
        (None, user_id, None),
        (None, None, verdict),
        (problem_id, user_id, None),
        (problem_id, None, verdict),
        (problem_id, user_id, verdict),
    ] {
        let filter = SubmissionFilter {
            problem_id,
            user_id,
            verdict,
        };
        let plan = sqlite_plan(&selected(&filter, &page)).await;
        assert!(plan.contains("USING INDEX submissions_"), "{filter:?}: {plan}");
        assert!(!plan.contains("TEMP B-TREE"), "{filter:?} sorts: {plan}");
    }
}
