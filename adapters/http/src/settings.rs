//! What can be set.

use std::net::IpAddr;
use std::path::PathBuf;
use std::str::FromStr;
use std::time::Duration;
use thiserror::Error;

/// Whose pages may call the API from a browser.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum CorsOrigins {
    /// Everybody's, but without cookies. Not for production.
    Any,
    /// These, with cookies. Origins as browsers write them: `https://app.example.org`.
    List(Vec<String>),
}

/// A range of addresses, such as `10.0.0.0/8` or `::1`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct IpRange {
    address: IpAddr,
    prefix: u8,
}

/// The text is no address range.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
#[error("`{0}` is no IP address or range such as 10.0.0.0/8")]
pub struct InvalidIpRange(String);

impl FromStr for IpRange {
    type Err = InvalidIpRange;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let invalid = || InvalidIpRange(text.to_owned());
        let (address, prefix) = match text.trim().split_once('/') {
            Some((address, prefix)) => (address, Some(prefix)),
            None => (text.trim(), None),
        };
        let address: IpAddr = address.parse().map_err(|_| invalid())?;
        let longest = if address.is_ipv4() { 32 } else { 128 };
        let prefix = match prefix {
            Some(prefix) => prefix.parse().map_err(|_| invalid())?,
            None => longest,
        };
        if prefix > longest {
            return Err(invalid());
        }
        Ok(Self { address, prefix })
    }
}

impl IpRange {
    /// Whether the address is in the range.
    #[must_use]
    pub fn contains(&self, address: IpAddr) -> bool {
        let shift = |bits: u32| bits.saturating_sub(u32::from(self.prefix));
        match (self.address, address) {
            (IpAddr::V4(range), IpAddr::V4(address)) => {
                let difference = u64::from(range.to_bits() ^ address.to_bits());
                difference >> shift(32) == 0
            }
            (IpAddr::V6(range), IpAddr::V6(address)) => {
                let difference = range.to_bits() ^ address.to_bits();
                difference.checked_shr(shift(128)).unwrap_or(0) == 0
            }
            (IpAddr::V4(_), IpAddr::V6(_)) | (IpAddr::V6(_), IpAddr::V4(_)) => false,
        }
    }
}

/// Requests per minute; each is also the capacity of its bucket.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct RateLimits {
    /// Per user.
    pub requests_per_minute: u32,
    /// Per address, for anonymous calls.
    pub anonymous_per_minute: u32,
    /// Per address: register, login, refresh.
    pub login_per_minute: u32,
    /// Per user: submissions and runs.
    pub submissions_per_minute: u32,
}

impl Default for RateLimits {
    /// The contract's numbers.
    fn default() -> Self {
        Self {
            requests_per_minute: 600,
            anonymous_per_minute: 120,
            login_per_minute: 20,
            submissions_per_minute: 10,
        }
    }
}

/// Settings of the API.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct HttpSettings {
    /// Whose pages may call from a browser.
    pub cors_origins: CorsOrigins,
    /// Proxies whose `X-Forwarded-For` is believed.
    pub trusted_proxies: Vec<IpRange>,
    /// Where clients reach the API, such as `https://judge.example.org`.
    pub public_url: Option<String>,
    /// Largest request body, in bytes.
    pub body_limit_bytes: u64,
    /// Largest package upload, in bytes.
    pub import_limit_bytes: u64,
    /// Longest time for one request; waiting for a verdict and imports get more.
    pub request_timeout: Duration,
    /// How often may be asked.
    pub limits: RateLimits,
    /// Whether this is production: cookies are then for HTTPS only.
    pub production: bool,
    /// Version shown in health answers and the OpenAPI document.
    pub version: String,
    /// Folder for uploads while they are read; must exist.
    pub scratch_dir: PathBuf,
}

impl HttpSettings {
    /// The contract's defaults.
    #[must_use]
    pub fn new(version: impl Into<String>, scratch_dir: impl Into<PathBuf>) -> Self {
        Self {
            cors_origins: CorsOrigins::List(Vec::new()),
            trusted_proxies: Vec::new(),
            public_url: None,
            body_limit_bytes: 1024 * 1024,
            import_limit_bytes: 512 * 1024 * 1024,
            request_timeout: Duration::from_secs(30),
            limits: RateLimits::default(),
            production: false,
            version: version.into(),
            scratch_dir: scratch_dir.into(),
        }
    }

    /// Whether cookies must only travel over HTTPS.
    pub(crate) fn secure_cookies(&self) -> bool {
        self.production || self.public_url.as_deref().is_some_and(|url| url.starts_with("https://"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_range_contains_its_addresses_and_no_others() {
        let cases = [
            ("10.0.0.0/8", "10.255.1.2", true),
            ("10.0.0.0/8", "11.0.0.1", false),
            ("192.168.1.7", "192.168.1.7", true),
            ("192.168.1.7", "192.168.1.8", false),
            ("0.0.0.0/0", "8.8.8.8", true),
            ("fd00::/8", "fd12::1", true),
            ("fd00::/8", "fe80::1", false),
            ("::/0", "2001:db8::1", true),
            ("::1", "127.0.0.1", false),
        ];
        for (range, address, expected) in cases {
            let range: IpRange = range.parse().unwrap();
            assert_eq!(range.contains(address.parse().unwrap()), expected, "{range:?} {address}");
        }
    }

    #[test]
    fn rubbish_is_no_range() {
        for text in ["", "10.0.0.0/33", "::/129", "10.0.0/8", "a/8", "10.0.0.0/"] {
            assert!(text.parse::<IpRange>().is_err(), "{text}");
        }
    }
}
