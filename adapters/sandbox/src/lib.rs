//! Compiles and runs untrusted programs on Linux: the technology behind the core's `Sandbox` port.
//!
//! A small helper process (`sandboxd`, see [`sandboxd_main`]) starts everything untrusted; this side only ever talks to
//! it. The language table is `config/languages.toml`.

mod accounting;
mod archive;
mod cache;
mod compile;
mod execute;
mod faults;
#[cfg(feature = "fuzzing")]
#[doc(hidden)]
pub mod fuzzing;
mod gate;
mod golden;
mod helper;
mod hostile;
mod input;
mod interact;
mod language_table;
mod languages;
mod link;
mod order;
mod pool;
mod prepare;
mod probe;
mod protocol;
mod reduced;
mod report;
mod run;
mod sandbox;
mod scratch;
mod seats;
mod settings;
mod sinks;
mod speed;
mod sys;
mod talk;
mod work;

pub use helper::sandboxd_main;
pub use hostile::{HostileEvent, HostileOptions, HostileReport, HostileSummary, TierReport, run_hostile};
pub use language_table::LanguageTable;
pub use probe::{Check, probe};
pub use sandbox::ProcessSandbox;
pub use settings::{HelperCommand, SandboxSettings, Tier};
