//! The use cases, through the public door, on the memory fakes.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on fails")]

mod auth;
mod batch;
mod breaking;
mod cancel;
mod custom_checker;
mod events;
mod export;
mod get_and_list;
mod give_up;
mod idempotency;
mod import;
mod judge;
mod maintenance;
mod permissions;
mod problems;
mod queues;
mod scoring;
mod sessions;
mod submit;
mod uploads;
mod wait;
mod world;
