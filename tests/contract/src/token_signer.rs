//! What [`TokenSigner`] promises.

use crate::{TestClock, TestIds};
use chrono::{Duration, SubsecRound};
use codesm_core::auth::{AccessClaims, TokenSigner};
use codesm_core::kernel::{Clock, SessionId, UserId};
use std::sync::Arc;

/// What the suite needs of an adapter.
pub trait TokenSignerFixture: Send + Sync {
    /// A signer.
    fn signer(&self) -> Arc<dyn TokenSigner>;
    /// A signer of the same kind with another key.
    fn other_signer(&self) -> Arc<dyn TokenSigner>;
}

fn claims() -> AccessClaims {
    let ids = TestIds::new();
    let issued_at = TestClock::new().now().trunc_subsecs(0);
    AccessClaims {
        user_id: UserId::generate(&ids),
        session_id: SessionId::generate(&ids),
        token_version: 7,
        issued_at,
        expires_at: issued_at + Duration::minutes(15),
    }
}

fn signed(signer: &dyn TokenSigner, claims: &AccessClaims) -> String {
    signer.sign(claims).expect("the key signs").into_inner()
}

/// The claims come back as they were signed.
pub async fn the_claims_come_back(fixture: &impl TokenSignerFixture) {
    let (signer, claims) = (fixture.signer(), claims());
    let token = signed(&*signer, &claims);
    assert_eq!(signer.verify(&token, claims.issued_at), Some(claims.clone()));
    let last = claims.expires_at - Duration::seconds(1);
    assert_eq!(signer.verify(&token, last), Some(claims));
}

/// What has expired at `now` MUST be refused, from the very second on (RFC 7519, 4.1.4: "on or after").
pub async fn an_expired_token_is_refused(fixture: &impl TokenSignerFixture) {
    let (signer, claims) = (fixture.signer(), claims());
    let token = signed(&*signer, &claims);
    for late in [Duration::zero(), Duration::seconds(1), Duration::days(400)] {
        assert_eq!(signer.verify(&token, claims.expires_at + late), None, "{late} late");
    }
}

/// What another key signed MUST be refused.
pub async fn a_token_of_another_key_is_refused(fixture: &impl TokenSignerFixture) {
    let claims = claims();
    let token = signed(&*fixture.other_signer(), &claims);
    assert_eq!(fixture.signer().verify(&token, claims.issued_at), None);
}

/// A changed token MUST be refused, whichever character was changed.
pub async fn a_changed_token_is_refused(fixture: &impl TokenSignerFixture) {
    let (signer, claims) = (fixture.signer(), claims());
    let token = signed(&*signer, &claims);
    assert!(token.is_ascii());
    // The last character of a part may carry unused bits, so its neighbour is changed instead.
    for (at, old) in token.char_indices() {
        if old == '.' || token[at + 1..].starts_with('.') || at + 1 == token.len() {
            continue;
        }
        let new = if old == 'A' { 'B' } else { 'A' };
        let changed = format!("{}{new}{}", &token[..at], &token[at + 1..]);
        assert_eq!(signer.verify(&changed, claims.issued_at), None, "changed at {at}");
    }
}

/// A token that claims to need no signature, or another algorithm, MUST be refused.
pub async fn another_algorithm_is_refused(fixture: &impl TokenSignerFixture) {
    let (signer, claims) = (fixture.signer(), claims());
    let token = signed(&*signer, &claims);
    let mut parts = token.split('.').skip(1);
    let payload = parts.next().unwrap_or_default();
    let signature = parts.next().unwrap_or_default();
    // `{"alg":"none","typ":"JWT"}` and `{"alg":"HS512","typ":"JWT"}` in base64url.
    for header in ["eyJhbGciOiJub25lIiwidHlwIjoiSldUIn0", "eyJhbGciOiJIUzUxMiIsInR5cCI6IkpXVCJ9"] {
        for signature in ["", signature] {
            let forged = format!("{header}.{payload}.{signature}");
            assert_eq!(signer.verify(&forged, claims.issued_at), None, "{forged}");
        }
    }
}

/// What is no token MUST be refused.
pub async fn rubbish_is_refused(fixture: &impl TokenSignerFixture) {
    let (signer, claims) = (fixture.signer(), claims());
    let token = signed(&*signer, &claims);
    let cut = &token[..token.len() / 2];
    for rubbish in ["", ".", "..", "...", "a.b.c", "é", cut, &format!("{token}.x"), &format!(" {token}")] {
        assert_eq!(signer.verify(rubbish, claims.issued_at), None, "{rubbish:?}");
    }
}

crate::suite::suite! {
    ($)
    /// Runs the clauses of `TokenSigner`.
    token_signer_suite, token_signer, [
        the_claims_come_back,
        an_expired_token_is_refused,
        a_token_of_another_key_is_refused,
        a_changed_token_is_refused,
        another_algorithm_is_refused,
        rubbish_is_refused,
    ]
}
