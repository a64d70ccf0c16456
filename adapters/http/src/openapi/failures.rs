//! Every code an operation may fail with. `feature.reason`, and what it means.

use serde_json::Value;
use std::collections::BTreeMap;

/// Code, status, meaning.
type Failure = (&'static str, u16, &'static str);

/// All codes.
const FAILURES: &[Failure] = &[
    ("auth.banned", 403, "The account is locked."),
    ("auth.busy", 503, "Too many passwords are being checked; try again shortly."),
    (
        "auth.csrf_failed",
        403,
        "The session cookie came from a page that is not allowed to use it.",
    ),
    ("auth.email_taken", 409, "There is an account with this e-mail address."),
    ("auth.forbidden", 403, "The caller may not do this."),
    ("auth.invalid_api_key", 401, "The API key is wrong."),
    ("auth.invalid_credentials", 401, "E-mail or password is wrong."),
    (
        "auth.invalid_refresh_token",
        401,
        "The refresh token is missing, wrong or has expired.",
    ),
    ("auth.invalid_token", 401, "The access token is wrong or has expired."),
    (
        "auth.refresh_token_reused",
        401,
        "The refresh token was used before; the session is ended.",
    ),
    ("auth.required", 401, "Nobody is logged in."),
    ("auth.too_many_attempts", 429, "Too many failed logins for this address."),
    ("auth.username_taken", 409, "The username is taken."),
    ("database.unavailable", 503, "The database is away; try again shortly."),
    ("idempotency.in_progress", 409, "A request with this key is being handled."),
    ("idempotency.mismatch", 422, "The key was used with another request."),
    ("internal.unexpected", 500, "A fault of ours."),
    ("job.not_dead", 409, "Only given-up jobs are tried again."),
    ("job.not_found", 404, "There is no such job."),
    ("job.still_open", 409, "Only jobs that ended are removed."),
    ("job.unknown_state", 422, "`state` is none that jobs have."),
    (
        "package.cannot_express",
        422,
        "The problem has something that the package format has no words for; `detail` says what.",
    ),
    (
        "package.invalid",
        422,
        "The package cannot be used; `code` is more exact (`package.…`), `errors` names file and key.",
    ),
    ("package.too_large", 413, "The package is larger than allowed when unpacked."),
    ("page.invalid_cursor", 400, "The cursor does not belong to this list."),
    ("page.invalid_limit", 422, "`limit` is not 1 to 100."),
    ("problem.attachment_not_found", 404, "The problem has no attachment of this name."),
    (
        "problem.checker_unavailable",
        409,
        "No worker has the language of the problem's own programs.",
    ),
    ("problem.no_samples", 409, "The problem has no samples to run."),
    ("problem.no_tests", 409, "The problem has no tests yet."),
    (
        "problem.not_found",
        404,
        "There is no such problem, or the caller may not know of it.",
    ),
    ("problem.not_published", 409, "The problem takes no submissions now."),
    ("problem.slug_taken", 409, "There is a problem with this slug."),
    ("problem.wrong_status", 409, "The problem's status does not allow it."),
    ("queue.not_found", 404, "There is no such queue."),
    ("rate.limited", 429, "Too many requests."),
    ("request.duplicate_parameter", 400, "A query parameter occurs twice."),
    ("request.incomplete_body", 400, "The body ended early."),
    ("request.invalid", 400, "The request cannot be understood."),
    (
        "request.invalid_body",
        400,
        "Fields are missing or of the wrong type; `errors` names them.",
    ),
    (
        "request.invalid_parameter",
        400,
        "A parameter cannot be understood; `errors` names it.",
    ),
    ("request.invalid_wait", 422, "`wait` is not 0 to 30."),
    ("request.malformed_form", 400, "The form cannot be read."),
    ("request.malformed_json", 400, "The body is no JSON in UTF-8."),
    (
        "request.timeout",
        503,
        "It took too long; try again shortly. 408 if the body was slow to arrive.",
    ),
    ("request.too_large", 413, "The body is too large."),
    (
        "request.unsupported_media_type",
        415,
        "The body is of another media type, or compressed.",
    ),
    ("route.method_not_allowed", 405, "The address does not answer this method."),
    ("route.not_found", 404, "There is nothing at this address."),
    (
        "sandbox.unavailable",
        503,
        "The time limit could not be measured now; try again shortly.",
    ),
    ("storage.unavailable", 503, "The storage is away; try again shortly."),
    ("store.stale", 409, "Somebody else changed it at the same time."),
    ("submission.already_judged", 409, "The submission has its verdict already."),
    ("submission.args_not_text", 422, "An argument holds NUL."),
    ("submission.args_too_long", 422, "Too many or too long arguments."),
    ("submission.batch_size", 422, "A batch has 1 to 100 submissions."),
    ("submission.code_too_long", 422, "The problem takes less source code."),
    ("submission.file_name_invalid", 422, "A file name is no plain relative path."),
    ("submission.file_name_repeated", 422, "A file name occurs twice."),
    ("submission.files_count", 422, "Not 1 to 50 files."),
    (
        "submission.invalid_idempotency_key",
        422,
        "The key is not 1 to 255 visible ASCII characters.",
    ),
    (
        "submission.language_not_permitted",
        422,
        "The problem does not take submissions in this language.",
    ),
    ("submission.language_unavailable", 422, "No worker has this language."),
    ("submission.limit_out_of_range", 422, "A limit is out of range."),
    (
        "submission.not_found",
        404,
        "There is no such submission, or the caller may not know of it.",
    ),
    ("submission.source_ambiguous", 422, "Both `source` and `files`."),
    ("submission.source_empty", 422, "The source is empty."),
    ("submission.source_missing", 422, "Neither `source` nor `files`."),
    ("submission.source_not_text", 422, "The source holds NUL."),
    ("submission.source_too_large", 422, "The source is too large."),
    ("submission.stdin_not_allowed", 422, "Standard input is only for mode `run`."),
    ("submission.stdin_not_text", 422, "Standard input holds NUL."),
    ("submission.stdin_too_large", 422, "Standard input is too large."),
    (
        "submission.too_many_waiting",
        429,
        "Too many of one's submissions are waiting already.",
    ),
    ("submission.unknown_language", 422, "There is no such language."),
    ("upload.being_checked", 409, "The upload is being checked; ask again shortly."),
    ("upload.not_confirmed", 409, "The upload is not confirmed."),
    ("upload.not_found", 404, "There is no such upload, or it is not the caller's."),
    ("upload.not_pending", 409, "The upload does not wait for a file any more."),
    ("upload.not_uploaded", 409, "Nothing has been sent yet."),
    ("upload.refused", 409, "What was sent was not what was announced, and is gone."),
    ("upload.ticket_invalid", 403, "The address has expired or was changed."),
    ("upload.too_many", 409, "Too many uploads of the caller are not confirmed."),
    ("upload.wrong_kind", 409, "The upload is for something else."),
    ("upload.wrong_size", 422, "What was sent does not have the announced size."),
    ("upload.wrong_type", 422, "What was sent is not of the announced type."),
    ("validation.failed", 422, "Fields are not acceptable; `errors` names them."),
];

/// Of every operation of the API.
const COMMON: &[&str] = &[
    "request.duplicate_parameter",
    "request.invalid",
    "request.invalid_parameter",
    "auth.invalid_token",
    "auth.invalid_api_key",
    "auth.banned",
    "auth.csrf_failed",
    "route.not_found",
    "request.too_large",
    "request.unsupported_media_type",
    "rate.limited",
    "internal.unexpected",
    "database.unavailable",
    "request.timeout",
];
/// Of health and metrics.
const INFRASTRUCTURE: &[&str] = &[
    "request.duplicate_parameter",
    "request.invalid_parameter",
    "request.too_large",
    "request.unsupported_media_type",
    "internal.unexpected",
    "request.timeout",
];
const WITH_JSON: &[&str] = &["request.malformed_json", "request.invalid_body", "request.incomplete_body"];
const WITH_FORM: &[&str] = &["request.malformed_form", "request.invalid_body"];

/// What an operation may fail with, by status; each with its meaning.
pub(super) fn of_operation(id: &str, path: &str, operation: &Value) -> BTreeMap<u16, BTreeMap<&'static str, &'static str>> {
    let mut codes: Vec<&str> = Vec::new();
    if path.starts_with("/api/") {
        codes.extend(COMMON);
    } else {
        codes.extend(INFRASTRUCTURE);
    }
    let all = [
        crate::auth::ERRORS,
        crate::problems::ERRORS,
        crate::submissions::ERRORS,
        crate::queues::ERRORS,
        crate::uploads::ERRORS,
        crate::health::ERRORS,
    ];
    let own = all.into_iter().flatten().filter(|(operation, _)| *operation == id);
    codes.extend(own.flat_map(|(_, codes)| codes.iter()));
    let content = &operation["requestBody"]["content"];
    if content["application/json"].is_object() {
        codes.extend(WITH_JSON);
    }
    if content["multipart/form-data"].is_object() {
        codes.extend(WITH_FORM);
    }
    // An empty requirement among the alternatives means that nobody need be logged in.
    let mut security = operation["security"].as_array().into_iter().flatten().peekable();
    if security.peek().is_some() && security.all(|requirement| requirement.as_object().is_some_and(|names| !names.is_empty())) {
        codes.push("auth.required");
    }
    let mut by_status: BTreeMap<u16, BTreeMap<&str, &str>> = BTreeMap::new();
    for code in codes {
        if let Some((code, status, meaning)) = FAILURES.iter().find(|(known, ..)| *known == code) {
            by_status.entry(*status).or_default().insert(code, meaning);
        }
        if code == "request.timeout" && !content.is_null() {
            by_status
                .entry(408)
                .or_default()
                .insert("request.timeout", "The body was slow to arrive.");
        }
    }
    by_status
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_code_that_is_named_is_known() {
        let known = |code: &&str| FAILURES.iter().any(|(known, ..)| known == code);
        let named = [
            crate::auth::ERRORS,
            crate::problems::ERRORS,
            crate::submissions::ERRORS,
            crate::queues::ERRORS,
            crate::uploads::ERRORS,
            crate::health::ERRORS,
        ];
        for (operation, codes) in named.into_iter().flatten() {
            for code in *codes {
                assert!(known(code), "{operation}: {code}");
            }
        }
        for code in COMMON.iter().chain(INFRASTRUCTURE).chain(WITH_JSON).chain(WITH_FORM) {
            assert!(known(code), "{code}");
        }
    }

    #[test]
    fn the_table_is_sorted_and_without_repeats() {
        assert!(FAILURES.is_sorted_by(|a, b| a.0 < b.0));
    }
}
