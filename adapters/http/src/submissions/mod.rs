//! Submissions, runs, their history and events, and the languages they may be in.

mod dto;
mod events;
mod examples;
mod fingerprint;
mod languages;
mod requests;
mod results;

use crate::HttpDeps;
use crate::openapi::ApiTags;
use crate::request::{Anyone, Body, Call, HeaderText, LoggedIn, PageLimit, WaitSeconds, problem_ref, submission_id};
use crate::response::{Cached, Created, Data, List, Problem};
use crate::routes::operation;
use codesm_core::kernel::UserId;
use codesm_core::submissions::{EventCursor, IdempotencyKey, ListSubmissionsCommand, MAX_WAIT, SubmitCommand};
use dto::{SubmissionDto, SubmissionItemDto, VerdictDto};
use events::Events;
use languages::LanguageDto;
use poem::http::StatusCode;
use poem_openapi::OpenApi;
use poem_openapi::param::{Path, Query};
use requests::{BatchBody, BatchItemBody, RunBody, SubmitBody};
use std::sync::Arc;
use std::time::Duration;
use uuid::Uuid;

/// The table of languages changes when workers come and go.
const LANGUAGES_SECONDS: u32 = 30;

/// What can be wrong with a program that is handed in.
const SOURCE_ERRORS: &[&str] = &[
    "auth.forbidden",
    "submission.unknown_language",
    "submission.language_unavailable",
    "submission.source_missing",
    "submission.source_ambiguous",
    "submission.source_empty",
    "submission.source_too_large",
    "submission.source_not_text",
    "submission.files_count",
    "submission.file_name_invalid",
    "submission.file_name_repeated",
    "submission.stdin_not_allowed",
    "submission.stdin_too_large",
    "submission.stdin_not_text",
    "submission.args_too_long",
    "submission.args_not_text",
    "submission.limit_out_of_range",
    "submission.invalid_idempotency_key",
    "request.invalid_wait",
    "idempotency.mismatch",
    "idempotency.in_progress",
    "submission.too_many_waiting",
];

/// Failures by operation, besides those that every operation has.
pub(crate) const ERRORS: &[(&str, &[&str])] = &[
    ("listLanguages", &[]),
    (operation::RUN, SOURCE_ERRORS),
    (operation::SUBMIT, SOURCE_ERRORS),
    (
        operation::SUBMIT,
        &[
            "problem.not_found",
            "problem.not_published",
            "problem.no_tests",
            "problem.no_samples",
            "problem.checker_unavailable",
            "submission.language_not_permitted",
            "submission.code_too_long",
        ],
    ),
    (operation::SUBMIT_BATCH, SOURCE_ERRORS),
    (
        operation::SUBMIT_BATCH,
        &[
            "submission.batch_size",
            "problem.not_found",
            "problem.not_published",
            "problem.no_tests",
            "problem.no_samples",
            "problem.checker_unavailable",
            "submission.language_not_permitted",
            "submission.code_too_long",
        ],
    ),
    ("getSubmission", &["submission.not_found", "storage.unavailable"]),
    ("followSubmission", &["submission.not_found"]),
    (
        "cancelSubmission",
        &[
            "auth.forbidden",
            "submission.not_found",
            "submission.already_judged",
            "storage.unavailable",
        ],
    ),
    (
        "listSubmissions",
        &["auth.forbidden", "problem.not_found", "page.invalid_limit", "page.invalid_cursor"],
    ),
];

/// The handlers.
#[derive(Clone)]
pub(crate) struct SubmissionsApi(pub(crate) Arc<HttpDeps>);

#[OpenApi(prefix_path = "/api/v1", tag = "ApiTags::Submissions")]
impl SubmissionsApi {
    /// List languages
    ///
    /// All of the table; `available` says whether some worker had the toolchain within the last day.
    #[oai(path = "/languages", method = "get", operation_id = "listLanguages")]
    async fn languages(&self, caller: Anyone) -> Result<Cached<Vec<LanguageDto>>, Problem> {
        let languages = self.0.app.submissions.languages.list().await?;
        let shown = languages.into_iter().map(Into::into).collect();
        Ok(Cached(shown, caller.0.public_freshness(LANGUAGES_SECONDS)))
    }

    /// Submit to a problem
    ///
    /// The receipt comes at once, or with `wait` as soon as the verdict is there. The same `Idempotency-Key` with the same body gives
    /// the first receipt again (200) for 24 hours. Mode `run` runs the samples, or the given standard input, and never counts.
    #[oai(path = "/problems/:problem/submissions", method = "post", operation_id = "submit")]
    async fn submit(
        &self,
        caller: LoggedIn,
        /// Identifier or slug.
        problem: Path<String>,
        /// Seconds to wait for the verdict.
        wait: Query<Option<WaitSeconds>>,
        /// 1 to 255 visible characters of the client's choice, for safe repetition.
        #[oai(name = "Idempotency-Key")]
        idempotency_key: HeaderText,
        body: Body<SubmitBody>,
    ) -> Result<Created<SubmissionDto>, Problem> {
        let idempotency = idempotency_key.0.map(|key| IdempotencyKey {
            key,
            fingerprint: fingerprint::of(&["submit", &problem.0], &body.0),
        });
        let command = body.0.into_command(problem_ref(&problem.0)?, idempotency);
        self.take(&caller.0, command, wait.0).await
    }

    /// Submit several programs
    ///
    /// 1 to 100, to any problems. All are taken in together and judged one by one, or none is and `errors` says what is wrong with
    /// which. Costs all of the caller's rate limit for submissions. `Idempotency-Key` counts for the whole batch.
    #[oai(path = "/submissions/batch", method = "post", operation_id = "submitBatch")]
    async fn submit_batch(
        &self,
        caller: LoggedIn,
        /// 1 to 255 visible characters of the client's choice, for safe repetition.
        #[oai(name = "Idempotency-Key")]
        idempotency_key: HeaderText,
        body: Body<BatchBody>,
    ) -> Result<Created<Vec<SubmissionDto>>, Problem> {
        let key = idempotency_key.0.map(|key| IdempotencyKey {
            key,
            fingerprint: fingerprint::of(&["batch"], &body.0),
        });
        let commands: Vec<SubmitCommand> = body
            .0
            .submissions
            .into_iter()
            .map(BatchItemBody::into_command)
            .collect::<Result<_, _>>()?;
        let submissions = &self.0.app.submissions;
        let receipts = submissions.submit_batch.submit(&caller.0.context, commands, key).await?;
        let replayed = receipts.iter().any(|receipt| receipt.replayed);
        let views = receipts.into_iter().map(|receipt| submissions.get.of_receipt(receipt.submission));
        Ok(Created {
            data: views.map(Into::into).collect(),
            location: "/api/v1/submissions".to_owned(),
            replayed,
        })
    }

    /// Run code
    ///
    /// Without a problem: the program gets the given standard input and arguments; `accepted` means exit code 0. Receipt, events and
    /// `wait` are those of submissions.
    #[oai(path = "/runs", method = "post", operation_id = "runCode")]
    async fn run(
        &self,
        caller: LoggedIn,
        /// Seconds to wait for the verdict.
        wait: Query<Option<WaitSeconds>>,
        /// 1 to 255 visible characters of the client's choice, for safe repetition.
        #[oai(name = "Idempotency-Key")]
        idempotency_key: HeaderText,
        body: Body<RunBody>,
    ) -> Result<Created<SubmissionDto>, Problem> {
        let idempotency = idempotency_key.0.map(|key| IdempotencyKey {
            key,
            fingerprint: fingerprint::of(&["run"], &body.0),
        });
        self.take(&caller.0, body.0.into_command(idempotency), wait.0).await
    }

    /// Show a submission
    ///
    /// To its owner, the problem's author and admins.
    #[oai(path = "/submissions/:id", method = "get", operation_id = "getSubmission")]
    async fn get(
        &self,
        caller: LoggedIn,
        /// Identifier.
        id: Path<String>,
    ) -> Result<Data<SubmissionDto>, Problem> {
        let view = self.0.app.submissions.get.get(caller.0.actor(), submission_id(&id.0)?).await?;
        Ok(Data(view.into()))
    }

    /// List submissions
    ///
    /// Newest first: the caller's own; for admins everybody's; for authors everybody's to their problem, if `problem` names it.
    #[oai(path = "/submissions", method = "get", operation_id = "listSubmissions")]
    async fn list(
        &self,
        caller: LoggedIn,
        /// Only to this problem: identifier or slug.
        problem: Query<Option<String>>,
        /// Only of this user: identifier.
        user: Query<Option<Uuid>>,
        /// Only with this verdict.
        verdict: Query<Option<VerdictDto>>,
        /// Items per page.
        limit: Query<Option<PageLimit>>,
        /// `nextCursor` of the page before.
        cursor: Query<Option<String>>,
    ) -> Result<List<SubmissionItemDto>, Problem> {
        let command = ListSubmissionsCommand {
            problem: problem.0.as_deref().map(problem_ref).transpose()?,
            user_id: user.0.map(UserId::from_uuid),
            verdict: verdict.0.map(Into::into),
            limit: limit.0.map(|limit| limit.0),
            cursor: cursor.0,
        };
        let page = self.0.app.submissions.list.list(caller.0.actor(), command).await?;
        Ok(List(page.map(Into::into)))
    }

    /// Cancel a submission
    ///
    /// The caller's own, or anybody's for admins, as long as it has no verdict. What runs of it is stopped within seconds.
    #[oai(path = "/submissions/:id/cancel", method = "post", operation_id = "cancelSubmission")]
    async fn cancel(
        &self,
        caller: LoggedIn,
        /// Identifier.
        id: Path<String>,
    ) -> Result<Data<SubmissionDto>, Problem> {
        let cancel = &self.0.app.submissions.cancel;
        let view = cancel.cancel(&caller.0.context, submission_id(&id.0)?).await?;
        Ok(Data(view.into()))
    }

    /// Follow a submission
    ///
    /// Server-sent events. `state` carries `{"state"}`, `test` a test as in the submission (without `input` and `answer`), `verdict`
    /// `{"state","verdict","score","maxScore","groups","judgedAt"}`; then the stream ends. Ids grow; `Last-Event-ID` resumes after that one,
    /// without it the stream begins with everything known so far. A comment line every 15 s keeps it alive.
    #[oai(path = "/submissions/:id/events", method = "get", operation_id = "followSubmission")]
    async fn follow(
        &self,
        caller: LoggedIn,
        /// Identifier.
        id: Path<String>,
        /// Id of the last event that was seen.
        #[oai(name = "Last-Event-ID")]
        last_event_id: HeaderText,
    ) -> Result<Events, Problem> {
        let last = last_event_id.0.filter(|text| !text.trim().is_empty());
        let last = last.map(|text| EventCursor::parse(&text).ok_or_else(bad_event_id)).transpose()?;
        let feed = self
            .0
            .app
            .submissions
            .follow
            .follow(caller.0.actor(), submission_id(&id.0)?, last)
            .await?;
        Ok(Events::new(feed, self.0.shutdown.clone()))
    }
}

fn bad_event_id() -> Problem {
    Problem::invalid_parameter("Last-Event-ID", "Must be the id of an event of this stream.")
}

impl SubmissionsApi {
    /// Takes a submission in, waits if asked to, and shows it.
    async fn take(&self, caller: &Call, command: SubmitCommand, wait: Option<WaitSeconds>) -> Result<Created<SubmissionDto>, Problem> {
        let wait = Duration::from_secs(wait.map_or(0, |wait| u64::from(wait.0)));
        if wait > MAX_WAIT {
            return Err(Problem::new(
                StatusCode::UNPROCESSABLE_ENTITY,
                "request.invalid_wait",
                "`wait` must be 0 to 30 seconds.",
            )
            .with_field("wait", "out_of_range", "Must be 0 to 30."));
        }
        let submissions = &self.0.app.submissions;
        let receipt = submissions.submit.submit(&caller.context, command).await?;
        let id = receipt.submission.id;
        if !wait.is_zero() {
            // Whatever becomes of the waiting, the receipt is given and must reach the client.
            tokio::select! {
                waited = submissions.wait.wait(id, wait) => if let Err(error) = waited {
                    tracing::warn!(submission = %id, code = error.code(), %error, "waiting for a verdict failed");
                },
                () = self.0.shutdown.cancelled() => {}
                // The use case goes by the wall clock, which can be set back meanwhile.
                () = tokio::time::sleep(wait) => {}
            }
        }
        // The same holds for showing it: a client that saw an error would send it again.
        let view = submissions.get.get(caller.actor(), id).await.unwrap_or_else(|error| {
            tracing::warn!(submission = %id, code = error.code(), %error, "a new submission is shown as it was received");
            submissions.get.of_receipt(receipt.submission)
        });
        Ok(Created {
            data: view.into(),
            location: format!("/api/v1/submissions/{id}"),
            replayed: receipt.replayed,
        })
    }
}
