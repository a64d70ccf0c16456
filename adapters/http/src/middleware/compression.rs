//! Compresses responses, never requests: unpacking what strangers send is how small requests fill memories.

use super::Asked;
use async_compression::tokio::bufread::{GzipEncoder, ZstdEncoder};
use futures_util::TryStreamExt;
use poem::http::header::{self, HeaderValue};
use poem::http::{Method, StatusCode};
use poem::{Body, Response};
use tokio_util::io::StreamReader;

/// Smaller bodies fit into one packet anyway.
const SMALLEST: u64 = 1024;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Encoding {
    Zstd,
    Gzip,
}

impl Encoding {
    const fn name(self) -> &'static str {
        match self {
            Self::Zstd => "zstd",
            Self::Gzip => "gzip",
        }
    }
}

/// Compresses the body if it is worth it and the client takes it. Only bodies of known length are, so never an event stream.
pub(super) fn compress(mut response: Response, asked: &Asked) -> Response {
    let length: Option<u64> = response.header(header::CONTENT_LENGTH).and_then(|text| text.parse().ok());
    let worth_it = length.is_some_and(|length| length >= SMALLEST);
    let compressible = response.content_type().is_some_and(is_compressible) && !response.headers().contains_key(header::CONTENT_ENCODING);
    if !compressible && response.status() != StatusCode::NOT_MODIFIED {
        return response;
    }
    response
        .headers_mut()
        .append(header::VARY, HeaderValue::from_static("Accept-Encoding"));
    if !compressible || !worth_it {
        return response;
    }
    let Some(encoding) = asked.accept_encoding.as_deref().and_then(choose) else {
        return response;
    };
    let headers = response.headers_mut();
    headers.remove(header::CONTENT_LENGTH);
    headers.insert(header::CONTENT_ENCODING, HeaderValue::from_static(encoding.name()));
    // The same thing in other bytes: a strong tag would promise equal bytes (RFC 9110, 8.8.3.3).
    let weak = headers
        .get(header::ETAG)
        .and_then(|tag| tag.to_str().ok())
        .filter(|tag| !tag.starts_with("W/"));
    if let Some(Ok(weak)) = weak.map(|tag| HeaderValue::from_str(&format!("W/{tag}"))) {
        headers.insert(header::ETAG, weak);
    }
    if asked.method != Method::HEAD {
        let plain = StreamReader::new(response.take_body().into_bytes_stream().map_err(std::io::Error::other));
        response.set_body(match encoding {
            Encoding::Zstd => Body::from_async_read(ZstdEncoder::new(plain)),
            Encoding::Gzip => Body::from_async_read(GzipEncoder::new(plain)),
        });
    }
    response
}

fn is_compressible(content_type: &str) -> bool {
    let essence = content_type.split(';').next().unwrap_or_default().trim();
    essence != "text/event-stream"
        && (essence.starts_with("text/")
            || essence.ends_with("+json")
            || matches!(essence, "application/json" | "application/javascript" | "image/svg+xml"))
}

/// What the client likes best (RFC 9110, 12.5.3); zstd if it likes both the same.
fn choose(accept: &str) -> Option<Encoding> {
    let quality = |name: &str| {
        let of = |wanted: &str| {
            accept.split(',').find_map(|item| {
                let mut parts = item.split(';');
                let coding = parts.next()?.trim();
                let quality = parts.find_map(|part| part.trim().strip_prefix("q=")?.trim().parse::<f32>().ok());
                coding.eq_ignore_ascii_case(wanted).then_some(quality.unwrap_or(1.0))
            })
        };
        of(name).or_else(|| of("*")).unwrap_or(0.0)
    };
    let (zstd, gzip) = (quality("zstd"), quality("gzip").max(0.0));
    // Identity is always acceptable unless excluded; it only wins if it is asked for more than either.
    let identity = if accept.contains("identity") { quality("identity") } else { 0.0 };
    if zstd > 0.0 && zstd >= gzip && zstd >= identity {
        return Some(Encoding::Zstd);
    }
    (gzip > 0.0 && gzip >= identity).then_some(Encoding::Gzip)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_client_gets_what_it_likes_best() {
        let cases = [
            ("gzip, deflate, br, zstd", Some(Encoding::Zstd)),
            ("gzip", Some(Encoding::Gzip)),
            ("zstd;q=0.5, gzip;q=0.8", Some(Encoding::Gzip)),
            ("GZIP;q=1.0", Some(Encoding::Gzip)),
            ("zstd;q=0, gzip", Some(Encoding::Gzip)),
            ("*", Some(Encoding::Zstd)),
            ("*;q=0", None),
            ("gzip;q=0", None),
            ("identity", None),
            ("identity;q=1, gzip;q=0.5", None),
            ("br", None),
            ("", None),
        ];
        for (accept, expected) in cases {
            assert_eq!(choose(accept), expected, "{accept}");
        }
    }
}
