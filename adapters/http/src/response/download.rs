//! A file, streamed from this machine.

use super::Problem;
use super::conditional::{Freshness, not_modified, validators};
use super::envelope::header_meta;
use codesm_core::kernel::{AppError, LocalFile, attachment_disposition};
use codesm_core::problems::StoredFile;
use futures_util::StreamExt as _;
use poem::http::header;
use poem::{Body, IntoResponse, Response};
use poem_openapi::ApiResponse;
use poem_openapi::registry::{MetaMediaType, MetaResponse, MetaResponses, MetaSchema, MetaSchemaRef, Registry};
use tokio::fs::File;
use tokio_util::io::ReaderStream;

/// Whatever it is: browsers are to save it, not to show it.
const BYTES: &str = "application/octet-stream";

/// A file to be saved, or 304.
#[derive(Debug)]
pub(crate) struct Download(Response);

impl Download {
    /// Opens the file.
    ///
    /// # Errors
    /// `storage.unavailable`.
    pub(crate) async fn open(stored: &StoredFile, file: LocalFile, freshness: Freshness) -> Result<Self, Problem> {
        let (size, body) = stream(file).await?;
        let tag = format!("\"{}\"", &stored.content.sha256);
        Ok(Self(freshness.with_tag(&tag, || {
            Response::builder()
                .content_type(BYTES)
                .header(header::CONTENT_LENGTH, size)
                .header(header::CONTENT_DISPOSITION, attachment_disposition(&stored.name))
                .body(body)
        })))
    }
}

/// Size and bytes of a file.
async fn stream(file: LocalFile) -> Result<(u64, Body), Problem> {
    let LocalFile { path, size, guard } = file;
    let opened = File::open(path).await.map_err(|error| {
        AppError::unavailable("storage.unavailable", "The file could not be read right now; try again shortly.").with_source(error)
    })?;
    // The file must stay until its last byte is sent.
    let bytes = ReaderStream::new(opened).inspect(move |_| {
        let _ = &guard;
    });
    Ok((size, Body::from_bytes_stream(bytes)))
}

/// A file to be saved, for its bearer alone.
#[derive(Debug)]
pub(crate) struct Attachment(Response);

impl Attachment {
    /// Opens the file.
    ///
    /// # Errors
    /// `storage.unavailable`.
    pub(crate) async fn open(name: &str, file: LocalFile) -> Result<Self, Problem> {
        let (size, body) = stream(file).await?;
        let response = Response::builder()
            .content_type(BYTES)
            .header(header::CONTENT_LENGTH, size)
            .header(header::CONTENT_DISPOSITION, attachment_disposition(name))
            .header(header::CACHE_CONTROL, "no-store")
            .body(body);
        Ok(Self(response))
    }
}

impl IntoResponse for Attachment {
    fn into_response(self) -> Response {
        self.0
    }
}

impl ApiResponse for Attachment {
    fn meta() -> MetaResponses {
        let schema = MetaSchema::new_with_format("string", "binary");
        MetaResponses {
            responses: vec![MetaResponse {
                description: "The file.",
                status: Some(200),
                status_range: None,
                content: vec![MetaMediaType {
                    content_type: BYTES,
                    schema: MetaSchemaRef::Inline(Box::new(schema)),
                }],
                headers: vec![header_meta("Content-Disposition", "Under which name to save it.")],
            }],
        }
    }

    fn register(_registry: &mut Registry) {}
}

impl IntoResponse for Download {
    fn into_response(self) -> Response {
        self.0
    }
}

impl ApiResponse for Download {
    fn meta() -> MetaResponses {
        let mut headers = validators();
        headers.push(header_meta("Content-Disposition", "Under which name to save it."));
        let schema = MetaSchema::new_with_format("string", "binary");
        MetaResponses {
            responses: vec![
                MetaResponse {
                    description: "The file.",
                    status: Some(200),
                    status_range: None,
                    content: vec![MetaMediaType {
                        content_type: BYTES,
                        schema: MetaSchemaRef::Inline(Box::new(schema)),
                    }],
                    headers,
                },
                not_modified(),
            ],
        }
    }

    fn register(_registry: &mut Registry) {}
}
