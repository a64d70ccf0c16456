//! Jobs and workers.

mod directory;
mod leases;
mod queue;
mod repository;
mod requirements;
mod rows;
mod workers;

pub(crate) use leases::SeaLeases;
pub(crate) use queue::SeaJobQueue;
pub(crate) use workers::SeaWorkerRegistry;
