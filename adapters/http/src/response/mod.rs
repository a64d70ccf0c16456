//! What goes back: the envelope, errors, conditional answers, and the types they are made of.

mod conditional;
mod envelope;
mod problem;
mod types;

pub(crate) use conditional::{Cached, CachedList, Freshness};
pub(crate) use envelope::{Created, Data, List, Meta, NoContent, json_response};
pub(crate) use problem::{Problem, ProblemDetails, framework_problem};
pub(crate) use types::{Maybe, Nullable, Time};
