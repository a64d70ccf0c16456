//! What [`codesm_core::problems::ProblemQueries`] promises, except pages (see [`crate::problem_pages`]).

use crate::problem_repository::{details, program};
use crate::store::test_case;
use crate::{Given, StoreFixture};
use codesm_core::judging::ComparatorOptions;
use codesm_core::kernel::{PageRequest, ProblemId, Slug};
use codesm_core::problems::{
    Difficulty, Problem, ProblemFilter, ProblemListItem, ProblemRef, ProblemSort, ProblemStatus, StoredChecker, TestCase, TestSet,
    TestSetDetails,
};

/// Everything, oldest first.
pub(crate) const fn everything() -> ProblemFilter {
    ProblemFilter {
        query: None,
        difficulty: None,
        tag: None,
        status: None,
        visible_to: None,
        all: true,
        sort: ProblemSort::Oldest,
    }
}

async fn listed(fixture: &impl StoreFixture, filter: &ProblemFilter) -> Vec<ProblemListItem> {
    let page = PageRequest { limit: 100, after: None };
    let page = fixture.problem_queries().list(filter, &page).await.expect("list");
    assert_eq!(page.next_cursor, None);
    page.items
}

async fn ids(fixture: &impl StoreFixture, filter: &ProblemFilter) -> Vec<ProblemId> {
    listed(fixture, filter).await.into_iter().map(|item| item.id).collect()
}

async fn found(fixture: &impl StoreFixture, query: &str) -> Vec<String> {
    let filter = ProblemFilter {
        query: Some(query.to_owned()),
        ..everything()
    };
    let items = listed(fixture, &filter).await;
    items.into_iter().map(|item| item.title).collect()
}

/// Adds a problem with these tests.
async fn with_tests(given: &Given, tests: Vec<TestCase>) -> (Problem, TestSet) {
    let author = given.added_user().await;
    let mut problem = given.problem(&author);
    let set = TestSet {
        id: given.test_set_id(),
        problem_id: problem.id,
        checker: StoredChecker::tokens(ComparatorOptions::default()),
        details: TestSetDetails::default(),
        tests,
        created_at: given.now(),
    };
    problem.test_set_id = Some(set.id);
    let tx = given.tx().await;
    tx.problems().add(&problem).await.expect("add");
    tx.problems().add_test_set(&set).await.expect("add");
    tx.commit().await.expect("commit");
    (problem, set)
}

/// `view` gives the problem, its author's name, its samples in order, and the number of all tests.
pub async fn a_view_has_author_samples_and_test_count(fixture: &impl StoreFixture) {
    let given = Given::new(fixture);
    let mut tests: Vec<TestCase> = (1..=12).map(test_case).collect();
    tests[0].sample = true;
    tests[10].sample = true;
    tests[10].explanation = Some("see above".to_owned());
    let samples = vec![tests[0].clone(), tests[10].clone()];
    let (problem, _) = with_tests(&given, tests).await;
    // Another problem's tests are not counted.
    with_tests(&given, vec![test_case(1)]).await;
    let queries = fixture.problem_queries();
    for name in [ProblemRef::Id(problem.id), ProblemRef::Slug(problem.slug.clone())] {
        let view = queries.view(&name).await.expect("read").expect("a view");
        let author = fixture
            .auth_queries()
            .user_by_id(problem.author_id)
            .await
            .expect("read")
            .expect("a user");
        assert_eq!(view.problem, problem);
        assert_eq!(view.author_username, author.username.as_str());
        assert_eq!(view.samples, samples);
        assert_eq!(view.test_count, 12);
    }
}

/// `view` gives the languages of the problem's own programs of the tests that count, and how these are judged.
pub async fn a_view_has_its_own_languages_and_rules(fixture: &impl StoreFixture) {
    let given = Given::new(fixture);
    let (mut problem, set) = with_tests(&given, vec![test_case(1)]).await;
    let queries = fixture.problem_queries();
    let name = ProblemRef::Id(problem.id);
    let seen = async || queries.view(&name).await.expect("read").expect("a view");
    assert_eq!(seen().await.own_languages, Vec::<String>::new());
    assert_eq!(seen().await.details, TestSetDetails::default());
    let custom = TestSet {
        id: given.test_set_id(),
        checker: StoredChecker::validator(program("python")),
        details: details(),
        ..set
    };
    problem.test_set_id = Some(custom.id);
    let tx = given.tx().await;
    tx.problems().add_test_set(&custom).await.expect("add");
    tx.problems().save(&problem).await.expect("save");
    tx.commit().await.expect("commit");
    assert_eq!(seen().await.own_languages, ["go", "python", "rust"]);
    assert_eq!(seen().await.details, details());
}

/// A problem without tests has a view, too; one that does not exist has none.
pub async fn a_problem_without_tests_has_a_view(fixture: &impl StoreFixture) {
    let given = Given::new(fixture);
    let author = given.added_user().await;
    let problem = given.added_problem(&author).await;
    let queries = fixture.problem_queries();
    let view = queries.view(&ProblemRef::Id(problem.id)).await.expect("read").expect("a view");
    assert_eq!((view.problem, view.samples, view.test_count), (problem, Vec::new(), 0));
    assert_eq!((view.own_languages, view.details), (Vec::new(), TestSetDetails::default()));
    let unknown = ProblemRef::Slug(Slug::parse("unknown").expect("a slug"));
    assert_eq!(queries.view(&unknown).await.expect("read"), None);
    let unknown = ProblemRef::Id(given.problem(&author).id);
    assert_eq!(queries.view(&unknown).await.expect("read"), None);
}

/// An unknown test set is none.
pub async fn an_unknown_test_set_is_none(fixture: &impl StoreFixture) {
    let given = Given::new(fixture);
    let (_, set) = with_tests(&given, vec![test_case(1)]).await;
    let queries = fixture.problem_queries();
    assert_eq!(queries.test_set(given.test_set_id()).await.expect("read"), None);
    assert_eq!(queries.test_set(set.id).await.expect("read"), Some(set));
}

/// A list item shows what the problem says.
pub async fn a_list_item_shows_the_problem(fixture: &impl StoreFixture) {
    let given = Given::new(fixture);
    let mut problem = given.problem(&given.added_user().await);
    problem.submissions_total = 5;
    problem.submissions_accepted = 2;
    given.add_problems(std::slice::from_ref(&problem)).await;
    let expected = ProblemListItem {
        id: problem.id,
        slug: problem.slug,
        title: problem.title,
        difficulty: problem.difficulty,
        tags: problem.tags,
        status: problem.status,
        submissions_total: 5,
        submissions_accepted: 2,
        created_at: problem.created_at,
        updated_at: problem.updated_at,
    };
    assert_eq!(listed(fixture, &everything()).await, [expected]);
}

/// A filter on visibility MUST hold whatever the other filters say.
pub async fn visibility_holds_whatever_else_is_asked(fixture: &impl StoreFixture) {
    let given = Given::new(fixture);
    let (mine, theirs) = (given.added_user().await, given.added_user().await);
    let mut problems = Vec::new();
    for author in [&mine, &theirs] {
        for status in ProblemStatus::ALL {
            let mut problem = given.problem(author);
            problem.status = status;
            problems.push(problem);
        }
    }
    given.add_problems(&problems).await;
    let published = |problem: &Problem| problem.status == ProblemStatus::Published;
    let visible = [
        (None, false, problems.iter().filter(|p| published(p)).collect::<Vec<_>>()),
        (
            Some(mine.id),
            false,
            problems.iter().filter(|p| published(p) || p.author_id == mine.id).collect(),
        ),
        (None, true, problems.iter().collect()),
        (Some(mine.id), true, problems.iter().collect()),
    ];
    for (visible_to, all, expected) in visible {
        let mut filter = ProblemFilter {
            visible_to,
            all,
            ..everything()
        };
        assert_eq!(ids(fixture, &filter).await, expected.iter().map(|p| p.id).collect::<Vec<_>>());
        for status in ProblemStatus::ALL {
            filter.status = Some(status);
            filter.query = Some("two".to_owned());
            filter.tag = Some("math".to_owned());
            filter.difficulty = Some(Difficulty::Medium);
            let expected: Vec<_> = expected.iter().filter(|p| p.status == status).map(|p| p.id).collect();
            assert_eq!(ids(fixture, &filter).await, expected, "{status:?} for {visible_to:?}, all: {all}");
        }
    }
}

async fn add_titled(given: &Given, problems: &[(&str, &str, &[&str])]) {
    let author = given.added_user().await;
    let problems: Vec<Problem> = problems
        .iter()
        .map(|(title, slug, tags)| {
            let mut problem = given.problem(&author);
            (*title).clone_into(&mut problem.title);
            problem.slug = Slug::parse(slug).expect("a slug");
            problem.tags = tags.iter().map(|tag| (*tag).to_owned()).collect();
            problem
        })
        .collect();
    given.add_problems(&problems).await;
}

/// All words MUST occur in title, slug or tags, in any order, ignoring case, also beyond ASCII.
pub async fn a_search_finds_all_words_ignoring_case(fixture: &impl StoreFixture) {
    let given = Given::new(fixture);
    let problems: [(&str, &str, &[&str]); 3] = [
        ("Two Sum", "easy-start", &["arrays", "hashing"]),
        ("ÄRGER in Größe", "trouble", &["ärger"]),
        ("ΟΔΟΣ", "road", &[]),
    ];
    add_titled(&given, &problems).await;
    for (query, titles) in [
        ("", vec!["Two Sum", "ÄRGER in Größe", "ΟΔΟΣ"]),
        ("SUM", vec!["Two Sum"]),
        ("sum two", vec!["Two Sum"]),
        ("  hash\tSTART ", vec!["Two Sum"]),
        ("two trouble", vec![]),
        ("twosum", vec![]),
        ("ärger GRÖSSE", vec![]),
        ("Ärger GRÖßE", vec!["ÄRGER in Größe"]),
        ("οδοσ", vec!["ΟΔΟΣ"]),
        ("οδ", vec!["ΟΔΟΣ"]),
    ] {
        assert_eq!(found(fixture, query).await, titles, "{query:?}");
    }
}

/// `%`, `_` and whatever else means something to a database have no special meaning.
pub async fn a_search_takes_every_character_as_it_is(fixture: &impl StoreFixture) {
    let given = Given::new(fixture);
    let problems: [(&str, &str, &[&str]); 4] = [
        ("100% sure", "percent", &[]),
        ("1000 sure", "thousand", &[]),
        ("snake_case", "snake", &[]),
        (r"back\slash 'quote'", "slash", &[]),
    ];
    add_titled(&given, &problems).await;
    for (query, titles) in [
        ("100%", vec!["100% sure"]),
        ("%", vec!["100% sure"]),
        ("_", vec!["snake_case"]),
        ("snakeXcase", vec![]),
        ("\\", vec![r"back\slash 'quote'"]),
        ("'quote'", vec![r"back\slash 'quote'"]),
        ("*", vec![]),
        ("\0", vec![]),
    ] {
        assert_eq!(found(fixture, query).await, titles, "{query:?}");
    }
    let many: Vec<String> = (0..100).map(|n| n.to_string()).collect();
    assert!(found(fixture, &many.join(" ")).await.is_empty());
}

/// Filters by difficulty, tag and status.
pub async fn filters_narrow_the_list(fixture: &impl StoreFixture) {
    let given = Given::new(fixture);
    let author = given.added_user().await;
    let mut problems: Vec<Problem> = (0..4).map(|_| given.problem(&author)).collect();
    problems[0].difficulty = Difficulty::Easy;
    problems[1].tags = vec!["graphs".to_owned()];
    problems[2].tags = vec!["graph".to_owned(), "math".to_owned()];
    problems[3].status = ProblemStatus::Draft;
    given.add_problems(&problems).await;
    let easy = ProblemFilter {
        difficulty: Some(Difficulty::Easy),
        ..everything()
    };
    assert_eq!(ids(fixture, &easy).await, [problems[0].id]);
    let graph = ProblemFilter {
        tag: Some("graph".to_owned()),
        ..everything()
    };
    assert_eq!(ids(fixture, &graph).await, [problems[2].id]);
    let math = ProblemFilter {
        tag: Some("math".to_owned()),
        difficulty: Some(Difficulty::Medium),
        ..everything()
    };
    assert_eq!(ids(fixture, &math).await, [problems[2].id, problems[3].id]);
    let draft = ProblemFilter {
        status: Some(ProblemStatus::Draft),
        ..everything()
    };
    assert_eq!(ids(fixture, &draft).await, [problems[3].id]);
}

/// A committed write MUST be seen by the next read: list, search and tags follow a change.
pub async fn lists_follow_a_change(fixture: &impl StoreFixture) {
    let given = Given::new(fixture);
    let mut problem = given.added_problem(&given.added_user().await).await;
    "Something else".clone_into(&mut problem.title);
    problem.tags = vec!["renamed".to_owned()];
    let tx = given.tx().await;
    tx.problems().save(&problem).await.expect("save");
    tx.commit().await.expect("commit");
    let tagged = |tag: &str| ProblemFilter {
        tag: Some(tag.to_owned()),
        ..everything()
    };
    assert!(ids(fixture, &tagged("math")).await.is_empty());
    assert_eq!(ids(fixture, &tagged("renamed")).await, [problem.id]);
    assert!(found(fixture, "two").await.is_empty());
    assert_eq!(found(fixture, "ELSE renamed").await, ["Something else"]);
}

crate::suite::suite! {
    ($)
    /// Runs the clauses of `ProblemQueries`, except pages.
    problem_queries_suite, problem_queries, [
        a_view_has_author_samples_and_test_count,
        a_view_has_its_own_languages_and_rules,
        a_problem_without_tests_has_a_view,
        an_unknown_test_set_is_none,
        a_list_item_shows_the_problem,
        visibility_holds_whatever_else_is_asked,
        a_search_finds_all_words_ignoring_case,
        a_search_takes_every_character_as_it_is,
        filters_narrow_the_list,
        lists_follow_a_change,
    ]
}
