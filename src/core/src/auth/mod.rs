//! Accounts, passwords, sessions.

mod authenticate;
mod create_admin;
mod login;
mod logout;
mod me;
mod model;
mod password;
mod ports;
mod refresh;
mod register;

pub use authenticate::Authenticate;
pub use create_admin::{CreateAccount, CreateAccountCommand};
pub use login::{Login, LoginCommand};
pub use logout::Logout;
pub use me::Me;
pub use model::{AccessClaims, RefreshToken, Session, TokenPair, User};
pub use password::Password;
pub use ports::{
    AuthDeps, AuthQueries, AuthSettings, OpaqueTokens, PasswordHasher, Principal, SessionRepository, TokenSigner, UserRepository,
};
pub use refresh::Refresh;
pub use register::{Register, RegisterCommand};
