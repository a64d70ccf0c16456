//! Stand-ins of every port that need no machine: fast, deterministic, and bound to the same contracts as the adapters.
//!
//! ```
//! # async fn example() -> Result<(), codesm_core::kernel::AppError> {
//! use codesm_core::auth::Login;
//! use codesm_memory::fakes::Fakes;
//!
//! let fakes = Fakes::new();
//! let login = Login::new(fakes.auth_deps());
//! fakes.clock.advance(chrono::Duration::minutes(5));
//! # let _ = login; Ok(()) }
//! ```

mod audit;
mod auth;
mod blobs;
mod bundle;
mod clock;
mod crypto;
mod ids;
mod jobs;
mod languages;
mod packages;
mod problems;
mod sandbox;
mod store;
mod submissions;
mod uploads;

pub use blobs::FakeBlobStore;
pub use bundle::Fakes;
pub use clock::ManualClock;
pub use crypto::{FakePasswordHasher, FakeTokenSigner, FakeTokens};
pub use ids::SequentialIds;
pub use languages::FixedLanguages;
pub use packages::{FakePackageReader, FakePackageWriter};
pub use sandbox::{ScriptedSandbox, accepting_run, accepting_talk, compiled};
pub use store::FakeStore;
pub use uploads::FakeUploadStore;
