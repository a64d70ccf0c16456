//! Problems and their tests.

mod archive;
mod dto;
mod examples;
mod report;
mod requests;
mod upload;

use crate::HttpDeps;
use crate::openapi::ApiTags;
use crate::request::{Anyone, Body, Call, LoggedIn, PageLimit, problem_ref};
use crate::response::{Cached, CachedList, Created, Data, Download, Problem};
use crate::routes::operation;
use archive::Archive;
use codesm_core::problems::{ImportOptions, ListProblemsCommand, ProblemRef, StatusChange};
use dto::{DifficultyDto, ProblemDto, ProblemItemDto, ProblemSortDto, ProblemStatusDto, TestSetDto};
use poem_openapi::OpenApi;
use poem_openapi::param::{Path, Query};
use report::ImportReportDto;
use requests::{EditBody, NewProblemBody, TestsBody};
use std::sync::Arc;
use upload::PackageUpload;

/// Everybody may keep what nobody had to log in for this long: authors see their changes at once, others soon.
const PUBLIC_SECONDS: u32 = 15;

/// Failures by operation, besides those that every operation has.
pub(crate) const ERRORS: &[(&str, &[&str])] = &[
    ("listProblems", &["page.invalid_limit", "page.invalid_cursor"]),
    ("getProblem", &["problem.not_found", "storage.unavailable"]),
    (
        operation::GET_ATTACHMENT,
        &["problem.not_found", "problem.attachment_not_found", "storage.unavailable"],
    ),
    ("createProblem", &["auth.forbidden", "validation.failed", "problem.slug_taken"]),
    (
        "editProblem",
        &[
            "auth.forbidden",
            "problem.not_found",
            "validation.failed",
            "problem.slug_taken",
            "store.stale",
        ],
    ),
    (
        "submitProblemForReview",
        &[
            "auth.forbidden",
            "problem.not_found",
            "problem.wrong_status",
            "problem.no_tests",
            "store.stale",
        ],
    ),
    (
        "publishProblem",
        &[
            "auth.forbidden",
            "problem.not_found",
            "problem.wrong_status",
            "problem.no_tests",
            "store.stale",
        ],
    ),
    (
        "archiveProblem",
        &["auth.forbidden", "problem.not_found", "problem.wrong_status", "store.stale"],
    ),
    (
        "setTests",
        &[
            "auth.forbidden",
            "problem.not_found",
            "validation.failed",
            "store.stale",
            "storage.unavailable",
        ],
    ),
    (
        "exportProblem",
        &[
            "auth.forbidden",
            "problem.not_found",
            "problem.no_tests",
            "package.cannot_express",
            "storage.unavailable",
        ],
    ),
    (
        operation::IMPORT_PROBLEM,
        &[
            "auth.forbidden",
            "request.malformed_form",
            "validation.failed",
            "problem.slug_taken",
            "package.too_large",
            "package.invalid",
            "upload.not_found",
            "upload.wrong_kind",
            "upload.not_confirmed",
            "sandbox.unavailable",
            "storage.unavailable",
        ],
    ),
];

/// The handlers.
#[derive(Clone)]
pub(crate) struct ProblemsApi(pub(crate) Arc<HttpDeps>);

#[OpenApi(prefix_path = "/api/v1/problems", tag = "ApiTags::Problems")]
impl ProblemsApi {
    /// List problems
    ///
    /// Published ones for everybody; authors also see their own, admins all.
    #[oai(path = "/", method = "get", operation_id = "listProblems")]
    #[expect(clippy::too_many_arguments, reason = "one per query parameter, as the framework wants it")]
    async fn list(
        &self,
        caller: Anyone,
        /// Words that must all occur in title, slug or tags; case does not matter.
        q: Query<Option<String>>,
        /// Only this difficulty.
        difficulty: Query<Option<DifficultyDto>>,
        /// Only with this tag.
        tag: Query<Option<String>>,
        /// Only with this status.
        status: Query<Option<ProblemStatusDto>>,
        /// Order; newest first if absent.
        sort: Query<Option<ProblemSortDto>>,
        /// Items per page.
        limit: Query<Option<PageLimit>>,
        /// `nextCursor` of the page before, with the same `sort`.
        cursor: Query<Option<String>>,
    ) -> Result<CachedList<ProblemItemDto>, Problem> {
        let command = ListProblemsCommand {
            query: q.0,
            difficulty: difficulty.0.map(Into::into),
            tag: tag.0,
            status: status.0.map(Into::into),
            sort: sort.0.map(Into::into),
            limit: limit.0.map(|limit| limit.0),
            cursor: cursor.0,
        };
        let page = self.0.app.problems.list.list(caller.0.actor(), command).await?;
        Ok(CachedList(page.map(Into::into), caller.0.freshness(PUBLIC_SECONDS)))
    }

    /// Show a problem
    ///
    /// Statement, limits, samples. Hidden tests are not part of it, whoever asks.
    #[oai(path = "/:problem", method = "get", operation_id = "getProblem")]
    async fn get(
        &self,
        caller: Anyone,
        /// Identifier or slug.
        problem: Path<String>,
    ) -> Result<Cached<ProblemDto>, Problem> {
        let shown = self.show(&caller.0, &problem_ref(&problem.0)?).await?;
        Ok(Cached(shown, caller.0.freshness(PUBLIC_SECONDS)))
    }

    /// Download an attachment
    ///
    /// A file for solvers. Slashes in its name may be sent as they are or as `%2F`.
    #[oai(path = "/:problem/attachments/:name", method = "get", operation_id = "getAttachment")]
    async fn attachment(
        &self,
        caller: Anyone,
        /// Identifier or slug.
        problem: Path<String>,
        /// Name of the attachment, as the problem lists it.
        name: Path<String>,
    ) -> Result<Download, Problem> {
        let attachments = &self.0.app.problems.attachment;
        let found = attachments.get(caller.0.actor(), &problem_ref(&problem.0)?, &name.0).await?;
        Download::open(&found.stored, found.file, caller.0.freshness(PUBLIC_SECONDS)).await
    }

    /// Write a problem
    ///
    /// Makes a draft that only its author and admins see. Needs the role `author`.
    #[oai(path = "/", method = "post", operation_id = "createProblem")]
    async fn create(&self, caller: LoggedIn, body: Body<NewProblemBody>) -> Result<Created<ProblemDto>, Problem> {
        let problem = self.0.app.problems.create.create(&caller.0.context, body.0.into()).await?;
        let shown = self.show(&caller.0, &ProblemRef::Id(problem.id)).await?;
        Ok(Created::new(shown, format!("/api/v1/problems/{}", problem.id)))
    }

    /// Change a problem
    ///
    /// Absent fields stay as they are.
    #[oai(path = "/:problem", method = "patch", operation_id = "editProblem")]
    async fn edit(
        &self,
        caller: LoggedIn,
        /// Identifier or slug.
        problem: Path<String>,
        body: Body<EditBody>,
    ) -> Result<Data<ProblemDto>, Problem> {
        let edit = &self.0.app.problems.edit;
        let problem = edit.edit(&caller.0.context, &problem_ref(&problem.0)?, body.0.into()).await?;
        self.show(&caller.0, &ProblemRef::Id(problem.id)).await.map(Data)
    }

    /// Ask for a review
    ///
    /// From draft; the problem then takes submissions of its author and admins.
    #[oai(path = "/:problem/submit-for-review", method = "post", operation_id = "submitProblemForReview")]
    async fn submit_for_review(
        &self,
        caller: LoggedIn,
        /// Identifier or slug.
        problem: Path<String>,
    ) -> Result<Data<ProblemDto>, Problem> {
        self.change_status(&caller.0, &problem.0, StatusChange::SubmitForReview).await
    }

    /// Publish
    ///
    /// From draft, review or archive. The problem needs tests.
    #[oai(path = "/:problem/publish", method = "post", operation_id = "publishProblem")]
    async fn publish(
        &self,
        caller: LoggedIn,
        /// Identifier or slug.
        problem: Path<String>,
    ) -> Result<Data<ProblemDto>, Problem> {
        self.change_status(&caller.0, &problem.0, StatusChange::Publish).await
    }

    /// Archive
    ///
    /// Withdraws the problem; submissions to it stay.
    #[oai(path = "/:problem/archive", method = "post", operation_id = "archiveProblem")]
    async fn archive(
        &self,
        caller: LoggedIn,
        /// Identifier or slug.
        problem: Path<String>,
    ) -> Result<Data<ProblemDto>, Problem> {
        self.change_status(&caller.0, &problem.0, StatusChange::Archive).await
    }

    /// Set the tests
    ///
    /// Replaces all of them, in judging order with samples first. With `groups` the problem is scored: a group gives its points for all
    /// of its tests, and their sum is the score. Submissions already received are judged by the tests of their time.
    #[oai(path = "/:problem/tests", method = "put", operation_id = "setTests")]
    async fn set_tests(
        &self,
        caller: LoggedIn,
        /// Identifier or slug.
        problem: Path<String>,
        body: Body<TestsBody>,
    ) -> Result<Data<TestSetDto>, Problem> {
        let set_tests = &self.0.app.problems.set_tests;
        let (_, tests) = set_tests.set(&caller.0.context, &problem_ref(&problem.0)?, body.0.into()).await?;
        Ok(Data(tests.into()))
    }

    /// Export a problem package
    ///
    /// A zip archive in the Kattis/ICPC problem package format, version 2025-09, with hidden tests and jury submissions. For the
    /// problem's author and admins.
    #[oai(path = "/:problem/export", method = "get", operation_id = "exportProblem")]
    async fn export(
        &self,
        caller: LoggedIn,
        /// Identifier or slug.
        problem: Path<String>,
    ) -> Result<Archive, Problem> {
        let export = &self.0.app.problems.export;
        let package = export.collect(&caller.0.context, &problem_ref(&problem.0)?).await?;
        Archive::write(self.0.app.clone(), package, &self.0.settings.scratch_dir, &*self.0.ids).await
    }

    /// Import a problem package
    ///
    /// A zip archive in the Kattis/ICPC problem package format, legacy or 2025-09, or a full package of Codeforces' Polygon; in a form,
    /// or uploaded before. Needs the role `author`.
    #[oai(path = "/import", method = "post", operation_id = "importProblem")]
    async fn import(&self, caller: LoggedIn, upload: PackageUpload) -> Result<Created<ImportReportDto>, Problem> {
        let context = &caller.0.context;
        self.0.app.problems.import.authorize(context)?;
        let form = upload
            .receive(&self.0.app, context, &self.0.settings.scratch_dir, &*self.0.ids)
            .await?;
        let package = form.read(self.0.app.clone(), context.clone()).await?;
        let options = ImportOptions {
            publish: form.publish,
            ..ImportOptions::default()
        };
        let report = self.0.app.problems.import.import(context, package, options).await?;
        let shown = self.show(&caller.0, &ProblemRef::Id(report.problem.id)).await?;
        let location = format!("/api/v1/problems/{}", report.problem.id);
        Ok(Created::new(ImportReportDto::new(shown, report), location))
    }
}

impl ProblemsApi {
    /// The problem as every operation on it shows it.
    async fn show(&self, caller: &Call, problem: &ProblemRef) -> Result<ProblemDto, Problem> {
        let (view, samples) = self.0.app.problems.get.get(caller.actor(), problem).await?;
        Ok(ProblemDto::new(view, samples))
    }

    async fn change_status(&self, caller: &Call, problem: &str, change: StatusChange) -> Result<Data<ProblemDto>, Problem> {
        let change_status = &self.0.app.problems.change_status;
        let problem = change_status.change(&caller.context, &problem_ref(problem)?, change).await?;
        self.show(caller, &ProblemRef::Id(problem.id)).await.map(Data)
    }
}
