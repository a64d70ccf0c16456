//! Takes a problem package in.

use super::create::{check_statement, check_title, clean_tags, slug_taken};
use super::load_tests::default_limits;
use super::policy::not_found;
use super::store_package::store_tests;
use super::{
    Difficulty, GroupSummary, MeasureTimeLimit, Package, PackageError, PackageSource, Problem, ProblemDeps, ProblemKind, ProblemRef,
    ProblemStatus,
};
use crate::audit::AuditEntry;
use crate::kernel::{
    AppError, AppResult, ErrorKind, FieldError, Permission, ProblemId, RequestContext, Slug, TestSetId, UserId, Validation,
};
use serde_json::json;

/// How to import.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct ImportOptions {
    /// Owner; the caller if absent.
    pub author_id: Option<UserId>,
    /// Publish at once.
    pub publish: bool,
    /// If a problem with this slug and owner exists, give it the new tests and words instead of refusing.
    pub replace: bool,
}

/// What came of an import.
#[derive(Clone, Debug)]
pub struct ImportReport {
    /// The problem.
    pub problem: Problem,
    /// Whether it is new.
    pub created: bool,
    /// Format version of the package.
    pub format_version: String,
    /// Number of samples.
    pub samples: usize,
    /// Number of secret tests.
    pub secrets: usize,
    /// What kind of problem it is.
    pub kinds: Vec<ProblemKind>,
    /// How the time limit was found, for the author.
    pub time_limit_note: String,
    /// Groups of tests that give points.
    pub groups: Vec<GroupSummary>,
    /// Number of labelled jury submissions seen.
    pub jury_submissions: usize,
    /// What was ignored or guessed.
    pub warnings: Vec<String>,
}

/// Imports packages.
#[derive(Clone)]
pub struct ImportProblem {
    deps: ProblemDeps,
    /// `None` where programs cannot be run.
    measure: Option<MeasureTimeLimit>,
}

impl From<PackageError> for AppError {
    fn from(error: PackageError) -> Self {
        if error.is_local_fault {
            return Self::unavailable(
                "storage.unavailable",
                "The package could not be stored right now; try again shortly.",
            )
            .with_source(error);
        }
        let field = match (&error.file, &error.key) {
            (Some(file), Some(key)) => format!("package:{file}#{key}"),
            (Some(file), None) => format!("package:{file}"),
            (None, _) => "package".to_owned(),
        };
        let kind = if error.code == "package.too_large" {
            ErrorKind::TooLarge
        } else {
            ErrorKind::Invalid
        };
        let fields = vec![FieldError {
            field,
            code: error.code,
            message: error.message.clone(),
        }];
        Self::new(kind, error.code, error.to_string()).with_fields(fields)
    }
}

impl ImportProblem {
    /// With its ports.
    #[must_use]
    pub const fn new(deps: ProblemDeps, measure: Option<MeasureTimeLimit>) -> Self {
        Self { deps, measure }
    }

    /// # Errors
    /// `auth.required`, `auth.forbidden`: to be asked before a large upload is taken in.
    pub fn authorize(&self, context: &RequestContext) -> AppResult<()> {
        context.actor.require(Permission::ProblemImport)
    }

    /// Reads the package (this blocks) and checks who asks.
    ///
    /// # Errors
    /// `package.…` naming file and key, `auth.required`, `auth.forbidden`.
    pub fn read(&self, context: &RequestContext, source: &PackageSource) -> AppResult<Package> {
        self.authorize(context)?;
        Ok(self.deps.packages.read(source)?)
    }

    /// Stores a package as a problem. Blobs first (content-addressed, harmless if unused), then all rows in one transaction.
    ///
    /// # Errors
    /// `auth.required`, `auth.forbidden`, `validation.failed`, `problem.slug_taken`, `storage.unavailable`.
    #[tracing::instrument(target = "codesm_trace", name = "problems.import", skip_all)]
    pub async fn import(&self, context: &RequestContext, mut package: Package, options: ImportOptions) -> AppResult<ImportReport> {
        context.actor.require(Permission::ProblemImport)?;
        let author_id = match (context.actor.user_id(), options.author_id) {
            (Some(own), None) => own,
            (Some(own), Some(other)) if own == other || context.actor.may(Permission::ProblemManageAll) => other,
            (None, Some(other)) => other,
            (Some(_), Some(_)) => return Err(AppError::forbidden("auth.forbidden", "Only admins may import for others.")),
            (None, None) => return Err(AppError::invalid("problem.author_missing", "Name the author of the problem.")),
        };
        if options.publish {
            context.actor.require(Permission::ProblemPublish)?;
        }
        let time_limit_note = self.fill_time_limit(&mut package).await?;
        let draft = self.draft(&package, author_id, options.publish)?;
        let mut test_set = store_tests(&*self.deps.blobs, &*self.deps.ids, &package, &draft).await?;

        let now = draft.created_at;
        let tx = self.deps.uow.begin().await?;
        let owner = tx.users().by_id(author_id).await?;
        if !owner.is_some_and(|owner| owner.role.allows(Permission::ProblemCreate)) {
            return Err(AppError::invalid(
                "problem.author_unfit",
                "The author must be an account that may write problems.",
            ));
        }
        let existing = tx.problems().find(&ProblemRef::Slug(draft.slug.clone())).await?;
        let (problem, created) = match existing {
            Some(mut known) if options.replace && known.author_id == author_id => {
                test_set.problem_id = known.id;
                tx.problems().add_test_set(&test_set).await?;
                let Problem {
                    title,
                    statement,
                    difficulty,
                    tags,
                    limits,
                    ..
                } = draft;
                (known.title, known.statement, known.difficulty, known.tags, known.limits) = (title, statement, difficulty, tags, limits);
                known.test_set_id = Some(test_set.id);
                known.updated_at = now;
                if options.publish {
                    known.status = ProblemStatus::Published;
                }
                tx.problems().save(&known).await?;
                known.version += 1;
                (known, false)
            }
            Some(_) => {
                return Err(AppError::conflict(
                    "problem.slug_taken",
                    "There is a problem with this slug already.",
                ));
            }
            None => {
                let mut problem = draft;
                // The test set refers to the problem, so the problem goes first, without tests, and gets them after.
                let test_set_id = problem.test_set_id.take();
                tx.problems().add(&problem).await.map_err(slug_taken)?;
                tx.problems().add_test_set(&test_set).await?;
                problem.test_set_id = test_set_id;
                tx.problems().save(&problem).await?;
                problem.version += 1;
                (problem, true)
            }
        };
        let subject = ("problem", problem.id.to_string());
        let details = json!({ "slug": problem.slug.as_str(), "tests": test_set.tests.len(), "created": created });
        tx.audit()
            .append(&AuditEntry::new(
                &*self.deps.ids,
                now,
                context,
                "problem.imported",
                subject,
                details,
            ))
            .await?;
        tx.commit().await.map_err(slug_taken)?;
        let samples = test_set.tests.iter().filter(|test| test.sample).count();
        Ok(ImportReport {
            problem,
            created,
            format_version: package.format_version,
            samples,
            secrets: test_set.tests.len() - samples,
            kinds: test_set.details.kinds(),
            time_limit_note,
            groups: test_set.groups(),
            jury_submissions: package.submissions.len(),
            warnings: package.warnings,
        })
    }

    /// Measures the time limit where the package says none; says how it was found.
    async fn fill_time_limit(&self, package: &mut Package) -> AppResult<String> {
        if package.time_limit_ms.is_some() {
            return Ok("the package says so".to_owned());
        }
        let Some(measure) = &self.measure else {
            let taken = default_limits(package).time_ms;
            let note = format!(
                "the package says no time limit, and this process runs no programs to measure it: {taken} ms was taken; set it with PATCH"
            );
            package.warnings.push(note.clone());
            return Ok(note);
        };
        let measured = measure.measure(package).await.map_err(|error| {
            AppError::unavailable(
                "sandbox.unavailable",
                "The time limit could not be measured right now; try again shortly.",
            )
            .with_source(error)
        })?;
        package.warnings.push(measured.note.clone());
        package.time_limit_ms = Some(measured.time_ms);
        Ok(measured.note)
    }

    fn draft(&self, package: &Package, author_id: UserId, publish: bool) -> AppResult<Problem> {
        let mut validation = Validation::new();
        let slug = Slug::from_name(&package.name);
        validation.require(
            slug.is_some(),
            "package",
            "invalid_name",
            "The package's name becomes the problem's address: it must have at least two of the characters a-z, A-Z and 0-9, and be neither `import` nor a UUID. Rename the file or folder.",
        );
        let title = check_title(&mut validation, &package.title);
        check_statement(&mut validation, &package.statement);
        // Packages carry long keyword lists; surplus and odd ones are dropped rather than refused.
        let tags = package
            .tags
            .iter()
            .map(|tag| tag.trim().to_lowercase())
            .filter(|tag| (1..=40).contains(&tag.chars().count()) && !tag.chars().any(|c| c.is_control() || c == ','))
            .take(20);
        let tags = clean_tags(&mut validation, &tags.collect::<Vec<_>>());
        validation.finish()?;
        let slug = slug.ok_or_else(not_found)?;
        let difficulty = Difficulty::ALL
            .into_iter()
            .find(|difficulty| tags.iter().any(|tag| tag == difficulty.as_str()));
        let now = self.deps.clock.now();
        Ok(Problem {
            id: ProblemId::generate(&*self.deps.ids),
            slug,
            title,
            statement: package.statement.clone(),
            difficulty: difficulty.unwrap_or(Difficulty::Medium),
            tags: tags.into_iter().filter(|tag| Difficulty::parse(tag).is_none()).collect(),
            status: if publish { ProblemStatus::Published } else { ProblemStatus::Draft },
            author_id,
            limits: default_limits(package),
            test_set_id: Some(TestSetId::generate(&*self.deps.ids)),
            submissions_total: 0,
            submissions_accepted: 0,
            created_at: now,
            updated_at: now,
            version: 1,
        })
    }
}
