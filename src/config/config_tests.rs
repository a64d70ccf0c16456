use super::*;

fn read(variables: &[(&str, &str)]) -> Result<Settings, WrongKeys> {
    Settings::from_environment(&Environment::of(variables.iter().copied()))
}

fn wrong(variables: &[(&str, &str)]) -> Vec<String> {
    read(variables).unwrap_err().keys().iter().map(|wrong| wrong.key.clone()).collect()
}

#[test]
fn nothing_needs_to_be_set() {
    let settings = read(&[]).unwrap();
    assert_eq!(settings.http.bind.to_string(), "127.0.0.1:8080");
    assert_eq!(settings.database.url, "sqlite:./data/codesm.sqlite");
    assert_eq!(settings.limits.submissions_per_minute, 10);
    assert!(settings.unknown_keys.is_empty());
}

#[test]
fn every_wrong_key_is_reported_at_once() {
    let found = wrong(&[
        ("CODESM_ENV", "staging"),
        ("CODESM_HTTP_BIND", "localhost"),
        ("CODESM_DATABASE_URL", "mysql://x"),
        ("CODESM_AUTH_ACCESS_TTL", "soon"),
        ("CODESM_LIMITS_LOGIN_PER_MINUTE", "0"),
        ("CODESM_SANDBOX_TIER", "E"),
        ("CODESM_LOG_FORMAT", "xml"),
        ("CODESM_OTLP_ENDPOINT", "http://key@collector:4318"),
        ("CODESM_OTLP_SAMPLE_RATIO", "1.5"),
        ("CODESM_STORAGE_URL", "ftp://bucket"),
    ]);
    let expected = [
        "CODESM_ENV",
        "CODESM_HTTP_BIND",
        "CODESM_DATABASE_URL",
        "CODESM_AUTH_ACCESS_TTL",
        "CODESM_STORAGE_URL",
        "CODESM_SANDBOX_TIER",
        "CODESM_LIMITS_LOGIN_PER_MINUTE",
        "CODESM_LOG_FORMAT",
        "CODESM_OTLP_ENDPOINT",
        "CODESM_OTLP_SAMPLE_RATIO",
    ];
    assert_eq!(found, expected);
}

#[test]
fn a_wrong_value_is_never_repeated() {
    let error = read(&[("CODESM_DATABASE_URL", "hunter2://secret")]).unwrap_err().to_string();
    assert!(!error.contains("secret") && !error.contains("hunter2"), "{error}");
}

#[test]
fn production_refuses_generated_secrets_and_wildcard_cors() {
    let found = wrong(&[("CODESM_ENV", "production"), ("CODESM_HTTP_CORS_ORIGINS", "*")]);
    assert_eq!(found, ["CODESM_HTTP_CORS_ORIGINS", "CODESM_AUTH_SIGNING_KEY_FILE"]);
}

#[test]
fn what_this_version_cannot_do_is_refused_rather_than_ignored() {
    assert_eq!(
        wrong(&[("CODESM_MAIL_URL", "smtp://x"), ("CODESM_GEMINI_API_KEY", "x")]),
        ["CODESM_GEMINI_API_KEY", "CODESM_MAIL_URL"]
    );
}

#[test]
fn unknown_keys_are_named_and_empty_ones_count_as_absent() {
    let settings = read(&[
        ("CODESM_HTP_BIND", "x"),
        ("CODESM_HTTP_BIND", "  "),
        ("CODESM_TEST_POSTGRES_URL", "x"),
    ])
    .unwrap();
    assert_eq!(settings.unknown_keys, ["CODESM_HTP_BIND"]);
}

#[test]
fn a_value_may_come_from_a_file() {
    let folder = tempfile::tempdir().unwrap();
    let file = |name: &str, text: &str| {
        let path = folder.path().join(name);
        std::fs::write(&path, text).unwrap();
        path.display().to_string()
    };
    let (url, empty) = (file("url", "postgres://codesm:hunter2@db/codesm\n"), file("empty", "\n"));
    let settings = read(&[("CODESM_DATABASE_URL_FILE", &url)]).unwrap();
    assert_eq!(settings.database.url, "postgres://codesm:hunter2@db/codesm");
    assert!(settings.unknown_keys.is_empty());

    // A key that is a path itself stays one.
    let settings = read(&[("CODESM_AUTH_SIGNING_KEY_FILE", &url)]).unwrap();
    assert!(settings.auth.signing_key_file.is_some());
    assert_eq!(read(&[("CODESM_NO_KEY_FILE", &url)]).unwrap().unknown_keys, ["CODESM_NO_KEY_FILE"]);

    assert_eq!(wrong(&[("CODESM_DATABASE_URL_FILE", &empty)]), ["CODESM_DATABASE_URL_FILE"]);
    assert_eq!(wrong(&[("CODESM_DATABASE_URL_FILE", "/nowhere")]), ["CODESM_DATABASE_URL_FILE"]);
    let both = [("CODESM_DATABASE_URL_FILE", url.as_str()), ("CODESM_DATABASE_URL", "sqlite:x")];
    assert_eq!(wrong(&both), ["CODESM_DATABASE_URL_FILE"]);
}

#[test]
fn every_key_is_printed_and_no_password() {
    let settings = read(&[(
        "CODESM_DATABASE_URL",
        "postgres://judge:p@hunter2@db.example.org/codesm?password=hunter2",
    )])
    .unwrap();
    let text = print_redacted(&settings);
    assert!(
        text.contains("CODESM_DATABASE_URL=postgres://judge:***@db.example.org/codesm"),
        "{text}"
    );
    assert!(!text.contains("hunter2") && !format!("{settings:?}").contains("hunter2"));
    let again: Vec<(String, String)> = text
        .lines()
        .filter(|line| !line.starts_with('#'))
        .filter_map(|line| line.split_once('='))
        .map(|(k, v)| (k.into(), v.into()))
        .collect();
    assert_eq!(again.len(), keys::KEYS.len());
}

#[test]
fn durations_have_units() {
    let ttl = |text| read(&[("CODESM_AUTH_ACCESS_TTL", text)]).map(|settings| settings.auth.access_ttl.as_secs());
    assert_eq!(
        (ttl("90").ok(), ttl("90s").ok(), ttl("2m").ok(), ttl("1h").ok(), ttl("1d").ok()),
        (Some(90), Some(90), Some(120), Some(3600), Some(86400))
    );
    for text in ["0", "-1m", "1w", "m", "99999999999999999999d"] {
        assert!(ttl(text).is_err(), "{text}");
    }
}

#[test]
fn a_bucket_needs_credentials_and_amazon_is_the_usual_place() {
    assert_eq!(
        wrong(&[("CODESM_STORAGE_URL", "s3://judge-data")]),
        ["CODESM_S3_ACCESS_KEY_ID", "CODESM_S3_SECRET_ACCESS_KEY"]
    );
    let keys = [("CODESM_S3_ACCESS_KEY_ID", "AKIA"), ("CODESM_S3_SECRET_ACCESS_KEY", "hunter2")];
    let with = |more: &[(&'static str, &'static str)]| read(&[&keys, more].concat()).unwrap().storage.place;
    let place = with(&[("CODESM_STORAGE_URL", "s3://judge-data"), ("CODESM_S3_REGION", "eu-central-1")]);
    let s3 = place.s3().unwrap();
    assert_eq!(s3.endpoint.as_str(), "https://s3.eu-central-1.amazonaws.com/");
    assert_eq!((s3.prefix.as_str(), s3.force_path_style), ("", false));
    let place = with(&[
        ("CODESM_STORAGE_URL", "s3://judge-data/a/b/"),
        ("CODESM_S3_ENDPOINT", "http://127.0.0.1:9000"),
    ]);
    assert_eq!(place.address(), "s3://judge-data/a/b");
    let s3 = place.s3().unwrap();
    assert_eq!((s3.prefix.as_str(), s3.force_path_style), ("a/b/", true));
    assert!(!format!("{place:?}").contains("hunter2"));
    let settings = read(&[&keys[..], &[("CODESM_STORAGE_URL", "s3://judge-data")]].concat()).unwrap();
    assert!(!print_redacted(&settings).contains("hunter2"));
}

#[test]
fn storage_that_means_nothing_is_refused() {
    for url in [
        "",
        "x",
        "file:",
        "s3:",
        "s3://",
        "s3://ab",
        "s3://Upper",
        "s3://-a-",
        "s3://bucket/../x",
        "s3://bucket/a b",
    ] {
        if !url.is_empty() {
            assert_eq!(wrong(&[("CODESM_STORAGE_URL", url)]), ["CODESM_STORAGE_URL"], "{url}");
        }
    }
    let bucket = [
        ("CODESM_STORAGE_URL", "s3://bucket"),
        ("CODESM_S3_ACCESS_KEY_ID", "a"),
        ("CODESM_S3_SECRET_ACCESS_KEY", "b"),
    ];
    for (key, text) in [
        ("CODESM_S3_ENDPOINT", "ftp://x"),
        ("CODESM_S3_ENDPOINT", "https://user@x"),
        ("CODESM_S3_ENDPOINT", "x"),
        ("CODESM_S3_REGION", "a.b"),
        ("CODESM_S3_FORCE_PATH_STYLE", "perhaps"),
        ("CODESM_STORAGE_CACHE_MB", "1"),
    ] {
        assert_eq!(wrong(&[&bucket[..], &[(key, text)]].concat()), [key], "{text}");
    }
    // A bucket half configured: whoever set the key relies on it.
    assert_eq!(wrong(&[("CODESM_S3_REGION", "x")]), ["CODESM_S3_REGION"]);
}
