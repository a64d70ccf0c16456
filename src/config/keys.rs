//! Every key there is.

use super::environment::{Environment, WrongKeys};

/// One key, for `codesm config` and the README.
pub(super) struct Key {
    pub(super) name: &'static str,
    pub(super) meaning: &'static str,
}

macro_rules! keys {
    ($($name:literal $meaning:literal),+ $(,)?) => { &[$(Key { name: $name, meaning: $meaning }),+] };
}

pub(super) const KEYS: &[Key] = keys! {
    "CODESM_ENV" "`development` or `production`",
    "CODESM_DATA_DIR" "folder of database, blobs and generated secrets",
    "CODESM_SAMPLES_DIR" "folder of problem packages imported at first start",
    "CODESM_HTTP_BIND" "address and port of the API; port 0 picks a free one",
    "CODESM_HTTP_CORS_ORIGINS" "web pages that may call the API, comma-separated",
    "CODESM_HTTP_TRUSTED_PROXIES" "proxies whose X-Forwarded-For is believed, comma-separated",
    "CODESM_HTTP_PUBLIC_URL" "how clients reach the API from outside",
    "CODESM_HTTP_REQUEST_TIMEOUT" "longest time for one request",
    "CODESM_METRICS_BIND" "own listener for /metrics",
    "CODESM_DATABASE_URL" "`sqlite:…` or `postgres:…`",
    "CODESM_DATABASE_MAX_CONNECTIONS" "most connections to PostgreSQL",
    "CODESM_DATABASE_MIGRATE" "bring the schema up at start",
    "CODESM_AUTH_SIGNING_KEY_FILE" "file with at least 32 random bytes; required in production",
    "CODESM_AUTH_ACCESS_TTL" "life of access tokens",
    "CODESM_AUTH_REFRESH_TTL" "life of refresh tokens",
    "CODESM_STORAGE_URL" "`file:` and a folder, or `s3://` and a bucket, with a prefix if wanted",
    "CODESM_STORAGE_CACHE_MB" "megabytes of this machine's disk for blobs of a bucket",
    "CODESM_S3_ENDPOINT" "address of the S3-compatible service; Amazon's of the region if absent",
    "CODESM_S3_REGION" "region of the bucket",
    "CODESM_S3_ACCESS_KEY_ID" "public half of the credentials; required with `s3:`",
    "CODESM_S3_SECRET_ACCESS_KEY" "secret half of the credentials; required with `s3:`",
    "CODESM_S3_FORCE_PATH_STYLE" "the bucket in the path instead of the host's name; true if CODESM_S3_ENDPOINT is set",
    "CODESM_SANDBOX_SLOTS" "programs at once; one per core if absent",
    "CODESM_SANDBOX_TIER" "`A`, `B`, `C`, `D` or `auto`",
    "CODESM_SANDBOX_ALLOW_REDUCED" "judge with reduced isolation",
    "CODESM_SANDBOX_LANGUAGES" "a language table instead of the built-in one",
    "CODESM_SANDBOX_PREPARE" "prepare in the background, once per toolchain, what makes compilations faster",
    "CODESM_REDIS_URL" "Redis: single, Sentinel or Cluster; without it every process is by itself",
    "CODESM_REDIS_PREFIX" "beginning of every key and channel in Redis",
    "CODESM_QUEUES_RUN" "how runs are worked on: jobs at once in one process, retries, waits between them, longest time of a try",
    "CODESM_QUEUES_SUBMIT" "the same for submissions",
    "CODESM_QUEUES_REJUDGE" "the same for submissions judged once more",
    "CODESM_QUEUES_EMAILS" "the same for mail",
    "CODESM_QUEUES_WEBHOOKS" "the same for messages to clients' servers",
    "CODESM_QUEUES_UPLOADS" "the same for what was uploaded",
    "CODESM_QUEUES_SYNC" "the same for data from elsewhere",
    "CODESM_QUEUES_REPORTS" "the same for reports",
    "CODESM_QUEUES_MAINTENANCE" "the same for sweeps and retention",
    "CODESM_LIMITS_SUBMISSIONS_PER_MINUTE" "submissions and runs per user",
    "CODESM_LIMITS_REQUESTS_PER_MINUTE" "other requests per user",
    "CODESM_LIMITS_ANONYMOUS_PER_MINUTE" "requests per address without login",
    "CODESM_LIMITS_LOGIN_PER_MINUTE" "logins and registrations per address",
    "CODESM_LIMITS_BODY_BYTES" "bytes of a request body",
    "CODESM_LIMITS_IMPORT_BYTES" "bytes of an uploaded package",
    "CODESM_LIMITS_SOURCE_BYTES" "bytes of a submission's source",
    "CODESM_LOG_FORMAT" "`json` or `pretty`",
    "CODESM_LOG_LEVEL" "level or filter",
    "CODESM_LOG_DIR" "folder of daily log files",
    "CODESM_LOG_KEEP_DAYS" "daily log files kept",
    "CODESM_OTLP_ENDPOINT" "collector of traces (OTLP over HTTP); `/v1/traces` is added",
    "CODESM_OTLP_SAMPLE_RATIO" "part of the traces that is kept, 0 to 1",
};

/// Keys of capabilities this version does not have. Whoever sets one relies on it, so starting without it would be wrong.
const UNSUPPORTED: &[(&str, &str)] = &[
    ("CODESM_DATABASE_REPLICA_URL", "a read replica"),
    ("CODESM_MAIL_URL", "mail"),
    ("CODESM_GEMINI_", "Gemini"),
    ("CODESM_GOOGLE_", "Google sign-in"),
    (
        "CODESM_SECRETS_KEY_FILE",
        "encryption of stored secrets (there are none to encrypt)",
    ),
];

fn unsupported(name: &str) -> Option<&'static str> {
    let matches = |key: &str| if key.ends_with('_') { name.starts_with(key) } else { name == key };
    UNSUPPORTED.iter().find(|(key, _)| matches(key)).map(|(_, what)| *what)
}

pub(super) fn refuse_unsupported(environment: &Environment, wrong: &mut WrongKeys) {
    for name in environment.names() {
        if let Some(what) = unsupported(name) {
            wrong.add(
                name,
                &format!("asks for {what}, which this version does not support yet; remove the key"),
            );
        }
    }
}

/// `CODESM_…` names nobody knows. Names for tests are none of ours.
pub(super) fn unknown(environment: &Environment) -> Vec<String> {
    let is_expected = |name: &str| is_known(name) || name.starts_with("CODESM_TEST_");
    environment.names().filter(|name| !is_expected(name)).map(str::to_owned).collect()
}

/// Whether it is a key, of this version or of one to come.
pub(super) fn is_known(name: &str) -> bool {
    KEYS.iter().any(|key| key.name == name) || unsupported(name).is_some()
}
