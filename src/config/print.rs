//! Shows the configuration without secrets.

use super::keys::KEYS;
use super::{CorsOrigins, Deployment, LogFormat, Settings};
use codesm_core::jobs::Queue;
use std::fmt::Display;
use std::fmt::Write as _;

/// Every key, its meaning and the value in force; passwords in addresses are left out.
#[must_use]
pub fn print_redacted(settings: &Settings) -> String {
    let mut text = String::new();
    for key in KEYS {
        let value = value(settings, key.name);
        // Writing to a String cannot fail.
        let _ = writeln!(text, "# {}\n{}={}", key.meaning, key.name, value);
    }
    text
}

fn optional(value: Option<impl Display>) -> String {
    value.map(|value| value.to_string()).unwrap_or_default()
}

fn seconds(duration: std::time::Duration) -> String {
    format!("{}s", duration.as_secs())
}

fn value(settings: &Settings, key: &str) -> String {
    let Settings {
        general,
        http,
        database,
        auth,
        storage,
        sandbox,
        redis,
        queues,
        limits,
        log,
        traces,
        unknown_keys: _,
    } = settings;
    match key {
        "CODESM_ENV" => match general.deployment {
            Deployment::Development => "development".to_owned(),
            Deployment::Production => "production".to_owned(),
        },
        "CODESM_DATA_DIR" => general.data_dir.display().to_string(),
        "CODESM_SAMPLES_DIR" => optional(general.samples_dir.as_ref().map(|path| path.display())),
        "CODESM_HTTP_BIND" => http.bind.to_string(),
        "CODESM_HTTP_CORS_ORIGINS" => match &http.cors_origins {
            CorsOrigins::Any => "*".to_owned(),
            CorsOrigins::List(origins) => origins.join(","),
        },
        "CODESM_HTTP_TRUSTED_PROXIES" => http.trusted_proxies.join(","),
        "CODESM_HTTP_PUBLIC_URL" => optional(http.public_url.as_ref()),
        "CODESM_HTTP_REQUEST_TIMEOUT" => seconds(http.request_timeout),
        "CODESM_METRICS_BIND" => optional(general.metrics_bind),
        "CODESM_DATABASE_URL" => database.redacted_url(),
        "CODESM_DATABASE_MAX_CONNECTIONS" => database.max_connections.to_string(),
        "CODESM_DATABASE_MIGRATE" => database.migrate.to_string(),
        "CODESM_AUTH_SIGNING_KEY_FILE" => optional(auth.signing_key_file.as_ref().map(|path| path.display())),
        "CODESM_AUTH_ACCESS_TTL" => seconds(auth.access_ttl),
        "CODESM_AUTH_REFRESH_TTL" => seconds(auth.refresh_ttl),
        "CODESM_STORAGE_URL" => storage.place.address(),
        "CODESM_STORAGE_CACHE_MB" => storage.cache_mb.to_string(),
        "CODESM_S3_ENDPOINT" => optional(storage.place.s3().map(|s3| &s3.endpoint)),
        "CODESM_S3_REGION" => optional(storage.place.s3().map(|s3| &s3.region)),
        "CODESM_S3_ACCESS_KEY_ID" => optional(storage.place.s3().map(|s3| &s3.access_key_id)),
        "CODESM_S3_SECRET_ACCESS_KEY" => optional(storage.place.s3().map(|_| "***")),
        "CODESM_S3_FORCE_PATH_STYLE" => optional(storage.place.s3().map(|s3| s3.force_path_style)),
        "CODESM_SANDBOX_SLOTS" => optional(sandbox.slots),
        "CODESM_SANDBOX_TIER" => sandbox.tier.map_or_else(|| "auto".to_owned(), |tier| tier.to_string()),
        "CODESM_SANDBOX_ALLOW_REDUCED" => sandbox.allow_reduced.to_string(),
        "CODESM_SANDBOX_LANGUAGES" => optional(sandbox.languages.as_ref().map(|path| path.display())),
        "CODESM_SANDBOX_PREPARE" => sandbox.prepare.to_string(),
        "CODESM_REDIS_URL" => optional(redis.redacted_url()),
        "CODESM_REDIS_PREFIX" => redis.prefix.clone(),
        "CODESM_QUEUES_RUN" => queues.shown(Queue::Run),
        "CODESM_QUEUES_SUBMIT" => queues.shown(Queue::Submit),
        "CODESM_QUEUES_REJUDGE" => queues.shown(Queue::Rejudge),
        "CODESM_QUEUES_EMAILS" => queues.shown(Queue::Emails),
        "CODESM_QUEUES_WEBHOOKS" => queues.shown(Queue::Webhooks),
        "CODESM_QUEUES_UPLOADS" => queues.shown(Queue::Uploads),
        "CODESM_QUEUES_SYNC" => queues.shown(Queue::Sync),
        "CODESM_QUEUES_REPORTS" => queues.shown(Queue::Reports),
        "CODESM_QUEUES_MAINTENANCE" => queues.shown(Queue::Maintenance),
        "CODESM_LIMITS_SUBMISSIONS_PER_MINUTE" => limits.submissions_per_minute.to_string(),
        "CODESM_LIMITS_REQUESTS_PER_MINUTE" => limits.requests_per_minute.to_string(),
        "CODESM_LIMITS_ANONYMOUS_PER_MINUTE" => limits.anonymous_per_minute.to_string(),
        "CODESM_LIMITS_LOGIN_PER_MINUTE" => limits.login_per_minute.to_string(),
        "CODESM_LIMITS_BODY_BYTES" => limits.body_bytes.to_string(),
        "CODESM_LIMITS_IMPORT_BYTES" => limits.import_bytes.to_string(),
        "CODESM_LIMITS_SOURCE_BYTES" => limits.source_bytes.to_string(),
        "CODESM_LOG_FORMAT" => match log.format {
            Some(LogFormat::Json) => "json".to_owned(),
            Some(LogFormat::Pretty) => "pretty".to_owned(),
            None => String::new(),
        },
        "CODESM_LOG_LEVEL" => log.level.clone(),
        "CODESM_LOG_DIR" => optional(log.directory.as_ref().map(|path| path.display())),
        "CODESM_LOG_KEEP_DAYS" => log.keep_days.to_string(),
        "CODESM_OTLP_ENDPOINT" => optional(traces.endpoint.as_ref()),
        "CODESM_OTLP_SAMPLE_RATIO" => traces.sample_ratio.to_string(),
        unlisted => unreachable!("the key {unlisted} has no value to show; every key of KEYS stands above"),
    }
}
