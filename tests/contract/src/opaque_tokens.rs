//! What [`OpaqueTokens`] promises.

use crate::TestIds;
use codesm_core::auth::OpaqueTokens;
use codesm_core::kernel::UserId;
use std::collections::HashSet;
use std::sync::Arc;

/// What the suite needs of an adapter.
pub trait OpaqueTokensFixture: Send + Sync {
    /// The tokens.
    fn tokens(&self) -> Arc<dyn OpaqueTokens>;
    /// Tokens of the same kind with another key.
    fn other_tokens(&self) -> Arc<dyn OpaqueTokens>;
}

/// A token MUST carry at least 256 random bits.
pub async fn a_token_has_256_random_bits(fixture: &impl OpaqueTokensFixture) {
    let tokens = fixture.tokens();
    let made: Vec<String> = (0..4096).map(|_| tokens.generate().into_inner()).collect();
    let distinct: HashSet<&String> = made.iter().collect();
    assert_eq!(distinct.len(), made.len(), "a token was made twice");
    // The number of different characters at each position bounds the bits it carries; 4096 tokens show all of them.
    let length = made.iter().map(String::len).min().expect("4096 tokens");
    let bits: f64 = (0..length)
        .map(|at| {
            let seen: HashSet<u8> = made.iter().map(|token| token.as_bytes()[at]).collect();
            f64::from(u32::try_from(seen.len()).expect("at most 256")).log2()
        })
        .sum();
    assert!(bits > 255.9, "at most {bits} bits");
}

/// A token can stand in a header, a cookie or an address without escaping.
pub async fn a_token_needs_no_escaping(fixture: &impl OpaqueTokensFixture) {
    let token = fixture.tokens().generate().into_inner();
    assert!(
        token.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"-_.~".contains(&byte)),
        "{token}"
    );
}

/// `hash` MUST always be the same for the same token, and differ between tokens.
pub async fn the_same_token_has_the_same_hash(fixture: &impl OpaqueTokensFixture) {
    let tokens = fixture.tokens();
    let (first, second) = (tokens.generate().into_inner(), tokens.generate().into_inner());
    assert_eq!(tokens.hash(&first), fixture.tokens().hash(&first));
    assert_ne!(tokens.hash(&first), tokens.hash(&second));
    assert_ne!(tokens.hash(""), tokens.hash(&first));
}

/// `hash` MUST be one-way: nothing of the token is in it.
pub async fn a_hash_does_not_show_the_token(fixture: &impl OpaqueTokensFixture) {
    let tokens = fixture.tokens();
    let token = tokens.generate().into_inner();
    let hash = tokens.hash(&token);
    assert!(
        hash.len() >= 64 && hash.bytes().all(|byte| byte.is_ascii_hexdigit()),
        "not SHA-256 in hexadecimal"
    );
    assert!(!hash.contains(&token) && !token.contains(&hash));
}

/// A pseudonym MUST always be the same for an account and differ between accounts.
pub async fn a_pseudonym_is_stable_and_one_account_s_own(fixture: &impl OpaqueTokensFixture) {
    let (tokens, ids) = (fixture.tokens(), TestIds::new());
    let users: Vec<UserId> = (0..100).map(|_| UserId::generate(&ids)).collect();
    let pseudonyms: HashSet<String> = users.iter().map(|user| tokens.pseudonym(*user)).collect();
    assert_eq!(pseudonyms.len(), users.len());
    assert!(users.iter().all(|user| pseudonyms.contains(&fixture.tokens().pseudonym(*user))));
}

/// A pseudonym MUST be of no use to somebody without the key.
pub async fn a_pseudonym_depends_on_the_key_and_hides_the_account(fixture: &impl OpaqueTokensFixture) {
    let user = UserId::generate(&TestIds::new());
    let pseudonym = fixture.tokens().pseudonym(user);
    assert_ne!(pseudonym, fixture.other_tokens().pseudonym(user));
    assert!(!pseudonym.contains(&user.to_string()));
    assert!(!pseudonym.contains(&user.as_uuid().simple().to_string()));
}

crate::suite::suite! {
    ($)
    /// Runs the clauses of `OpaqueTokens`.
    opaque_tokens_suite, opaque_tokens, [
        a_token_has_256_random_bits,
        a_token_needs_no_escaping,
        the_same_token_has_the_same_hash,
        a_hash_does_not_show_the_token,
        a_pseudonym_is_stable_and_one_account_s_own,
        a_pseudonym_depends_on_the_key_and_hides_the_account,
    ]
}
