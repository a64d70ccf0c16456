//! Takes a package in: streamed to a file, never held in memory; or uploaded before.

use crate::request::{Body, media_type};
use crate::response::{Maybe, Problem};
use codesm_core::app::App;
use codesm_core::kernel::{AppError, IdGenerator, LocalFile, RequestContext, UploadId};
use codesm_core::problems::{Package, PackageSource};
use codesm_core::uploads::UploadKind;
use poem::http::header;
use poem::web::{Field, Multipart};
use poem::{FromRequest, Request, RequestBody, Result};
use poem_openapi::registry::{MetaMediaType, MetaRequest, MetaSchema, MetaSchemaRef, Registry};
use poem_openapi::types::{Example, Type as _};
use poem_openapi::{ApiExtractor, ApiExtractorType, ExtractParamOptions, Object};
use std::io;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use tokio::fs::OpenOptions;
use tokio::io::{AsyncReadExt, AsyncWriteExt};

const FORM: &str = "multipart/form-data";
const JSON: &str = "application/json";
/// Of a field that is no package.
const MAX_TEXT_BYTES: u64 = 1024;
const COPY_BYTES: usize = 64 * 1024;

/// Of a JSON body, which names an upload and no more.
const MAX_JSON_BYTES: u64 = 16 * 1024;

/// A form that has not been read yet, so that handlers can ask first whether they want it; or the name of an upload.
pub(super) enum PackageUpload {
    Form(Multipart),
    Uploaded(ImportUploadBody),
}

/// A package that was uploaded before.
#[derive(Object)]
#[oai(rename = "ImportUpload", rename_all = "camelCase", example)]
pub(super) struct ImportUploadBody {
    /// A confirmed upload of kind `test_data`.
    upload_id: uuid::Uuid,
    /// Whether to publish at once; false if absent.
    publish: Maybe<bool>,
}

impl Example for ImportUploadBody {
    fn example() -> Self {
        Self {
            upload_id: uuid::Uuid::from_u128(0x0199_a3b0_7c11_7000_8000_0000_0000_0007),
            publish: Maybe(Some(true)),
        }
    }
}

impl<'a> ApiExtractor<'a> for PackageUpload {
    const TYPES: &'static [ApiExtractorType] = &[ApiExtractorType::RequestObject];
    type ParamType = ();
    type ParamRawType = ();

    fn register(registry: &mut Registry) {
        ImportUploadBody::register(registry);
    }

    fn request_meta() -> Option<MetaRequest> {
        let property = |ty, format, description| {
            MetaSchemaRef::Inline(Box::new(MetaSchema {
                description: Some(description),
                format,
                ..MetaSchema::new(ty)
            }))
        };
        let schema = MetaSchema {
            required: vec!["package"],
            properties: vec![
                ("package", property("string", Some("binary"), "The zip archive.")),
                ("publish", property("boolean", None, "Whether to publish at once; false if absent.")),
            ],
            ..MetaSchema::new("object")
        };
        Some(MetaRequest {
            description: None,
            content: vec![
                MetaMediaType {
                    content_type: FORM,
                    schema: MetaSchemaRef::Inline(Box::new(schema)),
                },
                MetaMediaType {
                    content_type: JSON,
                    schema: ImportUploadBody::schema_ref(),
                },
            ],
            required: true,
        })
    }

    async fn from_request(request: &'a Request, body: &mut RequestBody, _options: ExtractParamOptions<()>) -> Result<Self> {
        let essence = media_type(request).map(|(essence, _)| essence);
        if essence.as_deref() == Some(JSON) {
            // It is held in memory, so the limit for packages does not do.
            let declared = request.header(header::CONTENT_LENGTH).and_then(|length| length.parse::<u64>().ok());
            if declared.is_none_or(|length| length > MAX_JSON_BYTES) {
                return Err(Problem::too_large(MAX_JSON_BYTES).into());
            }
            let Body(uploaded) = Body::<ImportUploadBody>::from_request(request, body, ExtractParamOptions::default()).await?;
            return Ok(Self::Uploaded(uploaded));
        }
        if essence.as_deref() != Some(FORM) {
            let detail = "Send a form, with `Content-Type: multipart/form-data`, or name an upload in JSON.";
            return Err(Problem::unsupported_media_type(detail).into());
        }
        let form = <Multipart as FromRequest>::from_request(request, body)
            .await
            .map_err(|_| malformed())?;
        Ok(Self::Form(form))
    }
}

fn malformed() -> Problem {
    Problem::bad_request("request.malformed_form", "The form cannot be read.")
}

/// A file that is gone when nobody needs it any more.
pub(super) struct TemporaryFile(pub(super) PathBuf);

impl Drop for TemporaryFile {
    fn drop(&mut self) {
        if let Err(error) = std::fs::remove_file(&self.0)
            && error.kind() != io::ErrorKind::NotFound
        {
            tracing::warn!(%error, "a temporary file could not be removed");
        }
    }
}

/// Where a package lies; the file is gone when nobody needs it any more.
enum PackageFile {
    Received(TemporaryFile),
    Uploaded(LocalFile),
}

impl PackageFile {
    fn path(&self) -> &Path {
        match self {
            Self::Received(file) => &file.0,
            Self::Uploaded(file) => &file.path,
        }
    }
}

/// What the form said.
pub(super) struct ReceivedPackage {
    file: PackageFile,
    name: String,
    /// Whether to publish at once.
    pub(super) publish: bool,
}

impl PackageUpload {
    /// Reads the form, or brings the upload here.
    ///
    /// # Errors
    /// `request.malformed_form`, `request.invalid_body` (400), `storage.unavailable` (503); for an upload also `upload.not_found` (404),
    /// `upload.wrong_kind`, `upload.not_confirmed` (409).
    pub(super) async fn receive(
        self,
        app: &App,
        context: &RequestContext,
        folder: &Path,
        ids: &dyn IdGenerator,
    ) -> Result<ReceivedPackage, Problem> {
        match self {
            Self::Form(form) => receive_form(form, folder, ids).await,
            Self::Uploaded(ImportUploadBody { upload_id, publish }) => {
                let id = UploadId::from_uuid(upload_id);
                let (upload, file) = app.uploads.get.open(context, id, UploadKind::TestData).await?;
                Ok(ReceivedPackage {
                    file: PackageFile::Uploaded(file),
                    name: base_name(&upload.file_name),
                    publish: publish.0.unwrap_or_default(),
                })
            }
        }
    }
}

/// Reads the form. Fields of other names are skipped.
async fn receive_form(mut form: Multipart, folder: &Path, ids: &dyn IdGenerator) -> Result<ReceivedPackage, Problem> {
    let mut package = None;
    let mut publish = false;
    while let Some(field) = form.next_field().await.map_err(|_| malformed())? {
        match field.name() {
            Some("package") if package.is_some() => return Err(invalid("package", "duplicate", "Must occur once.")),
            Some("package") => {
                let name = base_name(field.file_name().unwrap_or_default());
                let file = TemporaryFile(folder.join(format!("upload-{}.zip", ids.new_uuid())));
                store(field, &file.0).await?;
                package = Some((file, name));
            }
            Some("publish") => publish = boolean(field).await?,
            Some(_) | None => {}
        }
    }
    let (file, name) = package.ok_or_else(|| invalid("package", "required", "This field is missing."))?;
    Ok(ReceivedPackage {
        file: PackageFile::Received(file),
        name,
        publish,
    })
}

impl ReceivedPackage {
    /// Reads the archive, away from the threads that serve requests.
    pub(super) async fn read(&self, app: Arc<App>, context: RequestContext) -> Result<Package, Problem> {
        let source = PackageSource::Archive {
            path: self.file.path().to_owned(),
            name: self.name.clone(),
        };
        let reading = tokio::task::spawn_blocking(move || app.problems.import.read(&context, &source));
        Ok(reading.await.map_err(AppError::internal)??)
    }
}

fn invalid(field: &str, code: &'static str, message: &str) -> Problem {
    Problem::bad_request("request.invalid_body", "The form does not have the expected fields.").with_field(field, code, message)
}

fn unavailable(error: io::Error) -> Problem {
    AppError::unavailable(
        "storage.unavailable",
        "The package could not be stored right now; try again shortly.",
    )
    .with_source(error)
    .into()
}

async fn store(field: Field, path: &Path) -> Result<(), Problem> {
    let mut file = OpenOptions::new()
        .write(true)
        .create_new(true)
        .open(path)
        .await
        .map_err(unavailable)?;
    let mut reader = field.into_async_read();
    let mut buffer = vec![0; COPY_BYTES];
    loop {
        // Failures of the client and of our disk are different matters, hence no `tokio::io::copy`.
        let count = reader.read(&mut buffer).await.map_err(|_| malformed())?;
        if count == 0 {
            break;
        }
        file.write_all(&buffer[..count]).await.map_err(unavailable)?;
    }
    file.flush().await.map_err(unavailable)
}

async fn boolean(field: Field) -> Result<bool, Problem> {
    let mut text = String::new();
    let mut reader = field.into_async_read().take(MAX_TEXT_BYTES);
    reader.read_to_string(&mut text).await.map_err(|_| malformed())?;
    match text.trim() {
        "true" => Ok(true),
        "false" => Ok(false),
        _ => Err(invalid("publish", "unknown_value", "Must be one of: true, false.")),
    }
}

/// What the client calls the archive, without folders and extension.
fn base_name(file_name: &str) -> String {
    let name = file_name.rsplit(['/', '\\']).next().unwrap_or_default();
    let stem = name.rsplit_once('.').map_or(name, |(stem, _)| stem);
    if stem.is_empty() { "package".to_owned() } else { stem.to_owned() }
}

#[cfg(test)]
mod tests {
    use super::base_name;

    #[test]
    fn packages_are_named_after_their_file() {
        let cases = [
            ("greeting.zip", "greeting"),
            ("C:\\up\\a.b.zip", "a.b"),
            ("../../etc/passwd", "passwd"),
            ("", "package"),
            (".zip", "package"),
        ];
        for (file_name, expected) in cases {
            assert_eq!(base_name(file_name), expected);
        }
    }
}
