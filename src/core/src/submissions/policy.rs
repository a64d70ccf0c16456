//! Who may see what of a submission.

use super::Submission;
use crate::kernel::{Actor, AppError, Permission};
use crate::problems::{Problem, may_edit};

/// The owner, the problem's author and admins see a submission; to others it does not exist.
#[must_use]
pub(super) fn may_read(actor: &Actor, submission: &Submission, problem: Option<&Problem>) -> bool {
    actor.user_id() == Some(submission.user_id)
        || actor.may(Permission::SubmissionReadAll)
        || problem.is_some_and(|problem| may_edit(actor, problem))
}

/// Whether the actor may see names and judge messages of hidden tests: only the problem's author, not even admins,
/// because such a message quotes the hidden answer.
#[must_use]
pub(super) fn sees_hidden(actor: &Actor, problem: Option<&Problem>) -> bool {
    problem.is_some_and(|problem| actor.user_id() == Some(problem.author_id) && may_edit(actor, problem))
}

pub(super) fn not_found() -> AppError {
    AppError::not_found("submission.not_found", "There is no such submission.")
}
