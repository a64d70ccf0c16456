//! Ports of problems.

use super::{Difficulty, PackageReader, PackageWriter, Problem, ProblemStatus, TestCase, TestSet, TestSetDetails};
use crate::kernel::{BlobStore, Clock, IdGenerator, Page, PageRequest, ProblemId, Slug, TestSetId, Timestamp, UserId};
use crate::store::{StoreError, UnitOfWork};
use async_trait::async_trait;
use std::str::FromStr;
use std::sync::Arc;

/// How an address names a problem.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ProblemRef {
    /// By id.
    Id(ProblemId),
    /// By slug.
    Slug(Slug),
}

impl ProblemRef {
    /// Reads `{problem}` of an address; `None` if it can name no problem.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        if let Ok(id) = ProblemId::from_str(text) {
            return Some(Self::Id(id));
        }
        Slug::parse(text).ok().map(Self::Slug)
    }
}

/// Problems and test sets inside a transaction.
///
/// Contract: slugs MUST be unique ([`StoreError::Conflict`] with `problems.slug`); `save` MUST fail with
/// [`StoreError::Stale`] unless the stored version is `problem.version`, then store `version + 1`, and MUST leave the
/// verdict counters alone; `count_verdict` MUST be atomic; a test set MUST come back exactly as added.
#[async_trait]
pub trait ProblemRepository: Send + Sync {
    /// Inserts a problem.
    ///
    /// # Errors
    /// [`StoreError::Conflict`].
    async fn add(&self, problem: &Problem) -> Result<(), StoreError>;
    /// Writes a changed problem.
    ///
    /// # Errors
    /// [`StoreError::Stale`], [`StoreError::Conflict`].
    async fn save(&self, problem: &Problem) -> Result<(), StoreError>;
    /// The problem, if there is one.
    ///
    /// # Errors
    /// [`StoreError`].
    async fn find(&self, problem: &ProblemRef) -> Result<Option<Problem>, StoreError>;
    /// Inserts a test set with its tests.
    ///
    /// # Errors
    /// [`StoreError`].
    async fn add_test_set(&self, test_set: &TestSet) -> Result<(), StoreError>;
    /// Counts one submission that counts.
    ///
    /// # Errors
    /// [`StoreError`].
    async fn count_verdict(&self, problem_id: ProblemId, accepted: bool) -> Result<(), StoreError>;
}

/// Sort of the problem list.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ProblemSort {
    /// Newest first.
    Newest,
    /// Oldest first.
    Oldest,
    /// Title, A to Z (by Unicode code point of the lower-cased title).
    Title,
    /// Easiest first, then oldest.
    Difficulty,
}

impl ProblemSort {
    /// Every sort.
    pub const ALL: [Self; 4] = [Self::Newest, Self::Oldest, Self::Title, Self::Difficulty];

    /// Name in addresses and cursors.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Newest => "newest",
            Self::Oldest => "oldest",
            Self::Title => "title",
            Self::Difficulty => "difficulty",
        }
    }

    /// The sort of that name.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|sort| sort.as_str() == text)
    }
}

/// Which problems are wanted.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ProblemFilter {
    /// Words that must all occur in title, slug or tags, ignoring case. `%` and `_` have no special meaning.
    pub query: Option<String>,
    /// Only this difficulty.
    pub difficulty: Option<Difficulty>,
    /// Only with this tag.
    pub tag: Option<String>,
    /// Only with this status.
    pub status: Option<ProblemStatus>,
    /// Besides published ones, those of this author; with `None`, see `all`.
    pub visible_to: Option<UserId>,
    /// Every problem, whosoever.
    pub all: bool,
    /// Order.
    pub sort: ProblemSort,
}

/// One line of the problem list.
#[derive(Clone, Debug, PartialEq)]
pub struct ProblemListItem {
    /// Identifier.
    pub id: ProblemId,
    /// Name in addresses.
    pub slug: Slug,
    /// Title.
    pub title: String,
    /// Difficulty.
    pub difficulty: Difficulty,
    /// Tags.
    pub tags: Vec<String>,
    /// Where it stands.
    pub status: ProblemStatus,
    /// Submissions that count.
    pub submissions_total: i64,
    /// Accepted ones among them.
    pub submissions_accepted: i64,
    /// When it was made.
    pub created_at: Timestamp,
    /// When it was last changed.
    pub updated_at: Timestamp,
}

/// A problem with what a reader needs besides.
#[derive(Clone, Debug, PartialEq)]
pub struct ProblemView {
    /// The problem.
    pub problem: Problem,
    /// Its author's name.
    pub author_username: String,
    /// Its sample tests.
    pub samples: Vec<TestCase>,
    /// Number of all tests.
    pub test_count: u32,
    /// Languages of the problem's own programs, which whoever judges must have, too.
    pub own_languages: Vec<String>,
    /// How submissions are judged, and what comes with the tests.
    pub details: TestSetDetails,
}

/// Reads outside transactions.
///
/// Contract: pages MUST neither repeat nor lose a row that does not change while they are read; a filter on visibility
/// MUST hold whatever the other filters say; a committed write of this process MUST be seen by the next read.
#[async_trait]
pub trait ProblemQueries: Send + Sync {
    /// One problem.
    ///
    /// # Errors
    /// [`StoreError`].
    async fn view(&self, problem: &ProblemRef) -> Result<Option<ProblemView>, StoreError>;
    /// A page of problems. The cursor's `key` is what this port put there.
    ///
    /// # Errors
    /// [`StoreError`].
    async fn list(&self, filter: &ProblemFilter, page: &PageRequest) -> Result<Page<ProblemListItem>, StoreError>;
    /// A test set with all its tests.
    ///
    /// # Errors
    /// [`StoreError`].
    async fn test_set(&self, id: TestSetId) -> Result<Option<TestSet>, StoreError>;
}

/// What the use cases of this feature need.
#[derive(Clone)]
pub struct ProblemDeps {
    /// Transactions.
    pub uow: Arc<dyn UnitOfWork>,
    /// Reads.
    pub queries: Arc<dyn ProblemQueries>,
    /// Test data.
    pub blobs: Arc<dyn BlobStore>,
    /// Packages.
    pub packages: Arc<dyn PackageReader>,
    /// Packages, the other way.
    pub package_writer: Arc<dyn PackageWriter>,
    /// Time.
    pub clock: Arc<dyn Clock>,
    /// Identifiers.
    pub ids: Arc<dyn IdGenerator>,
}
