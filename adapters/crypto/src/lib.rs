//! Passwords, tokens and keys.

mod keys;
mod opaque;
mod password;
mod scratch;
mod signer;

pub use keys::{derive_key, generate_key, generate_password};
pub use opaque::RandomTokens;
pub use password::{Argon2PasswordHasher, InvalidHashingCost, PasswordHashingCost};
pub use signer::{JwtTokenSigner, KeyTooShort};
