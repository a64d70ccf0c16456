//! Fresh key material.

use codesm_core::kernel::Secret;

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
