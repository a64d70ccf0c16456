//! The worker: reserves jobs, keeps their leases alive, runs them, records what came of it.

mod lease;
mod one_job;
mod presence;
mod recording;
mod rest;
mod room;
mod tender;
mod worker;

pub use tender::tend;
pub use worker::{Worker, WorkerDeps, WorkerSettings};
