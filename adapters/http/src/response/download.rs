//! A file, streamed from this machine.

use super::Problem;
use super::conditional::{Freshness, not_modified, validators};
use super::envelope::header_meta;
use codesm_core::kernel::{AppError, LocalFile};
use codesm_core::problems::StoredFile;
use futures_util::StreamExt as _;
use poem::http::{HeaderValue, header};
use poem::{Body, IntoResponse, Response};
use poem_openapi::ApiResponse;
use poem_openapi::registry::{MetaMediaType, MetaResponse, MetaResponses, MetaSchema, MetaSchemaRef, Registry};
use std::fmt::Write as _;
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
        let LocalFile { path, size, guard } = file;
        let opened = File::open(path).await.map_err(|error| {
            AppError::unavailable("storage.unavailable", "The file could not be read right now; try again shortly.").with_source(error)
        })?;
        // The file must stay until its last byte is sent.
        let bytes = ReaderStream::new(opened).inspect(move |_| {
            let _ = &guard;
        });
        let tag = format!("\"{}\"", &stored.content.sha256);
        Ok(Self(freshness.with_tag(&tag, || {
            Response::builder()
                .content_type(BYTES)
                .header(header::CONTENT_LENGTH, size)
                .header(header::CONTENT_DISPOSITION, disposition(&stored.name))
                .body(Body::from_bytes_stream(bytes))
        })))
    }
}

/// Offers the last part of the name (RFC 6266).
fn disposition(name: &str) -> HeaderValue {
    let name = name.rsplit('/').next().unwrap_or_default();
    let plain: String = name
        .chars()
        .map(|c| if c.is_ascii_alphanumeric() || "._- ".contains(c) { c } else { '_' })
        .collect();
    let mut text = format!("attachment; filename=\"{plain}\"");
    if plain != name {
        text.push_str("; filename*=UTF-8''");
        for byte in name.bytes() {
            if byte.is_ascii_alphanumeric() || b"._-".contains(&byte) {
                text.push(char::from(byte));
            } else {
                write!(text, "%{byte:02X}").expect("writing to a text cannot fail");
            }
        }
    }
    HeaderValue::from_str(&text).expect("ASCII without control characters makes a header value")
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

#[cfg(test)]
mod tests {
    use super::disposition;

    #[test]
    fn files_are_saved_under_the_last_part_of_their_name() {
        let cases = [
            ("tool.py", "attachment; filename=\"tool.py\""),
            ("data/a b.in", "attachment; filename=\"a b.in\""),
            (
                "x/h\u{e4}\"\r\n.in",
                "attachment; filename=\"h____.in\"; filename*=UTF-8''h%C3%A4%22%0D%0A.in",
            ),
        ];
        for (name, expected) in cases {
            assert_eq!(disposition(name), expected, "{name:?}");
        }
    }
}
