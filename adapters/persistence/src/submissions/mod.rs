//! Submissions and idempotency keys.

mod idempotency;
mod queries;
mod repository;
mod rows;
