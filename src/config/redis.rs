//! `CODESM_REDIS_…`.

use super::environment::{Environment, WrongKeys};
use super::parse::parse_or;
use codesm_redis::RedisConnection;
use serde::Deserialize;

/// Settings of Redis.
#[derive(Clone)]
pub struct RedisSection {
    /// Where Redis is; may hold a password, so it is never printed whole. Without it every process is by itself.
    pub url: Option<String>,
    /// Beginning of every key and channel.
    pub prefix: String,
}

impl std::fmt::Debug for RedisSection {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("RedisSection")
            .field("url", &self.redacted_url())
            .field("prefix", &self.prefix)
            .finish()
    }
}

#[derive(Default, Deserialize)]
struct Raw {
    url: Option<String>,
    prefix: Option<String>,
}

impl RedisSection {
    pub(super) fn read(environment: &Environment, wrong: &mut WrongKeys) -> Self {
        let raw: Raw = environment.section("CODESM_REDIS_", wrong);
        let url = parse_or("CODESM_REDIS_URL", raw.url.as_deref(), None, wrong, |text| {
            let checked = RedisConnection::check_url(text).map_err(|error| error.to_string());
            checked.map(|()| Some(text.to_owned()))
        });
        let prefix = parse_or("CODESM_REDIS_PREFIX", raw.prefix.as_deref(), "codesm".to_owned(), wrong, |text| {
            let is_plain = |c: char| c.is_ascii_alphanumeric() || "-_.".contains(c);
            if (1..=64).contains(&text.len()) && text.chars().all(is_plain) {
                Ok(text.to_owned())
            } else {
                Err("must be 1 to 64 letters, digits, `-`, `_` or `.`".to_owned())
            }
        });
        Self { url, prefix }
    }

    /// The URL without user, password and parameters.
    #[must_use]
    pub fn redacted_url(&self) -> Option<String> {
        let url = self.url.as_deref()?;
        let (scheme, rest) = url.split_once("://")?;
        let (rest, _) = rest.split_once('?').unwrap_or((rest, ""));
        // A password may hold an `@` that nobody escaped.
        let place = rest.rsplit_once('@').map_or(rest, |(_, place)| place);
        Some(format!("{scheme}://{place}"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_url_is_shown_without_its_secrets() {
        for (url, shown) in [
            ("redis://127.0.0.1:6379/2", "redis://127.0.0.1:6379/2"),
            ("rediss://judge:hunt@er2@redis.example.org:6380", "rediss://redis.example.org:6380"),
            (
                "redis-sentinel://a:26379?sentinelServiceName=x&sentinelPassword=hunter2",
                "redis-sentinel://a:26379",
            ),
        ] {
            let section = RedisSection {
                url: Some(url.to_owned()),
                prefix: "codesm".to_owned(),
            };
            assert_eq!(section.redacted_url().as_deref(), Some(shown));
            assert!(!format!("{section:?}").contains("hunt"), "{section:?}");
        }
    }

    #[test]
    fn what_names_no_redis_is_refused_without_being_repeated() {
        let environment = Environment::of([("CODESM_REDIS_URL", "hunter2"), ("CODESM_REDIS_PREFIX", "a:b")]);
        let mut wrong = WrongKeys::default();
        RedisSection::read(&environment, &mut wrong);
        let keys: Vec<&str> = wrong.keys().iter().map(|wrong| wrong.key.as_str()).collect();
        assert_eq!(keys, ["CODESM_REDIS_URL", "CODESM_REDIS_PREFIX"]);
        assert!(!wrong.to_string().contains("hunter2"), "{wrong}");
    }
}
