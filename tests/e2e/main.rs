//! End to end: the real binary, a real listener, a real sandbox, real databases.

#![expect(clippy::unwrap_used, reason = "a test that meets what cannot be fails there")]

mod accounts;
mod bad_input;
#[path = "../../adapters/s3/tests/s3/bucket.rs"]
mod bucket;
mod collector;
mod crash;
mod databases;
mod events;
mod export;
mod first_start;
mod harness;
mod metrics;
mod outage;
mod own_redis;
mod packages;
mod problems;
mod processes;
mod redis;
mod storage;
mod submissions;
mod traces;
mod uploads;
