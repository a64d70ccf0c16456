//! The file system adapter keeps the contracts of its ports, and its own promises.

mod blob_store;
mod contract;
mod secret_file;
