//! The clock and the identifiers of the machine.

mod clock;
mod ids;

pub use clock::SystemClock;
pub use ids::UuidV7Generator;
