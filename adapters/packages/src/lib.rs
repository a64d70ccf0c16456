//! CodeSM: packages.
