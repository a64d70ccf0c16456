//! Accounts and sessions.

mod queries;
mod rows;
mod sessions;
mod users;
