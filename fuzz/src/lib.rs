//! What the fuzz targets share.
//!
//! A target is `fuzz_targets/NAME.rs`; `seeds/NAME` holds small inputs to begin with, written by hand. `make fuzz` runs all.

pub mod naive;
pub mod package;
pub mod zip;
