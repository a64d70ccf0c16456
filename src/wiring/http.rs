//! Settings of the HTTP adapter.

use super::{WiringError, private_folder};
use crate::config::{CorsOrigins, Deployment, Settings};
use codesm_http::{HttpSettings, RateLimits};

/// What the HTTP adapter needs to know.
///
/// # Errors
/// [`WiringError`] if the folder for uploads cannot be made.
pub fn http_settings(settings: &Settings) -> Result<HttpSettings, WiringError> {
    let scratch_dir = settings.general.data_dir.join("uploads");
    private_folder(&scratch_dir)?;
    let trusted = settings.http.trusted_proxies.iter().map(|text| text.parse());
    let trusted_proxies = trusted
        .collect::<Result<Vec<_>, _>>()
        .map_err(|error| WiringError::new("config.wrong", format!("CODESM_HTTP_TRUSTED_PROXIES: {error}")))?;
    let limits = &settings.limits;
    Ok(HttpSettings {
        cors_origins: match &settings.http.cors_origins {
            CorsOrigins::Any => codesm_http::CorsOrigins::Any,
            CorsOrigins::List(origins) => codesm_http::CorsOrigins::List(origins.clone()),
        },
        trusted_proxies,
        public_url: settings.http.public_url.clone(),
        body_limit_bytes: limits.body_bytes,
        import_limit_bytes: limits.import_bytes,
        request_timeout: settings.http.request_timeout,
        limits: RateLimits {
            requests_per_minute: limits.requests_per_minute,
            anonymous_per_minute: limits.anonymous_per_minute,
            login_per_minute: limits.login_per_minute,
            submissions_per_minute: limits.submissions_per_minute,
        },
        production: settings.general.deployment == Deployment::Production,
        version: env!("CARGO_PKG_VERSION").to_owned(),
        scratch_dir,
    })
}
