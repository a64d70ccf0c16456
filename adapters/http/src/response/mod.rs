//! What goes back: the envelope, errors, conditional answers, and the types they are made of.

mod conditional;
mod download;
mod envelope;
mod problem;
mod types;

pub(crate) use conditional::{Cached, CachedList, Freshness, names};
pub(crate) use download::{Attachment, Download};
pub(crate) use envelope::{Created, Data, List, NoContent, json_response};
pub(crate) use problem::{PROBLEM_JSON, Problem, ProblemDetails, framework_problem, problem_example};
pub(crate) use types::{Maybe, Nullable, Time};
