//! The worker: reserves jobs, keeps their leases alive, runs them, records what came of it.

mod lease;
mod one_job;
mod recording;
mod rest;
mod worker;

pub use worker::{Worker, WorkerDeps, WorkerSettings};
