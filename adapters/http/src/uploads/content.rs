//! A file in a body, streamed to disk.

use crate::request::media_type;
use crate::response::Problem;
use codesm_core::kernel::{AppError, LocalFile};
use futures_util::StreamExt as _;
use poem::http::header;
use poem::{Request, RequestBody, Result};
use poem_openapi::registry::{MetaMediaType, MetaRequest, MetaSchema, MetaSchemaRef};
use poem_openapi::{ApiExtractor, ApiExtractorType, ExtractParamOptions};
use std::io;
use std::path::Path;
use std::sync::Arc;
use tempfile::NamedTempFile;
use tokio::io::AsyncWriteExt as _;

/// A body that has not been read yet, so that handlers can ask first whether they want it.
pub(super) struct FileBody {
    /// Media type without parameters.
    pub(super) content_type: String,
    /// Declared size.
    pub(super) size: Option<u64>,
    body: poem::Body,
}

impl<'a> ApiExtractor<'a> for FileBody {
    const TYPES: &'static [ApiExtractorType] = &[ApiExtractorType::RequestObject];
    type ParamType = ();
    type ParamRawType = ();

    fn request_meta() -> Option<MetaRequest> {
        let schema = MetaSchema::new_with_format("string", "binary");
        Some(MetaRequest {
            description: Some("The file, with the announced media type."),
            content: vec![MetaMediaType {
                content_type: "*/*",
                schema: MetaSchemaRef::Inline(Box::new(schema)),
            }],
            required: true,
        })
    }

    async fn from_request(request: &'a Request, body: &mut RequestBody, _options: ExtractParamOptions<()>) -> Result<Self> {
        let length = request.header(header::CONTENT_LENGTH);
        Ok(Self {
            content_type: media_type(request).map(|(essence, _)| essence).unwrap_or_default(),
            size: length.and_then(|length| length.parse().ok()),
            body: body.take().map_err(|_| Problem::unexpected())?,
        })
    }
}

impl FileBody {
    /// Reads the body to a file that is gone with its guard, and no further than the first byte too many.
    ///
    /// # Errors
    /// `request.incomplete_body` (400), `storage.unavailable` (503).
    pub(super) async fn receive(self, folder: &Path, expected: u64) -> Result<LocalFile, Problem> {
        let file = tempfile::Builder::new()
            .prefix("upload-")
            .tempfile_in(folder)
            .map_err(unavailable)?;
        let mut writer = tokio::fs::File::from_std(file.reopen().map_err(unavailable)?);
        let mut size: u64 = 0;
        let mut stream = self.body.into_bytes_stream();
        while size <= expected
            && let Some(bytes) = stream.next().await
        {
            let bytes = bytes.map_err(|_| Problem::bad_request("request.incomplete_body", "The body ended early."))?;
            size += bytes.len() as u64;
            writer.write_all(&bytes).await.map_err(unavailable)?;
        }
        writer.flush().await.map_err(unavailable)?;
        Ok(local_file(file, size))
    }
}

fn local_file(file: NamedTempFile, size: u64) -> LocalFile {
    LocalFile {
        path: file.path().to_owned(),
        size,
        guard: Some(Arc::new(file)),
    }
}

fn unavailable(error: io::Error) -> Problem {
    let message = "The file could not be stored right now; try again shortly.";
    AppError::unavailable("storage.unavailable", message).with_source(error).into()
}
