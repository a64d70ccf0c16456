//! CodeSM: system.
