//! The pure core of CodeSM: entities, use cases and port traits.
//!
//! Nothing here knows a framework, a clock, a random source, the environment or any I/O.
//! Adapters implement the port traits; inbound adapters drive [`app::App`].

pub mod app;
pub mod audit;
pub mod auth;
pub mod jobs;
pub mod judging;
pub mod kernel;
pub mod maintenance;
pub mod problems;
pub mod queues;
pub mod store;
pub mod submissions;
pub mod uploads;
