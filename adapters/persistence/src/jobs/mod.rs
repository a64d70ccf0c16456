//! Jobs and workers.

mod queue;
mod repository;
mod requirements;
mod rows;
mod workers;

pub(crate) use queue::SeaJobQueue;
pub(crate) use workers::SeaWorkerRegistry;
