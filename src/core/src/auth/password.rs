//! A password as typed at registration.

use crate::kernel::{FieldError, Secret};

/// A password long enough to be set.
#[derive(Clone, Debug)]
pub struct Password(Secret<String>);

impl Password {
    /// 8: NIST SP 800-63B, 5.1.1.2.
    pub const MIN_CHARACTERS: usize = 8;
    /// 256 bytes: bounds the work of hashing; far above any passphrase.
    pub const MAX_BYTES: usize = 256;

    /// # Errors
    /// A field error if it is too short or too long.
    pub fn parse(text: Secret<String>) -> Result<Self, FieldError> {
        let error = |code, message: &str| {
            Err(FieldError {
                field: String::new(),
                code,
                message: message.to_owned(),
            })
        };
        if text.reveal().chars().count() < Self::MIN_CHARACTERS {
            return error("too_short", "Must have at least 8 characters.");
        }
        if text.reveal().len() > Self::MAX_BYTES {
            return error("too_long", "Must have at most 256 bytes.");
        }
        Ok(Self(text))
    }

    /// The password.
    #[must_use]
    pub const fn secret(&self) -> &Secret<String> {
        &self.0
    }
}
