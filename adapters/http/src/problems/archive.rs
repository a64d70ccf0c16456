//! Gives a package out: written to a file away from the threads that serve requests, then streamed.

use super::upload::TemporaryFile;
use crate::response::Problem;
use codesm_core::app::App;
use codesm_core::kernel::{AppError, IdGenerator};
use codesm_core::problems::Package;
use futures_util::StreamExt as _;
use poem::http::header;
use poem::{Body, IntoResponse, Response};
use poem_openapi::ApiResponse;
use poem_openapi::registry::{MetaMediaType, MetaResponse, MetaResponses, MetaSchema, MetaSchemaRef, Registry};
use std::path::Path;
use std::sync::Arc;
use tokio::fs::File;
use tokio_util::io::ReaderStream;

const ZIP: &str = "application/zip";

/// A zip archive to be saved.
#[derive(Debug)]
pub(super) struct Archive(Response);

impl Archive {
    /// Writes the package.
    ///
    /// # Errors
    /// `package.cannot_express` (422), `storage.unavailable` (503).
    pub(super) async fn write(app: Arc<App>, package: Package, folder: &Path, ids: &dyn IdGenerator) -> Result<Self, Problem> {
        // The name is a slug: nothing in it needs an escape.
        let disposition = format!("attachment; filename=\"{}.zip\"", package.name);
        let file = TemporaryFile(folder.join(format!("export-{}.zip", ids.new_uuid())));
        let path = file.0.clone();
        let writing = tokio::task::spawn_blocking(move || app.problems.export.write(&package, &path));
        writing.await.map_err(AppError::internal)??;
        let unavailable = |error| {
            let message = "The package could not be read right now; try again shortly.";
            AppError::unavailable("storage.unavailable", message).with_source(error)
        };
        let opened = File::open(&file.0).await.map_err(unavailable)?;
        let size = opened.metadata().await.map_err(unavailable)?.len();
        // The file must stay until its last byte is sent.
        let bytes = ReaderStream::new(opened).inspect(move |_| {
            let _ = &file;
        });
        let response = Response::builder()
            .content_type(ZIP)
            .header(header::CONTENT_LENGTH, size)
            .header(header::CONTENT_DISPOSITION, disposition)
            .header(header::CACHE_CONTROL, "no-store")
            .body(Body::from_bytes_stream(bytes));
        Ok(Self(response))
    }
}

impl IntoResponse for Archive {
    fn into_response(self) -> Response {
        self.0
    }
}

impl ApiResponse for Archive {
    fn meta() -> MetaResponses {
        let schema = MetaSchema::new_with_format("string", "binary");
        MetaResponses {
            responses: vec![MetaResponse {
                description: "The package.",
                status: Some(200),
                status_range: None,
                content: vec![MetaMediaType {
                    content_type: ZIP,
                    schema: MetaSchemaRef::Inline(Box::new(schema)),
                }],
                headers: Vec::new(),
            }],
        }
    }

    fn register(_registry: &mut Registry) {}
}
