//! Fresh key material.

use codesm_core::kernel::Secret;
use hmac::{Hmac, KeyInit, Mac};
use sha2::Sha256;

/// Crockford's base 32: no letter that reads as a digit or as another letter, and no `u`.
const READABLE: &[u8; 32] = b"0123456789abcdefghjkmnpqrstvwxyz";
/// 5 groups of 5 characters of 5 bits: 125 bits.
const GROUPS: usize = 5;
const GROUP_CHARACTERS: usize = 5;

/// Random bytes of the operating system.
pub(crate) fn random<const N: usize>() -> [u8; N] {
    let mut bytes = [0; N];
    getrandom::fill(&mut bytes).expect("the random source of a running operating system does not fail");
    bytes
}

/// A key of 256 random bits, for signing tokens or for pseudonyms.
#[must_use]
pub fn generate_key() -> Secret<[u8; 32]> {
    Secret::new(random())
}

/// A key for one purpose out of another key: HMAC-SHA256 of the purpose's name. Nobody can tell one from the other.
#[must_use]
#[expect(clippy::missing_panics_doc, reason = "HMAC takes keys of every length")]
pub fn derive_key(key: &Secret<Vec<u8>>, purpose: &str) -> Secret<[u8; 32]> {
    let mut hmac = <Hmac<Sha256> as KeyInit>::new_from_slice(key.reveal()).expect("HMAC takes keys of every length");
    hmac.update(purpose.as_bytes());
    Secret::new(hmac.finalize().into_bytes().into())
}

/// A password of 125 random bits that a person can read off a screen, such as `7kq0m-…`.
#[must_use]
pub fn generate_password() -> Secret<String> {
    let mut password = String::with_capacity(GROUPS * (GROUP_CHARACTERS + 1));
    for (position, byte) in random::<{ GROUPS * GROUP_CHARACTERS }>().into_iter().enumerate() {
        if position > 0 && position.is_multiple_of(GROUP_CHARACTERS) {
            password.push('-');
        }
        password.push(char::from(READABLE[usize::from(byte) % READABLE.len()]));
    }
    Secret::new(password)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn derived_keys_differ_by_purpose_and_by_key_and_are_always_the_same() {
        let key = |text: &str| Secret::new(text.as_bytes().to_vec());
        assert_eq!(derive_key(&key("a"), "logs"), derive_key(&key("a"), "logs"));
        assert_ne!(derive_key(&key("a"), "logs"), derive_key(&key("b"), "logs"));
        assert_ne!(derive_key(&key("a"), "logs"), derive_key(&key("a"), "mail"));
    }

    #[test]
    fn keys_and_passwords_are_never_made_twice() {
        assert_ne!(generate_key(), generate_key());
        assert_ne!(generate_password(), generate_password());
    }

    #[test]
    fn a_password_is_five_readable_groups() {
        let password = generate_password().into_inner();
        let groups: Vec<&str> = password.split('-').collect();
        assert_eq!(groups.len(), 5, "{password}");
        for group in groups {
            assert_eq!(group.len(), 5, "{password}");
            assert!(group.bytes().all(|byte| READABLE.contains(&byte)), "{password}");
        }
    }
}
