//! CodeSM: sandbox.
