//! The API through its front door: a real listener, the real use cases, fakes behind them.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on fails")]

mod accounts;
mod batch;
mod bodies;
mod events;
mod failures;
mod harness;
mod headers;
mod limits;
mod operation;
mod problems;
mod queues;
mod scoring;
mod submissions;
mod uploads;
