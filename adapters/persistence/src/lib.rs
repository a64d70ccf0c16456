//! CodeSM: persistence.
