//! Uploads.

mod repository;
mod rows;
