use super::*;
use crate::plan::sqlite_plan;

#[tokio::test]
async fn every_sort_reads_its_index_and_nothing_is_sorted() {
    for (sort, index, key) in [
        (ProblemSort::Newest, "problems_created_at_id_idx", "1"),
        (ProblemSort::Oldest, "problems_created_at_id_idx", "1"),
        (ProblemSort::Title, "problems_title_key_id_idx", "two sum"),
        (ProblemSort::Difficulty, "problems_difficulty_rank_created_at_id_idx", "1 1"),
    ] {
        let filter = ProblemFilter {
            query: Some("two sum".to_owned()),
            difficulty: None,
            tag: None,
            status: None,
            visible_to: None,
            all: true,
            sort,
        };
        let cursor = Cursor {
            sort: sort.as_str().to_owned(),
            key: key.to_owned(),
            id: Uuid::nil(),
        };
        for after in [None, Some(cursor)] {
            let page = PageRequest { limit: 20, after };
            let plan = sqlite_plan(&selected(&filter, &page).expect("a statement")).await;
            assert!(plan.contains(index), "{sort:?}: {plan}");
            assert!(!plan.contains("TEMP B-TREE"), "{sort:?} sorts: {plan}");
        }
    }
}
