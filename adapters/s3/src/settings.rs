//! Where the bucket is, and how patient the client is.

use std::fmt;
use std::time::Duration;
use url::Url;

/// A bucket, and who we are there.
#[derive(Clone)]
pub struct S3Settings {
    /// Address of the service, such as `https://s3.eu-central-1.amazonaws.com`; `http` or `https`.
    pub endpoint: Url,
    /// Region that requests are signed for.
    pub region: String,
    /// Name of the bucket.
    pub bucket: String,
    /// What all names in the bucket begin with: empty, or ending in `/`.
    pub prefix: String,
    /// Public half of the credentials.
    pub access_key_id: String,
    /// Secret half of the credentials.
    pub secret_access_key: String,
    /// Whether the bucket is the first segment of the path (`MinIO`) instead of part of the host's name (AWS).
    pub path_style: bool,
    /// How long to wait, and how often to try.
    pub patience: Patience,
}

/// How long to wait for the service, and how often to try again.
#[derive(Clone, Copy, Debug)]
pub struct Patience {
    /// Longest time to connect.
    pub connect: Duration,
    /// Longest time until an answer begins, once the request is sent; and between two pieces of its body.
    pub answer: Duration,
    /// Slowest upload borne, in bytes a second: what is sent gets this much more time.
    pub slowest_upload: u64,
    /// Attempts in all.
    pub attempts: u32,
    /// Longest pause before the second attempt; it doubles from one attempt to the next.
    pub first_pause: Duration,
    /// Longest pause at all.
    pub longest_pause: Duration,
}

impl Default for Patience {
    /// Five attempts over at most six seconds of pauses: longer than a restart or a failover, shorter than a client's patience.
    fn default() -> Self {
        Self {
            connect: Duration::from_secs(5),
            answer: Duration::from_secs(30),
            slowest_upload: 128 * 1024,
            attempts: 5,
            first_pause: Duration::from_millis(200),
            longest_pause: Duration::from_secs(5),
        }
    }
}

impl fmt::Debug for S3Settings {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("S3Settings")
            .field("endpoint", &self.endpoint.as_str())
            .field("region", &self.region)
            .field("bucket", &self.bucket)
            .field("prefix", &self.prefix)
            .field("path_style", &self.path_style)
            .finish_non_exhaustive()
    }
}
