//! Value objects parsed once, at the door.

use super::FieldError;
use std::fmt;

macro_rules! text_value {
    ($($(#[$doc:meta])* $name:ident),+ $(,)?) => {$(
        $(#[$doc])*
        #[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub struct $name(String);

        impl $name {
            /// The text.
            #[must_use]
            pub fn as_str(&self) -> &str {
                &self.0
            }

            /// Wraps text that was parsed before it was stored.
            #[must_use]
            pub fn from_stored(text: String) -> Self {
                Self(text)
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(&self.0)
            }
        }
    )+};
}

text_value! {
    /// E-mail address, lower-cased: accounts differ only by what a mail server could tell apart in practice.
    Email,
    /// Account name `[a-z0-9][a-z0-9_-]{2,31}` (see the REST contract).
    Username,
    /// Name of a problem in addresses: `[a-z0-9](-?[a-z0-9])*`, 2 to 64 characters.
    Slug,
}

fn rejection(code: &'static str, message: &str) -> FieldError {
    FieldError {
        field: String::new(),
        code,
        message: message.to_owned(),
    }
}

impl Email {
    /// # Errors
    /// A field error if the text is not an address one could send mail to.
    pub fn parse(text: &str) -> Result<Self, FieldError> {
        let invalid = || rejection("invalid_email", "Must be an e-mail address such as name@example.org.");
        let text = text.trim().to_lowercase();
        let (local, domain) = text.rsplit_once('@').ok_or_else(invalid)?;
        // 254 and 64: RFC 5321, 4.5.3.1, with the angle brackets taken off the path limit.
        let lengths = text.len() <= 254 && (1..=64).contains(&local.len()) && (3..=253).contains(&domain.len());
        let local_ok = local
            .chars()
            .all(|c| !c.is_whitespace() && !c.is_control() && !"()<>[]:;@\\,\"".contains(c))
            && !local.starts_with('.')
            && !local.ends_with('.')
            && !local.contains("..");
        let domain_ok = domain.contains('.')
            && domain.split('.').all(|label| {
                !label.is_empty()
                    && label.len() <= 63
                    && !label.starts_with('-')
                    && !label.ends_with('-')
                    && label.chars().all(|c| c.is_alphanumeric() || c == '-')
            });
        if lengths && local_ok && domain_ok {
            Ok(Self(text))
        } else {
            Err(invalid())
        }
    }
}

impl Username {
    /// # Errors
    /// A field error if the text is no account name.
    pub fn parse(text: &str) -> Result<Self, FieldError> {
        let ok = (3..=32).contains(&text.len())
            && text
                .bytes()
                .all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'_' || b == b'-')
            && text.as_bytes()[0].is_ascii_alphanumeric();
        if ok {
            return Ok(Self(text.to_owned()));
        }
        Err(rejection(
            "invalid_username",
            "Must be 3 to 32 of the characters a-z, 0-9, _ and -, beginning with a letter or digit.",
        ))
    }
}

impl Slug {
    /// # Errors
    /// A field error if the text is no slug.
    pub fn parse(text: &str) -> Result<Self, FieldError> {
        let ok = (2..=64).contains(&text.len())
            && text.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-')
            && !text.starts_with('-')
            && !text.ends_with('-')
            && !text.contains("--");
        // A slug that reads as a UUID would shadow an identifier in `/problems/{id or slug}`, and `import` is an address of its own.
        if ok && text != "import" && uuid::Uuid::parse_str(text).is_err() {
            return Ok(Self(text.to_owned()));
        }
        Err(rejection(
            "invalid_slug",
            "Must be 2 to 64 of the characters a-z, 0-9 and single dashes between them, not a UUID and not `import`.",
        ))
    }

    /// Makes a slug from any name: letters and digits kept, everything else a dash.
    /// `None` if nothing usable is left.
    #[must_use]
    pub fn from_name(name: &str) -> Option<Self> {
        let mut slug = String::new();
        for c in name.chars().flat_map(char::to_lowercase) {
            if c.is_ascii_alphanumeric() {
                slug.push(c);
            } else if !slug.is_empty() && !slug.ends_with('-') {
                slug.push('-');
            }
            if slug.len() == 64 {
                break;
            }
        }
        Self::parse(slug.trim_end_matches('-')).ok()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_email_is_lower_cased_and_trimmed() {
        assert_eq!(Email::parse(" Ada@Example.ORG ").unwrap().as_str(), "ada@example.org");
    }

    #[test]
    fn what_is_no_address_is_refused() {
        for text in [
            "",
            "ada",
            "@example.org",
            "ada@",
            "ada@example",
            "a b@example.org",
            "ada@-x.org",
            "a..b@example.org",
            "a\u{0}@b.org",
        ] {
            assert!(Email::parse(text).is_err(), "{text:?}");
        }
    }

    #[test]
    fn usernames_follow_the_contract() {
        assert!(Username::parse("ada-99_x").is_ok());
        for text in ["ab", "_ada", "-ada", "Ada", "ada lovelace", &"a".repeat(33)] {
            assert!(Username::parse(text).is_err(), "{text:?}");
        }
    }

    #[test]
    fn slugs_are_made_from_names() {
        assert_eq!(Slug::from_name("Hello,  World!").unwrap().as_str(), "hello-world");
        assert_eq!(Slug::from_name("two_sum").unwrap().as_str(), "two-sum");
        assert!(Slug::from_name("¡!").is_none());
        assert!(Slug::parse("import").is_err());
        assert!(Slug::parse("018f3c6e-7b1a-7c00-8000-000000000000").is_err());
    }
}
