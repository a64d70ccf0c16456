//! `CODESM_HTTP_…`.

use super::environment::{Environment, WrongKeys};
use super::general::{Deployment, GeneralSection};
use super::parse::{duration, list, parse_or};
use serde::Deserialize;
use std::net::SocketAddr;
use std::time::Duration;

/// Which web pages may call the API from a browser.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum CorsOrigins {
    /// These.
    List(Vec<String>),
    /// Any, without cookies; refused in production.
    Any,
}

/// Settings of the HTTP listener.
#[derive(Clone, Debug)]
pub struct HttpSection {
    /// Where to listen; port 0 picks a free one.
    pub bind: SocketAddr,
    /// Pages that may call.
    pub cors_origins: CorsOrigins,
    /// Addresses or networks (`10.0.0.0/8`) of proxies whose `X-Forwarded-For` is believed.
    pub trusted_proxies: Vec<String>,
    /// How clients reach the API from outside.
    pub public_url: Option<String>,
    /// Longest time for one request.
    pub request_timeout: Duration,
}

#[derive(Default, Deserialize)]
struct Raw {
    bind: Option<String>,
    cors_origins: Option<String>,
    trusted_proxies: Option<String>,
    public_url: Option<String>,
    request_timeout: Option<String>,
}

impl HttpSection {
    pub(super) fn read(environment: &Environment, general: &GeneralSection, wrong: &mut WrongKeys) -> Self {
        let raw: Raw = environment.section("CODESM_HTTP_", wrong);
        let default_bind = SocketAddr::from(([127, 0, 0, 1], 8080));
        let bind = parse_or("CODESM_HTTP_BIND", raw.bind.as_deref(), default_bind, wrong, |text| {
            text.parse()
                .map_err(|_| "must be an address and port such as `127.0.0.1:8080`".to_owned())
        });
        let none = CorsOrigins::List(Vec::new());
        let cors_origins = parse_or("CODESM_HTTP_CORS_ORIGINS", raw.cors_origins.as_deref(), none, wrong, origins);
        if cors_origins == CorsOrigins::Any && general.deployment == Deployment::Production {
            wrong.add("CODESM_HTTP_CORS_ORIGINS", "must list origins in production, not `*`");
        }
        let trusted_proxies = parse_or(
            "CODESM_HTTP_TRUSTED_PROXIES",
            raw.trusted_proxies.as_deref(),
            Vec::new(),
            wrong,
            networks,
        );
        let public_url = parse_or("CODESM_HTTP_PUBLIC_URL", raw.public_url.as_deref(), None, wrong, |text| {
            let ok = is_origin(text.trim_end_matches('/'));
            if ok {
                Ok(Some(text.trim_end_matches('/').to_owned()))
            } else {
                Err("must be such as `https://judge.example.org`".to_owned())
            }
        });
        let request_timeout = parse_or(
            "CODESM_HTTP_REQUEST_TIMEOUT",
            raw.request_timeout.as_deref(),
            Duration::from_secs(30),
            wrong,
            duration,
        );
        Self {
            bind,
            cors_origins,
            trusted_proxies,
            public_url,
            request_timeout,
        }
    }
}

pub(super) fn is_origin(text: &str) -> bool {
    let rest = text.strip_prefix("https://").or_else(|| text.strip_prefix("http://"));
    rest.is_some_and(|host| !host.is_empty() && host.bytes().all(|b| b.is_ascii_alphanumeric() || b".-:[]".contains(&b)))
}

fn origins(text: &str) -> Result<CorsOrigins, String> {
    if text == "*" {
        return Ok(CorsOrigins::Any);
    }
    let origins: Vec<String> = list(text).map(str::to_owned).collect();
    if origins.iter().all(|origin| is_origin(origin)) {
        return Ok(CorsOrigins::List(origins));
    }
    Err("must be a comma-separated list of origins such as `https://app.example.org`, or `*`".to_owned())
}

fn networks(text: &str) -> Result<Vec<String>, String> {
    let networks: Vec<String> = list(text).map(str::to_owned).collect();
    if networks.iter().all(|item| item.parse::<codesm_http::IpRange>().is_ok()) {
        return Ok(networks);
    }
    Err("must be a comma-separated list of addresses or networks such as `10.0.0.0/8`".to_owned())
}
