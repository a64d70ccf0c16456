//! Problems and test sets.

use super::store::{FakeStore, FakeTx, State, insert};
use async_trait::async_trait;
use codesm_core::kernel::{Cursor, Page, PageRequest, ProblemId, TestSetId};
use codesm_core::problems::{
    Problem, ProblemFilter, ProblemListItem, ProblemQueries, ProblemRef, ProblemRepository, ProblemSort, ProblemStatus, ProblemView,
    TestSet,
};
use codesm_core::store::StoreError;
use std::cmp::Ordering;
use uuid::Uuid;

fn require_unique(rows: &State, problem: &Problem) -> Result<(), StoreError> {
    let is_taken = rows
        .problems
        .values()
        .any(|other| other.id != problem.id && other.slug == problem.slug);
    if is_taken {
        return Err(StoreError::Conflict("problems.slug".to_owned()));
    }
    Ok(())
}

fn find<'a>(state: &'a State, problem: &ProblemRef) -> Option<&'a Problem> {
    match problem {
        ProblemRef::Id(id) => state.problems.get(id),
        ProblemRef::Slug(slug) => state.problems.values().find(|problem| problem.slug == *slug),
    }
}

#[async_trait]
impl ProblemRepository for FakeTx {
    async fn add(&self, problem: &Problem) -> Result<(), StoreError> {
        let mut rows = self.rows()?;
        require_unique(&rows, problem)?;
        insert(&mut rows.problems, problem.id, problem.clone(), "problems.id")
    }

    async fn save(&self, problem: &Problem) -> Result<(), StoreError> {
        let mut rows = self.rows()?;
        let Some(stored) = rows.problems.get(&problem.id).filter(|stored| stored.version == problem.version) else {
            return Err(StoreError::Stale);
        };
        let changed = Problem {
            version: problem.version + 1,
            submissions_total: stored.submissions_total,
            submissions_accepted: stored.submissions_accepted,
            ..problem.clone()
        };
        require_unique(&rows, &changed)?;
        rows.problems.insert(changed.id, changed);
        Ok(())
    }

    async fn find(&self, problem: &ProblemRef) -> Result<Option<Problem>, StoreError> {
        Ok(find(&*self.rows()?, problem).cloned())
    }

    async fn add_test_set(&self, test_set: &TestSet) -> Result<(), StoreError> {
        insert(&mut self.rows()?.test_sets, test_set.id, test_set.clone(), "test_sets.id")
    }

    async fn count_verdict(&self, problem_id: ProblemId, accepted: bool) -> Result<(), StoreError> {
        if let Some(problem) = self.rows()?.problems.get_mut(&problem_id) {
            problem.submissions_total += 1;
            problem.submissions_accepted += i64::from(accepted);
        }
        Ok(())
    }
}

#[async_trait]
impl ProblemQueries for FakeStore {
    async fn view(&self, problem: &ProblemRef) -> Result<Option<ProblemView>, StoreError> {
        self.read(|state| {
            let problem = find(state, problem)?;
            let set = problem.test_set_id.and_then(|id| state.test_sets.get(&id));
            let tests = set.map_or(&[][..], |set| &set.tests);
            let author = state.users.get(&problem.author_id);
            Some(ProblemView {
                problem: problem.clone(),
                author_username: author.map_or_else(String::new, |author| author.username.to_string()),
                samples: tests.iter().filter(|test| test.sample).cloned().collect(),
                test_count: u32::try_from(tests.len()).unwrap_or(u32::MAX),
                own_languages: set.map(TestSet::own_languages).unwrap_or_default(),
                details: set.map(|set| set.details.clone()).unwrap_or_default(),
            })
        })
    }

    async fn list(&self, filter: &ProblemFilter, page: &PageRequest) -> Result<Page<ProblemListItem>, StoreError> {
        let after = page.after.as_ref().map(|cursor| (cursor.key.clone(), cursor.id));
        let mut rows: Vec<(Key, ProblemListItem)> = self.read(|state| {
            let wanted = state.problems.values().filter(|problem| is_wanted(filter, problem));
            wanted.map(|problem| (key(filter.sort, problem), item(problem))).collect()
        })?;
        rows.retain(|(key, _)| {
            after
                .as_ref()
                .is_none_or(|after| order(filter.sort, key, after) == Ordering::Greater)
        });
        rows.sort_by(|(a, _), (b, _)| order(filter.sort, a, b));
        // One more than asked for tells whether there is a next page.
        rows.truncate(page.limit as usize + 1);
        let page = Page::from_surplus(rows, page.limit, |(key, _)| Cursor {
            sort: filter.sort.as_str().to_owned(),
            key: key.0.clone(),
            id: key.1,
        });
        Ok(page.map(|(_, item)| item))
    }

    async fn test_set(&self, id: TestSetId) -> Result<Option<TestSet>, StoreError> {
        self.read(|state| state.test_sets.get(&id).cloned())
    }
}

/// Characters of a title that go into its place: a cursor holds no more than that, even if each needs escaping.
const MOST_TITLE_CHARACTERS: usize = 150;

/// Place in a sorted list: text whose order is that of the sort, and the id, which breaks ties.
type Key = (String, Uuid);

fn key(sort: ProblemSort, problem: &Problem) -> Key {
    // Twenty digits and no sign, so that the order of texts is the order of times.
    let micros = i128::from(problem.created_at.timestamp_micros()) - i128::from(i64::MIN);
    let text = match sort {
        ProblemSort::Newest | ProblemSort::Oldest => format!("{micros:020}"),
        ProblemSort::Title => folded(&problem.title).chars().take(MOST_TITLE_CHARACTERS).collect(),
        ProblemSort::Difficulty => format!("{} {micros:020}", problem.difficulty.rank()),
    };
    (text, problem.id.as_uuid())
}

/// Lower case of each character by itself, so that a part has the same lower case as in the whole (the final sigma has not).
fn folded(text: &str) -> String {
    text.chars().flat_map(char::to_lowercase).collect()
}

fn order(sort: ProblemSort, a: &Key, b: &Key) -> Ordering {
    match sort {
        ProblemSort::Newest => b.cmp(a),
        ProblemSort::Oldest | ProblemSort::Title | ProblemSort::Difficulty => a.cmp(b),
    }
}

fn is_wanted(filter: &ProblemFilter, problem: &Problem) -> bool {
    let ProblemFilter {
        query,
        difficulty,
        tag,
        status,
        visible_to,
        all,
        sort: _,
    } = filter;
    let is_visible = *all || problem.status == ProblemStatus::Published || *visible_to == Some(problem.author_id);
    is_visible
        && difficulty.is_none_or(|difficulty| problem.difficulty == difficulty)
        && status.is_none_or(|status| problem.status == status)
        && tag.as_ref().is_none_or(|tag| problem.tags.contains(tag))
        && query.as_ref().is_none_or(|query| matches(query, problem))
}

fn matches(query: &str, problem: &Problem) -> bool {
    let places: Vec<String> = [problem.title.as_str(), problem.slug.as_str()]
        .into_iter()
        .chain(problem.tags.iter().map(String::as_str))
        .map(folded)
        .collect();
    let query = folded(query);
    query.split_whitespace().all(|word| places.iter().any(|place| place.contains(word)))
}

fn item(problem: &Problem) -> ProblemListItem {
    ProblemListItem {
        id: problem.id,
        slug: problem.slug.clone(),
        title: problem.title.clone(),
        difficulty: problem.difficulty,
        tags: problem.tags.clone(),
        status: problem.status,
        submissions_total: problem.submissions_total,
        submissions_accepted: problem.submissions_accepted,
        created_at: problem.created_at,
        updated_at: problem.updated_at,
    }
}
