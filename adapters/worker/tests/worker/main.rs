//! The worker, on the memory fakes and a sandbox whose programs take as long as a test wants. Tokio's time is paused.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on fails")]

mod elsewhere;
mod failures;
mod leases;
mod queues;
mod rests;
mod rig;
mod sandbox;
mod shutdown;
mod taking;
