//! What goes over the wire about uploads.

use crate::response::{Nullable, Time};
use codesm_core::uploads::{PresignCommand, Upload, UploadKind, UploadLink, UploadOffer, UploadState};
use poem_openapi::types::Example;
use poem_openapi::{Enum, Object};
use std::collections::BTreeMap;
use uuid::Uuid;

/// What a file is for: `profile_image` (png, jpeg, webp; 5 MiB), `document` (pdf, plain text, Markdown; 25 MiB), `video` (mp4, webm;
/// 500 MiB), `test_data` (a problem package as zip; 512 MiB; needs the role `author`).
#[derive(Clone, Copy, Enum)]
#[oai(rename = "UploadKind", remote = "UploadKind", rename_all = "snake_case")]
pub(super) enum UploadKindDto {
    /// A picture of a person.
    ProfileImage,
    /// A résumé, a statement.
    Document,
    /// A recording.
    Video,
    /// A problem package.
    TestData,
}

/// Where an upload is in its life.
#[derive(Clone, Copy, Enum)]
#[oai(rename = "UploadState", remote = "UploadState", rename_all = "snake_case")]
pub(super) enum UploadStateDto {
    /// Waiting for the file, or for confirmation.
    Pending,
    /// Being looked at.
    Checking,
    /// There.
    Confirmed,
    /// Was not what was announced, and is gone.
    Refused,
}

/// A file to be uploaded.
#[derive(Object)]
#[oai(rename = "NewUpload", rename_all = "camelCase", example)]
pub(super) struct NewUploadBody {
    /// What it is for.
    pub(super) kind: UploadKindDto,
    /// Its name, 1 to 200 characters; shown, never used as a path.
    pub(super) file_name: String,
    /// Media type without parameters: `image/png`, `image/jpeg`, `image/webp`; `application/pdf`, `text/plain`, `text/markdown`;
    /// `video/mp4`, `video/webm`; `application/zip`.
    pub(super) content_type: String,
    /// Exact size in bytes.
    pub(super) size: u64,
}

impl From<NewUploadBody> for PresignCommand {
    fn from(body: NewUploadBody) -> Self {
        let NewUploadBody {
            kind,
            file_name,
            content_type,
            size,
        } = body;
        Self {
            kind: kind.into(),
            file_name,
            content_type,
            size,
        }
    }
}

/// Which upload.
#[derive(Object)]
#[oai(rename = "ConfirmUpload", rename_all = "camelCase", example)]
pub(super) struct ConfirmUploadBody {
    /// From the answer to the request for an address.
    pub(super) upload_id: Uuid,
}

/// The request to send the file with.
#[derive(Object)]
#[oai(rename = "PresignedUpload", rename_all = "camelCase", example)]
pub(super) struct PresignedUploadDto {
    /// For confirmation.
    pub(super) upload_id: Uuid,
    /// Where to send it: the storage, or this API. No login is needed there.
    pub(super) url: String,
    /// HTTP method.
    pub(super) method: String,
    /// Headers that must be sent exactly so; `content-length` is what most clients send by themselves.
    pub(super) headers: BTreeMap<String, String>,
    /// Until when.
    pub(super) expires_at: Time,
}

impl PresignedUploadDto {
    pub(super) fn new(upload: &Upload, offer: UploadOffer, url: String) -> Self {
        Self {
            upload_id: upload.id.as_uuid(),
            url,
            method: offer.method.to_owned(),
            headers: offer.headers.into_iter().collect(),
            expires_at: upload.expires_at.into(),
        }
    }
}

/// Where to download a file from.
#[derive(Object)]
#[oai(rename = "UploadDownload", rename_all = "camelCase")]
pub(super) struct DownloadDto {
    /// The storage, or this API. No login is needed there.
    pub(super) url: String,
    /// Until when.
    pub(super) expires_at: Time,
}

/// An upload.
#[derive(Object)]
#[oai(rename = "Upload", rename_all = "camelCase", example)]
pub(super) struct UploadDto {
    /// Identifier.
    pub(super) upload_id: Uuid,
    /// What it is for.
    pub(super) kind: UploadKindDto,
    /// Its name.
    pub(super) file_name: String,
    /// Media type.
    pub(super) content_type: String,
    /// Size in bytes.
    pub(super) size: u64,
    /// Where it is in its life.
    pub(super) state: UploadStateDto,
    /// When it was asked for.
    pub(super) created_at: Time,
    /// Until when it can be sent.
    pub(super) expires_at: Time,
    /// Where to download it from; null unless it is confirmed.
    pub(super) download: Nullable<DownloadDto>,
}

impl UploadDto {
    pub(super) fn new(upload: Upload, link: Option<UploadLink>) -> Self {
        let Upload {
            id,
            user_id: _,
            kind,
            file_name,
            content_type,
            size,
            incoming: _,
            name: _,
            state,
            created_at,
            expires_at,
            changed_at: _,
            tidied: _,
            version: _,
        } = upload;
        Self {
            upload_id: id.as_uuid(),
            kind: kind.into(),
            file_name,
            content_type,
            size,
            state: state.into(),
            created_at: created_at.into(),
            expires_at: expires_at.into(),
            download: Nullable(link.map(|link| DownloadDto {
                url: link.url,
                expires_at: link.expires_at.into(),
            })),
        }
    }
}

const ID: Uuid = Uuid::from_u128(0x0199_a3b0_7c11_7000_8000_0000_0000_0007);

fn at(seconds: i64) -> Time {
    Time(chrono::DateTime::from_timestamp(1_760_000_000 + seconds, 0).unwrap_or_default())
}

impl Example for NewUploadBody {
    fn example() -> Self {
        Self {
            kind: UploadKindDto::ProfileImage,
            file_name: "ada.png".to_owned(),
            content_type: "image/png".to_owned(),
            size: 48_213,
        }
    }
}

impl Example for ConfirmUploadBody {
    fn example() -> Self {
        Self { upload_id: ID }
    }
}

impl Example for PresignedUploadDto {
    fn example() -> Self {
        let headers = [("content-length", "48213"), ("content-type", "image/png")];
        Self {
            upload_id: ID,
            url: "https://judge.example.org/api/v1/uploads/0199a3b0-7c11-7000-8000-000000000007/content?expires=1760003600&signature=7d0c…"
                .to_owned(),
            method: "PUT".to_owned(),
            headers: headers.map(|(name, value)| (name.to_owned(), value.to_owned())).into(),
            expires_at: at(3600),
        }
    }
}

impl Example for UploadDto {
    fn example() -> Self {
        Self {
            upload_id: ID,
            kind: UploadKindDto::ProfileImage,
            file_name: "ada.png".to_owned(),
            content_type: "image/png".to_owned(),
            size: 48_213,
            state: UploadStateDto::Pending,
            created_at: at(0),
            expires_at: at(3600),
            download: Nullable(None),
        }
    }
}
