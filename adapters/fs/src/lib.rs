//! Blobs and secrets as files of this machine.

mod blob_store;
mod durable;
mod layout;
pub mod secret_file;

pub use blob_store::FsBlobStore;
