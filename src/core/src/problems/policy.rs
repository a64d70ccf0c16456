//! Who may see and change a problem.

use super::{Problem, ProblemStatus};
use crate::kernel::{Actor, AppError, Permission};

fn is_author(actor: &Actor, problem: &Problem) -> bool {
    actor.user_id() == Some(problem.author_id)
}

/// Published problems are everybody's; others are their author's and the admins'.
#[must_use]
pub fn may_read(actor: &Actor, problem: &Problem) -> bool {
    problem.status == ProblemStatus::Published || is_author(actor, problem) || actor.may(Permission::ProblemManageAll)
}

/// Whether the actor may change the problem and see its hidden tests.
#[must_use]
pub fn may_edit(actor: &Actor, problem: &Problem) -> bool {
    is_author(actor, problem) && actor.may(Permission::ProblemCreate) || actor.may(Permission::ProblemManageAll)
}

/// What somebody gets who may not know that the problem exists.
pub(super) fn not_found() -> AppError {
    AppError::not_found("problem.not_found", "There is no such problem.")
}

/// # Errors
/// `problem.not_found` if the actor may not see it, `auth.required` or `auth.forbidden` if they may not change it.
pub(super) fn require_edit(actor: &Actor, problem: &Problem) -> Result<(), AppError> {
    if may_edit(actor, problem) {
        return Ok(());
    }
    if !may_read(actor, problem) {
        return Err(not_found());
    }
    actor.require_user()?;
    Err(AppError::forbidden(
        "auth.forbidden",
        "Only the problem's author and admins may do this.",
    ))
}
