//! Accounts, passwords, sessions.

mod model;
mod password;
mod ports;

pub use model::{AccessClaims, RefreshToken, Session, TokenPair, User};
pub use password::Password;
pub use ports::{
    AuthDeps, AuthQueries, AuthSettings, OpaqueTokens, PasswordHasher, Principal, SessionRepository, TokenSigner, UserRepository,
};
