//! Opaque random tokens and pseudonyms.

use crate::keys::random;
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use codesm_core::auth::OpaqueTokens;
use codesm_core::kernel::{Secret, UserId};
use hmac::{Hmac, KeyInit, Mac};
use sha2::{Digest, Sha256};

/// Bytes of a pseudonym: 64 bits, which tell the accounts of one installation apart and stay short in a log line.
const PSEUDONYM_BYTES: usize = 8;

/// Tokens of 256 bits from the operating system, stored as SHA-256; pseudonyms by HMAC-SHA-256 under their own key.
///
/// A plain digest is enough for what is stored: nobody guesses 256 random bits.
#[derive(Debug)]
pub struct RandomTokens {
    pseudonym_key: Secret<[u8; 32]>,
}

impl RandomTokens {
    /// With the key of the pseudonyms, which signs nothing else.
    #[must_use]
    pub const fn new(pseudonym_key: Secret<[u8; 32]>) -> Self {
        Self { pseudonym_key }
    }
}

impl OpaqueTokens for RandomTokens {
    fn generate(&self) -> Secret<String> {
        Secret::new(URL_SAFE_NO_PAD.encode(random::<32>()))
    }

    fn hash(&self, token: &str) -> String {
        hex::encode(Sha256::digest(token.as_bytes()))
    }

    fn pseudonym(&self, user_id: UserId) -> String {
        let mut mac = Hmac::<Sha256>::new_from_slice(self.pseudonym_key.reveal()).expect("HMAC takes keys of every length");
        mac.update(user_id.as_uuid().as_bytes());
        hex::encode(&mac.finalize().into_bytes()[..PSEUDONYM_BYTES])
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_token_is_32_bytes_safe_in_addresses() {
        let token = RandomTokens::new(Secret::new([1; 32])).generate().into_inner();
        assert_eq!(URL_SAFE_NO_PAD.decode(&token).unwrap().len(), 32);
    }

    #[test]
    fn the_stored_form_is_plain_sha_256() {
        // FIPS 180-4, example of one block.
        let expected = "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad";
        assert_eq!(RandomTokens::new(Secret::new([1; 32])).hash("abc"), expected);
    }

    #[test]
    fn a_pseudonym_depends_on_account_and_key() {
        let (one, other) = (RandomTokens::new(Secret::new([1; 32])), RandomTokens::new(Secret::new([2; 32])));
        let user = "018f3c6e-7b1a-7c00-8000-000000000001".parse().unwrap();
        let another = "018f3c6e-7b1a-7c00-8000-000000000002".parse().unwrap();
        assert_eq!(one.pseudonym(user).len(), 16);
        assert_eq!(one.pseudonym(user), one.pseudonym(user));
        assert_ne!(one.pseudonym(user), one.pseudonym(another));
        assert_ne!(one.pseudonym(user), other.pseudonym(user));
    }
}
