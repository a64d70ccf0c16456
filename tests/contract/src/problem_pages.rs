//! What [`codesm_core::problems::ProblemQueries`] promises of its pages.

use crate::problem_queries::everything;
use crate::store::Numbers;
use crate::{Given, StoreFixture};
use chrono::Duration;
use codesm_core::kernel::{Cursor, PageRequest, ProblemId};
use codesm_core::problems::{Difficulty, Problem, ProblemFilter, ProblemSort, ProblemStatus};
use std::cmp::Reverse;

/// Titles that databases like to sort differently; many are equal but for case.
const TITLES: [&str; 14] = [
    "a",
    "A",
    "B",
    "b",
    "aa",
    "a b",
    "a-b",
    "_",
    "Zebra",
    "äpfel",
    "Äpfel",
    "ß",
    "漢字",
    "\u{10}\u{0}",
];

/// Problems whose sort keys are often equal.
fn random_problems(given: &Given, author: &codesm_core::auth::User, numbers: &mut Numbers) -> Vec<Problem> {
    (0..57)
        .map(|_| {
            let mut problem = given.problem(author);
            TITLES[numbers.below(TITLES.len())].clone_into(&mut problem.title);
            problem.difficulty = Difficulty::ALL[numbers.below(4)];
            problem.status = ProblemStatus::ALL[numbers.below(4)];
            // Before and after, to the microsecond: text forms of a time must not mix up their order.
            problem.created_at += match numbers.below(4) {
                0 => Duration::zero(),
                1 => Duration::microseconds(-456),
                2 => Duration::microseconds(-123_456),
                _ => Duration::microseconds(1),
            };
            problem
        })
        .collect()
}

/// The order the port's documentation asks for.
fn sort(problems: &mut [Problem], by: ProblemSort) {
    let lower = |problem: &Problem| problem.title.chars().flat_map(char::to_lowercase).collect::<String>();
    match by {
        ProblemSort::Newest => problems.sort_by_key(|p| Reverse((p.created_at, p.id))),
        ProblemSort::Oldest => problems.sort_by_key(|p| (p.created_at, p.id)),
        ProblemSort::Title => problems.sort_by_key(|p| (lower(p), p.id)),
        ProblemSort::Difficulty => problems.sort_by_key(|p| (p.difficulty.rank(), p.created_at, p.id)),
    }
}

/// Reads all pages as a client does.
async fn read_all(fixture: &impl StoreFixture, filter: &ProblemFilter, limit: u32) -> Vec<ProblemId> {
    let queries = fixture.problem_queries();
    let (mut ids, mut cursor) = (Vec::new(), None::<String>);
    loop {
        let request = PageRequest::parse(Some(limit), cursor.as_deref(), filter.sort.as_str()).expect("its own cursor");
        let page = queries.list(filter, &request).await.expect("list");
        assert_eq!(page.limit, limit);
        assert!(page.items.len() <= usize::try_from(limit).expect("small"));
        ids.extend(page.items.into_iter().map(|item| item.id));
        assert!(ids.len() < 1000, "the pages never end");
        cursor = page.next_cursor;
        if cursor.is_none() {
            return ids;
        }
    }
}

/// Pages MUST neither repeat nor lose a row, in every sort, with equal keys, whatever the page size.
pub async fn pages_neither_repeat_nor_lose_rows(fixture: &impl StoreFixture) {
    let given = Given::new(fixture);
    let author = given.added_user().await;
    let mut problems = random_problems(&given, &author, &mut Numbers::new(7));
    given.add_problems(&problems).await;
    for by in ProblemSort::ALL {
        sort(&mut problems, by);
        let expected: Vec<ProblemId> = problems.iter().map(|problem| problem.id).collect();
        let filter = ProblemFilter { sort: by, ..everything() };
        for limit in [1, 3, 10, 56, 57, 58] {
            assert_eq!(read_all(fixture, &filter, limit).await, expected, "{by:?} by {limit}");
        }
    }
}

/// The same with filters.
pub async fn filtered_pages_neither_repeat_nor_lose_rows(fixture: &impl StoreFixture) {
    let given = Given::new(fixture);
    let (author, other) = (given.added_user().await, given.added_user().await);
    let mut numbers = Numbers::new(11);
    let mut problems = random_problems(&given, &author, &mut numbers);
    problems.extend(random_problems(&given, &other, &mut numbers));
    given.add_problems(&problems).await;
    for by in ProblemSort::ALL {
        sort(&mut problems, by);
        let filter = ProblemFilter {
            query: Some("a".to_owned()),
            difficulty: Some(Difficulty::Hard),
            tag: Some("math".to_owned()),
            visible_to: Some(author.id),
            all: false,
            sort: by,
            ..everything()
        };
        let wanted = |p: &&Problem| {
            // The tags contain an `a`, so every problem matches the query.
            p.difficulty == Difficulty::Hard && (p.status == ProblemStatus::Published || p.author_id == author.id)
        };
        let expected: Vec<ProblemId> = problems.iter().filter(wanted).map(|problem| problem.id).collect();
        assert!(!expected.is_empty());
        assert_eq!(read_all(fixture, &filter, 4).await, expected, "{by:?}");
    }
}

/// Rows that do not change MUST be neither repeated nor lost while others come and change between two pages.
pub async fn pages_hold_while_other_rows_change(fixture: &impl StoreFixture) {
    let given = Given::new(fixture);
    for by in ProblemSort::ALL {
        // An author of its own and drafts only: each sort has its own list.
        let author = given.added_user().await;
        let drafts = |seed| {
            let mut problems = random_problems(&given, &author, &mut Numbers::new(seed));
            for problem in &mut problems {
                problem.status = ProblemStatus::Draft;
            }
            problems
        };
        let filter = ProblemFilter {
            visible_to: Some(author.id),
            all: false,
            status: Some(ProblemStatus::Draft),
            sort: by,
            ..everything()
        };
        let mut problems = drafts(13);
        given.add_problems(&problems).await;
        sort(&mut problems, by);
        let expected: Vec<ProblemId> = problems.iter().map(|problem| problem.id).collect();
        let queries = fixture.problem_queries();
        let first = PageRequest { limit: 20, after: None };
        let mut page = queries.list(&filter, &first).await.expect("list");
        let mut read: Vec<ProblemId> = page.items.iter().map(|item| item.id).collect();

        // The last row read, to which the cursor points, moves to the front, and new rows come everywhere.
        let mut last = problems.swap_remove(19);
        assert_eq!(read.last(), Some(&last.id));
        "!".clone_into(&mut last.title);
        last.difficulty = Difficulty::Easy;
        let tx = given.tx().await;
        tx.problems().save(&last).await.expect("save");
        tx.commit().await.expect("commit");
        given.add_problems(&drafts(17)).await;

        while let Some(cursor) = page.next_cursor {
            let request = PageRequest::parse(Some(20), Some(&cursor), by.as_str()).expect("its own cursor");
            page = queries.list(&filter, &request).await.expect("list");
            read.extend(page.items.iter().map(|item| item.id).filter(|id| expected.contains(id)));
        }
        assert_eq!(read, expected, "{by:?}");
    }
}

/// A long title makes no cursor that is too long to be sent back.
pub async fn long_titles_have_working_cursors(fixture: &impl StoreFixture) {
    let given = Given::new(fixture);
    let author = given.added_user().await;
    let problems: Vec<Problem> = (0..6)
        .map(|n| {
            let mut problem = given.problem(&author);
            problem.title = ["𝔘", "\"", "x"][n % 3].repeat(2000);
            problem
        })
        .collect();
    given.add_problems(&problems).await;
    let filter = ProblemFilter {
        sort: ProblemSort::Title,
        ..everything()
    };
    let mut ids = read_all(fixture, &filter, 1).await;
    ids.sort_unstable();
    let expected: Vec<ProblemId> = problems.iter().map(|problem| problem.id).collect();
    assert_eq!(ids, expected);
}

/// A cursor that a client made up does no harm: it is an empty page or a page, never a failure.
pub async fn a_made_up_cursor_does_no_harm(fixture: &impl StoreFixture) {
    let given = Given::new(fixture);
    given.added_problem(&given.added_user().await).await;
    for by in ProblemSort::ALL {
        for key in [
            "",
            "x",
            "-1",
            "9223372036854775807",
            "-9223372036854775808",
            // Years that the library knows and PostgreSQL does not; before the year 1, and after 9999.
            "-2000000000000000000",
            "-62135596800000001",
            "253402300800000000",
            "2 -2000000000000000000",
            "2 x",
            "99999 0",
            "\0",
            "'",
        ] {
            let filter = ProblemFilter { sort: by, ..everything() };
            let after = Cursor {
                sort: by.as_str().to_owned(),
                key: key.to_owned(),
                id: given.problem(&given.user()).id.as_uuid(),
            };
            let request = PageRequest {
                limit: 10,
                after: Some(after),
            };
            let page = fixture.problem_queries().list(&filter, &request).await;
            page.unwrap_or_else(|error| panic!("{by:?} with key {key:?}: {error}"));
        }
    }
}

crate::suite::suite! {
    ($)
    /// Runs the clauses of `ProblemQueries` about pages.
    problem_pages_suite, problem_pages, [
        pages_neither_repeat_nor_lose_rows,
        filtered_pages_neither_repeat_nor_lose_rows,
        pages_hold_while_other_rows_change,
        long_titles_have_working_cursors,
        a_made_up_cursor_does_no_harm,
    ]
}
