//! CodeSM: crypto.
