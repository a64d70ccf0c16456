//! Uploads.

mod content;
mod dto;

use crate::HttpDeps;
use crate::openapi::ApiTags;
use crate::request::{Anyone, Body, LoggedIn};
use crate::response::{Attachment, Created, Data, NoContent, Problem};
use crate::routes::operation;
use codesm_core::kernel::UploadId;
use codesm_core::uploads::{Ticket, UploadLink};
use content::FileBody;
use dto::{ConfirmUploadBody, NewUploadBody, PresignedUploadDto, UploadDto};
use poem::Request;
use poem::http::{StatusCode, header};
use poem_openapi::OpenApi;
use poem_openapi::param::{Path, Query};
use std::sync::Arc;

/// Failures by operation, besides those that every operation has.
pub(crate) const ERRORS: &[(&str, &[&str])] = &[
    (
        operation::PRESIGN_UPLOAD,
        &["auth.forbidden", "validation.failed", "upload.too_many", "storage.unavailable"],
    ),
    (
        operation::CONFIRM_UPLOAD,
        &[
            "upload.not_found",
            "upload.not_uploaded",
            "upload.being_checked",
            "upload.refused",
            "upload.wrong_size",
            "upload.wrong_type",
            "store.stale",
            "storage.unavailable",
        ],
    ),
    ("getUpload", &["upload.not_found", "storage.unavailable"]),
    (
        operation::SEND_UPLOAD,
        &[
            "upload.not_found",
            "upload.ticket_invalid",
            "upload.not_pending",
            "upload.wrong_size",
            "upload.wrong_type",
            "request.incomplete_body",
            "storage.unavailable",
        ],
    ),
    (
        "downloadUpload",
        &["upload.not_found", "upload.ticket_invalid", "storage.unavailable"],
    ),
];

/// The handlers.
#[derive(Clone)]
pub(crate) struct UploadsApi(pub(crate) Arc<HttpDeps>);

#[OpenApi(prefix_path = "/api/v1/uploads", tag = "ApiTags::Uploads")]
impl UploadsApi {
    /// Ask for an address to upload to
    ///
    /// Then send the file there, with exactly these headers, and confirm. What is not confirmed within a day is removed.
    #[oai(path = "/presigned", method = "post", operation_id = "presignUpload")]
    async fn presign(
        &self,
        caller: LoggedIn,
        request: &Request,
        body: Body<NewUploadBody>,
    ) -> Result<Created<PresignedUploadDto>, Problem> {
        let presign = &self.0.app.uploads.presign;
        let (upload, offer) = presign.presign(&caller.0.context, body.0.into()).await?;
        let url = self.absolute(request, &offer.url);
        let location = format!("/api/v1/uploads/{}", upload.id);
        Ok(Created::new(PresignedUploadDto::new(&upload, offer, url), location))
    }

    /// Confirm an upload
    ///
    /// The file must be there, with the announced size and really of the announced type; otherwise it is removed. Confirming again
    /// changes nothing.
    #[oai(path = "/confirm", method = "post", operation_id = "confirmUpload")]
    async fn confirm(&self, caller: LoggedIn, request: &Request, body: Body<ConfirmUploadBody>) -> Result<Data<UploadDto>, Problem> {
        let id = UploadId::from_uuid(body.0.upload_id);
        self.0.app.uploads.confirm.confirm(&caller.0.context, id).await?;
        self.show(&caller, request, id).await
    }

    /// Show an upload
    ///
    /// For its owner; with an address to download it from once it is confirmed.
    #[oai(path = "/:upload", method = "get", operation_id = "getUpload")]
    async fn get(
        &self,
        caller: LoggedIn,
        request: &Request,
        /// Identifier.
        upload: Path<String>,
    ) -> Result<Data<UploadDto>, Problem> {
        self.show(&caller, request, upload_id(&upload.0)?).await
    }

    /// Send a file
    ///
    /// At the address that `presignUpload` gave, if that leads here; its signature takes the place of a login.
    #[oai(path = "/:upload/content", method = "put", operation_id = "sendUpload")]
    async fn send(
        &self,
        _caller: Anyone,
        /// Identifier.
        upload: Path<String>,
        /// From the address.
        expires: Query<i64>,
        /// From the address.
        signature: Query<String>,
        file: FileBody,
    ) -> Result<NoContent, Problem> {
        let transfer = &self.0.app.uploads.transfer;
        let ticket = ticket(&expires, &signature);
        let admitted = transfer
            .admit(upload_id(&upload.0)?, &ticket, &file.content_type, file.size)
            .await?;
        let received = file.receive(&self.0.settings.scratch_dir, admitted.size).await?;
        transfer.receive(&admitted, &received).await?;
        Ok(NoContent)
    }

    /// Download a file
    ///
    /// At the address that `getUpload` gave, if that leads here; its signature takes the place of a login.
    #[oai(path = "/:upload/content", method = "get", operation_id = "downloadUpload")]
    async fn download(
        &self,
        _caller: Anyone,
        /// Identifier.
        upload: Path<String>,
        /// From the address.
        expires: Query<i64>,
        /// From the address.
        signature: Query<String>,
    ) -> Result<Attachment, Problem> {
        let transfer = &self.0.app.uploads.transfer;
        let (upload, file) = transfer.release(upload_id(&upload.0)?, &ticket(&expires, &signature)).await?;
        Attachment::open(&upload.file_name, file).await
    }
}

impl UploadsApi {
    async fn show(&self, caller: &LoggedIn, request: &Request, id: UploadId) -> Result<Data<UploadDto>, Problem> {
        let (upload, link) = self.0.app.uploads.get.get(&caller.0.context, id).await?;
        let link = link.map(|link| UploadLink {
            url: self.absolute(request, &link.url),
            ..link
        });
        Ok(Data(UploadDto::new(upload, link)))
    }

    /// An address of this API as the caller can use it: as configured, else as they reached us, which only they are told.
    fn absolute(&self, request: &Request, url: &str) -> String {
        if !url.starts_with('/') {
            return url.to_owned();
        }
        match (&self.0.settings.public_url, request.header(header::HOST)) {
            (Some(base), _) => format!("{}{url}", base.trim_end_matches('/')),
            (None, Some(host)) => format!("http://{host}{url}"),
            (None, None) => url.to_owned(),
        }
    }
}

fn ticket(expires: &Query<i64>, signature: &Query<String>) -> Ticket {
    Ticket {
        expires: expires.0,
        signature: signature.0.clone(),
    }
}

/// What is no identifier does not exist.
fn upload_id(text: &str) -> Result<UploadId, Problem> {
    let missing = |_| Problem::new(StatusCode::NOT_FOUND, "upload.not_found", "There is no such upload.");
    text.parse().map_err(missing)
}
