//! `CODESM_STORAGE_…` and `CODESM_S3_…`.

use super::environment::{Environment, WrongKeys};
use super::general::GeneralSection;
use super::parse::{boolean, number, parse_or};
use serde::Deserialize;
use std::path::PathBuf;
use url::Url;

/// Settings of file storage.
#[derive(Clone, Debug)]
pub struct StorageSection {
    /// Where test data and uploads are.
    pub place: StoragePlace,
    /// Megabytes (10^6 bytes) of this machine's disk for blobs of a bucket.
    pub cache_mb: u64,
}

/// Where test data and uploads are.
#[derive(Clone, Debug)]
pub enum StoragePlace {
    /// A folder.
    Folder(PathBuf),
    /// A bucket.
    S3(S3Section),
}

impl StoragePlace {
    /// As an address, without secrets.
    #[must_use]
    pub fn address(&self) -> String {
        match self {
            Self::Folder(folder) => format!("file:{}", folder.display()),
            Self::S3(s3) => format!("s3://{}/{}", s3.bucket, s3.prefix).trim_end_matches('/').to_owned(),
        }
    }

    /// The bucket, if it is one.
    #[must_use]
    pub const fn s3(&self) -> Option<&S3Section> {
        match self {
            Self::Folder(_) => None,
            Self::S3(s3) => Some(s3),
        }
    }
}

/// A bucket, and who we are there.
#[derive(Clone)]
pub struct S3Section {
    /// Name of the bucket.
    pub bucket: String,
    /// What names of objects begin with: empty, or ending in `/`.
    pub prefix: String,
    /// Address of the service.
    pub endpoint: Url,
    /// Region.
    pub region: String,
    /// Public half of the credentials.
    pub access_key_id: String,
    /// Secret half; never printed.
    pub secret_access_key: String,
    /// Whether the bucket is part of the path instead of the host's name.
    pub force_path_style: bool,
}

impl std::fmt::Debug for S3Section {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("S3Section")
            .field("endpoint", &self.endpoint.as_str())
            .field("bucket", &self.bucket)
            .field("prefix", &self.prefix)
            .finish_non_exhaustive()
    }
}

#[derive(Default, Deserialize)]
struct Raw {
    url: Option<String>,
    cache_mb: Option<String>,
}

#[derive(Default, Deserialize)]
struct RawS3 {
    endpoint: Option<String>,
    region: Option<String>,
    access_key_id: Option<String>,
    secret_access_key: Option<String>,
    force_path_style: Option<String>,
}

/// What the URL names.
#[derive(Clone)]
enum Named {
    Folder(PathBuf),
    Bucket { bucket: String, prefix: String },
}

impl StorageSection {
    pub(super) fn read(environment: &Environment, general: &GeneralSection, wrong: &mut WrongKeys) -> Self {
        let raw: Raw = environment.section("CODESM_STORAGE_", wrong);
        let embedded = Named::Folder(general.data_dir.join("storage"));
        let named = parse_or("CODESM_STORAGE_URL", raw.url.as_deref(), embedded, wrong, named);
        // 10 GB: the test data of some hundred problems. At least what the largest single set needs.
        let cache_mb = number(100, 100_000_000);
        let cache_mb = parse_or("CODESM_STORAGE_CACHE_MB", raw.cache_mb.as_deref(), 10_000, wrong, cache_mb);
        let place = match named {
            Named::Folder(folder) => {
                for key in environment.names().filter(|name| name.starts_with("CODESM_S3_")) {
                    wrong.add(
                        key,
                        "is for a bucket, but CODESM_STORAGE_URL names none; set it to `s3://bucket` or remove this key",
                    );
                }
                StoragePlace::Folder(folder)
            }
            Named::Bucket { bucket, prefix } => StoragePlace::S3(S3Section::read(environment, bucket, prefix, wrong)),
        };
        Self { place, cache_mb }
    }
}

impl S3Section {
    fn read(environment: &Environment, bucket: String, prefix: String, wrong: &mut WrongKeys) -> Self {
        let raw: RawS3 = environment.section("CODESM_S3_", wrong);
        let mut required = |key: &str, value: Option<String>| {
            value.unwrap_or_else(|| {
                wrong.add(key, "is required with `s3://…`");
                String::new()
            })
        };
        let access_key_id = required("CODESM_S3_ACCESS_KEY_ID", raw.access_key_id);
        let secret_access_key = required("CODESM_S3_SECRET_ACCESS_KEY", raw.secret_access_key);
        let region = parse_or("CODESM_S3_REGION", raw.region.as_deref(), "us-east-1".to_owned(), wrong, region);
        let of_amazon: Url = format!("https://s3.{region}.amazonaws.com")
            .parse()
            .expect("a region is letters, digits and hyphens");
        let endpoint = parse_or("CODESM_S3_ENDPOINT", raw.endpoint.as_deref(), of_amazon, wrong, endpoint);
        // Services of one's own rarely have a name per bucket; at Amazon it is the other way round.
        let usual = raw.endpoint.is_some();
        let force_path_style = parse_or("CODESM_S3_FORCE_PATH_STYLE", raw.force_path_style.as_deref(), usual, wrong, boolean);
        Self {
            bucket,
            prefix,
            endpoint,
            region,
            access_key_id,
            secret_access_key,
            force_path_style,
        }
    }
}

fn named(text: &str) -> Result<Named, String> {
    if let Some(path) = text.strip_prefix("file:").filter(|path| !path.is_empty()) {
        return Ok(Named::Folder(PathBuf::from(path.strip_prefix("//").unwrap_or(path))));
    }
    let Some(place) = text.strip_prefix("s3://") else {
        return Err("must be `file:` and a folder, or `s3://` and a bucket".to_owned());
    };
    let (bucket, prefix) = place.split_once('/').unwrap_or((place, ""));
    // Amazon's rules for names of buckets.
    let is_name = (3..=63).contains(&bucket.len())
        && bucket.bytes().all(|byte| matches!(byte, b'a'..=b'z' | b'0'..=b'9' | b'-' | b'.'))
        && bucket.starts_with(|c: char| c.is_ascii_alphanumeric())
        && bucket.ends_with(|c: char| c.is_ascii_alphanumeric());
    if !is_name {
        return Err("names no bucket: 3 to 63 small letters, digits, hyphens and dots".to_owned());
    }
    let prefix = prefix.trim_end_matches('/');
    let is_plain = |segment: &str| {
        let mut bytes = segment.bytes();
        !matches!(segment, "" | "." | "..") && bytes.all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_' | b'.'))
    };
    let prefix = match prefix {
        "" => String::new(),
        prefix if prefix.split('/').all(is_plain) => format!("{prefix}/"),
        _ => return Err("has a prefix with other characters than letters, digits, `-`, `_`, `.` and `/`".to_owned()),
    };
    Ok(Named::Bucket {
        bucket: bucket.to_owned(),
        prefix,
    })
}

fn region(text: &str) -> Result<String, String> {
    let plain = text.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-');
    if plain && !text.is_empty() {
        Ok(text.to_owned())
    } else {
        Err("must be letters, digits and hyphens, such as `eu-central-1` or `auto`".to_owned())
    }
}

fn endpoint(text: &str) -> Result<Url, String> {
    let wrong = || "must be an address such as `https://s3.example.org`, without user and query".to_owned();
    let url = Url::parse(text).map_err(|_| wrong())?;
    let is_plain = matches!(url.scheme(), "http" | "https")
        && url.has_host()
        && url.username().is_empty()
        && url.password().is_none()
        && url.query().is_none()
        && url.fragment().is_none();
    if is_plain { Ok(url) } else { Err(wrong()) }
}
