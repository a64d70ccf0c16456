//! Signed access tokens.

use codesm_core::auth::{AccessClaims, TokenSigner};
use codesm_core::kernel::{AppError, AppResult, Secret, SessionId, Timestamp, UserId};
use jsonwebtoken::{Algorithm, DecodingKey, EncodingKey, Header, Validation};
use serde::{Deserialize, Serialize};
use std::error::Error as StdError;
use std::fmt;
use uuid::Uuid;

/// The one algorithm; a token that names another is refused before its signature is looked at.
const ALGORITHM: Algorithm = Algorithm::HS256;
/// RFC 7518, 3.2: a key of the size of the hash output or larger.
const LEAST_KEY_BYTES: usize = 32;
/// RFC 8725, 3.11: an explicit type, so that no other token signed with this key can pass for an access token.
const TYPE: &str = "at+jwt";
/// Claims that must be there.
const REQUIRED: [&str; 4] = ["exp", "iss", "aud", "sub"];

/// The key is shorter than 32 bytes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct KeyTooShort;

impl fmt::Display for KeyTooShort {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "the key that signs access tokens must have at least {LEAST_KEY_BYTES} bytes")
    }
}

impl StdError for KeyTooShort {}

/// JSON Web Tokens signed with HMAC-SHA-256: one process, or several that share the key, both make and check them.
pub struct JwtTokenSigner {
    signing: EncodingKey,
    verifying: DecodingKey,
    header: Header,
    validation: Validation,
    issuer: String,
    audience: String,
}

impl fmt::Debug for JwtTokenSigner {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("JwtTokenSigner")
            .field("issuer", &self.issuer)
            .field("audience", &self.audience)
            .finish_non_exhaustive()
    }
}

#[derive(Serialize, Deserialize)]
struct Claims {
    sub: Uuid,
    sid: Uuid,
    ver: i32,
    iat: i64,
    exp: i64,
    iss: String,
    aud: String,
}

impl JwtTokenSigner {
    /// With a key of at least 32 bytes and the names that go into `iss` and `aud`.
    ///
    /// # Errors
    /// [`KeyTooShort`].
    pub fn new(key: &Secret<Vec<u8>>, issuer: impl Into<String>, audience: impl Into<String>) -> Result<Self, KeyTooShort> {
        let key = key.reveal();
        if key.len() < LEAST_KEY_BYTES {
            return Err(KeyTooShort);
        }
        let (issuer, audience) = (issuer.into(), audience.into());
        let mut header = Header::new(ALGORITHM);
        header.typ = Some(TYPE.to_owned());
        let mut validation = Validation::new(ALGORITHM);
        validation.set_required_spec_claims(&REQUIRED);
        validation.set_issuer(&[&issuer]);
        validation.set_audience(&[&audience]);
        // The library would ask the clock of the machine; `verify` compares with the moment it is given.
        validation.validate_exp = false;
        Ok(Self {
            signing: EncodingKey::from_secret(key),
            verifying: DecodingKey::from_secret(key),
            header,
            validation,
            issuer,
            audience,
        })
    }
}

impl TokenSigner for JwtTokenSigner {
    fn sign(&self, claims: &AccessClaims) -> AppResult<Secret<String>> {
        let AccessClaims {
            user_id,
            session_id,
            token_version,
            issued_at,
            expires_at,
        } = claims;
        let claims = Claims {
            sub: user_id.as_uuid(),
            sid: session_id.as_uuid(),
            ver: *token_version,
            iat: issued_at.timestamp(),
            exp: expires_at.timestamp(),
            iss: self.issuer.clone(),
            aud: self.audience.clone(),
        };
        jsonwebtoken::encode(&self.header, &claims, &self.signing)
            .map(Secret::new)
            .map_err(AppError::internal)
    }

    fn verify(&self, token: &str, now: Timestamp) -> Option<AccessClaims> {
        let token = jsonwebtoken::decode::<Claims>(token, &self.verifying, &self.validation).ok()?;
        // RFC 7515, 4.1.11: what `crit` lists must be understood, and nothing is.
        if token.header.typ.as_deref() != Some(TYPE) || token.header.crit.is_some() {
            return None;
        }
        let Claims {
            sub,
            sid,
            ver,
            iat,
            exp,
            iss: _,
            aud: _,
        } = token.claims;
        let expires_at = Timestamp::from_timestamp(exp, 0)?;
        if expires_at <= now {
            return None;
        }
        Some(AccessClaims {
            user_id: UserId::from_uuid(sub),
            session_id: SessionId::from_uuid(sid),
            token_version: ver,
            issued_at: Timestamp::from_timestamp(iat, 0)?,
            expires_at,
        })
    }
}

#[cfg(test)]
#[path = "signer_tests.rs"]
mod tests;
