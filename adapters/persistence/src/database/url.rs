//! Which database a URL names, and how to show the URL.

use super::DatabaseError;
use sea_orm::sqlx::postgres::PgConnectOptions;
use std::path::PathBuf;
use std::str::FromStr;

/// Where the data is.
#[derive(Debug)]
pub(super) enum Target {
    /// In the memory of this process.
    Memory,
    /// In a SQLite file.
    File(PathBuf),
    /// On a PostgreSQL server.
    Postgres(Box<PgConnectOptions>),
}

/// Reads a URL.
pub(super) fn parse(url: &str) -> Result<Target, DatabaseError> {
    let invalid = |reason: String| DatabaseError::InvalidUrl {
        url: without_secrets(url),
        reason,
    };
    if let Some(rest) = url.strip_prefix("sqlite:") {
        let path = rest.strip_prefix("//").unwrap_or(rest);
        return match path {
            ":memory:" => Ok(Target::Memory),
            "" => Err(invalid("it names no file".to_owned())),
            // Parameters could undo what keeps receipts safe, such as `synchronous`.
            _ if path.contains('?') => Err(invalid("parameters are not supported".to_owned())),
            _ => Ok(Target::File(PathBuf::from(path))),
        };
    }
    if url.starts_with("postgres://") || url.starts_with("postgresql://") {
        return PgConnectOptions::from_str(url)
            .map(|options| Target::Postgres(Box::new(options)))
            .map_err(|error| invalid(error.to_string()));
    }
    Err(invalid("it must begin with `sqlite:`, `postgres://` or `postgresql://`".to_owned()))
}

/// The URL with `***` for the password and without parameters, which may hold one, too.
#[must_use]
pub fn without_secrets(url: &str) -> String {
    let url = url.split(['?', '#']).next().unwrap_or_default();
    let Some((scheme, rest)) = url.split_once("://") else {
        // A URL so broken that nothing can be said about where a password might be in it.
        return if url.starts_with("sqlite:") {
            url.to_owned()
        } else {
            "***".to_owned()
        };
    };
    let Some((credentials, place)) = rest.rsplit_once('@') else {
        return format!("{scheme}://{rest}");
    };
    match credentials.split_once(':') {
        Some((user, _)) => format!("{scheme}://{user}:***@{place}"),
        None => format!("{scheme}://{credentials}@{place}"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn file(url: &str) -> String {
        match parse(url) {
            Ok(Target::File(path)) => path.display().to_string(),
            other => panic!("{other:?}"),
        }
    }

    #[test]
    fn every_form_of_url_is_understood() {
        assert_eq!(file("sqlite:///srv/data/codesm.db"), "/srv/data/codesm.db");
        assert_eq!(file("sqlite:/srv/codesm.db"), "/srv/codesm.db");
        assert_eq!(file("sqlite:data/codesm.db"), "data/codesm.db");
        assert_eq!(file("sqlite://data/codesm.db"), "data/codesm.db");
        assert!(matches!(parse("sqlite::memory:"), Ok(Target::Memory)));
        assert!(matches!(parse("postgres://ada@db/codesm"), Ok(Target::Postgres(_))));
        assert!(matches!(
            parse("postgresql://ada@db:6543/codesm?sslmode=require"),
            Ok(Target::Postgres(_))
        ));
    }

    #[test]
    fn what_names_no_database_is_refused() {
        for url in [
            "",
            "sqlite:",
            "sqlite://",
            "sqlite:a.db?mode=ro",
            "mysql://db/x",
            "postgres://db:port/x",
            "codesm.db",
        ] {
            assert!(matches!(parse(url), Err(DatabaseError::InvalidUrl { .. })), "{url}");
        }
    }

    #[test]
    fn passwords_are_not_shown() {
        for (url, shown) in [
            ("postgres://ada:secret@db/codesm?password=secret", "postgres://ada:***@db/codesm"),
            ("postgres://ada:sec@ret:@db/codesm", "postgres://ada:***@db/codesm"),
            ("postgres://ada@db/codesm", "postgres://ada@db/codesm"),
            ("postgres://db/codesm", "postgres://db/codesm"),
            ("sqlite:///srv/codesm.db", "sqlite:///srv/codesm.db"),
            ("sqlite:codesm.db", "sqlite:codesm.db"),
            ("ada:secret@db", "***"),
        ] {
            assert_eq!(without_secrets(url), shown);
        }
        let error = parse("postgres://ada:secret@db:port/x").expect_err("no port");
        assert!(!format!("{error} {error:?}").contains("secret"));
    }
}
