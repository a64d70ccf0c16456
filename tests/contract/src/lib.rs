//! One suite of tests per port: what the port's documentation says an implementation MUST do.
//!
//! # How an adapter runs a suite
//!
//! Each port has a module with a `…Fixture` trait (what the suite needs of the adapter), one `pub async fn` per clause,
//! and a macro `…_suite!` that turns the clauses into `#[tokio::test]` functions of the same names. The macro takes an
//! `async fn() -> impl Fixture` that makes a fresh fixture for every test:
//!
//! ```text
//! // adapters/memory/tests/contract.rs; Cargo.toml: [dev-dependencies] codesm-contract, tokio (macros, rt-multi-thread)
//! use codesm_contract::rate_limiter::RateLimiterFixture;
//!
//! struct Memory { limiter: Arc<MemoryRateLimiter>, clock: Arc<TestClock> }
//! impl RateLimiterFixture for Memory { … }
//! async fn memory() -> Memory { … }
//!
//! mod rate_limiter {
//!     codesm_contract::rate_limiter_suite!(super::memory);
//! }
//! ```
//!
//! `cargo test -p codesm-memory rate_limiter::` then lists every clause by name. Put each suite into a module of its own,
//! named after the port. Clean up in the fixture's `Drop`: it also runs when a clause panics.
//!
//! The ports of the database share one fixture, [`StoreFixture`]: an empty database per test.
//!
//! [`TestClock`] and [`TestIds`] stand in for the clock and the identifiers where a fixture needs them.

#![expect(
    clippy::missing_panics_doc,
    reason = "every clause panics when the adapter breaks it: that is what it is for"
)]
#![expect(
    clippy::unused_async,
    reason = "the suites call every clause alike, also those that wait for nothing"
)]

mod doubles;
mod store;
mod suite;

pub mod blob_store;
pub mod clock;
pub mod id_generator;
pub mod job_signal;
pub mod live_events;
pub mod opaque_tokens;
pub mod password_hasher;
pub mod rate_limiter;
pub mod token_signer;
pub mod trace_context;
pub mod upload_store;

pub mod audit_repository;
pub mod auth_queries;
pub mod idempotency_repository;
pub mod job_directory;
pub mod job_queue;
pub mod job_repository;
pub mod leases;
pub mod problem_pages;
pub mod problem_queries;
pub mod problem_repository;
pub mod session_repository;
pub mod submission_queries;
pub mod submission_repository;
pub mod unit_of_work;
pub mod upload_repository;
pub mod user_repository;
pub mod worker_registry;

pub use doubles::{TestClock, TestIds};
pub use store::{Given, StoreFixture};
