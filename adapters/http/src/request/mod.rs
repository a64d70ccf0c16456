//! What comes in: who is calling, bodies, parameters.

mod body;
mod caller;
mod explain;
mod parameters;

pub(crate) use body::{Body, OptionalBody, media_type};
pub(crate) use caller::{Anyone, Call, LoggedIn};
pub(crate) use parameters::{HeaderText, PageLimit, WaitSeconds, check_query, job_id, problem_ref, submission_id};
