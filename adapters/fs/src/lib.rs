//! Blobs, uploads and secrets as files of this machine.

mod blob_store;
mod durable;
mod layout;
pub mod secret_file;
mod ticket;
mod upload_store;

pub use blob_store::FsBlobStore;
pub use upload_store::FsUploadStore;
