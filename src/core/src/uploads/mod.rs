//! Uploads: an address to send a file to, and the check that it is what it was said to be.

mod confirm;
mod content;
mod get;
mod kind;
mod model;
mod ports;
mod presign;
mod sweep;
mod transfer;

pub use confirm::ConfirmUpload;
pub use content::BEGINNING_BYTES;
pub use get::{GetUpload, UploadLink};
pub use kind::UploadKind;
pub use model::{LINK_LIFE, OFFER_LIFE, UNCONFIRMED_LIFE, Upload, UploadState};
pub use ports::{Ticket, UploadDeps, UploadGate, UploadLimits, UploadOffer, UploadRepository, UploadStore, UploadedFile};
pub use presign::{PresignCommand, PresignUpload};
pub use sweep::SweepUploads;
pub use transfer::TransferUpload;
