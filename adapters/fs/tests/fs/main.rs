//! The file system adapter keeps the contracts of its ports, and its own promises.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on fails")]

mod blob_store;
mod contract;
mod secret_file;
mod uploads;
