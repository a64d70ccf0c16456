//! Blobs and uploads in a bucket of any S3-compatible service.

mod blob_store;
mod cache;
mod client;
mod failure;
mod flights;
mod objects;
mod retry;
mod settings;
mod upload_store;
mod xml;

pub use blob_store::S3BlobStore;
pub use client::S3Error;
pub use settings::{Patience, S3Settings};
pub use upload_store::S3UploadStore;
